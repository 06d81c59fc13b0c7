"""What mail addresses have told us: no more solicitations, or mail that does not arrive.

Addresses are known by the hash of their folded form only. A solicitation (invitation,
reminder) goes to none that declined or was refused; an acknowledgement always goes.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from itsdangerous import BadSignature, Signer
from sqlalchemy.dialects import postgresql, sqlite

from surveyapp.core.address import address_hash
from surveyapp.core.french import date_long
from surveyapp.links import absolute_url, settings
from surveyapp.models import MailAddress
from surveyapp.services.transaction import AnySession, transaction

#: How many addresses one statement asks for.
_CHUNK = 500
_REFUSAL_LENGTH = 300


@dataclass(frozen=True, slots=True)
class AddressStatus:
    """What is known of an address; ``refusal`` quotes the mail server."""

    unsubscribed_on: date | None = None
    refused_on: date | None = None
    refusal: str = ""

    @property
    def reason(self) -> str:
        """Why no solicitation goes there, as a French sentence; empty when one may."""
        if self.unsubscribed_on:
            day = date_long(self.unsubscribed_on)
            return f"Cette personne ne veut plus recevoir d’invitations depuis le {day}."
        if self.refused_on:
            day = date_long(self.refused_on)
            return f"Le serveur de mail a refusé cette adresse le {day} : {self.refusal}"
        return ""


def unreachable(session: AnySession, addresses: Iterable[str]) -> dict[str, str]:
    """Which of ``addresses`` get no solicitation: their hash and a French sentence."""
    return unreachable_hashes(session, {address_hash(address) for address in addresses})


def unreachable_hashes(session: AnySession, hashed: Iterable[str]) -> dict[str, str]:
    """The same for addresses of which only the hash is at hand."""
    hashes = sorted(set(hashed) - {""})
    found: dict[str, str] = {}
    for start in range(0, len(hashes), _CHUNK):
        statement = sa.select(MailAddress).where(
            MailAddress.address_hash.in_(hashes[start : start + _CHUNK])
        )
        for row in session.scalars(statement):
            if reason := _status(row).reason:
                found[row.address_hash] = reason
    return found


def status_of(session: AnySession, email: str) -> AddressStatus:
    """What is known of one address."""
    return status_of_hash(session, address_hash(email))


def status_of_hash(session: AnySession, hashed: str) -> AddressStatus:
    """What is known of the address that has this hash."""
    row = session.get(MailAddress, hashed)
    return _status(row) if row else AddressStatus()


def unsubscribe_url(address: str) -> str:
    """The page where whoever reads mail at ``address`` declines solicitations."""
    return url_of_hash(address_hash(address))


def url_of_hash(hashed: str) -> str:
    """The same for the hash of an address."""
    raw = base64.urlsafe_b64encode(bytes.fromhex(hashed)).rstrip(b"=")
    return absolute_url("unsubscribe.show", token=_signer().sign(raw).decode())


def hash_of_token(token: str) -> str | None:
    """The hash that a token of :func:`unsubscribe_url` holds; ``None`` when it is not ours."""
    try:
        raw = _signer().unsign(token)
        return base64.urlsafe_b64decode(raw + b"=").hex()
    except (BadSignature, UnicodeError, binascii.Error):
        return None


def decline(session: AnySession, hashed: str, *, today: date) -> None:
    """No more solicitations to this address; the first day it was said is kept."""
    row = _row(session, hashed)
    row.unsubscribed_on = row.unsubscribed_on or today


def come_back(session: AnySession, hashed: str) -> None:
    """Solicitations are welcome again."""
    row = session.get(MailAddress, hashed)
    if row is not None:
        row.unsubscribed_on = None
        _drop_if_empty(session, row)


def unsubscribe(hashed: str, *, today: date) -> None:
    """The person pressed the button. As often as they like."""
    with transaction() as session:
        decline(session, hashed, today=today)


def welcome_back(hashed: str) -> None:
    """The person changed their mind."""
    with transaction() as session:
        come_back(session, hashed)


def note_refusal(session: AnySession, hashed: str, refusal: str, *, today: date) -> None:
    """The mail server does not take this address."""
    row = _row(session, hashed)
    row.refused_on, row.refusal = today, " ".join(refusal.split())[:_REFUSAL_LENGTH]


def forget_refusal(session: AnySession, hashed: str) -> bool:
    """The address takes mail again, or somebody corrected what was wrong; was it refused?"""
    row = session.get(MailAddress, hashed)
    if row is None or row.refused_on is None:
        return False
    row.refused_on, row.refusal = None, ""
    _drop_if_empty(session, row)
    return True


def _row(session: AnySession, hashed: str) -> MailAddress:
    """The row of an address; two workers may make it at once."""
    dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(MailAddress).values(address_hash=hashed, refusal="")
    session.execute(statement.on_conflict_do_nothing(index_elements=["address_hash"]))
    return session.get_one(MailAddress, hashed)


def _drop_if_empty(session: AnySession, row: MailAddress) -> None:
    if row.unsubscribed_on is None and row.refused_on is None:
        session.delete(row)


def _status(row: MailAddress) -> AddressStatus:
    return AddressStatus(row.unsubscribed_on, row.refused_on, row.refusal)


def _signer() -> Signer:
    return Signer(settings().secret_key, salt="desinscription")
