"""Send what waits, over one connection."""

from __future__ import annotations

import logging
import smtplib
import time

import flask_mail
from flask import current_app

from surveyapp.links import settings
from surveyapp.mail.connection import TimedConnection, hang_up, server_problem
from surveyapp.mail.queue import LEASE, Claimed, claim, done, failed, later, prolong, release

log = logging.getLogger(__name__)


def send_due() -> int:
    """Send the mails that wait, over one connection; return how many were handled."""
    batch = claim()
    if not batch:
        return 0
    if not settings().mail_server:
        for mail in batch:
            _write_file(mail)
            done(mail)
        return len(batch)
    _send_batch(batch)
    return len(batch)


def _send_batch(batch: list[Claimed]) -> None:
    connection = TimedConnection(current_app.extensions["mail"])
    try:
        host = connection.host = connection.configure_host()
    except (OSError, smtplib.SMTPException) as error:
        log.warning("the mail server cannot be used: %s", error)
        for mail in batch:
            later(mail, server_problem(error))
        return
    waiting = list(batch)
    claimed = time.monotonic()
    try:
        while waiting:
            if time.monotonic() - claimed > LEASE.seconds / 2:
                prolong(waiting)
                claimed = time.monotonic()
            _send_one(connection, waiting[0])
            waiting.pop(0)
    except (OSError, smtplib.SMTPException) as error:
        log.warning("the mail server broke off: %s", error)
        later(waiting[0], server_problem(error))
        for mail in waiting[1:]:
            release(mail)
    finally:
        hang_up(host)


def _send_one(connection: TimedConnection, mail: Claimed) -> None:
    """Send one mail. Errors that concern it alone are noted; those of the server are raised."""
    try:
        connection.send(mail.mime)
    except flask_mail.BadHeaderError:
        failed(mail, "L’adresse ou l’objet contient un retour à la ligne.")
    except UnicodeError:
        failed(mail, "L’adresse contient des caractères que le mail n’accepte pas.")
    except smtplib.SMTPRecipientsRefused as error:
        code, reason = next(iter(error.recipients.values()))
        _refused(mail, code, reason)
    except smtplib.SMTPDataError as error:
        _refused(mail, error.smtp_code, error.smtp_error)
    else:
        done(mail)


def _refused(mail: Claimed, code: int, reason: bytes | str) -> None:
    text = reason.decode(errors="replace") if isinstance(reason, bytes) else reason
    sentence = f"Le serveur de mail a refusé cet envoi : {code} {' '.join(text.split())}"
    if 500 <= code < 600:
        failed(mail, sentence)
    else:
        later(mail, sentence)


def _write_file(mail: Claimed) -> None:
    folder = settings().mails
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / f"{mail.id:06d}.eml").write_bytes(mail.mime.as_bytes())
