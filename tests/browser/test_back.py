"""The button « Retour » of the browser, after a page that had to be corrected."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import Site
from tests.browser.walker import BUTTON, Walker

Open = Callable[..., Page]
AMBASSADOR = "candidature-ambassadeur"


@pytest.mark.parametrize("scripts", [True, False])
def test_back_after_a_corrected_page_shows_it_as_it_was_left(
    scripts: bool, site: Site, visitor: Open
) -> None:
    page = visitor("320", scripts=scripts)
    walker = Walker(page, site.forms[AMBASSADOR])
    walker.until(AMBASSADOR, "identite")
    walker.fill()
    walker.control("courriel").fill("prenom.nom@")
    walker.go(lambda: page.locator(BUTTON).first.click())
    expect(page.locator(".error-summary")).to_be_visible()
    expect(walker.control("courriel")).to_have_value("prenom.nom@")
    walker.control("courriel").fill("prenom.nom@exemple.example")
    walker.next()
    assert walker.section != "identite"
    page.go_back()
    assert walker.section == "identite"
    expect(page.locator(".error-summary")).to_have_count(0)
    for name, given in walker.given.items():
        if name != "courriel" and isinstance(given, str) and walker.control(name).count():
            expect(walker.control(name)).to_have_value(given)
    expect(walker.control("courriel")).to_have_value("prenom.nom@exemple.example")
    walker.next()
    walker.finish()
