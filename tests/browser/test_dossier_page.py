"""A candidature walked to its mandate on the page of its dossier, without a script, by the
coordination and by a referent, on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from surveyapp.web.dossiers.blueprint import today
from tests import dossiers
from tests.browser.audit import check_page
from tests.browser.office import Office

Open = Callable[..., Page]
Picture = Callable[[Page, str], None]


def press(page: Page, name: str) -> None:
    """A step: its link on the page of the dossier, then its button."""
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize("width", ["320", "1280"])
def test_a_candidature_becomes_a_mandate(
    width: str, office: Office, colleague: Open, picture: Picture
) -> None:
    with office.site.app.app_context():
        day = today()
        dossiers.in_service("ambassadeur", on=day)
        key = dossiers.begin("ambassadeur", on=day, number=int(width), name="Marcheuse-Demo")
    address = f"/coordination/dossiers/{key}"
    page = colleague("coordination", width, scripts=False)
    page.goto(address)
    page.get_by_role("link", name="Compléter les données").click()
    page.get_by_label("Adhésion à jour de cotisation").select_option("oui")
    page.get_by_role("button", name="Enregistrer").click()
    press(page, "Demander l’avis des référents")
    expect(page.locator(".alert-success")).to_contain_text("Avis des référents")

    referent = colleague("referent", width)
    referent.goto(address)
    check_page(referent)
    picture(referent, "referent")
    referent.get_by_role("button", name="Remplir « Avis d’un référent ou d’une référente »").click()
    referent.get_by_label("Votre nom").fill("Camille Référent-Demo")
    referent.get_by_label("Favorable", exact=True).check()
    referent.get_by_role("button", name="Relire mes réponses").click()
    referent.get_by_role("button", name="Enregistrer l’avis").click()
    referent.get_by_role("link", name="Revenir au dossier").click()
    press(referent, "Proposer un entretien")

    page.goto(address)
    page.get_by_role("link", name="Noter « Entretien de candidature »").first.click()
    page.get_by_label("Date", exact=True).fill("bientôt")
    page.get_by_role("button", name="Noter", exact=True).click()
    expect(page.locator(".error-summary")).to_be_visible()
    page.get_by_label("Date", exact=True).fill(day.strftime("%d/%m/%Y"))
    page.get_by_role("button", name="Noter", exact=True).click()
    with office.site.app.app_context():
        dossiers.fill(key, "grille", on=day)
    page.reload()
    press(page, "Passer à la décision")
    press(page, "Accepter la candidature")
    with office.site.app.app_context():
        dossiers.fill(key, "session", on=day, kit=True, aides=True, situations=True)
    page.reload()
    press(page, "Ouvrir le mandat")
    expect(page.locator(".page-head .tag")).to_have_text("En mandat")

    page = colleague("coordination", width)
    page.goto(address)
    page.get_by_label("Nouvelle note").fill("Très disponible.")
    page.get_by_role("button", name="Ajouter la note").click()
    expect(page.locator(".notes")).to_contain_text("Très disponible.")
    page.get_by_text("Autres actions").click()
    check_page(page)
    picture(page, "mandate")
    for link in ("Attribuer", "Corriger « En mandat »", "Effacer ce dossier"):
        page.goto(address)
        page.get_by_role("link", name=link).first.click()
        check_page(page)
        picture(page, link.split()[0])
    page.goto(f"{address}/passage/terminer")
    expect(page.locator("#suite + ul")).to_contain_text("Merci pour votre mandat")
    check_page(page)
    picture(page, "step")
