"""Who holds which mail: claims with a lease, and what became of each."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import flask_mail
import sqlalchemy as sa

from surveyapp.core.definition import Mode
from surveyapp.core.french import typeset
from surveyapp.jobs import due
from surveyapp.links import settings
from surveyapp.mail import limits
from surveyapp.mail.mime import to_mime
from surveyapp.models import Campaign, FormVersion, Message, WorkState, db, now
from surveyapp.services import addresses
from surveyapp.services.transaction import AnySession, transaction
from surveyapp.store.structure import structure

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
    address_hash: str
    mime: flask_mail.Message


def claim() -> tuple[list[Claimed], int]:
    """Take the mails whose turn it is; return them, and how many were held back instead.

    What people caused themselves goes before solicitations.
    """
    at = now()
    if not limits.allowance(db.session, at, most=BATCH):
        return [], 0
    with transaction() as session:
        limits.wait_for_turn(session)
        number = limits.allowance(session, at, most=BATCH)
        statement = sa.select(Message).where(due(Message, at)).limit(number)
        statement = statement.order_by(Message.solicitation, Message.run_at, Message.id)
        batch = list(session.scalars(statement.with_for_update(skip_locked=True)))
        held = limits.held_back(session, batch, at)
        leaving = [message for message in batch if message.id not in held]
        for message in batch:
            if message.id in held:
                message.state, message.lease_until = WorkState.FAILED, None
                message.error, message.done_at = typeset(held[message.id]), at
        for message in leaving:
            message.state, message.lease_until = WorkState.RUNNING, at + _lease()
            message.attempts += 1
        return [_claimed(message) for message in leaving], len(held)


def begin(mail: Claimed) -> bool:
    """Note that the attempt begins now; ``False`` when another worker holds the mail.

    Not durable: a power cut at this instant costs a place in the minute's count.
    """
    at = now()
    with transaction(durable=False) as session:
        mine = sa.update(Message).where(
            Message.id == mail.id,
            Message.attempts == mail.attempt,
            Message.state == WorkState.RUNNING,
        )
        result = session.execute(mine.values(tried_at=at, lease_until=at + _lease()))
        return bool(getattr(result, "rowcount", 0))


def _claimed(message: Message) -> Claimed:
    return Claimed(
        message.id, message.attempts, message.recipient, message.address_hash, to_mime(message)
    )


def _settle(session: AnySession, mail: Claimed, **values: Any) -> None:
    session.execute(
        sa.update(Message)
        .where(Message.id == mail.id, Message.attempts == mail.attempt)
        .values(lease_until=None, **values)
    )


def done(mail: Claimed) -> None:
    """The server took it, so the address takes mail."""
    with transaction() as session:
        _settle(session, mail, state=WorkState.DONE, error=None, done_at=now())
        _cut(session, mail)
        addresses.forget_refusal(session, mail.address_hash)


def _cut(session: AnySession, mail: Claimed) -> None:
    """Forget the text of a solicitation to an anonymous campaign: it holds a personal link,
    and whoever opens it learns whether the person has answered."""
    anonymous = (
        sa.select(Campaign.id)
        .join(FormVersion, FormVersion.id == Campaign.version_id)
        .where(FormVersion.mode == Mode.ANONYMOUS)
    )
    session.execute(
        sa.update(Message)
        .where(Message.id == mail.id, Message.solicitation, Message.campaign_id.in_(anonymous))
        .values(text="", html="")
    )


def failed(mail: Claimed, reason: str, *, refusal: str = "") -> None:
    """Give up; ``refusal`` is what the server said of the address, if that was the cause."""
    log.warning("mail %d is given up: %s", mail.id, reason.replace(mail.recipient, "…"))
    at = now()
    with transaction() as session:
        _settle(session, mail, state=WorkState.FAILED, error=typeset(reason), done_at=at)
        if refusal and mail.address_hash:
            today = at.astimezone(structure().zone).date()
            addresses.note_refusal(session, mail.address_hash, refusal, today=today)


def later(mail: Claimed, reason: str) -> None:
    """Try again after a while; after a day and a half, give up."""
    if mail.attempt >= MAX_ATTEMPTS:
        failed(mail, reason)
    else:
        wait = BACKOFF[mail.attempt - 1]
        with transaction() as session:
            _settle(
                session,
                mail,
                state=WorkState.PENDING,
                run_at=now() + wait,
                error=typeset(reason),
            )


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
    with transaction() as session:
        _settle(session, mail, state=WorkState.PENDING, attempts=mail.attempt - 1)
