"""A message of the outbox as it travels: ASCII on the wire, any script for the reader."""

from __future__ import annotations

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, parseaddr
from typing import Any
from urllib.parse import quote

import flask_mail

from surveyapp.links import settings
from surveyapp.models import Message
from surveyapp.services.addresses import url_of_hash
from surveyapp.store.structure import structure

UNSUBSCRIBE = "List-Unsubscribe"


class _Policy(EmailPolicy):
    """Python's rules, but the addresses of :data:`UNSUBSCRIBE` stay as they are.

    Longer than a line, they would become « =?utf-8?q?=3Chttps=3A… », which no mailbox
    understands (RFC 2047 allows it in free text only).
    """

    def fold(self, name: str, value: Any) -> str:
        if name == UNSUBSCRIBE:
            return f"{name}: " + ",\r\n ".join(str(value).split(", ")) + "\r\n"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii")


#: Accents and emoji travel as quoted-printable or base64, whatever the server can do; no
#: line is longer than SMTP allows.
POLICY = _Policy(**{**vars(SMTP), "cte_type": "7bit"})


class Mime(flask_mail.Message):
    """Flask-Mail's message, written by the modern half of Python's library."""

    def __init__(self, message: Message) -> None:
        super().__init__(
            subject=message.subject,
            recipients=[message.recipient],
            body=message.text,
            html=message.html,
            sender=settings().mail_from,
        )
        self.to = message.recipient
        self.headers = {
            "Message-ID": message.message_id,
            "Date": format_datetime(message.created_at),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "Content-Language": message.language,
            **_reply(),
            **(_unsubscription(message) if message.solicitation else {}),
        }

    def _message(self) -> EmailMessage:  # type: ignore[override]
        mime = EmailMessage(policy=POLICY)
        mime["Subject"] = self.subject
        mime["From"] = _address(*parseaddr(settings().mail_from))
        mime["To"] = _address("", self.to)
        mime.set_content(self.body or "")
        mime.add_alternative(self.html or "", subtype="html")
        for name, value in self.headers.items():
            mime[name] = value
        return mime


def to_mime(message: Message) -> Mime:
    """The mail as it travels: text and HTML, stable identifier, marked as automatic."""
    return Mime(message)


def impossible(address: str) -> str:
    """Why no mail can be sent to ``address``, as a French sentence; empty when it can."""
    incomplete = "L’adresse n’est pas complète. Corrigez-la, par exemple prenom.nom@exemple.fr."
    name, _, domain = address.rpartition("@")
    if not name or not domain or any(c.isspace() for c in address):
        return incomplete
    if not name.isascii():
        return (
            "La partie de l’adresse qui précède @ contient des lettres accentuées, que les "
            "serveurs de mail n’acceptent pas. Demandez l’adresse exacte à la personne."
        )
    try:
        _address("", address)
    except UnicodeError:
        return "La fin de l’adresse, après @, n’est pas un nom de site possible. Corrigez-la."
    except (MessageError, ValueError, IndexError):
        return incomplete
    return ""


def _address(display: str, spec: str) -> Address:
    """An address whose site name is written as the network wants it (« xn--… »)."""
    name, _, domain = spec.rpartition("@")
    return Address(display, addr_spec=f"{name}@{domain.encode('idna').decode()}")


def _reply() -> dict[str, str]:
    """Where an answer goes: mails say « répondez à ce message », the sender may be a machine."""
    email = structure().email
    return {"Reply-To": str(_address("", email))} if email and not impossible(email) else {}


def _unsubscription(message: Message) -> dict[str, str]:
    """RFC 2369 and RFC 8058: the button « se désabonner » of the mailbox."""
    contact = structure().email or parseaddr(settings().mail_from)[1]
    subject = quote("Ne plus recevoir d’invitations")
    page = url_of_hash(message.address_hash)
    return {
        UNSUBSCRIBE: f"<{page}>, <mailto:{contact}?subject={subject}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
