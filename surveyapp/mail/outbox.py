"""The outbox: a mail is a row, written in the transaction of its cause."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from email.utils import parseaddr
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from flask import render_template

from surveyapp.core.address import address_hash
from surveyapp.jobs import insert_once
from surveyapp.links import absolute_url, settings
from surveyapp.models import Message, Structure, WorkState, now
from surveyapp.services.transaction import AnySession


def compose(  # noqa: PLR0913 - each is a column of the message
    session: AnySession,
    *,
    template: str,
    to: str,
    subject: str,
    context: Mapping[str, Any],
    kind: str,
    dedupe_key: str | None = None,
) -> Message:
    """Render ``templates/mail/TEMPLATE.txt`` and ``.html`` and add the mail to the outbox.

    With ``dedupe_key`` the same mail is never added twice; the first one is returned.
    ``structure`` (the CPTS) and ``absolute_url`` are known to the templates.
    """
    known = {
        "structure": session.get(Structure, 1) or Structure(name=""),
        "absolute_url": absolute_url,
        "subject": subject,
        **context,
    }
    return post(
        session,
        to=to,
        subject=subject,
        text=plain(render_template(f"mail/{template}.txt", **known)),
        html=render_template(f"mail/{template}.html", **known),
        kind=kind,
        dedupe_key=dedupe_key,
    )


def post(  # noqa: PLR0913 - each is a column of the message
    session: AnySession,
    *,
    to: str,
    subject: str,
    text: str,
    html: str,
    kind: str,
    dedupe_key: str | None = None,
    solicitation: bool = False,
    campaign_id: int | None = None,
    invitation_id: int | None = None,
    language: str = "fr",
) -> Message:
    """Add a mail whose text is ready to the outbox.

    A ``solicitation`` (nobody asked for it) is held back when its address has declined, does
    not take mail or had enough of them this month: that is checked when it leaves. Ask
    :func:`surveyapp.services.addresses.unreachable` before, to write it to nobody in vain.
    """
    domain = parseaddr(settings().mail_from)[1].rpartition("@")[2] or "localhost"
    values: dict[str, Any] = {
        "kind": kind,
        "recipient": to.strip(),
        "subject": " ".join(subject.split())[:300],
        "text": text,
        "html": html,
        "message_id": f"<{uuid4().hex}@{domain}>",
        "dedupe_key": dedupe_key,
        "address_hash": address_hash(to),
        "language": language,
        "solicitation": solicitation,
        "campaign_id": campaign_id,
        "invitation_id": invitation_id,
    }
    if dedupe_key is not None:
        insert_once(session, Message, values)
        return session.scalars(sa.select(Message).where(Message.dedupe_key == dedupe_key)).one()
    message = Message(**values)
    session.add(message)
    session.flush()
    return message


def plain(text: str) -> str:
    """A text part as it is sent: one empty line between paragraphs, none around them."""
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


def stuck(session: AnySession) -> int:
    """How many mails have waited for more than an hour beyond their time."""
    limit = now() - timedelta(hours=1)
    statement = sa.select(sa.func.count()).where(
        Message.state.in_([WorkState.PENDING, WorkState.RUNNING]),
        Message.created_at < limit,
        sa.or_(Message.attempts > 0, Message.run_at < limit),
    )
    return session.scalar(statement) or 0
