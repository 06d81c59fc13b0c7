"""Places of exercise and the « croisement » of a dossier, on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from surveyapp.models import now
from surveyapp.services import places
from surveyapp.services.places import PlaceCard
from tests import dossiers
from tests.browser.audit import check_page
from tests.browser.office import Office

Open = Callable[..., Page]
Picture = Callable[[Page, str], None]
HOME = "/coordination/dossiers/lieux"


@pytest.fixture(scope="module")
def crossing(office: Office) -> str:
    """A dossier of somebody who settles, and places that suit more or less."""
    with office.site.app.app_context():
        today = now().date()
        dossiers.in_service("installation", on=today)
        key = dossiers.begin(
            "installation",
            on=today,
            name="Arrivante-Demo",
            number=901,
            secteur="Val-Fictif",
            c_secteur="obligatoire",
            statut_souhaite="liberal",
        )
        dossiers.event(key, "rdv_propose", on=today)
        dossiers.move(key, "fixer_entretien", on=today)
        dossiers.event(key, "entretien_tenu", on=today)
        dossiers.fill(key, "fiche_entretien", on=today)
        dossiers.move(key, "lancer_croisement", on=today)
        phone = "06 39 98 00 01"
        for card in (
            PlaceCard("Cabinet de l’Étang-Demo", "cabinet", "Mont-Exemple", ("50",), "", "", phone),
            PlaceCard("Centre des Lilas-Demo", "centre", "Mont-Exemple", ("10",), "salariat"),
            PlaceCard(
                *("Maison des Tilleuls-Demo", "msp", "Val-Fictif", ("10", "60"), "liberal"),
                *("Personne-Demo, secrétariat", phone, "tilleuls@demo.example"),
            ),
        ):
            places.save(card, author_id=None, now=now())
    return f"/coordination/dossiers/{key}/croisement"


@pytest.mark.parametrize("width", ["320", "1280"])
def test_a_place_is_asked_and_reported(
    width: str, crossing: str, colleague: Open, picture: Picture
) -> None:
    page = colleague("coordination", width)
    page.goto(HOME)
    expect(page.locator("h1")).to_have_text("Lieux d’exercice")
    check_page(page)
    picture(page, "register")
    page.get_by_role("link", name="Maison des Tilleuls-Demo").click()
    expect(page.get_by_label("Infirmier ou infirmière", exact=True)).to_be_checked()
    check_page(page)
    picture(page, "place")
    page.goto(crossing)
    check_page(page)
    picture(page, "crossing")
    # The first width asks the most suitable place, the second the next one.
    page.get_by_role("link", name="Noter un contact").first.click()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#erreurs")).to_contain_text("Cochez au moins un moyen.")
    check_page(page)
    picture(page, "refused")
    page.get_by_label("Téléphone").check()
    page.get_by_label("Réponse", exact=True).select_option("interesse")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".alert-success")).to_have_text("Ce contact est noté.")
    check_page(page)
    picture(page, "asked")
    page.get_by_role("button", name="Reporter dans le relevé").click()
    page.wait_for_url("**/q/dossier-croisement-lieux/**")
