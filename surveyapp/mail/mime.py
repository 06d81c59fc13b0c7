"""A message of the outbox as it travels."""

from __future__ import annotations

from email.utils import parseaddr
from urllib.parse import quote

import flask_mail

from surveyapp.links import settings
from surveyapp.models import Message
from surveyapp.services.addresses import url_of_hash
from surveyapp.store.structure import structure


def to_mime(message: Message) -> flask_mail.Message:
    """The mail as it travels: text and HTML, stable identifier, marked as automatic."""
    headers = {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Content-Language": message.language,
    }
    if message.solicitation:
        headers |= _unsubscription(message)
    mime = flask_mail.Message(
        subject=message.subject,
        recipients=[message.recipient],
        body=message.text,
        html=message.html,
        sender=settings().mail_from,
        date=message.created_at.timestamp(),
        extra_headers=headers,
    )
    mime.msgId = message.message_id
    return mime


def impossible(address: str) -> str:
    """Why no mail can be sent to ``address``, as a French sentence; empty when it can."""
    name, at, domain = address.rpartition("@")
    if not (name and at and domain) or any(c.isspace() for c in address):
        return "L’adresse n’est pas complète. Corrigez-la, par exemple prenom.nom@exemple.fr."
    if not name.isascii():
        return (
            "La partie de l’adresse qui précède @ contient des lettres accentuées, que les "
            "serveurs de mail n’acceptent pas. Demandez l’adresse exacte à la personne."
        )
    try:
        domain.encode("idna")
    except UnicodeError:
        return "La fin de l’adresse, après @, n’est pas un nom de site possible. Corrigez-la."
    return ""


def _unsubscription(message: Message) -> dict[str, str]:
    """RFC 2369 and RFC 8058: the button « se désabonner » of the mailbox."""
    contact = structure().email or parseaddr(settings().mail_from)[1]
    subject = quote("Ne plus recevoir d’invitations")
    page = url_of_hash(message.address_hash)
    return {
        "List-Unsubscribe": f"<{page}>, <mailto:{contact}?subject={subject}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
