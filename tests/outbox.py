"""Short ways to fill the outbox and to look at it, shared by the tests of mail."""

from __future__ import annotations

import email
import email.policy
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import sqlalchemy as sa

from surveyapp import mail
from surveyapp.models import Message, db, now
from surveyapp.services.transaction import transaction
from tests.conftest import Mailbox


def post(to: str = "alix@demo.example", **options: Any) -> int:
    """Add a mail; return its number."""
    values = {"subject": "Objet", "text": "Bonjour\n", "html": "<p>Bonjour</p>", "kind": "test"}
    with transaction() as session:
        return mail.post(session, to=to, **{**values, **options}).id


def message(message_id: int) -> Message:
    """The row as it is now."""
    db.session.rollback()
    return db.session.get_one(Message, message_id)


def received(box: Mailbox, index: int = 0) -> EmailMessage:
    """A mail as a mail program reads it."""
    content = box.envelopes[index].content
    assert isinstance(content, bytes)
    return parsed(content)


def parsed(content: bytes) -> EmailMessage:
    found = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def part(mime: EmailMessage, kind: str) -> str:
    """The text (``plain``) or HTML (``html``) part."""
    body = mime.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def let_time_pass(**span: float) -> None:
    """Everything in the outbox happened earlier by that much."""
    shift = timedelta(**span)
    db.session.rollback()
    with transaction() as session:
        for row in session.scalars(sa.select(Message)):
            for name in ("run_at", "lease_until", "tried_at", "created_at", "done_at"):
                moment = getattr(row, name)
                if moment is not None:
                    setattr(row, name, moment - shift)


def make_due() -> None:
    """The waiting time of everything is over."""
    with transaction() as session:
        session.execute(sa.update(Message).values(run_at=now() - timedelta(seconds=1)))
