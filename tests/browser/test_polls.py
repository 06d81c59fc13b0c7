"""A meeting in real browsers: the screen of the room and telephones, with and without network."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import BrowserContext, Page, Route, expect

from surveyapp.core.loader import load
from surveyapp.core.poll import Act
from surveyapp.models import Campaign, CampaignState, PollVote
from surveyapp.services import polls
from surveyapp.services.polls import Room
from surveyapp.services.publish import add_version
from surveyapp.services.transaction import transaction
from tests.browser.audit import check_page, focus_problems, width_problems
from tests.browser.office import Office
from tests.browser.site import ROOT

Open = Callable[..., Page]
Picture = Callable[[Page, str], None]
FORM = load(Path(ROOT) / "forms" / "sondage-seance.yaml")
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
WORDS = ["lien", "liens", "confiance", "Entraide", "temps", "écoute", "réseau", "réseaux", "lien"]


@pytest.fixture
def room(office: Office, request: pytest.FixtureRequest) -> Room:
    """A meeting of its own for each test."""
    slug = re.sub(r"[^a-z]+", "-", request.node.name.lower()).strip("-")[:60]
    with office.site.app.app_context():
        with transaction() as session:
            version = add_version(session, FORM)
            session.add(
                Campaign(
                    slug=slug,
                    title="Colloque de printemps",
                    version_id=version.id,
                    state=CampaignState.DRAFT,
                )
            )
        found = polls.room_of(polls.open_meeting(slug, author_id=None, now=NOW))
        assert found is not None
        return found


def do(office: Office, room: Room, *acts: Act) -> None:
    with office.site.app.app_context():
        for act in acts:
            polls.act(room, act)


def vote(office: Office, room: Room, name: str, *values: str, word: str) -> None:
    with office.site.app.app_context():
        polls.vote(room, name, values, word=word)


def votes(office: Office, room: Room) -> int:
    with office.site.session() as session:
        counted = sa.select(sa.func.count()).where(PollVote.poll_id == room.id)
        return session.scalar(counted) or 0


def telephone(colleague: Open, width: str = "320", *, scripts: bool = True) -> Page:
    """Somebody in the room: the account that the fixture signs in plays no part there."""
    return colleague("lecture", width, scripts=scripts)


def test_the_screen_is_driven_by_keys_and_grows_by_itself(
    office: Office, colleague: Open, room: Room, picture: Picture
) -> None:
    page = colleague("coordination")
    page.goto(f"/coordination/seances/{room.code}/ecran")
    expect(page.locator(".poll-code")).to_contain_text(room.code)
    check_page(page)
    picture(page, "attente")
    page.keyboard.press("ArrowRight")
    expect(page.locator("h2")).to_contain_text("Votre territoire")
    for number in range(7):
        vote(office, room, "engagement", "non" if number % 3 else "bientot", word=f"t{number}")
    expect(page.locator(".poll-count")).to_contain_text("7")
    expect(page.locator(".poll-bars")).to_contain_text("57 % (4)")
    check_page(page)
    picture(page, "barres")
    page.keyboard.press("f")
    expect(page.locator(".poll-head")).to_contain_text("vote arrêté")
    page.keyboard.press("r")
    expect(page.locator(".poll-bars")).to_have_count(0)
    page.keyboard.press("r")
    page.keyboard.press("PageDown")
    expect(page.locator("h2")).to_contain_text("Que faut-il faire")
    page.get_by_text("Touches du clavier").click()
    page.get_by_label("Utiliser ces touches").uncheck()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("m")
    page.get_by_label("Utiliser ces touches").check()
    page.locator("h2").click()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("h2")).to_contain_text("Votre territoire")
    assert focus_problems(page) == []


def test_words_make_a_cloud_with_its_list(
    office: Office, colleague: Open, room: Room, picture: Picture
) -> None:
    do(office, room, Act.NEXT, Act.NEXT, Act.NEXT)
    vote(office, room, "utilite", "5", word="a")
    vote(office, room, "utilite", "6", word="b")
    page = colleague("coordination")
    page.goto(f"/coordination/seances/{room.code}/ecran")
    expect(page.locator(".poll-mean")).to_contain_text("5,5")
    check_page(page)
    picture(page, "note")
    page.keyboard.press("ArrowRight")
    expect(page.locator("h2")).to_contain_text("En 1 ou 2 mots")
    for number, text in enumerate(WORDS):
        vote(office, room, "mots", text, "soutien" if number % 2 else "", word=f"t{number}")
    expect(page.locator(".poll-cloud text")).to_have_count(7)
    expect(page.locator(".poll-list li").first).to_contain_text("soutien (4)")
    check_page(page)
    picture(page, "nuage")

    desk = colleague("coordination", "320")
    desk.goto(f"/coordination/seances/{room.code}/regie")
    desk.get_by_role("button", name=re.compile("^Relire les mots")).click()
    expect(desk.get_by_role("heading", name="À relire")).to_be_visible()
    expect(page.locator(".poll-cloud")).to_have_count(0)
    expect(page.locator(".poll-toread")).to_contain_text("7 mots à relire")
    check_page(desk)
    picture(desk, "regie")
    desk.get_by_role("button", name="Montrer « lien »").click()
    expect(page.locator(".poll-list")).to_contain_text("lien (3)")
    expect(page.locator(".poll-list li")).to_have_count(1)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_telephone_votes_and_follows(
    scripts: bool, office: Office, colleague: Open, room: Room, picture: Picture
) -> None:
    page = telephone(colleague, scripts=scripts)

    def look(name: str) -> None:
        if scripts:  # the audit is a script itself
            check_page(page)
            picture(page, name)

    page.goto(f"/s/{room.code}")
    expect(page.locator("main")).to_contain_text("La première question va arriver")
    look("attente")
    do(office, room, Act.NEXT)
    if not scripts:
        page.get_by_role("link", name="Question suivante").click()
    page.get_by_label("Non, ce n’est pas prévu").check()
    look("question")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator(".alert-success")).to_contain_text("Votre réponse est envoyée")
    expect(page.locator("#resultats")).to_be_visible()
    look("envoye")
    assert votes(office, room) == 1
    do(office, room, Act.NEXT, Act.NEXT, Act.NEXT)
    if not scripts:
        page.get_by_role("link", name="Question suivante").click()
    page.get_by_label("Réponse 1").fill("l’entraide")
    look("mots")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator(".poll-mini-words")).to_contain_text("entraide (1)")
    do(office, room, Act.FREEZE)
    if not scripts:
        page.get_by_role("link", name="Question suivante").click()
    expect(page.locator("main")).to_contain_text("Le vote est arrêté")
    look("arrete")


def test_a_vote_without_network_leaves_by_itself_and_counts_once(
    office: Office, colleague: Open, room: Room, picture: Picture
) -> None:
    do(office, room, Act.NEXT)
    page = telephone(colleague)
    page.goto(f"/s/{room.code}")
    context: BrowserContext = page.context
    page.get_by_label("Pas encore, mais nous y pensons").check()
    context.set_offline(True)
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator(".alert-warning")).to_contain_text("votre réponse partira toute seule")
    check_page(page)
    picture(page, "sans-reseau")
    assert votes(office, room) == 0
    context.set_offline(False)
    expect(page.locator(".alert-success")).to_contain_text("Votre réponse est envoyée")
    assert votes(office, room) == 1


def test_a_vote_whose_answer_was_lost_is_sent_again_and_counts_once(
    office: Office, colleague: Open, room: Room
) -> None:
    do(office, room, Act.NEXT)
    page = telephone(colleague)
    page.goto(f"/s/{room.code}")
    sent: list[str] = []

    def lose_the_first(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        sent.append(route.request.post_data or "")
        if len(sent) == 1:
            route.fetch()  # the server has counted it, the telephone does not know
            route.abort()
        else:
            route.continue_()

    page.route(f"**/s/{room.code}", lose_the_first)
    page.get_by_label("Oui, c’est déjà en route").check()
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator(".alert-success")).to_contain_text("Votre réponse est envoyée")
    assert len(sent) == 2
    assert votes(office, room) == 1


def test_the_pages_bear_letters_twice_as_large(office: Office, colleague: Open, room: Room) -> None:
    do(office, room, Act.NEXT)
    page = telephone(colleague)
    for path in (f"/s/{room.code}", "/s"):
        page.goto(path)
        page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
        assert width_problems(page) == [], path
    page.goto("/s?code=zzz")
    check_page(page)


def test_from_the_list_of_meetings_to_the_results(
    office: Office, colleague: Open, room: Room, picture: Picture
) -> None:
    do(office, room, Act.NEXT)
    for number in range(4):
        vote(office, room, "engagement", "non", word=f"t{number}")
    page = colleague("coordination", "320")
    page.goto("/coordination/seances")
    check_page(page)
    picture(page, "seances")
    page.goto(f"/coordination/seances/{room.code}/terminer")
    check_page(page)
    picture(page, "terminer")
    page.get_by_role("button", name="Terminer et enregistrer").click()
    expect(page.locator(".alert-success")).to_contain_text("4 réponses enregistrées")
    check_page(page)
    page.goto(f"/coordination/seances/{room.code}/ecran")
    page.get_by_role("link", name="Voir les résultats").click()
    expect(page.locator(".figure-value").first).to_have_text("4")
