"""« À faire »: the deadlines of somebody's dossiers, what is planned, and what meets them.

Deadlines are read from :class:`~surveyapp.models.DossierTerm`, redrawn after each change. The
database chooses, orders and counts them (:mod:`surveyapp.services.dossiers.pressing`): only
the lines that are shown are loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from surveyapp.core.journey.definition import Actor, Deadline, Journey
from surveyapp.core.journey.dossier import Dossier as View
from surveyapp.core.journey.moves import offers, open_events, open_tasks
from surveyapp.models import Dossier, DossierMark, DossierTerm, JourneyVersion, Person, db
from surveyapp.services.dossiers.access import Viewer, sight, visible
from surveyapp.services.dossiers.journeys import journey_of
from surveyapp.services.dossiers.pressing import part, pressing, theirs
from surveyapp.services.dossiers.reading import opened_many, views
from surveyapp.store import structure

#: Days after today that are « this week ».
WEEK = timedelta(days=7)
#: Lines of a page; the most pressing first.
MOST = 150


class When(StrEnum):
    """In the order of the page. ``AHEAD``: later than a week, but a reminder has come."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    AHEAD = "ahead"


class ActKind(StrEnum):
    FORM = "form"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Act:
    """What one click does: open a form, or note an event with the date of today."""

    kind: ActKind
    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """A deadline, or (``planned``) an event that is to happen on its day.

    ``name`` and ``mark_id`` are those of the deadline or of the event. ``actor`` is the part in
    which the reader acts there; ``others`` says that somebody else must act and that this
    person is only reminded.
    """

    dossier_id: int
    title: str
    reference: str
    short: str
    journey: str
    stage: str
    name: str
    mark_id: int
    label: str
    on: date
    when: When
    actor: Actor
    planned: bool = False
    others: bool = False
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class Board:
    """The lines to show, and how many are left out because there are too many."""

    lines: tuple[Line, ...]
    left_out: int = 0

    def of(self, when: When) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.when is when)


def board(viewer: Viewer, *, today: date, most: int = MOST, mine: bool = False) -> Board:
    """Everything to do for somebody, the most pressing first, with what can be done at once.

    ``mine``: of the dossiers that they are in charge of only.
    """
    scope = _scope(viewer, mine)
    waiting = pressing(viewer, today, until=today + WEEK)
    planned = list(_planned(viewer, scope, today, since=today, until=today + WEEK))
    deadlines = _term_lines(viewer, sa.and_(scope, waiting), today, most=most)
    lines = sorted([*deadlines, *planned], key=_order)[:most]
    total = sum(_counted(sa.and_(scope, waiting), today).values()) + len(planned)
    found = views(db.session, sorted({line.dossier_id for line in lines}))
    done = (_with_acts(line, found.get(line.dossier_id), today) for line in lines)
    return Board(tuple(line for line in done if line is not None), total - len(lines))


def most_overdue(viewer: Viewer, *, today: date, most: int = 3) -> tuple[Line, ...]:
    """What has been waiting for longest, for the home page."""
    return board(viewer, today=today, most=most).of(When.OVERDUE)


def counts(viewer: Viewer, *, today: date) -> dict[When, int]:
    """How many deadlines and planned events there are."""
    scope, waiting = _scope(viewer, False), pressing(viewer, today, until=today + WEEK)
    found = _counted(sa.and_(scope, waiting), today)
    for line in _planned(viewer, scope, today, since=today, until=today + WEEK):
        found[line.when] += 1
    return found


def agenda(viewer: Viewer, *, today: date, since: date) -> list[Line]:
    """Every deadline that is theirs and every planned event from ``since`` on, by date."""
    scope = _scope(viewer, False)
    later = sa.and_(scope, theirs(viewer), DossierTerm.on >= since)
    terms = _term_lines(viewer, later, today)
    return sorted([*terms, *_planned(viewer, scope, today, since=since, until=None)], key=_order)


def _order(line: Line) -> tuple[date, bool]:
    """By date; lines of one day stay in the order of the query, by name."""
    return line.on, line.planned


def _scope(viewer: Viewer, mine: bool) -> sa.ColumnElement[bool]:
    """The dossiers that are theirs; ``mine``: of which they are in charge."""
    owned = Dossier.owner_id == viewer.user_id if mine else sa.true()
    return sa.and_(visible(viewer), Dossier.anonymised_on.is_(None), owned)


def _shown(viewer: Viewer) -> tuple[Any, ...]:
    """What a line shows of its dossier; the rest of it is not read."""
    return (
        *(Dossier.id, Dossier.title, Dossier.reference, Dossier.stage, Dossier.version_id),
        *(Person.first_name, Person.last_name, part(viewer).label("part")),
    )


def _term_lines(
    viewer: Viewer,
    condition: sa.ColumnElement[bool],
    today: date,
    *,
    most: int | None = None,
) -> list[Line]:
    """The deadlines that match, the earliest first."""
    columns = (DossierTerm.name, DossierTerm.mark_id, DossierTerm.on, DossierTerm.actors)
    rows = db.session.execute(
        sa.select(*_shown(viewer), *columns)
        .join(Dossier, Dossier.id == DossierTerm.dossier_id)
        .outerjoin(Person, Person.id == Dossier.person_id)
        .where(condition)
        .order_by(DossierTerm.on, Dossier.sort_key, Dossier.id, DossierTerm.name)
        .limit(most)
    ).all()
    journeys = _journeys({row.version_id for row in rows})
    lines = (_line(row, journeys[row.version_id], today) for row in rows)
    return [
        replace(line, others=f" {line.actor.value} " not in row.actors)
        for line, row in zip(lines, rows, strict=True)
    ]


def _counted(condition: sa.ColumnElement[bool], today: date) -> dict[When, int]:
    when = sa.case(
        (DossierTerm.on < today, When.OVERDUE.value),
        (DossierTerm.on == today, When.TODAY.value),
        (DossierTerm.on <= today + WEEK, When.WEEK.value),
        else_=When.AHEAD.value,
    ).label("when")
    chosen = (
        sa.select(when).join(Dossier, Dossier.id == DossierTerm.dossier_id).where(condition)
    ).subquery()
    rows = db.session.execute(
        sa.select(chosen.c.when, sa.func.count()).group_by(chosen.c.when)
    ).all()
    return dict.fromkeys(When, 0) | {When(name): count for name, count in rows}


def _journeys(ids: Iterable[int]) -> dict[int, Journey]:
    found = db.session.scalars(sa.select(JourneyVersion).where(JourneyVersion.id.in_(set(ids))))
    return {version.id: journey_of(version) for version in found}


def _line(row: Any, journey: Journey, today: date, *, planned: bool = False) -> Line:
    return Line(
        dossier_id=row.id,
        title=row.title or row.reference,
        reference=row.reference,
        short=_short(row),
        journey=journey.title,
        stage=journey.label(row.stage),
        name=row.name,
        mark_id=row.mark_id,
        label=journey.label(row.name),
        on=row.on,
        when=_when(row.on, today),
        planned=planned,
        actor=Actor(row.part),
    )


def _short(row: Any) -> str:
    """« Marie D. », else its reference: what leaves the site says no more of somebody."""
    if not row.first_name:
        return str(row.reference)
    return f"{row.first_name} {row.last_name[:1]}.".replace(" .", "")


def _when(on: date, today: date) -> When:
    if on < today:
        return When.OVERDUE
    if on == today:
        return When.TODAY
    return When.WEEK if on <= today + WEEK else When.AHEAD


def _planned(
    viewer: Viewer,
    scope: sa.ColumnElement[bool],
    today: date,
    *,
    since: date,
    until: date | None,
) -> Iterator[Line]:
    """Events that were noted before their day came."""
    ids = _noted_ahead(scope, since=since, until=until)
    if not ids:
        return
    rows = db.session.execute(
        sa.select(
            *_shown(viewer), DossierMark.name, DossierMark.id.label("mark_id"), DossierMark.on
        )
        .join(Dossier, Dossier.id == DossierMark.dossier_id)
        .outerjoin(Person, Person.id == Dossier.person_id)
        .where(DossierMark.id.in_(ids))
        .order_by(DossierMark.on, Dossier.sort_key, Dossier.id, DossierMark.name)
    ).all()
    journeys = _journeys({row.version_id for row in rows})
    found = [row for row in rows if journeys[row.version_id].event(row.name) is not None]
    seen = _seen_events(viewer, {row.id for row in found}, today)
    for row in found:
        if seen(row.id, row.name):
            yield _line(row, journeys[row.version_id], today, planned=True)


def _noted_ahead(scope: sa.ColumnElement[bool], *, since: date, until: date | None) -> list[int]:
    """The marks from ``since`` on that were written before their day, where the CPTS is."""
    statement = (
        sa.select(DossierMark.id, DossierMark.on, DossierMark.at)
        .join(Dossier, Dossier.id == DossierMark.dossier_id)
        .where(
            scope,
            DossierMark.withdrawn.is_(False),
            DossierMark.on >= since,
        )
    )
    if until is not None:
        statement = statement.where(DossierMark.on <= until)
    zone = structure().zone
    rows = db.session.execute(statement)
    return [number for number, on, at in rows if at.astimezone(zone).date() < on]


def _seen_events(viewer: Viewer, numbers: Iterable[int], today: date) -> Callable[[int, str], bool]:
    """Which events of which dossiers a viewer may know of."""
    ids = sorted(numbers)
    if viewer.actor is Actor.COORDINATION or not ids:
        return lambda _number, _name: True
    sights = {
        one.row.id: found.events
        for one in opened_many(db.session, Dossier.id.in_(ids))
        if (found := sight(viewer, one, today)) is not None
    }
    return lambda number, name: name in sights.get(number, frozenset())


def _with_acts(line: Line, dossier: View | None, today: date) -> Line | None:
    """The line with what meets its deadline; none when the dossier is gone meanwhile."""
    if dossier is None:
        return None
    if line.planned:
        return line
    deadline = dossier.journey.deadline(line.name)
    return replace(line, acts=tuple(acts_of(dossier, deadline, line.actor, today)))


def acts_of(dossier: View, deadline: Deadline | None, actor: Actor, today: date) -> Iterator[Act]:
    """The forms and events that meet a deadline and that this person can fill or note now.

    A deadline that only leaving its stage meets: what the next step still needs.
    """
    if deadline is None:
        return
    names = set(deadline.until) or set(_missing(dossier, actor, today))
    for task in open_tasks(dossier, today):
        if task.name in names and actor in task.by:
            yield Act(ActKind.FORM, task.name, task.label)
    for event in open_events(dossier, actor, today):
        if event.name in names and not event.about:
            yield Act(ActKind.EVENT, event.name, event.label)


def _missing(dossier: View, actor: Actor, today: date) -> Iterator[str]:
    for offer in offers(dossier, actor, today):
        for name in offer.transition.needs:
            if not dossier.in_this_stay(name, today):
                yield name
