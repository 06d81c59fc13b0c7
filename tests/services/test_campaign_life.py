"""Extending, repeating, copying, hiding results: what is written, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp import jobs
from surveyapp.models import (
    Access,
    Campaign,
    CampaignState,
    Document,
    Event,
    Invitation,
    Structure,
    User,
    Visibility,
    db,
)
from surveyapp.permissions import Permission
from surveyapp.services import campaigns, exports, reports
from surveyapp.services.campaigns import CampaignError, Plan
from surveyapp.services.exports import Export
from surveyapp.services.people.cards import add_person
from surveyapp.services.transaction import transaction
from tests.answering import ANONYMOUS, change, opened, together

NOW = datetime(2026, 6, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def structure(app: Flask) -> None:
    with transaction() as session:
        session.add(Structure(name="CPTS des Exemples", timezone="Indian/Reunion"))


def last_event() -> Event:
    return db.session.scalars(sa.select(Event).order_by(Event.id.desc()).limit(1)).one()


def fresh(slug: str) -> Campaign:
    db.session.rollback()
    return db.session.scalars(sa.select(Campaign).where(Campaign.slug == slug)).one()


def test_an_extension_keeps_both_dates_in_the_history() -> None:
    opened(ANONYMOUS, closes_at=NOW + DAY)
    campaigns.extend("avis", NOW + 8 * DAY, author_id=None, now=NOW)
    event = last_event()
    assert (event.kind, event.at) == ("campaign.prolonger", NOW)
    assert event.data == {"closes_at": ["2026-06-03T08:00:00+00:00", "2026-06-10T08:00:00+00:00"]}


@pytest.mark.parametrize(
    ("columns", "wanted", "message"),
    [
        ({"closes_at": NOW + 2 * DAY}, NOW + 2 * DAY, "plus tardive"),
        ({"closes_at": NOW + 2 * DAY}, NOW + DAY, "plus tardive"),
        ({"state": CampaignState.CLOSED, "closes_at": NOW - DAY}, NOW, "à venir"),
        ({"opens_at": NOW + 5 * DAY}, NOW + 4 * DAY, "après l’ouverture"),
        ({"state": CampaignState.DRAFT}, NOW + DAY, "a changé entre-temps"),
        ({"state": CampaignState.ARCHIVED}, NOW + DAY, "a changé entre-temps"),
    ],
)
def test_what_is_no_extension_is_refused(
    columns: dict[str, Any], wanted: datetime, message: str
) -> None:
    opened(ANONYMOUS, **columns)
    with pytest.raises(CampaignError, match=message):
        campaigns.extend("avis", wanted, author_id=None, now=NOW)
    assert fresh("avis").state == columns.get("state", CampaignState.OPEN)


def test_closing_early_and_reopening_keep_the_dates_in_the_history() -> None:
    opened(ANONYMOUS, closes_at=NOW + DAY)
    campaigns.move("avis", "fermer", author_id=None, now=NOW)
    closed = "2026-06-02T08:00:00+00:00"
    assert last_event().data == {"closes_at": ["2026-06-03T08:00:00+00:00", closed]}
    campaigns.move("avis", "rouvrir", author_id=None, now=NOW)
    assert last_event().data == {"closes_at": [closed, "2026-06-03T08:00:00+00:00"]}


@pytest.mark.parametrize(
    ("columns", "later", "restored"),
    [
        ({"closes_at": NOW + 9 * DAY}, DAY, NOW + 9 * DAY),
        ({"closes_at": NOW + 9 * DAY}, 10 * DAY, None),
        ({}, DAY, None),
    ],
    ids=["ahead", "passed", "none"],
)
def test_reopening_restores_the_closing_that_was_announced(
    columns: dict[str, Any], later: timedelta, restored: datetime | None
) -> None:
    opened(ANONYMOUS, **columns)
    campaigns.move("avis", "fermer", author_id=None, now=NOW)
    at = NOW + later
    assert campaigns.closing_to_restore(fresh("avis"), now=at) == restored
    campaigns.move("avis", "rouvrir", author_id=None, now=at)
    assert fresh("avis").closes_at == restored


def test_only_the_last_closing_tells_the_date_to_restore() -> None:
    """Its own date closed the campaign since: the one that was replaced long ago is void."""
    found = opened(ANONYMOUS, closes_at=NOW + 30 * DAY)
    campaigns.move("avis", "fermer", author_id=None, now=NOW)
    change(found, closes_at=NOW + DAY)
    assert campaigns.closing_to_restore(fresh("avis"), now=NOW + 2 * DAY) is None


def test_a_date_chosen_since_the_closing_is_kept() -> None:
    found = opened(ANONYMOUS)
    campaigns.move("avis", "fermer", author_id=None, now=NOW)
    change(found, closes_at=NOW + 5 * DAY)
    campaigns.move("avis", "rouvrir", author_id=None, now=NOW + DAY)
    assert fresh("avis").closes_at == NOW + 5 * DAY


def test_a_campaign_is_reopened_until_a_date_ahead() -> None:
    opened(ANONYMOUS)
    campaigns.move("avis", "fermer", author_id=None, now=NOW)
    with pytest.raises(CampaignError, match="à venir"):
        campaigns.move("avis", "rouvrir", author_id=None, now=NOW, closes_at=NOW)
    campaigns.move("avis", "rouvrir", author_id=None, now=NOW, closes_at=NOW + DAY)
    assert fresh("avis").closes_at == NOW + DAY


def test_nothing_opens_against_a_blocking_finding_unless_forced() -> None:
    opened(ANONYMOUS, state=CampaignState.DRAFT, access=Access.INVITED)
    with pytest.raises(CampaignError, match="aucune ne l’est encore"):
        campaigns.move("avis", "ouvrir", author_id=None, now=NOW)
    with transaction() as session:
        person = add_person(session, email="camille@demo.example", last_name="Fictif")
        session.flush()
        session.add(Invitation(campaign_id=_id("avis"), person_id=person.id, token_hash="a" * 64))
    campaigns.move("avis", "ouvrir", author_id=None, now=NOW)
    assert fresh("avis").state == "open"


def test_a_forced_opening_is_only_for_the_command_line() -> None:
    opened(ANONYMOUS, state=CampaignState.DRAFT, access=Access.INVITED)
    campaigns.move("avis", "ouvrir", author_id=None, now=NOW, force=True)
    assert fresh("avis").state == "open"


def _id(slug: str) -> int:
    found = db.session.scalar(sa.select(Campaign.id).where(Campaign.slug == slug))
    assert found is not None
    return found


def test_a_wave_repeats_the_choices_and_a_draft_that_has_one_stays() -> None:
    first = opened(
        ANONYMOUS, title="Avis 2026", audience=140, state=CampaignState.CLOSED,
        opens_at=NOW - 20 * DAY, closes_at=NOW, messages={"intro": "Bonjour."},
    )  # fmt: skip
    plan = campaigns.propose_wave(first, now=NOW + 365 * DAY)
    assert (plan.title, plan.slug, plan.audience) == ("Avis 2027", "avis-2027", 140)
    assert plan.closes_at == datetime(2027, 6, 22, 19, 59, 59, 999999, tzinfo=UTC)
    wave = campaigns.create_wave("avis", plan, author_id=None, now=NOW + 365 * DAY)
    assert (wave.previous_id, wave.messages) == (_id("avis"), {"intro": "Bonjour."})
    change(fresh("avis"), state=CampaignState.DRAFT)
    with pytest.raises(CampaignError, match="vague suivante"):
        campaigns.delete_draft("avis", author_id=None, now=NOW)


def test_drafts_are_deleted_from_the_last_wave_back() -> None:
    first = opened(ANONYMOUS, state=CampaignState.DRAFT)
    opened(ANONYMOUS, "suite", previous_id=first.id, state=CampaignState.DRAFT)
    campaigns.delete_draft("suite", author_id=None, now=NOW)
    campaigns.delete_draft("avis", author_id=None, now=NOW)


def test_files_of_results_follow_who_may_see_the_results() -> None:
    """A file that was made before is taken from the role lecture too."""
    opened(ANONYMOUS, "autre")
    for slug in ("avis", "autre"):
        found = opened(ANONYMOUS) if slug == "avis" else fresh(slug)
        exports.request_export(found, "results_csv", Export(), owner_id=_owner(), today=NOW.date())
    run_jobs()
    assert _permissions() == {"avis": Permission.READ, "autre": Permission.READ}
    plan = campaigns.plan_of(fresh("avis"))
    hidden = replace(plan, visibility=Visibility.COORDINATION)
    campaigns.edit("avis", hidden, author_id=None, now=NOW)
    assert _permissions() == {"avis": Permission.RESPONSES, "autre": Permission.READ}
    reports.request_report(fresh("avis"), owner_id=_owner(), on=NOW.date())
    run_jobs()
    made = db.session.scalars(sa.select(Document.permission)).all()
    assert sorted(made) == [Permission.READ, Permission.RESPONSES, Permission.RESPONSES]


def run_jobs() -> None:
    while (job := jobs.claim()) is not None:
        jobs.run(job)


def _permissions() -> dict[str, str]:
    db.session.rollback()
    rows = db.session.execute(sa.select(Document.filename, Document.permission))
    return {name.split("-")[1]: permission for name, permission in rows}


def _owner() -> int:
    owner: int | None = db.session.scalar(sa.select(User.id))
    if owner is not None:
        return owner
    with transaction() as session:
        user = User(email="camille@demo.example", fs_uniquifier="camille", name="Camille Fictif")
        session.add(user)
    return user.id


def test_a_button_pressed_many_times_makes_as_many_copies_and_no_error(app: Flask) -> None:
    opened(ANONYMOUS)
    made = together(app, 4, lambda _: campaigns.duplicate("avis", author_id=None, now=NOW).slug)
    assert len(set(made)) == 4


def test_an_address_typed_by_two_at_once_is_given_to_one(app: Flask) -> None:
    opened(ANONYMOUS)

    def claim(_: int) -> str:
        try:
            plan = Plan(title="Avis", slug="la-meme")
            return campaigns.create("essai", plan, author_id=None, now=NOW).slug
        except CampaignError as error:
            return error.field

    assert sorted(map(str, together(app, 4, claim))) == ["la-meme", "slug", "slug", "slug"]


def test_a_campaign_closed_by_many_at_once_is_closed_once(app: Flask) -> None:
    opened(ANONYMOUS)

    def close(_: int) -> bool:
        try:
            return bool(campaigns.move("avis", "fermer", author_id=None, now=NOW))
        except CampaignError:
            return False

    assert together(app, 4, close).count(True) == 1
    closings = sa.select(sa.func.count()).where(Event.kind == "campaign.fermer")
    assert db.session.scalar(closings) == 1


def test_a_plan_is_tidied() -> None:
    opened(ANONYMOUS)
    plan = Plan(
        title=" Un avis ? ",
        access=Access.INVITED,
        messages={"intro": "  ", "closed": " Merci ! "},
        redirect_url=" https://www.cpts.demo.example/ ",
    )
    made = campaigns.create("essai", plan, author_id=None, now=NOW)
    assert made.title == "Un avis\u202f?"
    assert made.messages == {"closed": "Merci\u202f!"}
    assert (made.listed, made.redirect_url) == (False, "https://www.cpts.demo.example/")
