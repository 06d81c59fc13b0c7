"""Addresses that do not lead to a questionnaire, or not now: all of them say so kindly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from surveyapp.models import CampaignState
from tests.browser.audit import check_page
from tests.browser.site import Site, in_days
from tests.browser.walker import Walker

Open = Callable[..., Page]
Picture = Callable[[Page, str], None]
EVENT = "satisfaction-evenement"

DOORS: dict[str, tuple[dict[str, Any], str]] = {
    "soon": ({"opens_at": in_days(3)}, "Ce questionnaire n’est pas encore ouvert"),
    "expired": (
        {"closes_at": in_days(-1), "opens_at": in_days(-9)},
        "Ce questionnaire est terminé",
    ),
    "closed": ({"state": CampaignState.CLOSED}, "Ce questionnaire est terminé"),
    "draft": ({"state": CampaignState.DRAFT}, "Ce questionnaire est introuvable"),
}


@pytest.mark.parametrize("width", ["320", "1280"])
@pytest.mark.parametrize("door", DOORS)
def test_a_closed_door(door: str, width: str, site: Site, visitor: Open, picture: Picture) -> None:
    values, title = DOORS[door]
    slug = site.open_campaign(EVENT, f"porte-{door}-{width}", **values)
    page = visitor(width)
    answer = page.goto(f"/q/{slug}")
    assert answer is not None
    assert answer.status in (403, 404, 410)
    expect(page.locator("h1")).to_have_text(title)
    expect(page.locator("main")).to_contain_text("contact@demo.example")
    check_page(page)
    picture(page, door)


def test_a_full_campaign_says_so(site: Site, visitor: Open, picture: Picture) -> None:
    slug = site.open_campaign(EVENT, "porte-pleine", capacity=1)
    Walker(visitor(), site.forms[EVENT]).run(slug)
    page = visitor("320")
    page.goto(f"/q/{slug}")
    expect(page.locator("h1")).to_have_text("Ce questionnaire est complet")
    check_page(page)
    picture(page, "pleine")


@pytest.mark.parametrize("width", ["320", "1280"])
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("accueil", "/"),
        ("introuvable", "/rien-ici"),
        ("questionnaire-introuvable", "/q/rien-ici"),
        ("lien-mort", "/reprise/rien-ici"),
        ("donnees", "/confidentialite"),
        ("accessibilite", "/accessibilite"),
        ("connexion", "/compte/connexion"),
        ("mot-de-passe-oublie", "/compte/mot-de-passe-oublie"),
        ("premier-lien-mort", "/compte/premier/rien-ici"),
    ],
)
def test_public_pages(
    name: str, path: str, width: str, site: Site, visitor: Open, picture: Picture
) -> None:
    page = visitor(width)
    page.goto(path)
    check_page(page)
    picture(page, name)


def test_the_home_page_lists_what_is_open(site: Site, visitor: Open) -> None:
    page = visitor("320")
    page.goto("/")
    for form in site.forms.values():
        if form.live:  # entered by the code of its meeting
            continue
        expect(page.get_by_role("link", name=form.title, exact=True).first).to_be_visible()
