"""An anonymous campaign with invitations, and whoever tries to tell who said what.

People answer in the order of their mails: the worst case, in which anything that keeps the
order of the answers gives everybody away.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from surveyapp.core.personal import token_of
from surveyapp.models import Access, Invitation, Participation, Response, SpentToken, db
from surveyapp.services import respond
from surveyapp.services.invite.personal import key
from surveyapp.services.respond import Draft
from tests.answering import ANONYMOUS, opened
from tests.inviting import invited, people

TODAY = date(2026, 6, 27)
NOON = datetime(2026, 6, 27, 10, tzinfo=UTC)
#: How many people answer, and how many correct guesses chance explains: of so many random
#: pairs one is right on average, nine or more once in a million tries.
ANSWERS = 40
LUCK = 8

Dump = dict[str, list[tuple[Any, ...]]]


@dataclass
class World:
    """Everybody's secret, by invitation, in the order in which they answered."""

    campaign_id: int
    waiting: list[int] = field(default_factory=list)
    truth: dict[int, str] = field(default_factory=dict)

    def answer(self, count: int = 1) -> None:
        """The next people answer."""
        for _ in range(count):
            number = self.waiting.pop(0)
            secret = f"secret-{len(self.truth):03d}"
            send(number, secret)
            self.truth[number] = secret

    def score(self, guesses: Sequence[tuple[int, str]]) -> int:
        """How many people a list of guesses gives away."""
        return sum(self.truth.get(number) == secret for number, secret in guesses)


def world(count: int = ANSWERS + 10) -> World:
    """Invite people to an anonymous campaign; their invitations in the order of the mails."""
    campaign = opened(ANONYMOUS, access=Access.INVITED)
    campaign_id = campaign.id
    for who in people(count):
        invited(campaign, who)
    statement = sa.select(Invitation.id).order_by(Invitation.person_id)
    return World(campaign_id, list(db.session.scalars(statement)))


def send(invitation_id: int, secret: str) -> str:
    """One person answers, as the pages do it; the token of the draft."""
    campaign = respond.find("avis")
    assert campaign is not None
    token = respond.new_token()
    draft = Draft(values={"liberal": "oui", "libre": secret}, version_id=campaign.version_id)
    respond.save(campaign, token, draft, today=TODAY)
    draft.stored = True
    link = token_of(key(), invitation_id)
    respond.submit(campaign, token, draft, today=TODAY, now=NOON, invitation=link)
    db.session.rollback()
    return token


def dump() -> Dump:
    """Every row of every table, in the order in which the database gives them."""
    db.session.rollback()
    with db.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(sa.text(_ROWS % table.name))]
            for table in db.metadata.sorted_tables
        }


_ROWS = 'SELECT * FROM "%s"'


def secrets_of(rows: Sequence[Response]) -> list[str]:
    return [row.document["libre"] for row in rows]


def answers_by(order: Callable[[Response], Any] | None = None) -> list[str]:
    """The secrets, sorted by whatever the attacker likes; as they lie by default."""
    db.session.rollback()
    rows = list(db.session.scalars(sa.select(Response).where(Response.status == "submitted")))
    return secrets_of(sorted(rows, key=order) if order else rows)


def participants() -> list[int]:
    """The invitations that have served, as they lie."""
    db.session.rollback()
    return list(db.session.scalars(sa.select(Participation.invitation_id)))


def marks() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(SpentToken.token_hash)))


def places(file: Path, what: Sequence[str]) -> list[int]:
    """Where each text lies in a file, in bytes."""
    content = file.read_bytes()
    return [content.index(text.encode()) for text in what]


def agreement(order: Sequence[float]) -> float:
    """How far a sequence is in order: 1 or -1 when it is, about 0 for one that is shuffled
    (Kendall's tau)."""
    pairs = [(a < b) - (a > b) for i, a in enumerate(order) for b in order[i + 1 :]]
    return sum(pairs) / len(pairs)


def strings_of(rows: Dump) -> set[str]:
    """Every word of every cell."""
    text = json.dumps(rows, default=str)
    return set(re.findall(r"[\w-]{16,}", text))
