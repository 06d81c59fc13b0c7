"""Which deadlines wait for somebody, as conditions of one query: nothing is loaded to be cut."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

import sqlalchemy as sa

from surveyapp.core.journey.calendar import Calendar, add, subtract
from surveyapp.core.journey.definition import Actor, Deadline, Reminder
from surveyapp.models import Dossier, DossierTerm, JourneyVersion, db
from surveyapp.services.dossiers.access import Viewer
from surveyapp.services.dossiers.journeys import calendar_here, journey_of

#: A working day, or the same day of a month, is never further from where a plain count leads.
_MARGIN = timedelta(days=10)
_DAY = timedelta(days=1)


def pressing(viewer: Viewer, today: date, *, until: date) -> sa.ColumnElement[bool]:
    """Their deadlines until a day, and later ones of which a reminder has come, also where
    somebody else must act. A condition on :class:`Dossier` joined to :class:`DossierTerm`."""
    conditions = [sa.and_(theirs(viewer), DossierTerm.on <= until)]
    conditions += [sa.and_(where, _reminded(a, today)) for where, a in _parts(viewer)]
    return sa.or_(*conditions)


def part(viewer: Viewer) -> sa.ColumnElement[str]:
    """In which part they act in a dossier: the value of an :class:`Actor`."""
    return sa.case(*((where, sa.literal(actor.value)) for where, actor in _parts(viewer)))


def theirs(viewer: Viewer) -> sa.ColumnElement[bool]:
    """The deadlines that they must meet themselves, whenever that is."""
    return sa.or_(sa.false(), *(sa.and_(where, _acts(actor)) for where, actor in _parts(viewer)))


def _parts(viewer: Viewer) -> Iterator[tuple[sa.ColumnElement[bool], Actor]]:
    """In which part they act in which dossiers, as :func:`access.actor_in` says of one."""
    if viewer.actor is not Actor.AMBASSADOR or viewer.person_id is None:
        yield sa.true(), viewer.actor
        return
    accompanied = sa.func.coalesce(Dossier.ambassador_id, 0) == viewer.person_id
    own = sa.func.coalesce(Dossier.person_id, 0) == viewer.person_id
    yield sa.and_(own, sa.not_(accompanied)), Actor.PERSON
    yield sa.or_(accompanied, sa.not_(own)), Actor.AMBASSADOR


def _acts(actor: Actor) -> sa.ColumnElement[bool]:
    return DossierTerm.actors.contains(f" {actor.value} ", autoescape=True)


def _reminded(actor: Actor, today: date) -> sa.ColumnElement[bool]:
    """A reminder to them has come: up to which day depends on the deadline of the journey."""
    calendar = calendar_here()
    used = sa.select(Dossier.version_id).distinct()
    found: dict[tuple[int, date], list[str]] = {}
    for version in db.session.scalars(sa.select(JourneyVersion).where(JourneyVersion.id.in_(used))):
        for deadline in journey_of(version).deadlines:
            reach = _reach(deadline, actor, today, calendar)
            if reach is not None:
                found.setdefault((version.id, reach), []).append(deadline.name)
    conditions = [
        sa.and_(
            Dossier.version_id == version_id, DossierTerm.name.in_(names), DossierTerm.on <= reach
        )
        for (version_id, reach), names in found.items()
    ]
    return sa.or_(sa.false(), *conditions)


def _reach(deadline: Deadline, actor: Actor, today: date, calendar: Calendar) -> date | None:
    """The last day of a deadline of which a reminder to them has come by today."""
    days = calendar if deadline.working_days else None
    reminders = (reminder for reminder in deadline.reminders if actor in reminder.to)
    return max((_last(reminder, today, days) for reminder in reminders), default=None)


@lru_cache(maxsize=512)
def _last(reminder: Reminder, today: date, days: Calendar | None) -> date:
    """The last day of a deadline that this reminder announces, or recalls, by today."""
    there, back = (add, subtract) if reminder.before else (subtract, add)
    day = there(today, reminder.offset, days) + _MARGIN
    while back(day, reminder.offset, days) > today:
        day -= _DAY
    return day
