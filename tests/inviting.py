"""People of the directory and their personal links, for the tests of invitations."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import sqlalchemy as sa

from surveyapp.core.personal import token_hash, token_of
from surveyapp.models import (
    Campaign,
    Invitation,
    Message,
    Participation,
    Person,
    SpentToken,
    db,
    random_key,
)
from surveyapp.services.invite.personal import key
from surveyapp.services.people.cards import add_person
from surveyapp.services.transaction import transaction

DAY = date(2026, 6, 1)
_LINK = re.compile(r"https?://[^/\s\"]+(/i/[\w-]+)")


def person(number: int = 1, **fields: Any) -> Person:
    """Somebody with a mail address, added to the directory."""
    known = {
        "last_name": f"Exemple{number:03d}",
        "first_name": "Ana",
        "email": f"ana.{number}@demo.example",
        "phone": f"06 00 00 {number // 100:02d} {number % 100:02d}",
        "profession": "60",
        "commune": "Bourg-Exemple",
    }
    with transaction() as session:
        return add_person(session, **known | fields)


def people(count: int, **fields: Any) -> list[int]:
    """Several of them; their keys."""
    return [person(number, **fields).id for number in range(1, count + 1)]


def invited(campaign: Campaign, who: int, **columns: Any) -> str:
    """Somebody's personal link, as if its mail had left; its token."""
    number = random_key()
    token = token_of(key(), number)
    row = {"mailed_on": DAY, **columns}
    campaign_id = campaign.id
    with transaction() as session:
        session.add(
            Invitation(
                id=number,
                campaign_id=campaign_id,
                person_id=who,
                token_hash=token_hash(token),
                **row,
            )
        )
    return token


def mails() -> list[Message]:
    """The outbox, in the order of its filling."""
    db.session.rollback()
    return list(db.session.scalars(sa.select(Message).order_by(Message.id)))


def link_in(message: Message) -> str:
    """The path of the personal link of a mail."""
    found = _LINK.search(message.text)
    assert found, message.text
    return found[1]


def participations() -> list[Participation]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Participation)))


def spent() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(SpentToken.token_hash)))
