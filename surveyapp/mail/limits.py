"""How many mails leave, per minute in all and per month to one address.

Both are counted in the outbox itself, so that they hold across workers and restarts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from surveyapp.links import settings
from surveyapp.models import Message, WorkState
from surveyapp.services.addresses import unreachable_hashes
from surveyapp.services.transaction import AnySession

MINUTE = timedelta(minutes=1)
#: What « a month » is; mails that left are kept as long (services.purge.MESSAGE_LIFE).
MONTH = timedelta(days=30)
#: A number of ours: whoever claims mails on PostgreSQL holds it until the commit.
_TURN = 0x6D61696C


def wait_for_turn(session: AnySession) -> None:
    """Let one worker claim at a time, so that two do not spend the same allowance.

    On SQLite a write transaction is alone anyway.
    """
    if session.get_bind().dialect.name != "sqlite":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_TURN)))


def allowance(session: AnySession, at: datetime, *, most: int) -> int:
    """How many mails may be claimed at ``at``, ``most`` at most.

    A mail counts from its claim to one minute after its attempt began: in no minute do more
    leave than ``SURVEYAPP_MAIL_PER_MINUTE``. One row remembers one attempt: leases and
    back-offs last a minute at least, so the one before is out of the count by then.
    """
    config = settings()
    if not config.mail_per_minute or not config.mail_server:
        return most
    spent = session.scalar(
        sa.select(sa.func.count()).where(
            sa.or_(
                Message.tried_at > at - MINUTE,
                sa.and_(Message.state == WorkState.RUNNING, Message.lease_until >= at),
            )
        )
    )
    return max(0, min(most, config.mail_per_minute - (spent or 0)))


def held_back(session: AnySession, batch: Sequence[Message], at: datetime) -> dict[int, str]:
    """Which solicitations of ``batch`` must not leave: id and a French sentence."""
    asked = [m for m in batch if m.solicitation]
    if not asked:
        return {}
    hashes = {m.address_hash for m in asked}
    closed = unreachable_hashes(session, hashes)
    most = settings().solicitations_per_month
    sent = _sent(session, hashes, at) if most else Counter[str]()
    held: dict[int, str] = {}
    for message in asked:
        if reason := closed.get(message.address_hash):
            held[message.id] = f"Retenu : {reason[0].lower()}{reason[1:]}"
        elif most and sent[message.address_hash] >= most:
            held[message.id] = (
                f"Retenu : cette adresse a déjà reçu {sent[message.address_hash]} invitations ou "
                "relances en 30 jours, le nombre à ne pas dépasser "
                "(SURVEYAPP_SOLICITATIONS_PER_MONTH)."
            )
        else:
            sent[message.address_hash] += 1
    return held


def _sent(session: AnySession, hashes: set[str], at: datetime) -> Counter[str]:
    """Solicitations that left in the last 30 days, or that are leaving, by address."""
    statement = (
        sa.select(Message.address_hash, sa.func.count())
        .where(
            Message.address_hash.in_(hashes),
            Message.solicitation,
            sa.or_(
                sa.and_(Message.state == WorkState.DONE, Message.done_at > at - MONTH),
                sa.and_(Message.state == WorkState.RUNNING, Message.lease_until >= at),
            ),
        )
        .group_by(Message.address_hash)
    )
    return Counter({row[0]: row[1] for row in session.execute(statement)})
