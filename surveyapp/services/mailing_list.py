"""The addresses that get no solicitation, as the coordination sees and changes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from surveyapp.core.address import address_hash
from surveyapp.models import Event, MailAddress, Message, Person, db
from surveyapp.services import addresses
from surveyapp.services.addresses import AddressStatus
from surveyapp.services.transaction import AnySession, transaction


class BadAddress(Exception):
    """What was typed is no address; the message is a French sentence."""


@dataclass(frozen=True, slots=True)
class Silent:
    """An address that gets no solicitation. Only its hash is sure: ``address`` and ``name``
    come from the directory or the outbox and are empty when neither knows it any more."""

    hashed: str
    status: AddressStatus
    address: str = ""
    name: str = ""


def silent_addresses() -> list[Silent]:
    """Every address that declined or was refused, the latest first."""
    rows = db.session.scalars(
        sa.select(MailAddress).where(
            sa.or_(MailAddress.unsubscribed_on.is_not(None), MailAddress.refused_on.is_not(None))
        )
    ).all()
    names = _names({row.address_hash for row in rows})
    found = [
        Silent(
            row.address_hash,
            AddressStatus(row.unsubscribed_on, row.refused_on, row.refusal),
            *names.get(row.address_hash, ("", "")),
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (_day(one.status), one.address), reverse=True)


def stop_writing(typed: str, *, author_id: int, today: date, now: datetime) -> None:
    """Somebody asked, by telephone or mail, not to be solicited any more.

    :raises BadAddress: ``typed`` is no address.
    """
    name, _, domain = typed.strip().rpartition("@")
    if not name or "." not in domain or any(c.isspace() for c in typed.strip()):
        raise BadAddress("Écrivez une adresse complète, par exemple prenom.nom@exemple.fr.")
    hashed = address_hash(typed)
    with transaction() as session:
        addresses.decline(session, hashed, today=today)
        _note(session, "address.stopped", [hashed], author_id, now)


def write_again(hashes: Sequence[str], *, author_id: int, now: datetime) -> int:
    """The addresses were corrected, or their owners want to come back; how many they were."""
    with transaction() as session:
        statement = sa.select(MailAddress.address_hash).where(MailAddress.address_hash.in_(hashes))
        known = list(session.scalars(statement))
        for hashed in known:
            addresses.forget_refusal(session, hashed)
            addresses.come_back(session, hashed)
        _note(session, "address.resumed", known, author_id, now)
    return len(known)


def _note(
    session: AnySession, kind: str, hashes: Iterable[str], author_id: int, now: datetime
) -> None:
    for hashed in hashes:
        event = Event(
            kind=kind,
            subject="address",
            subject_id=0,
            user_id=author_id,
            at=now,
            data={"address_hash": hashed},
        )
        session.add(event)


def _names(hashes: set[str]) -> dict[str, tuple[str, str]]:
    """Address and name by hash: from the directory first, else from the outbox."""
    if not hashes:
        return {}
    sent = sa.select(Message.address_hash, Message.recipient).where(
        Message.address_hash.in_(hashes)
    )
    found = {hashed: (recipient, "") for hashed, recipient in db.session.execute(sent)}
    cards = sa.select(Person.email, Person.first_name, Person.last_name).where(Person.email != "")
    for email, first_name, last_name in db.session.execute(cards):
        hashed = address_hash(email)
        if hashed in hashes:
            found[hashed] = (email, f"{first_name} {last_name}".strip())
    return found


def _day(status: AddressStatus) -> date:
    return max(day for day in (status.unsubscribed_on, status.refused_on) if day is not None)
