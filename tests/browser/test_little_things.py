"""Saved while one types, copied, changed, tried: the little things, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, Route, expect

from surveyapp.core.loader import loads
from surveyapp.models import CampaignState, Response, now
from tests.browser.audit import check_page
from tests.browser.office import Office
from tests.browser.site import Site, wait_until
from tests.browser.walker import Walker

Open = Callable[..., Page]
Picture = Callable[[Page, str], None]

AMBASSADOR = "candidature-ambassadeur"
CONCIERGE = "demande-conciergerie"
EVENT = "satisfaction-evenement"
FORMS = Path(__file__).parents[2] / "forms"
SAVED = re.compile(r"^Enregistré à \d{1,2}\sh\s\d\d$")
NOT_SAVED = "Pas encore enregistré"


@pytest.fixture
def editable(site: Site, request: pytest.FixtureRequest) -> str:
    """A campaign whose answers may be changed; returns its slug."""
    own = re.sub(r"\W+", "-", request.node.name).strip("-").replace("_", "-").lower()
    text = (FORMS / f"{CONCIERGE}.yaml").read_text("utf-8")
    text = text.replace(f"name: {CONCIERGE}", "name: modifiable", 1)
    changed = text.replace("\nmode: nominative", "\nmode: nominative\nedit_until_close: true")
    assert changed != text
    site.forms["modifiable"] = loads(changed, source="modifiable.yaml", lists=FORMS / "lists")
    slug = site.open_campaign("modifiable", own)
    del site.forms["modifiable"]
    return slug


def test_what_is_typed_is_saved_and_said(site: Site, visitor: Open, picture: Picture) -> None:
    slug = site.open_campaign(EVENT, "enregistre")
    page = visitor("320")
    walker = Walker(page, site.forms[EVENT])
    walker.start(slug)
    line = page.locator("#enregistre")
    expect(line).to_have_text("")
    walker.tick("note_globale", "4")
    expect(line).to_have_text(SAVED)
    assert site.documents(slug, status="draft")[0]["values"]["note_globale"] == 4
    check_page(page)
    picture(page, "enregistre")


def test_a_page_that_is_left_at_once_is_saved(site: Site, visitor: Open) -> None:
    slug = site.open_campaign(EVENT, "quitte")
    page = visitor()
    walker = Walker(page, site.forms[EVENT])
    walker.start(slug)
    walker.tick("note_globale", "3")
    page.goto("/")
    drafts = wait_until(lambda: site.documents(slug, status="draft"), what="the draft")
    assert drafts[0]["values"]["note_globale"] == 3


def test_without_network_it_is_said_and_tried_again(
    site: Site, visitor: Open, picture: Picture
) -> None:
    slug = site.open_campaign(EVENT, "coupure")
    page = visitor("320")
    walker = Walker(page, site.forms[EVENT])
    walker.start(slug)
    page.context.set_offline(True)
    walker.tick("note_globale", "2")
    line = page.locator("#enregistre")
    expect(line).to_contain_text(NOT_SAVED)
    check_page(page)
    picture(page, "sans-reseau")
    page.context.set_offline(False)
    expect(line).to_have_text(SAVED)
    assert site.documents(slug, status="draft")[0]["values"]["note_globale"] == 2


def test_what_is_said_does_not_cover_what_is_typed(site: Site, visitor: Open) -> None:
    slug = site.open_campaign(CONCIERGE, "decouvert")
    page = visitor("320")
    Walker(page, site.forms[CONCIERGE]).start(slug)
    page.context.set_offline(True)
    field = page.locator("form.respond input.form-control:visible").first
    field.focus()
    # the worst place: at the very bottom of the screen
    field.evaluate("e => window.scrollBy(0, e.getBoundingClientRect().bottom - innerHeight)")
    page.keyboard.type("a")
    line = page.locator("#enregistre")
    expect(line).to_contain_text(NOT_SAVED)
    typed, said = field.bounding_box(), line.bounding_box()
    assert typed and said
    assert typed["y"] >= 0
    assert typed["y"] + typed["height"] <= said["y"]


def test_a_page_sent_while_it_is_being_saved_arrives_last(site: Site, visitor: Open) -> None:
    slug = site.open_campaign(EVENT, "ensemble")
    page = visitor()
    walker = Walker(page, site.forms[EVENT])
    walker.start(slug)
    held: list[Route] = []

    def hold(route: Route) -> None:
        if "_action=autosave" in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    page.route(f"**/q/{slug}/*", hold)
    walker.tick("note_globale", "2")
    with page.expect_request(lambda request: "_action=autosave" in (request.post_data or "")):
        pass
    walker.fill()
    walker.finish()
    assert held
    assert site.count(slug) == 1
    assert site.documents(slug, status="draft") == []


def test_a_lost_cookie_is_healed_while_one_types(site: Site, visitor: Open) -> None:
    slug = site.open_campaign(EVENT, "sans-cookie")
    page = visitor()
    walker = Walker(page, site.forms[EVENT])
    walker.start(slug)
    page.context.clear_cookies()
    walker.tick("note_globale", "5")
    expect(page.locator("#enregistre")).to_have_text(SAVED)
    walker.fill()
    walker.finish()
    assert site.count(slug) == 1


def test_a_closing_that_comes_is_announced(site: Site, visitor: Open, picture: Picture) -> None:
    soon, later = now() + timedelta(minutes=10), now() + timedelta(hours=3)
    page = visitor("320")
    for slug, closes_at in (("ferme-bientot", soon), ("ferme-plus-tard", later)):
        site.open_campaign(EVENT, slug, closes_at=closes_at)
        Walker(page, site.forms[EVENT]).start(slug)
        expect(page.locator("#fermeture")).to_be_visible(visible=slug == "ferme-bientot")
        if slug == "ferme-bientot":
            check_page(page)
            picture(page, "fermeture")


@pytest.mark.parametrize("scripts", [True, False])
def test_an_optional_choice_can_be_taken_back(scripts: bool, site: Site, visitor: Open) -> None:
    slug = site.open_campaign(EVENT, f"effacer-{scripts}".lower())
    page = visitor("320", scripts=scripts)
    walker = Walker(page, site.forms[EVENT])
    walker.start(slug)
    name, value = "satisfaction", "4"
    button = page.locator(f'button[value="clear:{name}"]')
    expect(button).to_be_hidden()
    walker.tick(name, value)
    expect(button).to_be_visible()
    button.click()
    expect(walker.option(name, value)).not_to_be_checked()
    expect(page.locator(f'button[value="clear:{name}"]')).to_be_hidden()
    if scripts:
        expect(walker.control(name).first).to_be_focused()
        check_page(page)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_copy_is_kept_before_an_anonymous_answer_is_sent(
    scripts: bool, site: Site, visitor: Open, picture: Picture
) -> None:
    slug = site.open_campaign(EVENT, f"copie-{scripts}".lower())
    page = visitor("320", scripts=scripts)
    walker = Walker(page, site.forms[EVENT])
    walker.until(slug, site.forms[EVENT].sections[-1].name)
    walker.fill()
    walker.go(lambda: page.get_by_role("button", name="Relire et garder une copie").click())
    expect(page.locator("h1")).to_have_text("Copie de mes réponses")
    if scripts:
        check_page(page)
        picture(page, "copie")
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger en texte").click()
    assert site.forms[EVENT].title in download.value.path().read_text("utf-8")
    walker.go(lambda: page.get_by_role("link", name="Revenir au questionnaire").click())
    walker.finish()
    expect(page.locator("main")).to_contain_text("personne, nous non plus")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_sent_answer_is_changed(
    scripts: bool, editable: str, site: Site, visitor: Open, picture: Picture
) -> None:
    page = visitor("320", scripts=scripts)
    walker = Walker(page, site.forms[CONCIERGE], "change@exemple.example")
    walker.run(editable)
    reference = page.locator(".reference").inner_text()
    if scripts:
        check_page(page)
        picture(page, "merci-modifiable")
    walker.go(lambda: page.get_by_role("button", name="Modifier mes réponses").click())
    if scripts:
        check_page(page)
    walker.go(lambda: page.get_by_role("link", name="Modifier la page « Vous »").click())
    walker.control("prenom").fill("Dominique")
    walker.next()
    walker.finish()
    assert page.locator(".reference").inner_text() == reference
    assert site.documents(editable)[-1]["prenom"] == "Dominique"


def test_the_link_is_shown_without_a_mail(site: Site, visitor: Open, picture: Picture) -> None:
    page = visitor("320")
    walker = Walker(page, site.forms[AMBASSADOR])
    walker.until(AMBASSADOR, "identite")
    walker.go(lambda: page.locator("button[name=_action][value=later]").click())
    page.get_by_text("Afficher le lien, sans mail").click()
    link = page.locator(".link-text a")
    expect(link).to_be_visible()
    check_page(page)
    picture(page, "lien-affiche")
    other = visitor()
    other.goto(str(link.get_attribute("href")))
    assert Walker(other, site.forms[AMBASSADOR]).section == "identite"


@pytest.mark.parametrize("width", ["320", "1280"])
def test_a_colleague_tries_a_draft(
    width: str, office: Office, colleague: Open, picture: Picture
) -> None:
    site = office.site
    form = site.forms.get(EVENT) or loads(
        (FORMS / f"{EVENT}.yaml").read_text("utf-8"), lists=FORMS / "lists"
    )
    site.forms[EVENT] = form
    slug = site.open_campaign(EVENT, f"essai-{width}", state=CampaignState.DRAFT)
    page = colleague("coordination", width)
    page.goto(f"/coordination/collectes/{slug}")
    walker = Walker(page, form)
    walker.go(lambda: page.get_by_role("button", name="Essayer").click())
    banner = page.locator(".trial")
    expect(banner).to_contain_text("rien ne sera compté")
    check_page(page)
    walker.go(lambda: page.locator("main a.btn-primary").click())
    check_page(page)
    picture(page, "essai")
    walker.finish()
    expect(banner).to_be_visible()
    check_page(page)
    assert site.count(slug) == 0
    assert site.documents(slug, status="draft") == []
    walker.go(lambda: page.get_by_role("button", name="Terminer l’essai").click())
    assert page.url.endswith(f"/collectes/{slug}")


@pytest.mark.parametrize("width", ["320", "1280"])
def test_a_person_is_found_read_and_deleted(
    width: str, office: Office, colleague: Open, picture: Picture
) -> None:
    with office.site.session() as session:
        named = sa.select(Response).where(Response.reference.is_not(None))
        reference = session.scalars(named.order_by(Response.id)).first().reference
    page = colleague("coordination", width)
    page.goto("/coordination/droits")
    check_page(page)
    page.get_by_label("Nom, adresse mail ou référence").fill(reference)
    page.get_by_role("button", name="Chercher").click()
    page.locator("input[name=r]").check()
    check_page(page)
    picture(page, "trouve")
    page.get_by_role("button", name="Voir et exporter").click()
    expect(page.locator("main")).to_contain_text(reference)
    check_page(page)
    picture(page, "dossier")
    page.get_by_role("link", name="Supprimer…").click()
    check_page(page)
    picture(page, "supprimer")
    page.get_by_role("button", name="Supprimer définitivement").click()
    expect(page.locator(".alert-success")).to_contain_text("C’est supprimé")
    page.goto(f"/coordination/droits?q={reference}")
    expect(page.locator(".empty-state")).to_be_visible()
