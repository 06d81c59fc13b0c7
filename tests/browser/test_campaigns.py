"""A campaign from its draft to its next wave, in a browser without script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.audit import check_page
from tests.browser.office import Office

Open = Callable[..., Page]
Picture = Callable[[Page, str], None]
BASE = "/coordination/collectes"

#: Pages of campaigns of the demonstration, in the states that change them.
PATHS = (
    "/formation-fragilites",
    "/formation-fragilites/etape/ouvrir",
    "/formation-fragilites/diffuser",
    "/formation-fragilites/modifier",
    "/enquete-annuelle",
    "/enquete-annuelle/prolonger",
    "/enquete-annuelle/diffuser",
    "/bien-etre-soignants",
    "/bien-etre-soignants/nouvelle-vague",
    "/bien-etre-soignants/comparaison",
    "/bien-etre-premiere",
    "/archives",
    "",
)


@pytest.mark.parametrize("width", ["320", "1280"])
def test_the_pages_of_campaigns_are_sound(
    width: str, office: Office, colleague: Open, picture: Picture
) -> None:
    page = colleague("coordination", width)
    problems = []
    for path in PATHS:
        answer = page.goto(BASE + path)
        assert answer is not None
        assert answer.status == 200, path
        try:
            check_page(page)
        except AssertionError as error:
            problems.append(str(error))
        picture(page, f"campaigns{path.replace('/', '-')}")
    assert not problems, "\n\n".join(problems)


def test_a_campaign_is_copied_shortened_opened_and_extended(
    office: Office, colleague: Open
) -> None:
    """By its buttons only; what blocks is said where the button would be."""
    page = colleague("coordination", "320", scripts=False)
    page.goto(f"{BASE}/soiree-mieux-se-connaitre")
    page.get_by_role("button", name="Dupliquer").click()
    page.get_by_label("Titre de la collecte").fill("Soirée d’hiver")
    page.get_by_label("Nombre de réponses à ne pas dépasser").fill("2")
    page.get_by_role("button", name="Enregistrer les changements").click()
    page.get_by_role("link", name="Ouvrir la collecte").click()
    expect(page.get_by_role("main")).to_contain_text("tant qu’un point bloquant reste à corriger")
    expect(page.get_by_role("button", name="Ouvrir la collecte")).to_have_count(0)
    page.get_by_role("link", name="Modifier la collecte").first.click()
    page.get_by_label("Nombre de réponses à ne pas dépasser").fill("")
    page.get_by_role("button", name="Enregistrer les changements").click()
    page.get_by_role("link", name="Affiche, tract, QR code").click()
    page.get_by_label("Fin de l’adresse").fill("hiver")
    page.get_by_role("button", name="Changer l’adresse").click()
    expect(page.get_by_role("main")).to_contain_text("/q/hiver")
    page.goto(f"{BASE}/hiver/etape/ouvrir")
    page.get_by_role("button", name="Ouvrir la collecte").click()
    page.get_by_role("link", name="Prolonger").click()
    page.get_by_label("Jour").fill("31/12/2099")
    page.get_by_role("button", name="Prolonger la collecte").click()
    expect(page.get_by_role("main")).to_contain_text("31 décembre 2099 à 23 h 59")
    expect(page.get_by_role("main")).to_contain_text("Collecte prolongée")
