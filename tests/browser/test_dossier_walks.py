"""Three journeys walked to their end: a request to the concierge, an installation with its
partner, an accompaniment with its ambassador. What comes before a walk is prepared by services."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from surveyapp.models import Message, User
from surveyapp.services.transaction import transaction
from surveyapp.web.dossiers.blueprint import today
from tests import dossiers
from tests.browser.audit import check_page
from tests.browser.conftest import DESK, PHONE
from tests.browser.office import Office
from tests.spaces import entrusted, in_mandate, person_of

Open = Callable[..., Page]
Picture = Callable[[Page, str], None]


def press(page: Page, name: str, reason: str = "") -> None:
    """A step: its link on the page of the dossier, then its button."""
    page.get_by_role("link", name=name, exact=True).click()
    if reason:
        page.get_by_label("Motif").fill(reason)
    page.get_by_role("button", name=name, exact=True).click()


def note(page: Page, label: str, on: date | None = None) -> None:
    """Something that happened: its link, wherever it stands, then its day."""
    link = page.get_by_role("link", name=f"Noter « {label} »").first
    if not link.is_visible():
        page.get_by_text("Autres actions").click()
    link.click()
    if on:
        page.get_by_label("Date", exact=True).fill(on.strftime("%d/%m/%Y"))
    page.get_by_role("button", name="Noter", exact=True).click()
    expect(page.locator(".alert-success")).to_be_visible()


def fill(page: Page, label: str, submit: str, answer: Callable[[], None]) -> None:
    """A form: its button on the page of the dossier, answers, the review, and back."""
    page.get_by_role("button", name=label).first.click()
    answer()
    page.get_by_role("button", name="Relire mes réponses").click()
    page.get_by_role("button", name=submit).click()
    page.get_by_role("link", name=re.compile("Revenir (au dossier|à mon espace)")).click()


def stage(page: Page, label: str) -> None:
    expect(page.locator("h1 + p .tag").first).to_have_text(label)


def looked_at(page: Page, picture: Picture, name: str) -> None:
    """Everything that is asked of a page, on a desk and on a phone."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    check_page(page)
    picture(page, name)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]


def test_a_request_to_the_concierge_is_solved(
    office: Office, colleague: Open, picture: Picture
) -> None:
    """The coordination, from the request to the end, with a partner and a commitment."""
    with office.site.app.app_context():
        day = today()
        dossiers.in_service("conciergerie", on=day)
        key = dossiers.begin(
            *("conciergerie",), on=day, number=861, name="Demandeuse-Demo", qualite="candidat"
        )
    page = colleague("coordination")
    page.goto(f"/coordination/dossiers/{key}")
    press(page, "Prendre en charge")
    stage(page, "Prise en charge")
    page.get_by_role("link", name="Compléter les données").first.click()
    page.get_by_label("Partenaire sollicité").fill("Agence-Demo")
    page.get_by_label("Accord de la personne").select_option("oui")
    page.get_by_role("button", name="Enregistrer").click()
    press(page, "Solliciter un partenaire")
    stage(page, "En attente d’un partenaire")
    expect(page.locator(".waiting").first).to_contain_text("son engagement est signé")
    note(page, "Partenaire relancé")
    note(page, "Engagement d’adhésion signé")
    looked_at(page, picture, "waiting")
    press(page, "Marquer comme résolue")
    stage(page, "Résolue")
    expect(page.locator("main")).to_contain_text("Votre demande est traitée")
    expect(page.locator(".due-label")).to_have_text(["Vérifier si la personne est installée"])
    check_page(page)
    picture(page, "solved")


@pytest.fixture
def visiting(office: Office) -> tuple[int, date]:
    """An installation of which visits are being planned, and the day of the visit."""
    office.signed_in("partenaire")
    with office.site.app.app_context():
        begun, visit = today() - timedelta(days=130), today() - timedelta(days=100)
        dossiers.in_service("installation", on=begun)
        key = dossiers.begin("installation", on=begun, number=862, name="Visiteuse-Demo")
        dossiers.event(key, "rdv_propose", on=begun)
        dossiers.move(key, "fixer_entretien", on=begun)
        dossiers.event(key, "entretien_tenu", on=begun)
        dossiers.fill(key, "fiche_entretien", on=begun, duree=60)
        dossiers.move(key, "lancer_croisement", on=begun)
        dossiers.fill(key, "releve_croisement", on=begun, nombre_lieux=2)
        dossiers.move(key, "organiser_visites", on=begun)
    return key, visit


def test_an_installation_is_followed_with_the_partner(
    visiting: tuple[int, date], colleague: Open, picture: Picture
) -> None:
    """The partner fills the debriefing on a phone, the exchange at a distance on a desk and the
    follow-up on a phone; the coordination notes the visit and the end."""
    key, visit = visiting
    address = f"/coordination/dossiers/{key}"
    desk = colleague("coordination")
    desk.goto(address)
    note(desk, "Visite d’un lieu d’exercice", visit)

    partner = colleague("partenaire", "320")
    partner.goto("/coordination/dossiers/a-faire")
    expect(partner.locator("main")).to_contain_text("Débriefing après la visite")
    check_page(partner)
    picture(partner, "board")
    partner.get_by_role("link", name="Visiteuse-Demo Prénom862").first.click()
    check_page(partner)
    picture(partner, "partner")

    def felt() -> None:
        check_page(partner)
        partner.get_by_label("Ressenti").fill("Une équipe accueillante.")
        partner.get_by_label("Rendez-vous pour le débriefing").fill(_said(visit, 9))

    fill(partner, "Débriefing après la visite", "Enregistrer le débriefing", felt)
    partner.set_viewport_size(DESK)  # type: ignore[arg-type]
    expect(partner.locator(".due").first).to_contain_text("Débriefing à distance")

    def told() -> None:
        partner.get_by_label("Date de l’échange").fill(_said(visit, 9))
        partner.get_by_label("Souhaite s’installer").check()

    fill(partner, "Débriefing à distance", "Enregistrer le débriefing", told)
    check_page(partner)
    desk.reload()
    press(desk, "Passer au suivi")
    expect(desk.locator(".due-late")).to_contain_text("Point à 3 mois")
    partner.set_viewport_size(PHONE)  # type: ignore[arg-type]
    partner.reload()

    def heard() -> None:
        partner.get_by_label("Date", exact=False).first.fill(_said(visit, 95))
        partner.get_by_label("La personne a été jointe").check()
        partner.get_by_label("Installation en préparation").check()

    fill(partner, "Point à 3 mois", "Enregistrer le point", heard)
    expect(partner.locator(".due")).not_to_contain_text(["Point à 3 mois"])

    desk.reload()
    desk.get_by_role("link", name="Compléter les données").first.click()
    desk.get_by_label("Lieu d’installation").fill("Val-Fictif")
    desk.get_by_label("Date d’installation").fill(_said(visit, 98))
    desk.get_by_role("button", name="Enregistrer").click()
    press(desk, "Constater l’installation")
    stage(desk, "Installation effective")
    check_page(desk)
    picture(desk, "settled")
    partner.reload()
    stage(partner, "Installation effective")
    expect(partner.locator("main")).to_contain_text("Point à 6 mois")


def _said(day: date, later: int) -> str:
    return (day + timedelta(days=later)).strftime("%d/%m/%Y")


@pytest.fixture
def sponsored(office: Office) -> tuple[int, str]:
    """An accompaniment of nearly six months, of the ambassador who signs in, and yesterday."""
    office.signed_in("ambassadeur")
    office.signed_in("coordination")
    with office.site.app.app_context():
        begun = today() - timedelta(days=170)
        dossiers.in_service("ambassadeur", "accompagnement", on=begun)
        ambassador = person_of(in_mandate(on=begun, number=863))
        with transaction() as session:
            mine = sa.update(User).where(User.email == "ambassadeur@demo.example")
            session.execute(mine.values(person_id=ambassador))
        key = entrusted(ambassador, on=begun, number=864)
        dossiers.event(key, "contact_pris", on=begun)
        dossiers.fill(key, "suivi_3", on=begun + timedelta(days=90))
        return key, _said(today(), -1)


def test_an_accompaniment_comes_to_its_end(
    sponsored: tuple[int, str], office: Office, colleague: Open, picture: Picture
) -> None:
    """The ambassador tells of a major difficulty and makes the balance on a phone; the
    coordination is alerted, deals with it and closes on a desk."""
    key, yesterday = sponsored
    phone = colleague("ambassadeur", "320")
    phone.goto(f"/ambassadeur/dossiers/{key}")
    check_page(phone)
    picture(phone, "sponsored")

    def difficult() -> None:
        phone.get_by_label("Date du contact").fill(yesterday)
        phone.get_by_label("Locaux, matériel, secrétariat").check()
        phone.get_by_label("Écoute, réponse à des questions").check()
        phone.get_by_role("radio", name="Oui").check()
        phone.get_by_label("Laquelle ?").fill("Le bail n’est pas signé.")
        check_page(phone)
        picture(phone, "difficulty")

    fill(phone, "Signaler une difficulté", "Enregistrer la fiche", difficult)
    phone.goto(f"/ambassadeur/dossiers/{key}")
    expect(phone.locator("main")).to_contain_text("Fiche de suivi, le")
    with office.site.app.app_context(), transaction() as session:
        alert = sa.select(Message).where(Message.dossier_id == key)
        subjects = {(m.subject, m.recipient) for m in session.scalars(alert)}
    assert ("Une difficulté majeure est signalée", "coordination@demo.example") in subjects

    def balance() -> None:
        phone.get_by_label("La personne est installée sur le territoire").check()
        phone.get_by_role("radio", name="Oui").last.check()
        check_page(phone)

    fill(phone, "Bilan de l’accompagnement", "Enregistrer le bilan", balance)

    desk = colleague("coordination")
    desk.goto("/coordination/dossiers/a-faire")
    expect(desk.locator("main")).to_contain_text("Traiter la difficulté majeure")
    desk.goto(f"/coordination/dossiers/{key}")
    expect(desk.locator("main")).to_contain_text("Le bail n’est pas signé.")
    looked_at(desk, picture, "alerted")
    note(desk, "Difficulté majeure traitée")
    expect(desk.locator(".dossier-now")).not_to_contain_text("Traiter la difficulté majeure")
    press(desk, "Clore : la personne est installée")
    stage(desk, "Terminé : personne installée")
    check_page(desk)
    picture(desk, "closed")
    phone.goto("/ambassadeur/")
    expect(phone.locator("main")).to_contain_text("Terminé : personne installée")
    check_page(phone)
    picture(phone, "ended")
