"""Days: French public holidays, working days, ISO 8601 durations.

Everything here counts local dates. :func:`local_date` is the one way from an instant to a date;
the zone is that of the CPTS, not that of the machine.

Public holidays are those of the Code du travail: art. L3133-1 (eleven days everywhere), art.
L3134-13 (Alsace-Moselle: Good Friday and 26 December) and art. L3422-2 with the decree 83-1003
(abolition of slavery, a day of its own in each territory overseas). Days that only custom makes
free are given as ``extra``.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

#: No delay of a journey is longer.
MAX_YEARS = 100

_DURATION = re.compile(r"P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?")
_DAY = timedelta(days=1)
_SATURDAY = 5


class Territory(StrEnum):
    """Where the public holidays are not quite the same."""

    METROPOLE = "metropole"
    ALSACE_MOSELLE = "alsace-moselle"
    GUADELOUPE = "guadeloupe"
    GUYANE = "guyane"
    MARTINIQUE = "martinique"
    MAYOTTE = "mayotte"
    REUNION = "la-reunion"
    SAINT_BARTHELEMY = "saint-barthelemy"
    SAINT_MARTIN = "saint-martin"
    SAINT_PIERRE_ET_MIQUELON = "saint-pierre-et-miquelon"


#: Month and day of the commemoration of the abolition of slavery.
_ABOLITION: dict[Territory, tuple[int, int]] = {
    Territory.GUADELOUPE: (5, 27),
    Territory.GUYANE: (6, 10),
    Territory.MARTINIQUE: (5, 22),
    Territory.MAYOTTE: (4, 27),
    Territory.REUNION: (12, 20),
    Territory.SAINT_BARTHELEMY: (10, 9),
    Territory.SAINT_MARTIN: (5, 28),
}
#: Month and day of the holidays that do not move.
_FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
#: Days after Easter Sunday: Easter Monday, Ascension, Whit Monday.
_MOVING = (1, 39, 50)

#: The territory that an IANA zone suggests; the others are in metropolitan France.
_ZONES: dict[str, Territory] = {
    "America/Cayenne": Territory.GUYANE,
    "America/Guadeloupe": Territory.GUADELOUPE,
    "America/Martinique": Territory.MARTINIQUE,
    "America/Marigot": Territory.SAINT_MARTIN,
    "America/Miquelon": Territory.SAINT_PIERRE_ET_MIQUELON,
    "America/St_Barthelemy": Territory.SAINT_BARTHELEMY,
    "Indian/Mayotte": Territory.MAYOTTE,
    "Indian/Reunion": Territory.REUNION,
}


def territory_of(zone: str) -> Territory:
    """The territory of an IANA zone; Alsace-Moselle cannot be told from its zone."""
    return _ZONES.get(zone, Territory.METROPOLE)


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """The date on the wall there at an instant (aware).

    :raises ValueError: for an instant without a zone, whose date nobody knows.
    """
    if moment.tzinfo is None:
        raise ValueError("an instant without a zone has no local date")
    return moment.astimezone(zone).date()


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the method of Butcher, for any year)."""
    golden = year % 19
    century, rest = divmod(year, 100)
    leaps, odd = divmod(century, 4)
    moon = (19 * golden + century - leaps - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * odd + 2 * (rest // 4) - moon - rest % 4) % 7
    correction = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * correction + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=512)
def public_holidays(year: int, territory: Territory = Territory.METROPOLE) -> frozenset[date]:
    """The public holidays of a year in a territory."""
    sunday = easter(year)
    days = {date(year, month, day) for month, day in _FIXED}
    days |= {sunday + timedelta(days=after) for after in _MOVING}
    if territory is Territory.ALSACE_MOSELLE:
        days |= {sunday - timedelta(days=2), date(year, 12, 26)}
    if territory in _ABOLITION:
        month, day = _ABOLITION[territory]
        days.add(date(year, month, day))
    return frozenset(days)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of a CPTS: Monday to Friday without public holidays.

    ``extra`` are other free days, for example those that local custom adds.
    """

    territory: Territory = Territory.METROPOLE
    extra: frozenset[date] = frozenset()

    def is_working_day(self, day: date) -> bool:
        free = day in self.extra or day in public_holidays(day.year, self.territory)
        return day.weekday() < _SATURDAY and not free

    def add_working_days(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day`` (before it when negative).

        ``day`` itself never counts, working or not; with 0 it is returned as it is.
        """
        step = _DAY if count > 0 else -_DAY
        for _ in range(abs(count)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day


@dataclass(frozen=True, slots=True)
class Duration:
    """So many months, then so many days, as ISO 8601 writes them (no hours)."""

    months: int = 0
    days: int = 0

    def __str__(self) -> str:
        years, months = divmod(self.months, 12)
        parts = ((years, "Y"), (months, "M"), (self.days, "D"))
        return "P" + ("".join(f"{count}{unit}" for count, unit in parts if count) or "0D")


#: At once.
NO_DELAY = Duration()


def parse_duration(text: str) -> Duration:
    """Read « P10D », « P1M », « P1Y6M », « P2W ».

    :raises ValueError: with a French sentence that gives an example.
    """
    match = _DURATION.fullmatch(text.strip())
    if not match or not any(match.groups()):
        raise ValueError("Une durée s’écrit P10D (10 jours), P2W (2 semaines), P1M ou P1Y.")
    years, months, weeks, days = (int(part or 0) for part in match.groups())
    found = Duration(years * 12 + months, weeks * 7 + days)
    if found.months > 12 * MAX_YEARS or found.days > 366 * MAX_YEARS:
        raise ValueError(f"Une durée ne dépasse pas {MAX_YEARS} ans.")
    return found


def add(day: date, duration: Duration, calendar: Calendar | None = None) -> date:
    """``day`` plus the duration; with a calendar its days are working days.

    31 January plus one month is the last day of February: the day of the month is kept when
    the month has it, else its last one is taken. Months come before days.
    """
    return _shift(day, duration, 1, calendar)


def subtract(day: date, duration: Duration, calendar: Calendar | None = None) -> date:
    """``day`` minus the duration, by the same rules as :func:`add`."""
    return _shift(day, duration, -1, calendar)


def _shift(day: date, duration: Duration, sign: int, calendar: Calendar | None) -> date:
    moved = _add_months(day, sign * duration.months)
    if calendar is not None:
        return calendar.add_working_days(moved, sign * duration.days)
    return moved + timedelta(days=sign * duration.days)


def _add_months(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
