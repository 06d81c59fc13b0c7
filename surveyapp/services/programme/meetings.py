"""The periodic meetings of the journeys in service: their real day, whether they were held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from surveyapp.core.journey.agenda import Appointment, agenda
from surveyapp.core.journey.calendar import Duration, add, subtract
from surveyapp.core.programme import Period
from surveyapp.models import Event, JourneyUse, MeetingDay
from surveyapp.models.base import db
from surveyapp.services.dossiers.journeys import in_service, journey_of, latest, use_of
from surveyapp.services.programme.targets import ProgrammeError
from surveyapp.services.transaction import insert_into, transaction

#: How far the real day of a meeting may be from the one that the journey says.
FURTHEST = Duration(months=12)
_MOST = 2000
_DAY = timedelta(days=1)
_GONE = "Cette réunion n’est plus au calendrier."


@dataclass(frozen=True, slots=True)
class Planned:
    """A meeting. ``due`` is the day that the journey says, ``on`` the real one when ``fixed``."""

    journey: str
    title: str
    key: str
    name: str
    label: str
    due: date
    on: date
    fixed: bool = False
    held: bool = False
    note: str = ""


def planned(*, first: date, last: date) -> list[Planned]:
    """The meetings from ``first`` to ``last``, by their real day."""
    margin = (subtract(first, FURTHEST), add(last, FURTHEST))
    stored = {(row.journey_name, row.key): row for row in db.session.query(MeetingDay)}
    found = [
        _planned(use, appointment, stored.get((use.name, appointment.key)))
        for use in in_service()
        for appointment in _agenda(use, *margin)
    ]
    kept = (meeting for meeting in found if first <= meeting.on <= last)
    return sorted(kept, key=lambda meeting: (meeting.on, meeting.label, meeting.key))


def meeting(journey: str, key: str) -> Planned:
    """One of them; :raises ProgrammeError: it is not in the calendar."""
    use = use_of(journey)
    try:
        day = date.fromisoformat(key.rpartition(":")[2])
        found = next((a for a in _agenda(use, day, day) if a.key == key), None) if use else None
    except (ValueError, OverflowError):  # not a day, or one after which there is none
        raise ProgrammeError(_GONE) from None
    if use is None or found is None:
        raise ProgrammeError(_GONE)
    return _planned(use, found, db.session.get(MeetingDay, (journey, key)))


def period_before(one: Planned) -> Period:
    """From the meeting of the same name before it, or the start of the journey, to its day."""
    use = use_of(one.journey)
    start = use.started_on if use else one.due
    before = [
        other
        for other in planned(first=start, last=one.on - _DAY)
        if (other.journey, other.name) == (one.journey, one.name) and other.key != one.key
    ]
    first = before[-1].on + _DAY if before else start
    return Period(min(first, one.on), one.on)


def write(  # noqa: PLR0913 - which, what, by whom, when
    journey: str,
    key: str,
    *,
    on: date,
    held: bool,
    note: str,
    user_id: int | None,
    now: datetime,
    today: date,
) -> None:
    """Set the real day of a meeting, say that it was held, keep a few words.

    :raises ProgrammeError: it is not in the calendar, or the day makes no sense.
    """
    one = meeting(journey, key)
    if not subtract(one.due, FURTHEST) <= on <= add(one.due, FURTHEST):
        raise ProgrammeError(
            "Cette date est à plus d’un an de celle du calendrier : vérifiez l’année.", "on"
        )
    if held and on > today:
        raise ProgrammeError(
            "Une réunion à venir n’a pas encore eu lieu : décochez la case.", "held"
        )
    if len(note) > _MOST:
        raise ProgrammeError("Cette note est trop longue : gardez l’essentiel.", "note")
    with transaction() as session:
        # a second press at the same moment finds the row of the first
        fresh = {"journey_name": journey, "key": key, "on": one.on, "held": False, "note": ""}
        insert = insert_into(session, MeetingDay.__table__).values(fresh)
        session.execute(insert.on_conflict_do_nothing())
        row = session.get_one(MeetingDay, (journey, key), with_for_update=True)
        before = {"on": row.on.isoformat(), "held": bool(row.held), "note": row.note or ""}
        row.on, row.held, row.note = on, held, note.strip()
        after = {"on": on.isoformat(), "held": held, "note": row.note}
        version = latest(journey)
        session.add(
            Event(
                kind="meeting.changed",
                subject="journey_version",
                subject_id=version.id if version else 0,
                user_id=user_id,
                at=now,
                data={"key": key, "before": before, "after": after},
            )
        )


def _agenda(use: JourneyUse, first: date, last: date) -> tuple[Appointment, ...]:
    version = latest(use.name)
    if version is None:
        return ()
    return agenda(journey_of(version), started_on=use.started_on, first=first, last=last)


def _planned(use: JourneyUse, appointment: Appointment, row: MeetingDay | None) -> Planned:
    return Planned(
        journey=use.name,
        title=use.title,
        key=appointment.key,
        name=appointment.meeting.name,
        label=appointment.meeting.label,
        due=appointment.on,
        on=row.on if row else appointment.on,
        fixed=row is not None,
        held=row.held if row else False,
        note=row.note if row else "",
    )
