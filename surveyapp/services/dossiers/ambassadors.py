"""Ambassadors who may accompany somebody: their load, their commune, their profession."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from surveyapp.core.french import fold
from surveyapp.models import Dossier, DossierTerm, Person
from surveyapp.services.dossiers.journeys import journey_of
from surveyapp.services.people.professions import profession_label
from surveyapp.services.transaction import AnySession
from surveyapp.store import people

#: The journey that makes an ambassador, and the stage in which one is.
JOURNEY = "ambassadeur"
STAGE = "mandat"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An ambassador who may take a dossier.

    ``load`` counts the dossiers that they accompany now; ``until`` is the day on which their
    mandate ends by itself. The commune or the profession may be that of the person.
    """

    person_id: int
    name: str
    commune: str
    profession: str
    load: int
    until: date | None = None
    same_commune: bool = False
    same_profession: bool = False
    chosen: bool = False


def candidates(session: AnySession, row: Dossier) -> list[Candidate]:
    """The ambassadors in mandate for the person of ``row``, the best choice first.

    First those who share the commune or the profession, then the least busy. Whoever has the
    dossier now is among them, whatever became of the mandate.
    """
    mandates = _mandates(session)
    keys = {*mandates, row.ambassador_id} - {None, row.person_id}
    persons = session.scalars(sa.select(Person).where(Person.id.in_(keys))).all() if keys else []
    loads = loads_of(session, {person.id for person in persons})
    found = [_candidate(person, row, loads, mandates) for person in persons]
    return sorted(found, key=_rank)


def loads_of(session: AnySession, keys: set[int]) -> dict[int, int]:
    """How many open dossiers each of these accompanies."""
    counts = session.execute(
        sa.select(Dossier.ambassador_id, sa.func.count())
        .where(Dossier.ambassador_id.in_(keys), Dossier.closed.is_(False))
        .group_by(Dossier.ambassador_id)
    )
    return {key: count for key, count in counts if key is not None}


def _candidate(
    person: Person, row: Dossier, loads: Mapping[int, int], mandates: Mapping[int, date | None]
) -> Candidate:
    other = row.person
    return Candidate(
        person_id=person.id,
        name=people.card_of(person).full_name,
        commune=person.commune,
        profession=profession_label(person.profession) if person.profession else "",
        load=loads.get(person.id, 0),
        until=mandates.get(person.id),
        same_commune=_same(person.commune, other.commune if other else ""),
        same_profession=_same(person.profession, other.profession if other else ""),
        chosen=person.id == row.ambassador_id,
    )


def _same(one: str, two: str) -> bool:
    return bool(one) and fold(one) == fold(two)


def _rank(found: Candidate) -> tuple[int, int, str]:
    return (-(found.same_commune + found.same_profession), found.load, fold(found.name))


def _mandates(session: AnySession) -> dict[int, date | None]:
    """The people in mandate, and when it ends by itself."""
    rows = session.scalars(
        sa.select(Dossier)
        .where(Dossier.journey_name == JOURNEY, Dossier.stage == STAGE)
        .options(joinedload(Dossier.version))
    ).all()
    ends = {row.id: {d.name for d in journey_of(row.version).deadlines if d.take} for row in rows}
    days: dict[int, date] = {}
    for term in session.scalars(sa.select(DossierTerm).where(DossierTerm.dossier_id.in_(ends))):
        if term.name in ends[term.dossier_id]:
            days[term.dossier_id] = min(term.on, days.get(term.dossier_id, term.on))
    return {row.person_id: days.get(row.id) for row in rows if row.person_id is not None}
