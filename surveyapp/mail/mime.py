"""A message of the outbox as it travels."""

from __future__ import annotations

import flask_mail

from surveyapp.links import settings
from surveyapp.models import Message


def to_mime(message: Message) -> flask_mail.Message:
    """The mail as it travels: text and HTML, stable identifier, marked as automatic."""
    mime = flask_mail.Message(
        subject=message.subject,
        recipients=[message.recipient],
        body=message.text,
        html=message.html,
        sender=settings().mail_from,
        date=message.created_at.timestamp(),
        extra_headers={
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "Content-Language": "fr",
        },
    )
    mime.msgId = message.message_id
    return mime
