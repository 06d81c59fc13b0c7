"""« À faire »: the deadlines of somebody's dossiers, what is planned, and what meets them.

Deadlines are read from :class:`~surveyapp.models.DossierTerm`, redrawn after each change; how
many dossiers there are does not change the number of queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from surveyapp.core.journey.calendar import Calendar, add, subtract
from surveyapp.core.journey.definition import Actor, Deadline, Journey
from surveyapp.core.journey.moves import offers, open_events, open_tasks
from surveyapp.models import Dossier, DossierMark, DossierTerm, Person, db
from surveyapp.services.dossiers.access import Viewer, actor_in, sight, visible
from surveyapp.services.dossiers.journeys import calendar_here, in_service, journey_of, latest
from surveyapp.services.dossiers.reading import Opened, opened_many
from surveyapp.store import structure

#: Days after today that are « this week ».
WEEK = timedelta(days=7)
#: A month before the 31st of March is the 28th of February: both ways differ by so much.
_MARGIN = timedelta(days=4)
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

    ``name`` and ``mark_id`` are those of the deadline or of the event. ``others`` says that
    somebody else must act and that this person is only reminded.
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


def board(viewer: Viewer, *, today: date, most: int = MOST) -> Board:
    """Everything to do for somebody, the most pressing first, with what can be done at once."""
    lines = sorted(_lines(viewer, today), key=_order)
    shown = lines[:most]
    numbers = {line.dossier_id for line in shown}
    found = opened_many(db.session, Dossier.id.in_(sorted(numbers))) if numbers else []
    dossiers = {one.row.id: one for one in found}
    done = (_with_acts(line, dossiers.get(line.dossier_id), viewer, today) for line in shown)
    return Board(tuple(line for line in done if line is not None), len(lines) - len(shown))


def counts(viewer: Viewer, *, today: date) -> dict[When, int]:
    """How many deadlines and planned events there are."""
    found = dict.fromkeys(When, 0)
    for line in _lines(viewer, today):
        found[line.when] += 1
    return found


def agenda(viewer: Viewer, *, today: date, since: date) -> list[Line]:
    """Every deadline that is theirs and every planned event from ``since`` on, by date."""
    terms = _term_lines(viewer, today, until=None)
    mine = [line for line in terms if not line.others and line.on >= since]
    return sorted([*mine, *_planned(viewer, today, since=since, until=None)], key=_order)


def short_name(row: Dossier, person: Person | None) -> str:
    """« Marie D. », else its reference: what leaves the site says no more of somebody."""
    if person is None or not person.first_name:
        return row.reference
    return f"{person.first_name} {person.last_name[:1]}.".replace(" .", "")


def _order(line: Line) -> tuple[date, bool, str, int, str]:
    return line.on, line.planned, line.title, line.dossier_id, line.name


def _lines(viewer: Viewer, today: date) -> Iterator[Line]:
    yield from _term_lines(viewer, today, until=today + WEEK)
    yield from _planned(viewer, today, since=today, until=today + WEEK)


def _term_lines(viewer: Viewer, today: date, *, until: date | None) -> Iterator[Line]:
    """The deadlines that are theirs, or of which they are reminded.

    ``until``: those of later days only when a reminder has come.
    """
    calendar = calendar_here()
    statement = (
        sa.select(DossierTerm, Dossier)
        .join(Dossier, Dossier.id == DossierTerm.dossier_id)
        .options(joinedload(Dossier.version), joinedload(Dossier.person))
        .where(visible(viewer), Dossier.anonymised_on.is_(None))
    )
    if until is not None:
        names, furthest = _announced(today, calendar)
        ahead = sa.and_(DossierTerm.name.in_(names), DossierTerm.on <= furthest)
        statement = statement.where(sa.or_(DossierTerm.on <= until, ahead))
    for term, row in db.session.execute(statement):
        journey, actor = journey_of(row.version), actor_in(viewer, row)
        mine = f" {actor.value} " in term.actors
        reminded = _reminded(journey.deadline(term.name), term.on, actor, today, calendar)
        near = until is None or term.on <= until
        if reminded or (mine and near):
            yield _line(
                row,
                journey,
                on=term.on,
                today=today,
                name=term.name,
                mark_id=term.mark_id,
                others=not mine,
            )


def _announced(today: date, calendar: Calendar) -> tuple[list[str], date]:
    """The deadlines that are announced before their day, of all journeys in service, and the
    last day of which an announcement can have come."""
    names, furthest = set(), today
    for version in filter(None, (latest(use.name) for use in in_service())):
        for deadline in journey_of(version).deadlines:
            days = calendar if deadline.working_days else None
            for reminder in deadline.reminders:
                if reminder.before:
                    names.add(deadline.name)
                    furthest = max(furthest, add(today, reminder.offset, days) + _MARGIN)
    return sorted(names), furthest


def _reminded(
    deadline: Deadline | None, on: date, actor: Actor, today: date, calendar: Calendar
) -> bool:
    """Whether a reminder to them has come."""
    if deadline is None:
        return False
    days = calendar if deadline.working_days else None
    return any(
        (subtract if reminder.before else add)(on, reminder.offset, days) <= today
        for reminder in deadline.reminders
        if actor in reminder.to
    )


def _line(  # noqa: PLR0913 - what a line shows
    row: Dossier,
    journey: Journey,
    *,
    on: date,
    today: date,
    name: str,
    mark_id: int,
    others: bool = False,
    planned: bool = False,
) -> Line:
    return Line(
        dossier_id=row.id,
        title=row.title or row.reference,
        reference=row.reference,
        short=short_name(row, row.person),
        journey=journey.title,
        stage=journey.label(row.stage),
        name=name,
        mark_id=mark_id,
        label=journey.label(name),
        on=on,
        when=_when(on, today),
        planned=planned,
        others=others,
    )


def _when(on: date, today: date) -> When:
    if on < today:
        return When.OVERDUE
    if on == today:
        return When.TODAY
    return When.WEEK if on <= today + WEEK else When.AHEAD


def _planned(viewer: Viewer, today: date, *, since: date, until: date | None) -> Iterator[Line]:
    """Events that were noted before their day came."""
    statement = (
        sa.select(DossierMark, Dossier)
        .join(Dossier, Dossier.id == DossierMark.dossier_id)
        .options(joinedload(Dossier.version), joinedload(Dossier.person))
        .where(DossierMark.id.in_(_noted_ahead(viewer, since=since, until=until)))
    )
    found = [
        (mark, row)
        for mark, row in db.session.execute(statement)
        if journey_of(row.version).event(mark.name) is not None
    ]
    seen = _seen_events(viewer, {row.id for _, row in found}, today)
    for mark, row in found:
        if seen(row.id, mark.name):
            journey = journey_of(row.version)
            yield _line(
                row,
                journey,
                on=mark.on,
                today=today,
                name=mark.name,
                mark_id=mark.id,
                planned=True,
            )


def _noted_ahead(viewer: Viewer, *, since: date, until: date | None) -> list[int]:
    """The marks from ``since`` on that were written before their day, where the CPTS is."""
    statement = (
        sa.select(DossierMark.id, DossierMark.on, DossierMark.at)
        .join(Dossier, Dossier.id == DossierMark.dossier_id)
        .where(
            visible(viewer),
            Dossier.anonymised_on.is_(None),
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


def _with_acts(line: Line, opened: Opened | None, viewer: Viewer, today: date) -> Line | None:
    """The line with what meets its deadline; none when the dossier is gone meanwhile."""
    if opened is None:
        return None
    if line.planned:
        return line
    deadline = opened.journey.deadline(line.name)
    return replace(line, acts=tuple(acts_of(opened, deadline, viewer, today)))


def acts_of(
    opened: Opened, deadline: Deadline | None, viewer: Viewer, today: date
) -> Iterator[Act]:
    """The forms and events that meet a deadline and that this person can fill or note now.

    A deadline that only leaving its stage meets: what the next step still needs.
    """
    if deadline is None:
        return
    actor = actor_in(viewer, opened.row)
    names = set(deadline.until) or set(_missing(opened, actor, today))
    for task in open_tasks(opened.dossier, today):
        if task.name in names and actor in task.by:
            yield Act(ActKind.FORM, task.name, task.label)
    for event in open_events(opened.dossier, actor, today):
        if event.name in names and not event.about:
            yield Act(ActKind.EVENT, event.name, event.label)


def _missing(opened: Opened, actor: Actor, today: date) -> Iterator[str]:
    for offer in offers(opened.dossier, actor, today):
        for name in offer.transition.needs:
            if not opened.dossier.in_this_stay(name, today):
                yield name
