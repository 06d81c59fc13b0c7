"""The space of an ambassador on a phone, and « À faire » of each role, without a script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from surveyapp.models import User, now
from surveyapp.services.transaction import transaction
from tests.browser.audit import check_page
from tests.browser.office import Office
from tests.spaces import Scene, scene

Open = Callable[..., Page]
Picture = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def mine(office: Office) -> Scene:
    """Somebody entrusted to the ambassador who signs in, eight days ago."""
    office.signed_in("ambassadeur")
    with office.site.app.app_context():
        found = scene(on=now().date() - timedelta(days=8))
        with transaction() as session:
            session.execute(
                sa.update(User)
                .where(User.email == "ambassadeur@demo.example")
                .values(person_id=found.ambassador_id)
            )
    return found


def test_an_ambassador_takes_the_first_contact_on_a_phone(
    mine: Scene, colleague: Open, picture: Picture
) -> None:
    page = colleague("ambassadeur", "320", scripts=False)
    page.goto("/compte/accueil")
    expect(page.locator("h1")).to_have_text("Mes accompagnements")
    expect(page.get_by_role("link", name="Appeler Prénom1 Personne-Demo")).to_be_visible()
    page.get_by_role("button", name="Premier contact").click()
    expect(page.locator(".alert-success")).to_contain_text("C’est noté")
    page.get_by_role("button", name="Fiche de suivi").first.click()
    expect(page.locator("h1")).to_have_text("L’échange")
    with_script = colleague("ambassadeur", "320")
    for address, name in (
        ("/ambassadeur/", "home"),
        (f"/ambassadeur/dossiers/{mine.accompanied}", "accompaniment"),
        ("/ambassadeur/mandat", "mandate"),
        (f"/ambassadeur/dossiers/{mine.mandate}/evenement/retrait_annonce", "withdrawal"),
        ("/compte/agenda", "calendar"),
    ):
        with_script.goto(address)
        check_page(with_script)
        picture(with_script, name)


@pytest.mark.parametrize(("role", "width"), [("coordination", "1280"), ("referent", "320")])
def test_what_waits_for_each_role(
    mine: Scene, role: str, width: str, colleague: Open, picture: Picture
) -> None:
    page = colleague(role, width)
    page.goto("/coordination/dossiers/a-faire")
    check_page(page)
    picture(page, f"board-{role}")
    if role == "coordination":
        page.goto(f"/coordination/dossiers/ambassadeurs/{mine.ambassador_id}/acces")
        check_page(page)
        picture(page, "access")
        page.goto("/coordination/")
        picture(page, "home-coordination")
