"""The connection to the SMTP server, and what its errors mean."""

from __future__ import annotations

import smtplib
import ssl
from email.utils import parseaddr

import flask_mail
from flask import Flask

from surveyapp.config import Config
from surveyapp.links import settings


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


def server_problem(error: Exception) -> str:
    config = settings()
    where = f"{config.mail_server}:{config.mail_port}"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"Le serveur de mail {where} refuse l’identifiant ou le mot de passe."
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return f"Le serveur de mail {where} n’a pas répondu à temps."
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return f"Le serveur de mail {where} a coupé la connexion pendant l’envoi."
    if isinstance(error, smtplib.SMTPSenderRefused):
        said = error.smtp_error.decode(errors="replace")
        return (
            f"Le serveur de mail {where} refuse l’expéditeur {parseaddr(error.sender)[1]} : "
            f"{error.smtp_code} {said}"
        )
    return f"Le serveur de mail {where} est injoignable ou refuse la connexion ({error})."


def hang_up(host: smtplib.SMTP) -> None:
    try:
        host.quit()
    except (OSError, smtplib.SMTPException):
        host.close()
