"""The programme in a browser: figures, a target, volumes, meetings, on a phone and a desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.audit import check_page

Open = Callable[..., Page]
Picture = Callable[[Page, str], None]
HOME = "/coordination/dossiers/indicateurs"


@pytest.mark.parametrize("width", ["320", "1280"])
def test_figures_targets_and_meetings(width: str, colleague: Open, picture: Picture) -> None:
    page = colleague("coordination", width)
    page.goto(HOME)
    expect(page.locator("h1")).to_have_text("Indicateurs du dispositif")
    check_page(page)
    picture(page, "indicators")
    page.get_by_role("link", name="Contacts traités par les ambassadeurs").click()
    check_page(page)
    picture(page, "indicator")
    page.get_by_role("link", name="Changer la cible").click()
    page.get_by_role("button", name="Enregistrer la cible").click()
    expect(page.locator("#erreurs")).to_be_visible()
    check_page(page)
    picture(page, "target")
    page.goto(f"{HOME}/conciergerie/volumes")
    check_page(page)
    picture(page, "volumes")
    page.goto("/coordination/dossiers/calendrier")
    check_page(page)
    picture(page, "meetings")
    page.get_by_role("link", name="Fixer la date").first.click()
    check_page(page)
    picture(page, "meeting")
