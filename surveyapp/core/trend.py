"""Answers over time, in a number of bars that a reader takes in at a glance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from surveyapp.core.french import NBSP, THIN, date_long, date_short, month, number, plural, quoted

#: Beyond these many bars the next coarser unit is taken.
MOST_BARS = 31


@dataclass(frozen=True, slots=True)
class Bar:
    """Answers of one day, week or month; ``share`` is a ratio of the highest bar."""

    label: str
    short: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Trend:
    """``unit`` is « jour », « semaine » or « mois »."""

    unit: str
    bars: tuple[Bar, ...]

    @property
    def highest(self) -> Bar:
        return max(self.bars, key=lambda bar: bar.count)


@dataclass(frozen=True, slots=True)
class _Unit:
    name: str
    start: Callable[[date], date]
    after: Callable[[date], date]
    label: Callable[[date], str]
    short: Callable[[date], str]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


_UNITS = (
    _Unit(
        "jour",
        lambda day: day,
        lambda day: day + timedelta(days=1),
        date_long,
        lambda day: date_short(day)[:5],
    ),
    _Unit(
        "semaine",
        _monday,
        lambda day: day + timedelta(days=7),
        lambda day: f"semaine du {date_long(day)}",
        lambda day: date_short(day)[:5],
    ),
    _Unit(
        "mois",
        lambda day: day.replace(day=1),
        _next_month,
        month,
        lambda day: f"{day.month:02d}/{day.year}",
    ),
)


def trend(counts: Iterable[tuple[date, int]], *, until: date) -> Trend | None:
    """Bars from the first answer to ``until``, empty ones included; ``None`` without answers."""
    days = Counter(dict(counts))
    if not days:
        return None
    first, last = min(days), max(*days, until)
    for unit in _UNITS:
        starts = _starts(unit, first, last)
        if len(starts) <= MOST_BARS:
            break
    sums: Counter[date] = Counter()
    for day, count in days.items():
        sums[unit.start(day)] += count
    top = max(sums.values())
    bars = (Bar(unit.label(s), unit.short(s), sums[s], sums[s] / top) for s in starts)
    return Trend(unit.name, tuple(bars))


def _starts(unit: _Unit, first: date, last: date) -> list[date]:
    found = [unit.start(first)]
    while (following := unit.after(found[-1])) <= last:
        found.append(following)
    return found


def describe(found: Trend) -> str:
    """One sentence for who does not see the bars."""
    best = found.highest
    total = sum(bar.count for bar in found.bars)
    return (
        f"{plural(total, 'réponse', 'réponses')} par {found.unit}, de "
        f"{quoted(found.bars[0].label)} à {quoted(found.bars[-1].label)}{THIN}; "
        f"le plus haut{NBSP}: {number(best.count)}, {best.label}."
    )
