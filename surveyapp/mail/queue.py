"""Who holds which mail: claims with a lease, and what became of each."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import flask_mail
import sqlalchemy as sa

from surveyapp.jobs import due
from surveyapp.links import settings
from surveyapp.mail.mime import to_mime
from surveyapp.models import Message, WorkState, now
from surveyapp.services.transaction import transaction

log = logging.getLogger(__name__)

BATCH = 20
#: How long a claim holds beside the patience that the settings give to the server.
LEASE = timedelta(seconds=60)
#: Waiting time before the second, third… attempt: about a day and a half in all.
BACKOFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 480, 1440))
MAX_ATTEMPTS = len(BACKOFF) + 1


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail that this worker holds; ``attempt`` is the fencing token."""

    id: int
    attempt: int
    recipient: str
    mime: flask_mail.Message


def claim() -> list[Claimed]:
    at = now()
    with transaction() as session:
        statement = sa.select(Message).where(due(Message, at))
        statement = statement.order_by(Message.run_at, Message.id).limit(BATCH)
        batch = list(session.scalars(statement.with_for_update(skip_locked=True)))
        for message in batch:
            message.state, message.lease_until = WorkState.RUNNING, at + _lease()
            message.attempts += 1
        return [Claimed(m.id, m.attempts, m.recipient, to_mime(m)) for m in batch]


def _settle(mail: Claimed, **values: Any) -> None:
    with transaction() as session:
        session.execute(
            sa.update(Message)
            .where(Message.id == mail.id, Message.attempts == mail.attempt)
            .values(lease_until=None, **values)
        )


def done(mail: Claimed) -> None:
    _settle(mail, state=WorkState.DONE, error=None, done_at=now())


def failed(mail: Claimed, reason: str) -> None:
    log.warning("mail %d is given up: %s", mail.id, reason.replace(mail.recipient, "…"))
    _settle(mail, state=WorkState.FAILED, error=reason, done_at=now())


def later(mail: Claimed, reason: str) -> None:
    if mail.attempt >= MAX_ATTEMPTS:
        failed(mail, reason)
    else:
        wait = BACKOFF[mail.attempt - 1]
        _settle(mail, state=WorkState.PENDING, run_at=now() + wait, error=reason)


def _lease() -> timedelta:
    """Long enough for one mail to a server that takes its time at every step."""
    return LEASE + timedelta(seconds=4 * settings().mail_timeout)


def prolong(batch: list[Claimed]) -> None:
    """The server is slow: keep what was claimed and not yet sent."""
    with transaction() as session:
        session.execute(
            sa.update(Message)
            .where(Message.id.in_([m.id for m in batch]), Message.state == WorkState.RUNNING)
            .values(lease_until=now() + _lease())
        )


def release(mail: Claimed) -> None:
    """Give back a mail that was claimed but not tried."""
    _settle(mail, state=WorkState.PENDING, attempts=mail.attempt - 1)
