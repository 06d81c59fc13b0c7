"""Mails that could not be sent: send them again, or let them go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from surveyapp.models import Event, Message, WorkState
from surveyapp.models.base import db
from surveyapp.services.transaction import transaction


def failed_mails(*, limit: int = 200) -> Sequence[Message]:
    """Mails that were given up, the latest first."""
    return db.session.scalars(
        sa.select(Message)
        .where(Message.state == WorkState.FAILED)
        .order_by(Message.id.desc())
        .limit(limit)
    ).all()


def waiting_mails() -> int:
    """How many mails are on their way out."""
    waiting = Message.state.in_((WorkState.PENDING, WorkState.RUNNING))
    return db.session.scalar(sa.select(sa.func.count()).where(waiting)) or 0


def send_again(message_ids: Sequence[int], *, now: datetime) -> int:
    """Put given-up mails back in the queue; how many there were."""
    with transaction() as session:
        found = session.scalars(_failed(message_ids)).all()
        for message in found:
            message.state, message.attempts = WorkState.PENDING, 0
            message.run_at, message.error, message.done_at = now, None, None
    return len(found)


def let_go(message_ids: Sequence[int], *, author_id: int, now: datetime) -> int:
    """Delete given-up mails (their text may be personal); how many there were."""
    with transaction() as session:
        found = session.scalars(_failed(message_ids)).all()
        for message in found:
            event = Event(
                kind="mail.let_go",
                subject="message",
                subject_id=message.id,
                user_id=author_id,
                at=now,
                data={"kind": message.kind},
            )
            session.add(event)
            session.delete(message)
    return len(found)


def _failed(message_ids: Sequence[int]) -> sa.Select[Message]:
    return sa.select(Message).where(Message.id.in_(message_ids), Message.state == WorkState.FAILED)
