"""What is past its retention goes away by itself; the history keeps counts only."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.definition import FormDefinition
from surveyapp.core.loader import load
from surveyapp.models import (
    AccountLink,
    Campaign,
    CampaignState,
    Document,
    Event,
    Job,
    LinkPurpose,
    Message,
    Response,
    ResponseStatus,
    SpentToken,
    Verbatim,
    VerbatimState,
    WorkState,
    db,
)
from surveyapp.services.documents import file_of, store_document
from surveyapp.services.publish import add_version
from surveyapp.services.purge import months_before, purge
from surveyapp.services.transaction import transaction

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
FORMS = Path(__file__).parents[2] / "forms"


def form(name: str, **changes: object) -> FormDefinition:
    return replace(load(FORMS / f"{name}.yaml"), **changes)  # type: ignore[arg-type]


def campaign(definition: FormDefinition) -> int:
    with transaction() as session:
        version = add_version(session, definition)
        added = Campaign(
            slug="essai", title="Essai", version_id=version.id, state=CampaignState.OPEN
        )
        session.add(added)
        session.flush()
        return added.id


def answer(campaign_id: int, *, day: date, draft: bool = False, anonymous: bool = False) -> int:
    with transaction() as session:
        response = Response(
            campaign_id=campaign_id,
            version_id=session.get_one(Campaign, campaign_id).version_id,
            anonymous=anonymous,
            status=ResponseStatus.DRAFT if draft else ResponseStatus.SUBMITTED,
            document={"nom": "Exemple"},
            saved_on=day,
            submitted_on=None if draft else day,
        )
        session.add(response)
        session.flush()
        return response.id


def left() -> set[int]:
    return set(db.session.scalars(sa.select(Response.id)))


def test_drafts_go_after_their_days(app: Flask) -> None:
    where = campaign(form("candidature-ambassadeur", draft_retention_days=90))
    answer(where, day=NOW.date() - timedelta(days=91), draft=True)
    fresh = answer(where, day=NOW.date() - timedelta(days=90), draft=True)
    assert purge(now=NOW).drafts == 1
    assert left() == {fresh}


def test_named_answers_go_after_their_months_with_their_reviews(app: Flask) -> None:
    where = campaign(form("candidature-ambassadeur", retention_months=12))
    old = answer(where, day=date(2025, 3, 30))
    fresh = answer(where, day=date(2025, 3, 31))
    with transaction() as session:
        session.add(
            Verbatim(
                campaign_id=where, response_id=old, question="x", state=VerbatimState.KEPT, text="y"
            )
        )
    assert purge(now=NOW).responses == 1
    assert left() == {fresh}
    assert db.session.scalar(sa.select(Verbatim.id)) is None
    assert db.session.get_one(Campaign, where).epoch == 1, "whoever caches the answers must know"


def test_what_is_kept_without_limit_stays(app: Flask) -> None:
    where = campaign(form("satisfaction-evenement", retention_months=None))
    kept = answer(where, day=date(2001, 1, 1), anonymous=True)
    purge(now=NOW)
    assert left() == {kept}
    assert db.session.get_one(Campaign, where).epoch == 0


def test_expired_documents_leave_the_disk_too(app: Flask) -> None:
    with transaction() as session:
        kept, gone = (
            store_document(
                session,
                filename="a.pdf",
                content_type="application/pdf",
                data=b"x",
                permission="read",
                expires_at=NOW + delta,
            )
            for delta in (timedelta(1), timedelta(0))
        )
        session.flush()
        paths = file_of(kept), file_of(gone)
    assert purge(now=NOW).documents == 1
    assert [path.exists() for path in paths] == [True, False]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Document)) == 1


def test_mails_links_and_jobs_that_are_over_go(app: Flask) -> None:
    old = NOW - timedelta(days=100)
    with transaction() as session:
        for n, (state, done) in enumerate(
            [(WorkState.DONE, old), (WorkState.DONE, NOW), (WorkState.PENDING, None)]
        ):
            session.add(
                Message(
                    kind="x",
                    recipient="a@demo.example",
                    subject="x",
                    text="x",
                    html="x",
                    message_id=str(n),
                    state=state,
                    done_at=done,
                    created_at=old,
                )
            )
            session.add(Job(kind="x", payload={}, state=state, done_at=done, created_at=old))
            session.add(
                AccountLink(
                    purpose=LinkPurpose.FIRST,
                    token_hash=str(n),
                    expires_at=(done or NOW) + timedelta(days=1),
                )
            )
    counts = purge(now=NOW)
    assert (counts.messages, counts.jobs, counts.links) == (1, 1, 1)


@pytest.mark.parametrize("state", [CampaignState.CLOSED, CampaignState.OPEN])
def test_tokens_of_a_campaign_closed_long_ago_go(app: Flask, state: CampaignState) -> None:
    """By hand, or by its date alone."""
    where = campaign(form("satisfaction-evenement"))
    with transaction() as session:
        session.add(SpentToken(token_hash="a" * 64, campaign_id=where))
    assert purge(now=NOW).tokens == 0, "the campaign is open"
    with transaction() as session:
        closed = session.get_one(Campaign, where)
        closed.state, closed.closes_at = state, NOW - timedelta(days=61)
    assert purge(now=NOW).tokens == 1


def test_the_history_keeps_numbers_and_no_content(app: Flask) -> None:
    where = campaign(form("candidature-ambassadeur"))
    answer(where, day=date(2001, 1, 1), draft=True)
    purge(now=NOW)
    event = db.session.scalars(sa.select(Event).where(Event.kind == "purge")).one()
    assert event.data["drafts"] == 1
    assert all(isinstance(value, int) for value in event.data.values())
    purge(now=NOW)
    kinds = db.session.scalars(sa.select(Event.kind).where(Event.kind == "purge")).all()
    assert len(kinds) == 1, "nothing to say, nothing said"


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 12, 31), 12, date(2025, 12, 31)),
        (date(2026, 1, 31), 14, date(2024, 11, 30)),
    ],
)
def test_months_are_those_of_the_calendar(day: date, months: int, expected: date) -> None:
    assert months_before(day, months) == expected


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 600))
def test_going_back_n_months_lands_in_the_month_n_before(day: date, months: int) -> None:
    before = months_before(day, months)
    assert (day.year - before.year) * 12 + day.month - before.month == months
    assert before.day <= day.day
