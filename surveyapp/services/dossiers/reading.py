"""From the rows of a dossier to the view that the rules of its journey look at."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from surveyapp.core.issues import DefinitionError
from surveyapp.core.journey.calendar import Calendar
from surveyapp.core.journey.definition import Journey
from surveyapp.core.journey.dossier import Dossier as View
from surveyapp.core.journey.dossier import Mark
from surveyapp.models import Dossier, DossierAct, DossierMark, JourneyVersion, Response
from surveyapp.services.dossiers.errors import DossierGone
from surveyapp.services.dossiers.journeys import calendar_here, journey_of
from surveyapp.services.transaction import AnySession

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Opened:
    """A dossier as it is stored and as its journey sees it; ``marks`` are those that count."""

    row: Dossier
    dossier: View
    marks: tuple[DossierMark, ...]

    @property
    def journey(self) -> Journey:
        return self.dossier.journey

    def mark(self, mark_id: int | None) -> DossierMark | None:
        """One of its marks that count."""
        return next((mark for mark in self.marks if mark.id == mark_id), None)


def opened(session: AnySession, dossier_id: int, *, lock: bool = False) -> Opened:
    """One dossier; ``lock`` it for a change. :raises DossierGone: there is none."""
    statement = sa.select(Dossier).where(Dossier.id == dossier_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(statement).one_or_none()
    if row is None:
        raise DossierGone
    return _views(session, [row], sa.literal(dossier_id), calendar_here())[0]


def opened_many(
    session: AnySession, condition: sa.ColumnElement[bool], *, limit: int | None = None
) -> list[Opened]:
    """The dossiers that match, by name, in a number of queries that does not grow with them."""
    chosen = sa.select(Dossier.id).where(condition).order_by(Dossier.sort_key, Dossier.id)
    rows = session.scalars(
        sa.select(Dossier)
        .where(condition)
        .options(joinedload(Dossier.version))
        .order_by(Dossier.sort_key, Dossier.id)
        .limit(limit)
    ).all()
    return _views(session, rows, chosen.limit(limit), calendar_here()) if rows else []


def views(session: AnySession, ids: Sequence[int]) -> dict[int, View]:
    """Dossiers by their key, as their rules see them, without their rows: to look at many.

    Those whose journey can no longer be read are left out, and the log says so.
    """
    calendar = calendar_here()
    rows = session.execute(
        sa.select(Dossier.id, Dossier.version_id, Dossier.facts).where(Dossier.id.in_(ids))
    ).all()
    used = sa.select(JourneyVersion).where(JourneyVersion.id.in_({row.version_id for row in rows}))
    journeys = _readable(session.scalars(used))
    marks: defaultdict[int, list[Mark]] = defaultdict(list)
    for number, *values in session.execute(
        sa.select(DossierMark.dossier_id, *_COLUMNS)
        .outerjoin(Response, Response.id == DossierMark.response_id)
        .where(DossierMark.dossier_id.in_(ids), DossierMark.withdrawn.is_(False))
        .order_by(DossierMark.dossier_id, DossierMark.position)
    ):
        marks[number].append(_mark(*values))
    acts = _acts(session, ids)
    return {
        number: View(
            journey=journeys[version],
            marks=tuple(marks[number]),
            calendar=calendar,
            facts=facts,
            acted=frozenset(acts[number]),
        )
        for number, version, facts in rows
        if version in journeys
    }


def _readable(versions: Iterable[JourneyVersion]) -> dict[int, Journey]:
    """The journeys of versions by their key, without those that today's loader refuses."""
    journeys = {}
    for version in versions:
        try:
            journeys[version.id] = journey_of(version)
        except (DefinitionError, LookupError, ValueError):
            log.exception("journey %s, version %d", version.journey_name, version.number)
    return journeys


#: What :func:`_mark` is made of.
_COLUMNS = (
    *(DossierMark.id, DossierMark.name, DossierMark.on, DossierMark.about_id),
    *(DossierMark.answers, Response.document),
)


def _views(
    session: AnySession, rows: Sequence[Dossier], ids: Any, calendar: Calendar
) -> list[Opened]:
    marks: defaultdict[int, list[tuple[DossierMark, Mark]]] = defaultdict(list)
    found = session.execute(
        sa.select(DossierMark, Response.document)
        .outerjoin(Response, Response.id == DossierMark.response_id)
        .where(DossierMark.dossier_id.in_(_among(ids)), DossierMark.withdrawn.is_(False))
        .order_by(DossierMark.dossier_id, DossierMark.position)
    )
    for mark, document in found:
        seen = _mark(mark.id, mark.name, mark.on, mark.about_id, mark.answers, document)
        marks[mark.dossier_id].append((mark, seen))
    acts = _acts(session, ids)
    return [_opened(row, marks[row.id], acts[row.id], calendar) for row in rows]


def _acts(session: AnySession, ids: Any) -> defaultdict[int, set[str]]:
    """The keys of what was done, by dossier."""
    acts: defaultdict[int, set[str]] = defaultdict(set)
    for number, key in session.execute(
        sa.select(DossierAct.dossier_id, DossierAct.key).where(
            DossierAct.dossier_id.in_(_among(ids))
        )
    ):
        acts[number].add(key)
    return acts


def _among(ids: Any) -> Any:
    return ids if isinstance(ids, sa.Select | list) else [ids]


def _mark(
    number: int,
    name: str,
    on: date,
    about_id: int | None,
    answers: dict[str, Any] | None,
    document: dict[str, Any] | None,
) -> Mark:
    about = str(about_id) if about_id is not None else ""
    return Mark(name, on, str(number), document or answers or {}, about)


def _opened(
    row: Dossier,
    marks: Sequence[tuple[DossierMark, Mark]],
    acted: Iterable[str],
    calendar: Calendar,
) -> Opened:
    view = View(
        journey=journey_of(row.version),
        marks=tuple(mark for _, mark in marks),
        calendar=calendar,
        facts=dict(row.facts),
        acted=frozenset(acted),
    )
    return Opened(row, view, tuple(mark for mark, _ in marks))
