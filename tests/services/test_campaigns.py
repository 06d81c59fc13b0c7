"""Campaigns: created, changed, moved, each act in the history with its author."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp.core.campaign import Phase
from surveyapp.core.definition import (
    FormDefinition,
    Kind,
    Mode,
    Notice,
    Question,
    Section,
)
from surveyapp.models import Campaign, Event, Response, ResponseStatus, Structure, User, db
from surveyapp.services.campaigns import (
    CampaignError,
    Plan,
    create,
    delete_draft,
    edit,
    move,
    possible_steps,
    propose_slug,
)
from surveyapp.services.publish import publish
from surveyapp.services.transaction import transaction
from surveyapp.store.campaigns import campaign_lines, count_answers, daily_counts, phase_of

NOW = datetime(2026, 6, 1, 12, 0, 30, tzinfo=UTC)
DAY = timedelta(days=1)
PLAN = Plan(title="Bien-être des soignants 2026")


def definition(mode: Mode = Mode.ANONYMOUS) -> FormDefinition:
    return FormDefinition(
        name="essai",
        title="Essai",
        version="1",
        mode=mode,
        k=5,
        notice=Notice("a", "b", "c", "d", "e", "f"),
        sections=(Section("page", "Page", items=(Question(Kind.TEXT, "q", "Question"),)),),
    )


@pytest.fixture(autouse=True)
def form(app: Flask) -> None:
    publish(definition())
    with transaction() as session:
        session.add(Structure(name="CPTS des Exemples", timezone="Europe/Paris"))


@pytest.fixture
def author(app: Flask) -> int:
    with transaction() as session:
        user = User(email="camille@demo.example", fs_uniquifier="camille", name="Camille Fictif")
        session.add(user)
    return user.id


def new(plan: Plan = PLAN, author_id: int | None = None) -> Campaign:
    return create("essai", plan, author_id=author_id, now=NOW)


def answer(campaign: Campaign, days: int = 0, status: str = "submitted") -> None:
    day = (NOW + days * DAY).date()
    with transaction() as session:
        session.add(
            Response(
                campaign_id=campaign.id,
                version_id=campaign.version_id,
                anonymous=True,
                status=ResponseStatus(status),
                document={},
                saved_on=day,
                submitted_on=day if status == "submitted" else None,
            )
        )


def events() -> list[tuple[str, int | None]]:
    return [(e.kind, e.user_id) for e in db.session.scalars(sa.select(Event).order_by(Event.id))]


def test_a_campaign_starts_as_a_draft_with_an_address_from_its_title(author: int) -> None:
    campaign = new(author_id=author)
    assert (campaign.slug, campaign.state) == ("bien-etre-soignants-2026", "draft")
    assert campaign.version.form.name == "essai"
    assert events()[-1] == ("campaign.created", author)


def test_a_proposed_address_is_numbered_when_it_is_taken() -> None:
    new()
    assert new().slug == "bien-etre-soignants-2026-2"
    assert propose_slug(PLAN.title) == "bien-etre-soignants-2026-3"
    assert propose_slug("???") == "collecte"


def test_a_typed_address_that_is_taken_is_refused_with_a_free_one() -> None:
    new(replace(PLAN, slug="avis"))
    with pytest.raises(CampaignError, match="« avis-2 »".replace(" ", "\u00a0")) as caught:
        new(replace(PLAN, slug="avis"))
    assert caught.value.field == "slug"


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (Plan(title=" "), "title"),
        (Plan(title="x" * 301), "title"),
        (Plan(title="A", slug="Une adresse"), "slug"),
        (Plan(title="A", closes_at=NOW - DAY), "closes_on"),
        (Plan(title="A", opens_at=NOW + 2 * DAY, closes_at=NOW + DAY), "closes_on"),
    ],
)
def test_each_error_names_the_field_to_correct(plan: Plan, field: str) -> None:
    with pytest.raises(CampaignError) as caught:
        new(plan)
    assert caught.value.field == field


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(CampaignError) as caught:
        create("rien", PLAN, author_id=None, now=NOW)
    assert caught.value.field == "form"


def test_a_new_campaign_takes_the_latest_version() -> None:
    publish(replace(definition(), version="2", title="Essai bis"))
    assert new().version.label == "2"


def test_opening_and_closing_write_the_true_period(author: int) -> None:
    slug = new().slug
    move(slug, "ouvrir", author_id=author, now=NOW)
    move(slug, "fermer", author_id=author, now=NOW + DAY)
    campaign = db.session.scalars(sa.select(Campaign)).one()
    minute = NOW.replace(second=0)
    assert (campaign.opens_at, campaign.closes_at) == (minute, minute + DAY)
    assert phase_of(campaign, now=NOW + 2 * DAY) is Phase.CLOSED
    assert events()[-2:] == [("campaign.ouvrir", author), ("campaign.fermer", author)]


def test_a_campaign_that_its_date_closed_can_be_reopened_without_that_date() -> None:
    slug = new(replace(PLAN, closes_at=NOW + DAY)).slug
    move(slug, "ouvrir", author_id=None, now=NOW)
    later = NOW + 3 * DAY
    campaign = db.session.scalars(sa.select(Campaign)).one()
    assert [s.name for s in possible_steps(campaign, now=later)] == ["rouvrir", "archiver"]
    move(slug, "rouvrir", author_id=None, now=later)
    db.session.expire_all()
    assert campaign.closes_at is None
    assert phase_of(campaign, now=later) is Phase.OPEN


def test_a_step_that_does_not_start_here_changes_nothing() -> None:
    slug = new().slug
    before = events()
    with pytest.raises(CampaignError):
        move(slug, "fermer", author_id=None, now=NOW)
    with pytest.raises(CampaignError):
        move(slug, "danser", author_id=None, now=NOW)
    assert events() == before


def test_a_draft_whose_closing_passed_meanwhile_cannot_be_opened() -> None:
    slug = new(replace(PLAN, closes_at=NOW + DAY)).slug
    with pytest.raises(CampaignError, match="déjà passée"):
        move(slug, "ouvrir", author_id=None, now=NOW + 2 * DAY)


def test_the_history_keeps_what_an_edit_changed(author: int) -> None:
    slug = new().slug
    later = NOW + 9 * DAY
    edit(slug, replace(PLAN, title="Titre", closes_at=later), author_id=author, now=NOW)
    event = db.session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert event.data == {
        "title": [PLAN.title, "Titre"],
        "closes_at": [None, later.isoformat()],
    }
    count = len(events())
    edit(slug, replace(PLAN, title="Titre", closes_at=later), author_id=author, now=NOW)
    assert len(events()) == count


def test_the_address_of_an_open_campaign_stays() -> None:
    slug = new().slug
    edit(slug, replace(PLAN, slug="autre"), author_id=None, now=NOW)
    move("autre", "ouvrir", author_id=None, now=NOW)
    with pytest.raises(CampaignError) as caught:
        edit("autre", replace(PLAN, slug="encore-une"), author_id=None, now=NOW)
    assert caught.value.field == "slug"


def test_an_edit_cannot_take_the_address_of_another() -> None:
    new(replace(PLAN, slug="une"))
    new(replace(PLAN, slug="deux"))
    with pytest.raises(CampaignError, match="prise"):
        edit("deux", replace(PLAN, slug="une"), author_id=None, now=NOW)


def test_a_closing_date_that_has_passed_may_stay_but_not_be_chosen() -> None:
    slug = new(replace(PLAN, closes_at=NOW + DAY)).slug
    later = NOW + 5 * DAY
    edit(slug, Plan(title="Autre titre", closes_at=NOW + DAY), author_id=None, now=later)
    with pytest.raises(CampaignError) as caught:
        edit(slug, replace(PLAN, closes_at=NOW + 2 * DAY), author_id=None, now=later)
    assert caught.value.field == "closes_on"


def test_the_capacity_cannot_fall_below_the_answers() -> None:
    campaign = new(replace(PLAN, capacity=10))
    for _ in range(3):
        answer(campaign)
    with pytest.raises(CampaignError, match="3") as caught:
        edit(campaign.slug, replace(PLAN, capacity=2), author_id=None, now=NOW)
    assert caught.value.field == "capacity"
    edit(campaign.slug, replace(PLAN, capacity=3), author_id=None, now=NOW)


def test_only_a_draft_without_answers_can_be_deleted() -> None:
    campaign = new()
    answer(campaign)
    with pytest.raises(CampaignError):
        delete_draft(campaign.slug, author_id=None, now=NOW)
    other = new().slug
    delete_draft(other, author_id=None, now=NOW)
    assert [c.slug for c in db.session.scalars(sa.select(Campaign))] == [campaign.slug]
    assert events()[-1][0] == "campaign.deleted"


def test_counts_leave_drafts_out() -> None:
    campaign = new()
    new()
    for days in (0, 0, 2):
        answer(campaign, days)
    answer(campaign, status="draft")
    assert count_answers(campaign.id) == 3
    assert [(c.day.day, c.count) for c in daily_counts(campaign.id)] == [(1, 2), (3, 1)]
    assert [line.answers for line in campaign_lines(now=NOW)] == [0, 3]
