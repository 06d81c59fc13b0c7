"""The seven questionnaires, answered to the end as a new user would."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from surveyapp.core.definition import Mode
from tests.browser.audit import check_page
from tests.browser.site import Site
from tests.browser.walker import Walker, expected_keys
from tests.core.questionnaires import NAMES as FORMS

WIDTHS = ["320", "1280"]

Open = Callable[..., Page]
Picture = Callable[[Page, str], None]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("width", WIDTHS)
def test_to_the_end_with_scripts(
    form: str, width: str, site: Site, visitor: Open, picture: Picture
) -> None:
    """Every page is accessible, fits its screen, and nothing that was typed is lost."""
    page = visitor(width)

    def look(name: str) -> None:
        check_page(page)
        picture(page, f"{form}-{name}")

    walker = Walker(page, site.forms[form], f"{form}.{width}@exemple.example", at_page=look)
    before = site.count(form)
    walker.run(form)
    assert page.locator("h1").inner_text() == "Merci, vos réponses sont bien arrivées"
    documents = site.documents(form)
    assert len(documents) == before + 1
    assert expected_keys(walker) in [set(document) for document in documents]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("width", WIDTHS)
def test_to_the_end_without_scripts(form: str, width: str, site: Site, visitor: Open) -> None:
    page = visitor(width, scripts=False)
    walker = Walker(page, site.forms[form], f"{form}.{width}.sans@exemple.example")
    before = site.count(form)
    walker.run(form)
    assert page.locator("h1").inner_text() == "Merci, vos réponses sont bien arrivées"
    documents = site.documents(form)
    assert len(documents) == before + 1
    assert expected_keys(walker) in [set(document) for document in documents]
    assert site.forms[form].mode is Mode.ANONYMOUS or walker.seen
