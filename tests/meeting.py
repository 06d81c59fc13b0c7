"""A meeting with the live questionnaire that ships: what tests of polls start from."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import sqlalchemy as sa

from surveyapp.core.loader import load
from surveyapp.core.poll import Act
from surveyapp.models import Campaign, CampaignState, Poll, PollVote, Response, db
from surveyapp.services import polls
from surveyapp.services.polls import Room
from surveyapp.services.publish import publish
from surveyapp.services.transaction import transaction

FORM = load(Path(__file__).parents[1] / "forms" / "sondage-seance.yaml")
NOW = datetime(2026, 6, 1, 12, 0, 30, tzinfo=UTC)
TODAY = date(2026, 6, 1)


def live_campaign(slug: str = "colloque") -> str:
    """A draft on the live questionnaire; its address word."""
    version_id = publish(FORM).id
    with transaction() as session:
        session.add(
            Campaign(
                slug=slug,
                title="Le colloque",
                version_id=version_id,
                state=CampaignState.DRAFT,
                listed=True,
            )
        )
    return slug


def meeting(*acts: Act, slug: str = "colloque") -> Room:
    """An open meeting at which ``acts`` have been done."""
    code = polls.open_meeting(live_campaign(slug), author_id=None, now=NOW)
    room = polls.room_of(code)
    assert room is not None
    for act in acts:
        polls.act(room, act)
    return room


def poll() -> Poll:
    """The only poll, as the database has it now."""
    db.session.rollback()
    return db.session.scalars(sa.select(Poll)).one()


def votes() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(PollVote)) or 0


def documents() -> list[dict[str, object]]:
    """The answers of the campaign."""
    db.session.rollback()
    return list(db.session.scalars(sa.select(Response.document)))
