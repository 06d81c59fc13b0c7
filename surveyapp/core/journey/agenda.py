"""The recurring dates of a journey: information points, reviews, evenings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from surveyapp.core.journey.calendar import Duration, add
from surveyapp.core.journey.definition import Journey, Meeting


@dataclass(frozen=True, slots=True)
class Appointment:
    """A meeting and its day; ``key`` stays the same, for whoever records that it was prepared."""

    key: str
    meeting: Meeting
    on: date


def agenda(
    journey: Journey, *, started_on: date, first: date, last: date
) -> tuple[Appointment, ...]:
    """The meetings from ``first`` to ``last`` of a journey in use since ``started_on``."""
    found = [
        Appointment(f"meeting:{meeting.name}:{on.isoformat()}", meeting, on)
        for meeting in journey.meetings
        for on in _days(meeting, started_on, last)
        if on >= first
    ]
    return tuple(sorted(found, key=lambda appointment: (appointment.on, appointment.key)))


def _days(meeting: Meeting, started_on: date, last: date) -> Iterator[date]:
    if meeting.every is None:
        for year in range(started_on.year, last.year + 1):
            days = (date(year, month, 1) for month in meeting.months)
            yield from (day for day in days if started_on <= day <= last)
        return
    count = 1
    # Each from the start, not from the one before: 31 January, 28 February, 31 March.
    while (day := add(started_on, _times(meeting.every, count))) <= last:
        yield day
        if meeting.once:
            return
        count += 1


def _times(duration: Duration, count: int) -> Duration:
    return Duration(duration.months * count, duration.days * count)
