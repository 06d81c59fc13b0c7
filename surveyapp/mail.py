"""Mail: written to the outbox with its cause, sent later by the worker.

A mail is sent at least once; its ``Message-ID`` never changes, so that a second copy (a
crash between the server's « 250 » and our note of it) is recognised as the same mail.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from typing import Any
from uuid import uuid4

import flask_mail
import sqlalchemy as sa
from flask import Flask, current_app, render_template

from surveyapp.config import Config
from surveyapp.core.address import address_hash
from surveyapp.jobs import due, insert_once
from surveyapp.links import absolute_url, settings
from surveyapp.models import Message, Structure, WorkState, now
from surveyapp.services.transaction import AnySession, transaction

log = logging.getLogger(__name__)

BATCH = 20
#: How long a claim holds beside the patience that the settings give to the server.
LEASE = timedelta(seconds=60)
#: Waiting time before the second, third… attempt: about a day and a half in all.
BACKOFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 480, 1440))
MAX_ATTEMPTS = len(BACKOFF) + 1


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
        text=render_template(f"mail/{template}.txt", **known),
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


class TimedConnection(flask_mail.Connection):
    """Flask-Mail's connection with what it lacks: a time-out and verified certificates."""

    def configure_host(self) -> smtplib.SMTP:
        config = settings()
        server, port, timeout = config.mail_server, config.mail_port, config.mail_timeout
        context = ssl.create_default_context()
        host: smtplib.SMTP
        if config.mail_security == "ssl":
            host = smtplib.SMTP_SSL(server, port, timeout=timeout, context=context)
        else:
            host = smtplib.SMTP(server, port, timeout=timeout)
        try:
            if config.mail_security == "starttls":
                host.starttls(context=context)
            if config.mail_username:
                host.login(config.mail_username, config.mail_password)
        except BaseException:
            host.close()
            raise
        return host


def init_mail(app: Flask, config: Config) -> None:
    """Attach Flask-Mail."""
    app.config.update(
        MAIL_SERVER=config.mail_server,
        MAIL_PORT=config.mail_port,
        MAIL_DEFAULT_SENDER=config.mail_from,
        MAIL_SUPPRESS_SEND=False,
    )
    flask_mail.Mail(app)


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


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail that this worker holds; ``attempt`` is the fencing token."""

    id: int
    attempt: int
    recipient: str
    mime: flask_mail.Message


def send_due() -> int:
    """Send the mails that wait, over one connection; return how many were handled."""
    batch = _claim()
    if not batch:
        return 0
    if not settings().mail_server:
        for mail in batch:
            _write_file(mail)
            _done(mail)
        return len(batch)
    _send_batch(batch)
    return len(batch)


def _claim() -> list[Claimed]:
    at = now()
    with transaction() as session:
        statement = sa.select(Message).where(due(Message, at))
        statement = statement.order_by(Message.run_at, Message.id).limit(BATCH)
        batch = list(session.scalars(statement.with_for_update(skip_locked=True)))
        for message in batch:
            message.state, message.lease_until = WorkState.RUNNING, at + _lease()
            message.attempts += 1
        return [Claimed(m.id, m.attempts, m.recipient, to_mime(m)) for m in batch]


def _send_batch(batch: list[Claimed]) -> None:
    connection = TimedConnection(current_app.extensions["mail"])
    try:
        host = connection.host = connection.configure_host()
    except (OSError, smtplib.SMTPException) as error:
        log.warning("the mail server cannot be used: %s", error)
        for mail in batch:
            _later(mail, _server_problem(error))
        return
    waiting = list(batch)
    claimed = time.monotonic()
    try:
        while waiting:
            if time.monotonic() - claimed > LEASE.seconds / 2:
                _prolong(waiting)
                claimed = time.monotonic()
            _send_one(connection, waiting[0])
            waiting.pop(0)
    except (OSError, smtplib.SMTPException) as error:
        log.warning("the mail server broke off: %s", error)
        _later(waiting[0], _server_problem(error))
        for mail in waiting[1:]:
            _release(mail)
    finally:
        _hang_up(host)


def _send_one(connection: TimedConnection, mail: Claimed) -> None:
    """Send one mail. Errors that concern it alone are noted; those of the server are raised."""
    try:
        connection.send(mail.mime)
    except flask_mail.BadHeaderError:
        _failed(mail, "L’adresse ou l’objet contient un retour à la ligne.")
    except UnicodeError:
        _failed(mail, "L’adresse contient des caractères que le mail n’accepte pas.")
    except smtplib.SMTPRecipientsRefused as error:
        code, reason = next(iter(error.recipients.values()))
        _refused(mail, code, reason)
    except smtplib.SMTPDataError as error:
        _refused(mail, error.smtp_code, error.smtp_error)
    else:
        _done(mail)


def _refused(mail: Claimed, code: int, reason: bytes | str) -> None:
    text = reason.decode(errors="replace") if isinstance(reason, bytes) else reason
    sentence = f"Le serveur de mail a refusé cet envoi : {code} {' '.join(text.split())}"
    if 500 <= code < 600:
        _failed(mail, sentence)
    else:
        _later(mail, sentence)


def _server_problem(error: Exception) -> str:
    config = settings()
    where = f"{config.mail_server}:{config.mail_port}"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"Le serveur de mail {where} refuse l’identifiant ou le mot de passe."
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return f"Le serveur de mail {where} n’a pas répondu à temps."
    return f"Le serveur de mail {where} est injoignable ou refuse la connexion ({error})."


def _hang_up(host: smtplib.SMTP) -> None:
    try:
        host.quit()
    except (OSError, smtplib.SMTPException):
        host.close()


def _write_file(mail: Claimed) -> None:
    folder = settings().mails
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / f"{mail.id:06d}.eml").write_bytes(mail.mime.as_bytes())


def _settle(mail: Claimed, **values: Any) -> None:
    with transaction() as session:
        session.execute(
            sa.update(Message)
            .where(Message.id == mail.id, Message.attempts == mail.attempt)
            .values(lease_until=None, **values)
        )


def _done(mail: Claimed) -> None:
    _settle(mail, state=WorkState.DONE, error=None, done_at=now())


def _failed(mail: Claimed, reason: str) -> None:
    log.warning("mail %d is given up: %s", mail.id, reason.replace(mail.recipient, "…"))
    _settle(mail, state=WorkState.FAILED, error=reason, done_at=now())


def _later(mail: Claimed, reason: str) -> None:
    if mail.attempt >= MAX_ATTEMPTS:
        _failed(mail, reason)
    else:
        wait = BACKOFF[mail.attempt - 1]
        _settle(mail, state=WorkState.PENDING, run_at=now() + wait, error=reason)


def _lease() -> timedelta:
    """Long enough for one mail to a server that takes its time at every step."""
    return LEASE + timedelta(seconds=4 * settings().mail_timeout)


def _prolong(batch: list[Claimed]) -> None:
    """The server is slow: keep what was claimed and not yet sent."""
    with transaction() as session:
        session.execute(
            sa.update(Message)
            .where(Message.id.in_([m.id for m in batch]), Message.state == WorkState.RUNNING)
            .values(lease_until=now() + _lease())
        )


def _release(mail: Claimed) -> None:
    """Give back a mail that was claimed but not tried."""
    _settle(mail, state=WorkState.PENDING, attempts=mail.attempt - 1)


def stuck(session: AnySession) -> int:
    """How many mails have waited for more than an hour beyond their time."""
    limit = now() - timedelta(hours=1)
    statement = sa.select(sa.func.count()).where(
        Message.state.in_([WorkState.PENDING, WorkState.RUNNING]),
        Message.created_at < limit,
        sa.or_(Message.attempts > 0, Message.run_at < limit),
    )
    return session.scalar(statement) or 0
