"""Lists of dossiers in a browser: stages, table, columns, a saved view, one act on several; on a
phone without a script and on a desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from surveyapp.models import now
from tests import dossiers
from tests.browser.audit import check_page
from tests.browser.office import Office

Open = Callable[..., Page]
Picture = Callable[[Page, str], None]
HOME = "/coordination/dossiers/"
LIST = f"{HOME}parcours/installation"


@pytest.fixture
def name(office: Office, width: str) -> str:
    """The name of two dossiers, one of them late."""
    called = f"Listée{width}-Demo"
    with office.site.app.app_context():
        today = now().date()
        dossiers.in_service("installation", on=today)
        for number, on in enumerate((today, today - timedelta(days=40)), start=int(width)):
            dossiers.begin("installation", name=called, number=number, on=on)
    return called


@pytest.mark.parametrize(("width", "scripts"), [("320", False), ("1280", True)])
def test_dossiers_are_found_sorted_kept_and_changed_together(
    width: str, scripts: bool, name: str, colleague: Open, picture: Picture
) -> None:
    page = colleague("coordination", width, scripts=scripts)

    def look(what: str) -> None:
        if scripts:
            check_page(page)
            picture(page, what)

    page.goto(HOME)
    expect(page.locator("h1")).to_have_text("Dossiers")
    look("index")
    page.get_by_role("link", name="Installations", exact=True).click()
    expect(page.locator(".lane li", has_text=name).first).to_be_visible()
    look("board")
    page.get_by_role("link", name="Tableau", exact=True).click()
    page.get_by_label("Rechercher").fill(name)
    page.get_by_role("button", name="Filtrer").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.locator("thead a", has_text="Prochaine échéance").click()
    expect(page.locator("tbody tr").first).to_contain_text("en retard")
    page.get_by_text("Choisir les colonnes").click()
    page.get_by_label("Horizon").check()
    page.get_by_role("button", name="Afficher ces colonnes").click()
    expect(page.locator("thead a", has_text="Horizon")).to_be_attached()
    page.get_by_text("Enregistrer cette vue").click()
    page.get_by_label("Nom de la vue").fill(f"Vue {width}")
    page.get_by_role("button", name="Enregistrer la vue").click()
    page.goto(LIST)
    page.get_by_role("link", name=f"Vue {width}").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    _change_both(page, look)
    page.goto(f"{HOME}recherche?q={name}")
    expect(page.locator("tbody tr")).to_have_count(2)
    look("search")


def _change_both(page: Page, look: Callable[[str], None]) -> None:
    for box in page.get_by_label("Choisir Listée").all():
        box.check()
    page.get_by_text("Agir sur plusieurs dossiers").click()
    page.get_by_label("Que faire").select_option(label="Rendez-vous proposé")
    for words in ("Choisir les colonnes", "Enregistrer cette vue", "Plus de filtres"):
        page.get_by_text(words).click()
    look("table")
    page.get_by_role("button", name="Voir ce qui se passerait").click()
    expect(page.locator("h2")).to_have_text("2 dossiers changeraient")
    look("preview")
    page.get_by_role("button", name="Faire pour ces 2 dossiers").click()
    expect(page.locator("h1")).to_have_text("C’est fait")
    look("done")


@pytest.mark.parametrize("width", ["320"])
def test_a_partner_has_the_shared_dossiers_only(
    width: str, name: str, colleague: Open, picture: Picture
) -> None:
    page = colleague("partenaire", width)
    page.goto(f"{LIST}?vue=tableau&q={name}")
    expect(page.locator("tbody tr").first).to_be_visible()
    expect(page.get_by_text("Agir sur plusieurs dossiers")).to_have_count(0)
    check_page(page)
    picture(page, "table")
