"""Who is in the directory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from surveyapp.core.directory.card import NAMES, Card
from surveyapp.core.french import fold
from surveyapp.models import (
    Campaign,
    ChangeKind,
    ChangeState,
    DirectoryChange,
    Invitation,
    Person,
    User,
)
from surveyapp.models.base import db

MEMBERSHIPS = ("current", "lapsed", "never")
_TEXT_LENGTH = 200
#: Names of the filters in an address.
_ARGS = {
    "text": "q",
    "profession": "profession",
    "commune": "commune",
    "tag": "etiquette",
    "membership": "cotisation",
}
#: Memberships in an address.
_MEMBERSHIP_ARGS = {"current": "a-jour", "lapsed": "echue", "never": "jamais"}


class PeopleSort(StrEnum):
    """What the list is sorted by; the values are those of the address."""

    NAME = "nom"
    COMMUNE = "commune"
    MEMBERSHIP = "cotisation"


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Whom one looks for. Every word of ``text`` must be found on the card.

    ``membership`` is empty or one of :data:`MEMBERSHIPS`.
    """

    text: str = ""
    profession: str = ""
    commune: str = ""
    tag: str = ""
    membership: str = ""

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> PeopleFilter:
        """Read the filters of an address; what is unknown is left out."""
        values = {
            name: (args.get(arg) or "").strip()[:_TEXT_LENGTH].replace("\0", "")
            for name, arg in _ARGS.items()
        }
        known = {arg: name for name, arg in _MEMBERSHIP_ARGS.items()}
        values["membership"] = known.get(values["membership"], "")
        return cls(**values)

    def to_args(self) -> dict[str, str]:
        """The filters as they stand in an address; empty ones are left out."""
        values = {_ARGS[field.name]: getattr(self, field.name) for field in fields(self)}
        values["cotisation"] = _MEMBERSHIP_ARGS.get(self.membership, "")
        return {arg: value for arg, value in values.items() if value}


#: Somebody whom only a dossier knows is in no list.
_listed = Person.dossier_only.is_(False)


def select_people(wanted: PeopleFilter, *, today: date) -> sa.Select[Person]:
    """Everybody who matches, in no order. ``today`` in the time zone of the CPTS."""
    return sa.select(Person).where(*_conditions(wanted, today))


def count_people(wanted: PeopleFilter, *, today: date) -> int:
    """How many match."""
    statement = sa.select(sa.func.count(Person.id)).where(*_conditions(wanted, today))
    return db.session.scalar(statement) or 0


def _conditions(wanted: PeopleFilter, today: date) -> list[sa.ColumnElement[bool]]:
    conditions = [
        _listed,
        *(Person.search.contains(word, autoescape=True) for word in fold(wanted.text).split()),
    ]
    if wanted.profession:
        conditions.append(Person.profession == wanted.profession)
    if wanted.commune:
        conditions.append(Person.commune == wanted.commune)
    if wanted.tag:  # tags hold no quote (core/directory/cells.py)
        tags = sa.cast(Person.tags, sa.Text)
        conditions.append(tags.icontains(f'"{wanted.tag}"', autoescape=True))
    if wanted.membership == "current":
        conditions.append(Person.member_until >= today)
    elif wanted.membership == "lapsed":
        conditions.append(Person.member_until < today)
    elif wanted.membership == "never":
        conditions.append(Person.member_until.is_(None))
    return conditions


_ORDERS = {
    PeopleSort.NAME: (Person.sort_key,),
    PeopleSort.COMMUNE: (sa.func.lower(Person.commune),),
    PeopleSort.MEMBERSHIP: (Person.member_until.is_(None), Person.member_until),
}


def find_people(
    wanted: PeopleFilter,
    *,
    today: date,
    sort: PeopleSort = PeopleSort.NAME,
    descending: bool = False,
    offset: int = 0,
    limit: int | None = None,
) -> Sequence[Person]:
    """A slice of those who match, in the order asked for."""
    keys = [key.desc() if descending else key.asc() for key in _ORDERS[sort]]
    statement = select_people(wanted, today=today).order_by(*keys, Person.sort_key, Person.id)
    return db.session.scalars(statement.offset(offset).limit(limit)).all()


def person(person_id: int) -> Person | None:
    """One card."""
    return db.session.get(Person, person_id)


def professions_used() -> Sequence[str]:
    """The codes of the professions of the directory."""
    found = sa.select(Person.profession).where(_listed, Person.profession != "").distinct()
    return db.session.scalars(found).all()


def communes() -> Sequence[str]:
    """The communes of the directory, by name."""
    found = sa.select(Person.commune).where(_listed, Person.commune != "").distinct()
    return sorted(db.session.scalars(found), key=fold)


def tags() -> Sequence[str]:
    """The tags of the directory, by name."""
    used = db.session.scalars(sa.select(Person.tags).distinct())
    return sorted({tag for several in used for tag in several}, key=fold)


def card_of(row: Person) -> Card:
    """A copy of the card, free of the session."""
    values = {name: getattr(row, name) for name in NAMES}
    return Card(
        **values
        | {
            "tags": tuple(row.tags),
            "languages": tuple(row.languages),
            "contact_by": str(row.contact_by),
        }
    )


def all_cards() -> dict[int, Card]:
    """Every card by its key; one query, no object of the session."""
    columns = [getattr(Person, name) for name in NAMES]
    found: dict[int, Card] = {}
    for key, *values in db.session.execute(sa.select(Person.id, *columns)):
        row = dict(zip(NAMES, values, strict=True))
        row["tags"], row["languages"] = tuple(row["tags"]), tuple(row["languages"])
        row["contact_by"] = str(row["contact_by"])
        found[key] = Card(**row)
    return found


def cards_of(keys: Collection[int]) -> dict[int, Card]:
    """The cards that still exist among ``keys``."""
    rows = db.session.scalars(sa.select(Person).where(Person.id.in_(keys)))
    return {row.id: card_of(row) for row in rows}


def candidates(card: Card, *, listed: bool = False) -> dict[int, Card]:
    """Cards that share the RPPS, the mail or the name, to look for duplicates; ``listed``:
    only those of the directory, not what dossiers alone know."""
    keys = (
        (Person.rpps, card.rpps),
        (Person.email_key, card.email_key),
        (Person.sort_key, card.sort_key),
    )
    conditions = [column == value for column, value in keys if value]
    if not conditions:
        return {}
    wanted = sa.select(Person).where(sa.or_(*conditions), _listed if listed else sa.true())
    rows = db.session.scalars(wanted.limit(50))
    return {row.id: card_of(row) for row in rows}


def invited_to(person_id: int) -> Sequence[Campaign]:
    """The campaigns that somebody was invited to, the latest first."""
    statement = (
        sa.select(Campaign)
        .join(Invitation, Invitation.campaign_id == Campaign.id)
        .where(Invitation.person_id == person_id)
        .order_by(Campaign.id.desc())
    )
    return db.session.scalars(statement).all()


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """An import or a merge in a list; ``author`` is empty when a program did it."""

    id: int
    kind: ChangeKind
    state: ChangeState
    filename: str
    counts: dict[str, Any]
    author: str
    at: datetime


def change(change_id: int) -> DirectoryChange | None:
    """One import or merge, with all it holds."""
    return db.session.get(DirectoryChange, change_id)


def change_lines(*, limit: int = 50) -> Sequence[ChangeLine]:
    """The latest imports and merges, without their rows."""
    table = DirectoryChange
    columns = (table.id, table.kind, table.state, table.filename, table.counts)
    statement = (
        sa.select(*columns, sa.func.coalesce(User.name, ""), table.at)
        .outerjoin(User, User.id == table.author_id)
        .order_by(table.at.desc(), table.id.desc())
        .limit(limit)
    )
    return [ChangeLine(*row) for row in db.session.execute(statement)]
