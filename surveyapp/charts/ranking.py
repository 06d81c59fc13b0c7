"""Ranks: a dot per option on a line that goes from first to last."""

from __future__ import annotations

from surveyapp.charts.drawing import LINE_HEIGHT, SMALL, TEXT, Disc, Drawing, Label, Line
from surveyapp.charts.measure import width_of
from surveyapp.charts.palette import GRID, INK, LOCAL, LOCAL_EDGE, MUTED
from surveyapp.charts.parts import count_line, heading, label_column, withheld
from surveyapp.core.french import number
from surveyapp.core.summary import Row, Summary


def ordered_rows(summary: Summary) -> tuple[Row, ...]:
    """Options from the best mean rank to the worst; withheld ones at the end."""
    return tuple(
        sorted(summary.rows, key=lambda row: (row.mean is None, row.mean if row.mean else 0.0))
    )


def ranking(summary: Summary, drawing: Drawing) -> None:
    """Mean rank of each option."""
    rows = ordered_rows(summary)
    last = max(len(rows), 2)
    beside = label_column(drawing, [row.label for row in rows])
    left = beside + 20 if beside else 8.0
    right = drawing.width - 44
    top = drawing.height
    for row in rows:
        y = heading(drawing, row.label, beside)
        _dot(drawing, row, y, left, (right - left) / (last - 1))
    _rule(drawing, left, right, top, last)
    count_line(drawing, summary, more=", rang moyen de chaque proposition")


def _dot(drawing: Drawing, row: Row, y: float, left: float, pitch: float) -> None:
    if row.mean is None:
        drawing.add(
            Label(left, y + SMALL * 0.36, withheld(row.withheld), MUTED, size=SMALL, italic=True)
        )
        return
    x = left + (row.mean - 1) * pitch
    drawing.add(
        Line(left, y, x, y, LOCAL, 2.2),
        Disc(x, y, 6.5, LOCAL, LOCAL_EDGE),
        Label(x + 12, y + TEXT * 0.36, number(row.mean, 1), INK),
    )


def _rule(drawing: Drawing, left: float, right: float, top: float, last: int) -> None:
    """Lines of the ranks, with the first and the last named."""
    pitch = (right - left) / (last - 1)
    bottom = drawing.height
    for rank in range(1, last + 1):
        x = left + (rank - 1) * pitch
        drawing.marks.insert(0, Line(x, top, x, bottom, GRID, 0.8))
        text = {1: "1er", last: f"{last}e"}.get(rank, str(rank))
        if pitch > width_of(text, SMALL) + 4 or rank in (1, last):
            drawing.add(Label(x, bottom + SMALL + 2, text, MUTED, size=SMALL, align="center"))
    drawing.height = bottom + SMALL * LINE_HEIGHT + 4
