"""One question, subgroup by subgroup: « Ensemble » first, then each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from surveyapp.charts.drawing import LINE_HEIGHT, SMALL, TEXT, Disc, Drawing, Label, Line
from surveyapp.charts.likert import stacked
from surveyapp.charts.palette import GRID, INK, LOCAL, LOCAL_EDGE, MUTED
from surveyapp.charts.parts import heading, label_column, withheld
from surveyapp.core.french import NBSP, number
from surveyapp.core.summary import Row, Shape, Summary

#: More options than this cannot be told apart in one bar: the table shows them.
MOST = 7


def crossable(summary: Summary) -> bool:
    """Whether subgroups can be drawn beside each other."""
    if not summary.breakdown or not summary.rows:
        return False
    if summary.shape is Shape.CHOICE:
        return 1 < len(summary.rows[0].cells) <= MOST
    return summary.shape is Shape.SCALE and summary.scale is not None


def crossed(summary: Summary, drawing: Drawing) -> None:
    """Shares of each subgroup, or the mean of each on the scale."""
    rows = (replace(summary.rows[0], label="Ensemble"), *summary.breakdown)
    if summary.shape is Shape.CHOICE:
        stacked(rows, drawing)
    else:
        _means(rows, drawing, summary.scale or (0, 10))


def _means(rows: Sequence[Row], drawing: Drawing, bounds: tuple[int, int]) -> None:
    low, high = bounds
    beside = label_column(drawing, [row.label for row in rows])
    left, right = (beside + 20 if beside else 8.0), drawing.width - 110
    pitch = (right - left) / (high - low)
    top = drawing.height
    for row in rows:
        _dot(drawing, row, heading(drawing, row.label, beside), x=left - low * pitch, pitch=pitch)
    bottom = drawing.height
    for note in range(low, high + 1):
        x = left + (note - low) * pitch
        drawing.marks.insert(0, Line(x, top, x, bottom, GRID, 0.8))
        if note in (low, high) or pitch > 20:
            drawing.add(Label(x, bottom + SMALL + 2, str(note), MUTED, size=SMALL, align="center"))
    drawing.height = bottom + SMALL * LINE_HEIGHT + 4


def _dot(drawing: Drawing, row: Row, y: float, *, x: float, pitch: float) -> None:
    """``x`` is where 0 would stand."""
    if row.mean is None or row.n is None:
        drawing.add(
            Label(x + 4, y + SMALL * 0.36, withheld(row.withheld), MUTED, size=SMALL, italic=True)
        )
        return
    text = f"{number(row.mean, 1)} (N{NBSP}={NBSP}{number(row.n)})"
    drawing.add(
        Disc(x + row.mean * pitch, y, 6.5, LOCAL, LOCAL_EDGE),
        Label(x + row.mean * pitch + 12, y + TEXT * 0.36, text, INK, size=SMALL, halo="#ffffff"),
    )
