"""Two waves of a questionnaire side by side: only what each may show by itself.

Nothing is counted here. Each wave comes with its own published summaries, so a figure that
is withheld in one of them is withheld beside the other too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from surveyapp.core.summary import Reason, Row, Shape, Summary

#: What people wrote is not compared.
_UNCOMPARED = frozenset({Shape.TEXT, Shape.WORDS})
#: Quantile of the usual 95 %, and the variance of a share of one half.
_NORMAL, _LARGEST = 1.96, 0.25


class Measured(StrEnum):
    """What the two figures of a line are."""

    SHARE = "share"  # ratios in [0, 1]
    MEAN = "mean"  # points of the scale, or the unit of the question
    RANK = "rank"  # mean rank: the smaller, the higher


class Obstacle(StrEnum):
    """Why two waves of a question are not compared."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure in both waves; ``None``: withheld, or not asked."""

    label: str
    measured: Measured
    before: float | None
    after: float | None

    @property
    def gap(self) -> float | None:
        """After minus before, when both are shown."""
        if self.before is None or self.after is None:
            return None
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Compared:
    """One question in both waves: its figures, or the ``obstacle``.

    ``n_before`` and ``n_after`` are the answers counted, ``None`` when withheld.
    """

    question: str
    label: str
    section: str
    n_before: int | None
    n_after: int | None
    lines: tuple[Line, ...] = ()
    obstacle: Obstacle | None = None
    withheld: Reason | None = None


def compare(before: Sequence[Summary], after: Sequence[Summary]) -> tuple[Compared, ...]:
    """The questions of the later wave in their order, then those it no longer asks."""
    known = {s.question: s for s in before if s.shape not in _UNCOMPARED}
    found = [
        _pair(known.pop(summary.question, None), summary)
        for summary in after
        if summary.shape not in _UNCOMPARED
    ]
    gone = [
        Compared(s.question, s.label, s.section, s.n, None, obstacle=Obstacle.GONE)
        for s in known.values()
    ]
    return (*found, *gone)


def margin(before: int, after: int) -> float:
    """The gap between two shares, as a ratio, below which chance alone may explain it.

    That of the largest variance, for two random samples: an order of magnitude, no test.
    """
    return _NORMAL * math.sqrt(_LARGEST / before + _LARGEST / after)


def _pair(before: Summary | None, after: Summary) -> Compared:
    made = Compared(
        after.question, after.label, after.section, before.n if before else None, after.n
    )
    if before is None:
        return _with(made, obstacle=Obstacle.NEW)
    if not _same_question(before, after):
        return _with(made, obstacle=Obstacle.CHANGED)
    if withheld := before.withheld or after.withheld:
        return _with(made, obstacle=Obstacle.WITHHELD, withheld=withheld)
    lines = tuple(_lines(before, after))
    if all(line.before is None and line.after is None for line in lines):
        return _with(made, obstacle=Obstacle.WITHHELD, withheld=Reason.COMPLEMENT)
    return _with(made, lines=lines)


def _with(
    made: Compared,
    *,
    lines: tuple[Line, ...] = (),
    obstacle: Obstacle | None = None,
    withheld: Reason | None = None,
) -> Compared:
    return Compared(
        made.question,
        made.label,
        made.section,
        made.n_before,
        made.n_after,
        lines,
        obstacle,
        withheld,
    )


def _same_question(before: Summary, after: Summary) -> bool:
    """Whether both waves asked the same thing: the same words, answered in the same way."""
    same = (before.shape, before.scale, before.label) == (after.shape, after.scale, after.label)
    return same and before.scale_labels == after.scale_labels


def _lines(before: Summary, after: Summary) -> Iterator[Line]:
    rows = {row.name: row for row in before.rows}
    several = after.shape is Shape.MATRIX
    for row in after.rows:
        old = rows.get(row.name)
        if after.shape is Shape.RANK:
            yield Line(row.label, Measured.RANK, _mean(old), _mean(row))
        elif _mean(row) is not None or _mean(old) is not None:
            yield Line(row.label if several else "Moyenne", Measured.MEAN, _mean(old), _mean(row))
        else:
            yield from _shares(old, row, prefix=f"{row.label} – " if several else "")


def _mean(row: Row | None) -> float | None:
    return row.mean if row else None


def _shares(before: Row | None, after: Row, *, prefix: str) -> Iterator[Line]:
    """Options of the later wave, « Sans réponse » last, then those that it no longer offers."""
    old = {cell.name: cell for cell in before.cells} if before else {}
    for cell in sorted(after.cells, key=lambda cell: cell.name == ""):
        was = old.pop(cell.name, None)
        yield Line(prefix + cell.label, Measured.SHARE, was.share if was else None, cell.share)
    for cell in old.values():
        yield Line(prefix + cell.label, Measured.SHARE, cell.share, None)
