"""Requests to the conciergerie, by category and by month: what would justify a post."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from surveyapp.core.journey.definition import StageKind
from surveyapp.core.journey.dossier import Dossier
from surveyapp.core.programme.counting import options, stage_on
from surveyapp.core.programme.period import Period
from surveyapp.core.programme.spec import Case


@dataclass(frozen=True, slots=True)
class Row:
    """One category: requests for each month, and of the whole period."""

    name: str
    counts: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Volumes:
    """Requests of a period. A request with two categories is one request, in two rows.

    ``requests`` are by month of ``months``, those that have begun. ``days`` is the median
    time from the request to the end of those that are closed; ``reasons`` why some came to
    nothing.
    """

    months: tuple[date, ...]
    requests: tuple[int, ...]
    rows: tuple[Row, ...]
    solved: int
    failed: int
    open: int
    days: float | None
    reasons: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        return sum(self.requests)

    def mean(self, today: date) -> float:
        """Requests a month, over the months that have begun."""
        begun = sum(month <= today for month in self.months)
        return self.total / begun if begun else 0.0


def volumes(
    cases: Sequence[Case],
    period: Period,
    *,
    task: str = "demande",
    question: str = "categories",
    reason: str = "motif_echec",
    today: date,
) -> Volumes:
    """Count the requests that came in the period; ``task`` is the form that opens them."""
    dossiers = [case.dossier for case in cases]
    found = [d for d in dossiers if d.marks[0].on in period and d.marks[0].on <= today]
    months = tuple(m for m in period.months() if m <= today) or period.months()[:1]
    stages = [(dossier, stage_on(dossier, today)) for dossier in found]
    failed = [d for d, stage in stages if stage and stage.kind is StageKind.LOST]
    solved = [d for d, stage in stages if stage and stage.kind is StageKind.WON]
    days = [(d.entered_on - d.marks[0].on).days for d in (*solved, *failed)]
    reasons = Counter(str(d.facts.get(reason) or "") for d in failed)
    return Volumes(
        months=months,
        requests=_by_month(found, months),
        rows=_rows(found, months, task, question),
        solved=len(solved),
        failed=len(failed),
        open=len(found) - len(solved) - len(failed),
        days=median(days) if days else None,
        reasons=tuple(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))),
    )


def _rows(
    found: Sequence[Dossier], months: tuple[date, ...], task: str, question: str
) -> tuple[Row, ...]:
    chosen = [(dossier, _categories(dossier, task, question)) for dossier in found]
    names = {name for _, categories in chosen for name in categories}
    rows = [
        Row(name, counts := _by_month([d for d, c in chosen if name in c], months), sum(counts))
        for name in names
    ]
    return tuple(sorted(rows, key=lambda row: (-row.total, row.name)))


def _categories(dossier: Dossier, task: str, question: str) -> frozenset[str]:
    """Of the last filling: a corrected request counts as it was corrected."""
    fillings = [mark for mark in dossier.marks if mark.name == task]
    return frozenset(options(fillings[-1].answers, question)) if fillings else frozenset()


def _by_month(found: Sequence[Dossier], months: tuple[date, ...]) -> tuple[int, ...]:
    counts = Counter(dossier.marks[0].on.replace(day=1) for dossier in found)
    return tuple(counts[month] for month in months)
