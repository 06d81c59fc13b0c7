"""Which dossiers there are: filters that live in an address, counts, slices of lists."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from surveyapp.core.french import fold, parse_date
from surveyapp.core.journey.definition import Actor
from surveyapp.models import Dossier, DossierTerm, Person, User
from surveyapp.models.base import db

#: « Nobody » and « me » among those who may be in charge, in an address.
NOBODY = "personne"
ME = "moi"
_TEXT_LENGTH = 200
#: Keys of the database are below that.
_KEYS = 2**63
_DIGITS = len(str(_KEYS))
_LATE = "oui"


class State(StrEnum):
    """Open or closed dossiers; the values are those of the address."""

    OPEN = "ouverts"
    CLOSED = "clos"
    ALL = "tous"


class Sort(StrEnum):
    """What a table is sorted by, besides the columns of its journey."""

    NAME = "nom"
    STAGE = "etape"
    SINCE = "depuis"
    DEADLINE = "echeance"
    OWNER = "suivi"


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is ordered; ``stages`` in the order of their journey."""

    sort: Sort = Sort.NAME
    descending: bool = False
    stages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """On whose behalf one reads.

    ``scope`` says which dossiers are theirs. ``actor`` is None for those who see every
    deadline and every word of a dossier; others see the deadlines that are theirs, and search
    among names only.
    """

    scope: sa.ColumnElement[bool]
    actor: Actor | None
    user_id: int | None


@dataclass(frozen=True, slots=True)
class DossierFilter:
    """Which dossiers one looks for. Every word of ``text`` must be found.

    ``owner`` and ``ambassador`` are empty, :data:`NOBODY`, a key, or :data:`ME` for the
    owner. Without a ``state`` the open ones are meant; or, when a ``stage`` or what
    is ``late`` is looked for, all (deadlines may run after the closing).
    """

    journey: str = ""
    text: str = ""
    stage: str = ""
    state: State | None = None
    late: bool = False
    owner: str = ""
    ambassador: str = ""
    profession: str = ""
    commune: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def from_args(cls, args: Mapping[str, str], *, journey: str = "") -> DossierFilter:
        """Read the filters of an address; what is unknown is left out."""

        def word(name: str) -> str:
            return (args.get(name) or "").replace("\0", "").strip()[:_TEXT_LENGTH].strip()

        return cls(
            journey=journey,
            text=word("q"),
            stage=word("etape"),
            state=State(word("etat")) if word("etat") in set(State) else None,
            late=word("retard") == _LATE,
            owner=_somebody(word("suivi")),
            ambassador=_somebody(word("ambassadeur")),
            profession=word("profession"),
            commune=word("commune"),
            since=_day(word("du")),
            until=_day(word("au")),
        )

    def to_args(self) -> dict[str, str]:
        """The filters as they stand in an address; empty ones are left out."""
        values = {
            "q": self.text,
            "etape": self.stage,
            "etat": str(self.state or ""),
            "retard": _LATE if self.late else "",
            "suivi": self.owner,
            "ambassadeur": self.ambassador,
            "profession": self.profession,
            "commune": self.commune,
            "du": self.since.isoformat() if self.since else "",
            "au": self.until.isoformat() if self.until else "",
        }
        return {arg: value for arg, value in values.items() if value}


def is_key(text: str) -> bool:
    """Whether a text may be the key of a row."""
    return text.isascii() and text.isdigit() and len(text) <= _DIGITS and int(text) < _KEYS


def _somebody(text: str) -> str:
    return text if is_key(text) or text in (NOBODY, ME) else ""


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Term:
    """A deadline that runs."""

    label: str
    on: date


@dataclass(frozen=True, slots=True)
class Brief:
    """What any list says of a dossier. ``next`` is the nearest deadline that the reader sees."""

    id: int
    journey: str
    reference: str
    title: str
    stage: str
    stage_on: date
    closed: bool
    owner: str
    ambassador: str
    revision: int
    version_id: int
    next: Term | None = None


@dataclass(frozen=True, slots=True)
class Pile:
    """How many dossiers stand in a stage."""

    stage: str
    closed: bool
    count: int
    late: int


def piles(reader: Reader, *, today: date) -> dict[str, list[Pile]]:
    """The counts of every journey by stage, in no order; one query."""
    late = sa.func.sum(sa.case((_late(reader, today), 1), else_=0))
    found: dict[str, list[Pile]] = {}
    columns = (Dossier.journey_name, Dossier.stage, Dossier.closed)
    statement = sa.select(*columns, sa.func.count(), late).where(reader.scope).group_by(*columns)
    for journey, stage, closed, count, missed in db.session.execute(statement):
        found.setdefault(journey, []).append(Pile(stage, closed, count, missed or 0))
    return found


def count_dossiers(wanted: DossierFilter, reader: Reader, *, today: date) -> int:
    """How many match."""
    conditions = _conditions(wanted, reader, today)
    return db.session.scalar(sa.select(sa.func.count(Dossier.id)).where(*conditions)) or 0


def find_ids(
    wanted: DossierFilter,
    reader: Reader,
    *,
    today: date,
    order: Order = Order(),
    offset: int = 0,
    limit: int | None = None,
) -> list[int]:
    """The keys of a slice of those who match; what is empty comes last, either way."""
    key = _key(order, reader)
    empty, sorted_by = key.is_(None), key.desc() if order.descending else key.asc()
    statement = (
        sa.select(Dossier.id)
        .where(*_conditions(wanted, reader, today))
        .order_by(empty, sorted_by, Dossier.sort_key, Dossier.id)
    )
    return list(db.session.scalars(statement.offset(offset).limit(limit)))


def _key(order: Order, reader: Reader) -> sa.SQLColumnExpression[Any]:
    sort = order.sort
    if sort is Sort.STAGE:
        ranks = {name: rank for rank, name in enumerate(order.stages)}
        return sa.case(ranks, value=Dossier.stage, else_=len(ranks)) if ranks else Dossier.stage
    if sort is Sort.SINCE:
        return Dossier.stage_on
    if sort is Sort.DEADLINE:
        nearest = sa.select(sa.func.min(DossierTerm.on)).where(*_terms_of(reader))
        return nearest.correlate(Dossier).scalar_subquery() if reader.actor else Dossier.next_on
    if sort is Sort.OWNER:
        name = sa.select(sa.func.lower(User.name)).where(User.id == Dossier.owner_id)
        return name.correlate(Dossier).scalar_subquery()
    return Dossier.sort_key


def on_board(
    wanted: DossierFilter, reader: Reader, *, today: date, limit: int
) -> tuple[dict[str, int], list[Brief]]:
    """How many open dossiers that match stand in each stage, and the most urgent of each."""
    wanted = replace(wanted, stage="", state=State.OPEN)
    conditions = _conditions(wanted, reader, today)
    counts = sa.select(Dossier.stage, sa.func.count()).where(*conditions).group_by(Dossier.stage)
    due = _key(Order(Sort.DEADLINE), reader)
    order = (due.is_(None), due, Dossier.stage_on, Dossier.sort_key, Dossier.id)
    rank = sa.func.row_number().over(partition_by=Dossier.stage, order_by=order).label("rank")
    ranked = sa.select(Dossier.id, Dossier.stage, rank).where(*conditions).subquery()
    shown = (
        sa.select(ranked.c.id).where(ranked.c.rank <= limit).order_by(ranked.c.stage, ranked.c.rank)
    )
    totals = {row[0]: row[1] for row in db.session.execute(counts)}
    return totals, briefs(list(db.session.scalars(shown)), reader)


def briefs(ids: Sequence[int], reader: Reader) -> list[Brief]:
    """What lists say of these dossiers, in that order; those that are gone are left out."""
    ambassador = aliased(Person)
    called = sa.func.trim(ambassador.first_name + " " + ambassador.last_name)
    columns = (
        *(Dossier.id, Dossier.journey_name, Dossier.reference, Dossier.title, Dossier.stage),
        *(Dossier.stage_on, Dossier.closed, sa.func.coalesce(User.name, "")),
        *(sa.func.coalesce(called, ""), Dossier.revision, Dossier.version_id),
    )
    statement = (
        sa.select(*columns)
        .outerjoin(User, User.id == Dossier.owner_id)
        .outerjoin(ambassador, ambassador.id == Dossier.ambassador_id)
        .where(Dossier.id.in_(ids), reader.scope)
    )
    found = {row[0]: Brief(*row) for row in db.session.execute(statement)}
    terms = next_terms(ids, reader)
    return [replace(found[key], next=terms.get(key)) for key in ids if key in found]


def next_terms(ids: Collection[int], reader: Reader) -> dict[int, Term]:
    """The nearest deadline of each of these dossiers that the reader sees."""
    statement = (
        sa.select(DossierTerm.dossier_id, DossierTerm.label, DossierTerm.on)
        .where(DossierTerm.dossier_id.in_(ids), _seen(reader))
        .order_by(DossierTerm.on.desc(), DossierTerm.name)
    )
    return {key: Term(label, on) for key, label, on in db.session.execute(statement)}


def _terms_of(reader: Reader) -> tuple[sa.ColumnElement[bool], ...]:
    return (DossierTerm.dossier_id == Dossier.id, _seen(reader))


def _seen(reader: Reader) -> sa.ColumnElement[bool]:
    if reader.actor is None:
        return sa.true()
    return DossierTerm.actors.contains(f" {reader.actor.value} ", autoescape=True)


def _late(reader: Reader, today: date) -> sa.ColumnElement[bool]:
    """Whether a deadline that the reader sees is over."""
    if reader.actor is None:
        return sa.and_(Dossier.next_on.is_not(None), Dossier.next_on < today)
    missed = sa.select(DossierTerm.name).where(*_terms_of(reader), DossierTerm.on < today)
    return missed.correlate(Dossier).exists()


def _conditions(wanted: DossierFilter, reader: Reader, today: date) -> list[sa.ColumnElement[bool]]:
    found = [reader.scope, *_words(wanted, reader), *_whose(wanted, reader), *_person(wanted)]
    if wanted.journey:
        found.append(Dossier.journey_name == wanted.journey)
    if wanted.stage:
        found.append(Dossier.stage == wanted.stage)
    state = wanted.state or (State.ALL if wanted.stage or wanted.late else State.OPEN)
    if state is not State.ALL:
        found.append(Dossier.closed.is_(state is State.CLOSED))
    if wanted.late:
        found.append(_late(reader, today))
    if wanted.since:
        found.append(Dossier.opened_on >= wanted.since)
    if wanted.until:
        found.append(Dossier.opened_on <= wanted.until)
    return found


def _words(wanted: DossierFilter, reader: Reader) -> list[sa.ColumnElement[bool]]:
    reference = sa.func.lower(Dossier.reference)
    places = [Dossier.sort_key, reference]
    if reader.actor is None:
        places.append(Dossier.search)
    return [
        sa.or_(*(place.contains(word, autoescape=True) for place in places))
        for word in fold(wanted.text).split()
    ]


def _whose(wanted: DossierFilter, reader: Reader) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    asked = {Dossier.owner_id: wanted.owner, Dossier.ambassador_id: wanted.ambassador}
    for column, who in asked.items():
        if who == ME:
            found.append(column == reader.user_id)
        elif who == NOBODY:
            found.append(column.is_(None))
        elif who:
            found.append(column == int(who))
    return found


def _person(wanted: DossierFilter) -> list[sa.ColumnElement[bool]]:
    asked = {Person.profession: wanted.profession, Person.commune: wanted.commune}
    conditions = [column == value for column, value in asked.items() if value]
    if not conditions:
        return []
    return [Dossier.person_id.in_(sa.select(Person.id).where(*conditions))]


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen in the filters: pairs (value, label), what the dossiers hold."""

    owners: Sequence[tuple[str, str]]
    ambassadors: Sequence[tuple[str, str]]
    professions: Sequence[str]
    communes: Sequence[str]


def choices(journey: str, reader: Reader) -> Choices:
    """The people, professions and communes of the dossiers of a journey."""
    here = sa.and_(reader.scope, Dossier.journey_name == journey)
    owner = sa.select(User.id, User.name).join(Dossier, Dossier.owner_id == User.id)
    ambassador = sa.select(Person.id, Person.first_name, Person.last_name).join(
        Dossier, Dossier.ambassador_id == Person.id
    )
    owners = db.session.execute(owner.where(here).distinct())
    ambassadors = db.session.execute(ambassador.where(here).distinct())
    return Choices(
        owners=_named((str(key), name) for key, name in owners),
        ambassadors=_named(
            (str(key), f"{first} {last}".strip()) for key, first, last in ambassadors
        ),
        professions=_used(Person.profession, here),
        communes=_used(Person.commune, here),
    )


def _named(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(pairs, key=lambda pair: fold(pair[1]))


def _used(column: sa.SQLColumnExpression[str], here: sa.ColumnElement[bool]) -> Sequence[str]:
    statement = (
        sa.select(column).join(Dossier, Dossier.person_id == Person.id).where(here, column != "")
    )
    return sorted(db.session.scalars(statement.distinct()), key=fold)


def search(text: str, reader: Reader, *, today: date, limit: int) -> tuple[int, list[Brief]]:
    """How many dossiers of any journey and state are found by these words, and the first."""
    wanted = DossierFilter(text=text, state=State.ALL)
    total = count_dossiers(wanted, reader, today=today)
    return total, briefs(find_ids(wanted, reader, today=today, limit=limit), reader)
