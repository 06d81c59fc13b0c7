"""Send what waits, over one connection."""

from __future__ import annotations

import logging
import smtplib
import time

import flask_mail
from flask import current_app

from surveyapp.links import settings
from surveyapp.mail.connection import TimedConnection, hang_up, server_problem
from surveyapp.mail.mime import impossible
from surveyapp.mail.queue import LEASE, Claimed, begin, claim, done, failed, later, prolong, release

log = logging.getLogger(__name__)


def send_due() -> int:
    """Send the mails that wait, over one connection; return how many were handled."""
    batch, held = claim()
    possible = [mail for mail in batch if not _given_up(mail)]
    if possible and settings().mail_server:
        _send_batch(possible)
    else:
        for mail in possible:
            _write_file(mail)
            done(mail)
    return len(batch) + held


def _given_up(mail: Claimed) -> bool:
    """Whether the address is one that no server could take."""
    if reason := impossible(mail.recipient):
        failed(mail, reason)
    return bool(reason)


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
            if begin(waiting[0]):
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
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        _refused(mail, code, said, at_address=True)
    except smtplib.SMTPDataError as error:
        _refused(mail, error.smtp_code, error.smtp_error, at_address=False)
    else:
        done(mail)


def _refused(mail: Claimed, code: int, said: bytes | str, *, at_address: bool) -> None:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    quoted = f"{code} {' '.join(text.split())}"
    sentence = f"Le serveur de mail a refusé cet envoi : {quoted}"
    if not 500 <= code < 600:
        later(mail, sentence)
    elif at_address and not _about_us(code, text):
        failed(mail, sentence, refusal=quoted)
    else:
        failed(mail, sentence)


def _about_us(code: int, text: str) -> bool:
    """Whether a refusal speaks of the sender (RFC 3463: 5.7.x, a password missing) or of a
    full mailbox (5.2.2): the address is not to blame."""
    return code in {530, 535, 552} or text.startswith(("5.7.", "5.2.2"))


def _write_file(mail: Claimed) -> None:
    folder = settings().mails
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / f"{mail.id:06d}.eml").write_bytes(mail.mime.as_bytes())
