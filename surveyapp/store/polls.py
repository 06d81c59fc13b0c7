"""Queries about live polls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from surveyapp.models import (
    Campaign,
    CampaignState,
    FormVersion,
    Poll,
    PollState,
    PollVote,
    PollWord,
)
from surveyapp.models.base import db


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A campaign that is put in a meeting, with its poll once there is one."""

    campaign: Campaign
    poll: Poll | None


def poll_by_code(code: str) -> Poll | None:
    """The poll with its campaign, version and form."""
    return db.session.scalars(
        sa.select(Poll)
        .where(Poll.code == code)
        .options(
            joinedload(Poll.campaign).joinedload(Campaign.version).joinedload(FormVersion.form)
        )
    ).one_or_none()


def poll_of(campaign_id: int) -> Poll | None:
    """The poll of a campaign."""
    return db.session.scalars(sa.select(Poll).where(Poll.campaign_id == campaign_id)).one_or_none()


def code_taken(code: str) -> bool:
    return db.session.scalar(sa.select(Poll.id).where(Poll.code == code)) is not None


def meetings() -> list[MeetingLine]:
    """The campaigns on live questionnaires that are not archived, the latest first."""
    rows = db.session.execute(
        sa.select(Campaign, Poll)
        .join(Campaign.version)
        .outerjoin(Poll, Poll.campaign_id == Campaign.id)
        .where(
            FormVersion.document["live"].as_boolean(),
            Campaign.state != CampaignState.ARCHIVED,
        )
        .options(joinedload(Campaign.version).joinedload(FormVersion.form))
        .order_by(Campaign.created_at.desc(), Campaign.id.desc())
    )
    return [MeetingLine(campaign, poll) for campaign, poll in rows]


def codes_opened_before(moment: datetime) -> Sequence[str]:
    """Codes of the meetings that are not over and were opened before ``moment``."""
    return db.session.scalars(
        sa.select(Poll.code)
        .join(Poll.campaign)
        .where(Poll.state != PollState.DONE, Campaign.opens_at < moment)
    ).all()


def votes_on(poll_id: int, question: str) -> Sequence[Any]:
    """What was voted on a question."""
    rows = db.session.scalars(
        sa.select(PollVote.value).where(PollVote.poll_id == poll_id, PollVote.question == question)
    )
    return [value for (value,) in rows]


def vote_of(poll_id: int, question: str, voter_hash: str) -> Any:
    """The vote of one telephone, ``None`` when there is none."""
    found = db.session.scalar(
        sa.select(PollVote.value).where(
            PollVote.poll_id == poll_id,
            PollVote.question == question,
            PollVote.voter_hash == voter_hash,
        )
    )
    return found[0] if found else None


def decided_words(poll_id: int, question: str) -> dict[str, bool]:
    """What the moderator decided of the terms of a question, by key."""
    rows = db.session.execute(
        sa.select(PollWord.term, PollWord.accepted).where(
            PollWord.poll_id == poll_id, PollWord.question == question
        )
    )
    return {row.term: row.accepted for row in rows}


def refused_words(poll_id: int) -> dict[str, frozenset[str]]:
    """Keys of the refused terms, by question."""
    rows = db.session.execute(
        sa.select(PollWord.question, PollWord.term).where(
            PollWord.poll_id == poll_id, PollWord.accepted.is_(False)
        )
    )
    found: dict[str, set[str]] = {}
    for question, term in rows:
        found.setdefault(question, set()).add(term)
    return {question: frozenset(terms) for question, terms in found.items()}


def count_voters(poll_id: int) -> int:
    """How many telephones have voted at least once."""
    return (
        db.session.scalar(
            sa.select(sa.func.count(PollVote.voter_hash.distinct())).where(
                PollVote.poll_id == poll_id
            )
        )
        or 0
    )


def votes_by_voter(poll_id: int) -> dict[str, dict[str, Any]]:
    """Votes by telephone, then by question."""
    found: dict[str, dict[str, Any]] = {}
    rows = db.session.execute(
        sa.select(PollVote.voter_hash, PollVote.question, PollVote.value).where(
            PollVote.poll_id == poll_id
        )
    )
    for voter, question, (value,) in rows:
        found.setdefault(voter, {})[question] = value
    return found
