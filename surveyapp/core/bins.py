"""Classes of a histogram: round bounds, and open ends that single nobody out."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from surveyapp.core.columns import Array
from surveyapp.core.definition import Kind
from surveyapp.core.french import NBSP, month, number, year

#: Up to this number of different whole values each has its own class.
_SINGLES = 12
_CLASSES = 8


@dataclass(frozen=True, slots=True)
class Bin:
    """Values from ``low`` (included) to ``high`` (excluded)."""

    low: float
    high: float
    label: str

    def holds(self, values: Array) -> int:
        """How many of these values lie in the class."""
        return int(((values >= self.low) & (values < self.high)).sum())


@dataclass(frozen=True, slots=True)
class _Words:
    between: Callable[[float, float], str]
    below: Callable[[float], str]
    from_: Callable[[float], str]


def bins(
    values: Array, kind: Kind | None, *, least: int = 0, years: bool = False
) -> tuple[Bin, ...]:
    """Classes that hold all these values; none when they are too much alike.

    With ``least`` the bounds are drawn from the values without the ``least - 1`` smallest
    and greatest, and the classes at both ends are open: each holds ``least`` values, and
    the extremes of an anonymous campaign stay unknown. ``years`` are named as years.
    """
    ordered = np.sort(values)
    spare = max(least - 1, 0)
    if len(ordered) <= 2 * spare or ordered[spare] == ordered[-1 - spare]:
        return ()
    edges, words = _edges(ordered[spare : len(ordered) - spare], kind)
    words = _CALENDAR if years else words
    found = [Bin(low, high, words.between(low, high)) for low, high in itertools.pairwise(edges)]
    if not least:
        return tuple(found)
    if len(found) == 1:
        return ()
    found[0] = Bin(-np.inf, found[0].high, words.below(found[0].high))
    found[-1] = Bin(found[-1].low, np.inf, words.from_(found[-1].low))
    return tuple(found)


def _edges(values: Array, kind: Kind | None) -> tuple[Sequence[float], _Words]:
    low, high = float(values.min()), float(values.max())
    if kind in (Kind.DATE, Kind.DATETIME):
        return _dates(date.fromordinal(int(low)), date.fromordinal(int(high)))
    if kind is Kind.TIME:
        return [float(h) for h in range(int(low), int(high) + 2)], _HOURS
    whole = bool((values == np.round(values)).all())
    if whole and high - low < _SINGLES:
        return [low + i for i in range(int(high - low) + 2)], _WHOLE
    step = _round_step((high - low) / _CLASSES, whole=whole)
    start = np.floor(low / step)
    count = int(np.floor(high / step) - start) + 1
    edges = [float(round((start + i) * step, 10)) for i in range(count + 1)]
    return edges, _WHOLE if whole else _DECIMAL


def _round_step(width: float, *, whole: bool) -> float:
    """1, 2 or 5 times a power of ten, just over ``width``."""
    power = 10.0 ** np.floor(np.log10(width))
    step = next(float(m * power) for m in (1, 2, 5, 10) if m * power >= width * (1 - 1e-9))
    return max(step, 1.0) if whole else step


def _dates(first: date, last: date) -> tuple[Sequence[float], _Words]:
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months > 24:
        years = range(first.year, last.year + 2)
        return [float(date(min(y, 9999), 1, 1).toordinal()) for y in years], _YEARS
    starts = [divmod(first.year * 12 + first.month - 1 + i, 12) for i in range(months + 1)]
    return [float(date(y, m + 1, 1).toordinal()) for y, m in starts], _MONTHS


def _whole_label(low: float, high: float) -> str:
    return number(low) if high - low <= 1 else f"{number(low)} à {number(high - 1)}"


def _year(value: float) -> str:
    return str(date.fromordinal(int(value)).year)


def _month(value: float) -> str:
    return month(date.fromordinal(int(value)))


def _hour(value: float) -> str:
    return f"{int(value)}{NBSP}h"


_WHOLE = _Words(
    _whole_label, lambda high: f"moins de {number(high)}", lambda low: f"{number(low)} et plus"
)
_CALENDAR = _Words(
    lambda low, high: year(low) if high - low <= 1 else f"{year(low)} à {year(high - 1)}",
    lambda high: f"avant {year(high)}",
    lambda low: f"depuis {year(low)}",
)
_DECIMAL = _Words(
    lambda low, high: f"{number(low)} à moins de {number(high)}",
    lambda high: f"moins de {number(high)}",
    lambda low: f"{number(low)} et plus",
)
_HOURS = _Words(
    lambda low, high: f"{_hour(low)} à {_hour(high)}",
    lambda high: f"avant {_hour(high)}",
    lambda low: f"à partir de {_hour(low)}",
)
_MONTHS = _Words(
    lambda low, high: _month(low),
    lambda high: f"avant {_month(high)}",
    lambda low: f"à partir de {_month(low)}",
)
_YEARS = _Words(
    lambda low, high: _year(low),
    lambda high: f"avant {_year(high)}",
    lambda low: f"à partir de {_year(low)}",
)
