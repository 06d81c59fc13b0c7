"""Days and hours as people write them, where they live, as instants.

Twice a year a local hour does not exist or exists twice. Whoever reads « ouvre à 2 h 30 » or
« ferme à 2 h 30 » then loses nothing: an opening takes the first of two hours, a closing the
second, and an hour that is skipped stands for the moment at which the clocks jump.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_TICK = timedelta(microseconds=1)
#: Closing hours that mean the end of the day: « ferme le 30 juin à minuit » is that night.
_END_OF_DAY = frozenset({time(0), time(23, 59)})


def opening(day: date, at: time | None, zone: ZoneInfo) -> datetime:
    """The instant (UTC) of a local hour; of the beginning of the day without one."""
    return _instant(datetime.combine(day, at or time(0)), zone, fold=0)


def closing(day: date, at: time | None, zone: ZoneInfo) -> datetime:
    """The instant (UTC) from which nothing is taken any more.

    Without an hour, at midnight and at 23 h 59 it is the last instant of ``day`` there, so
    that the day itself is what lists and documents show.
    """
    if at is None or at in _END_OF_DAY:
        return opening(day + timedelta(days=1), None, zone) - _TICK
    return _instant(datetime.combine(day, at), zone, fold=1)


def is_end_of_day(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether ``moment`` is what :func:`closing` makes of a day without an hour."""
    return closing(moment.astimezone(zone).date(), None, zone) == moment


def _instant(wall: datetime, zone: ZoneInfo, *, fold: int) -> datetime:
    """What the clock on the wall stands for; ``fold`` chooses between two such instants."""
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first <= second:  # equal, or an hour that is lived twice
        return second if fold else first
    return _jump(second, first, zone)


def _jump(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant between two others at which the clocks jump, to the second."""
    ahead = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == ahead:
            after = middle
        else:
            before = middle
    return after
