"""The year: its days, those that are not worked, those on which the worker does not run."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

FIRST, LAST = date(2026, 1, 5), date(2026, 12, 31)

#: Days on which the worker does not run: every eleventh, a week in March, two weeks in August.
MISSED = frozenset(
    [FIRST + timedelta(days=offset) for offset in range(4, 365, 11)]
    + [date(2026, 3, 9) + timedelta(days=offset) for offset in range(7)]
    + [date(2026, 8, 3) + timedelta(days=offset) for offset in range(14)]
)
#: Days that are not worked in 2026, in metropolitan France, copied from a calendar.
HOLIDAYS = frozenset(
    date(2026, month, day)
    for month, day in (
        *((1, 1), (4, 6), (5, 1), (5, 8), (5, 14), (5, 25), (7, 14)),
        *((8, 15), (11, 1), (11, 11), (12, 25)),
    )
)
#: A moment of the year: the job of the morning (0) or the people of the day (1).
Moment = tuple[date, int]
NEVER: Moment = (date.max, 0)


def days(start: date, count: int) -> date:
    return start + timedelta(days=count)


def months(start: date, count: int) -> date:
    """The same day of another month, or the last one that it has."""
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def working(start: date, count: int) -> date:
    """The count-th working day after (or, negative, before) a day."""
    step = 1 if count > 0 else -1
    day = start
    while count:
        day = days(day, step)
        if day.weekday() < 5 and day not in HOLIDAYS:
            count -= step
    return day


def every_day() -> Iterator[date]:
    for offset in range((LAST - FIRST).days + 1):
        yield days(FIRST, offset)


def first_job_after(moment: Moment) -> Moment:
    return next(((d, 0) for d in every_day() if (d, 0) > moment and d not in MISSED), NEVER)
