"""The period that a figure is of, and the one before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from surveyapp.core.french import date_long, parse_date
from surveyapp.core.journey.calendar import Duration, add, subtract

_DAY = timedelta(days=1)
#: Years that a page may ask for.
_YEARS = range(2000, 2200)


class PeriodError(ValueError):
    """The period makes no sense; the message is a French sentence."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``first`` to ``last``, both included."""

    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    @property
    def year(self) -> int | None:
        """The civil year that it is, if it is one."""
        return self.first.year if self == year_of(self.first.year) else None

    @property
    def text(self) -> str:
        """« année 2027 », « du 1er avril au 30 juin 2027 »."""
        if self.year is not None:
            return f"année {self.year}"
        return f"du {date_long(self.first)} au {date_long(self.last)}"

    @property
    def previous(self) -> Period:
        """As long, just before; whole months go back by whole months."""
        before = self.first - _DAY
        months = self._months()
        if months is None:
            return Period(self.first - (self.last - self.first) - _DAY, before)
        return Period(subtract(self.first, Duration(months=months)), before)

    def months(self) -> tuple[date, ...]:
        """The first day of each month that it touches."""
        day = self.first.replace(day=1)
        found = []
        while day <= self.last:
            found.append(day)
            day = add(day, Duration(months=1))
        return tuple(found)

    def _months(self) -> int | None:
        """How many months it lasts, when it begins and ends with one."""
        after = self.last + _DAY
        if self.first.day != 1 or after.day != 1:
            return None
        return (after.year - self.first.year) * 12 + after.month - self.first.month


def year_of(year: int) -> Period:
    """A civil year."""
    return Period(date(year, 1, 1), date(year, 12, 31))


def read_period(*, year: str, first: str, last: str, today: date) -> Period:
    """What an address says: two days, else a year, else the present year.

    :raises PeriodError: what to write instead.
    """
    if first or last:
        return _between(first, last)
    if not year:
        return year_of(today.year)
    if not (year.isascii() and year.isdigit() and int(year) in _YEARS):
        raise PeriodError("Écrivez l’année en quatre chiffres, par exemple 2027.")
    return year_of(int(year))


def _between(first: str, last: str) -> Period:
    if not (first and last):
        raise PeriodError("Donnez le premier et le dernier jour de la période.")
    try:
        found = Period(parse_date(first), parse_date(last))
    except ValueError as error:
        raise PeriodError(str(error)) from error
    if found.first > found.last:
        raise PeriodError("La période finit avant de commencer : échangez ses deux dates.")
    if not {found.first.year, found.last.year} <= set(_YEARS):
        raise PeriodError("Choisissez des dates entre 2000 et 2199.")
    return found
