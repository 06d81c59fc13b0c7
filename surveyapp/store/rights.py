"""What the installation knows of one person: answers, drafts, mails, card of the directory.

Anonymous answers are not looked at: nothing in them tells whose they are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from surveyapp.core.address import fold_address
from surveyapp.core.french import fold
from surveyapp.models import Campaign, Dossier, Message, Person, Response, ResponseStatus
from surveyapp.models.base import db

#: Lines of each kind on a page: whoever finds more says more of the person.
MOST = 50
_TEXT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Selection:
    """Things that were found, by key."""

    responses: tuple[int, ...] = ()
    mails: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    dossiers: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.responses or self.mails or self.people or self.dossiers)

    def to_args(self) -> dict[str, list[int]]:
        """The selection as it stands in an address."""
        return {
            "r": [*self.responses],
            "m": [*self.mails],
            "p": [*self.people],
            "d": [*self.dossiers],
        }


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, each kind at most :data:`MOST` long."""

    responses: Sequence[tuple[Response, Campaign]] = ()
    mails: Sequence[Message] = ()
    people: Sequence[Person] = ()
    dossiers: Sequence[Dossier] = ()

    def __bool__(self) -> bool:
        return bool(self.responses or self.mails or self.people or self.dossiers)

    @property
    def cut(self) -> bool:
        """Whether there may be more."""
        counts = (self.responses, self.mails, self.people, self.dossiers)
        return MOST in (len(found) for found in counts)


def search(text: str) -> Found:
    """Everything in which all words of ``text`` are found, drafts included."""
    typed = " ".join(text.replace("\0", "").split())[:_TEXT_LENGTH]
    words = fold(typed).split()
    if not words:
        return Found()
    people = _people(words)
    addresses = {person.email_key for person in people if person.email_key}
    if "@" in typed:
        addresses.add(fold_address(typed))
    return Found(_responses(words, typed), _mails(addresses), people, _dossiers(words, people))


def chosen(selection: Selection) -> Found:
    """The things of a selection that are still there."""
    rows = _of_responses().where(Response.id.in_(selection.responses))
    return Found(
        _pairs(rows),
        db.session.scalars(sa.select(Message).where(Message.id.in_(selection.mails))).all(),
        db.session.scalars(sa.select(Person).where(Person.id.in_(selection.people))).all(),
        db.session.scalars(_of_dossiers().where(Dossier.id.in_(selection.dossiers))).all(),
    )


def _of_responses() -> sa.Select[Response, Campaign]:
    return (
        sa.select(Response, Campaign)
        .join(Campaign, Campaign.id == Response.campaign_id)
        .where(Response.anonymous.is_(False))
        .order_by(Campaign.title, Response.saved_on, Response.id)
    )


def _responses(words: Collection[str], typed: str) -> list[tuple[Response, Campaign]]:
    """Answers by their folded words or their reference, drafts by what was typed."""
    sent = sa.and_(
        Response.status == ResponseStatus.SUBMITTED,
        sa.or_(
            sa.and_(*(Response.search.contains(word, autoescape=True) for word in words)),
            sa.func.lower(Response.reference) == typed.lower(),
        ),
    )
    drafts = _of_responses().where(Response.status == ResponseStatus.DRAFT)
    found = [*_pairs(_of_responses().where(sent).limit(MOST)), *_matching(_pairs(drafts), words)]
    return found[:MOST]


def _pairs(statement: sa.Select[Response, Campaign]) -> list[tuple[Response, Campaign]]:
    return [(response, campaign) for response, campaign in db.session.execute(statement)]


def _matching(
    rows: list[tuple[Response, Campaign]], words: Collection[str]
) -> list[tuple[Response, Campaign]]:
    """Drafts have no folded words in the database: they are few, and come and go."""
    found = []
    for response, campaign in rows:
        text = fold(" ".join(_texts(response.document.get("values", {}))))
        if all(word in text for word in words):
            found.append((response, campaign))
    return found


def _texts(values: Mapping[str, Any]) -> list[str]:
    texts: list[str] = []
    for value in values.values():
        for single in value if isinstance(value, list) else [value]:
            texts += _texts(single) if isinstance(single, dict) else [str(single)]
    return texts


def _mails(addresses: Collection[str]) -> Sequence[Message]:
    statement = sa.select(Message).where(sa.func.lower(Message.recipient).in_(addresses))
    return db.session.scalars(statement.order_by(Message.id.desc()).limit(MOST)).all()


def _of_dossiers() -> sa.Select[Dossier]:
    alive = Dossier.anonymised_on.is_(None)
    return sa.select(Dossier).where(alive).order_by(Dossier.sort_key, Dossier.id)


def _dossiers(words: Collection[str], people: Sequence[Person]) -> Sequence[Dossier]:
    """Dossiers by their words, and those of the cards that were found."""
    said = sa.and_(*(Dossier.search.contains(word, autoescape=True) for word in words))
    theirs = Dossier.person_id.in_([person.id for person in people])
    return db.session.scalars(_of_dossiers().where(sa.or_(said, theirs)).limit(MOST)).all()


def _people(words: Collection[str]) -> Sequence[Person]:
    conditions = [Person.search.contains(word, autoescape=True) for word in words]
    statement = sa.select(Person).where(*conditions).order_by(Person.sort_key)
    return db.session.scalars(statement.limit(MOST)).all()
