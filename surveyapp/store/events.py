"""The history of a thing, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from surveyapp.models import Event, User
from surveyapp.models.base import db


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event. ``author`` is empty when a program did it."""

    at: datetime
    kind: str
    author: str
    data: dict[str, object]


def history(subject: str, subject_id: int, *, limit: int = 20) -> Sequence[HistoryLine]:
    """The latest events of one thing, newest first; of a campaign, also its deleted answers."""
    of_thing = sa.and_(Event.subject == subject, Event.subject_id == subject_id)
    if subject == "campaign":
        lost = Event.data["campaign"].as_integer() == subject_id
        of_thing = sa.or_(of_thing, sa.and_(Event.kind == "response.deleted", lost))
    rows = db.session.execute(
        sa.select(Event, User)
        .outerjoin(User, User.id == Event.user_id)
        .where(of_thing)
        .order_by(Event.id.desc())
        .limit(limit)
    )
    return [
        HistoryLine(event.at, event.kind, (user.name or user.email) if user else "", event.data)
        for event, user in rows
    ]
