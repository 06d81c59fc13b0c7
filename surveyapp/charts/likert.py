"""100 % stacked rows: the lines of a matrix, or the subgroups of a crossing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

from surveyapp.charts.drawing import SMALL, TEXT, Box, Drawing, Label
from surveyapp.charts.measure import width_of, wrap
from surveyapp.charts.palette import INK, LOCAL_EDGE, MUTED, OUTSIDE, TRACK, readable_on, steps
from surveyapp.charts.parts import comparisons, label_column, legend, text_height, withheld
from surveyapp.core.french import NBSP, number, percent
from surveyapp.core.summary import Cell, Row, Summary

THICK, GAP = 22.0, 11.0
HATCH, DOTS = "////", "..."
#: Options that are no step of a scale, by their usual names: « Sans objet », « Sans réponse »…
APART = frozenset({"sans_objet", "non_concerne", "ne_sait_pas", "sans_avis", ""})


def likert(summary: Summary, drawing: Drawing) -> None:
    """One stacked bar per line of the matrix, its N at the right."""
    stacked(summary.rows, drawing)
    comparisons(drawing, summary.benchmarks)


def stacked(rows: Sequence[Row], drawing: Drawing) -> None:
    """Legend, then one bar per row; every row has the same options."""
    options = next((row.cells for row in rows if row.cells), ())
    styles = _styles(options)
    legend(drawing, [(c.label, *style) for c, style in zip(options, styles, strict=True)])
    beside = label_column(drawing, [row.label for row in rows])
    counts = [_count(row) for row in rows]
    column = max(width_of(text, SMALL) for text in counts) + 10
    for row, count in zip(rows, counts, strict=True):
        left, right, y = _heading(drawing, row, count, beside=beside, column=column)
        _row(drawing, row, styles, left=left, right=right, y=y)


def _styles(options: Sequence[Cell]) -> list[tuple[str, str]]:
    """Fill and hatch of each option: from light to dark, every second one hatched.

    What is no step of the scale is grey and dotted.
    """
    inside = [option for option in options if option.name not in APART]
    scale = zip(steps(len(inside)), cycle(("", HATCH)), strict=False)
    ramp = dict(zip((option.name for option in inside), scale, strict=False))
    return [ramp.get(option.name, (OUTSIDE, DOTS)) for option in options]


def _count(row: Row) -> str:
    return f"N{NBSP}={NBSP}{number(row.n)}" if row.n is not None else ""


def _heading(
    drawing: Drawing, row: Row, count: str, *, beside: float, column: float
) -> tuple[float, float, float]:
    """Write label and N; return left, right and top of the bar."""
    y = drawing.height
    if beside:
        lines = wrap(row.label, beside, TEXT)
        height = text_height(lines)
        room = max(height, THICK)
        drawing.paragraph(lines, beside, y + (room - height) / 2, colour=INK, align="right")
        top, left, right = y + (room - THICK) / 2, beside + 12, drawing.width - column
        baseline = top + THICK / 2 + SMALL * 0.36
        drawing.height = y + room + GAP
    else:
        lines = wrap(row.label, drawing.width - column, TEXT)
        top, left, right = y + text_height(lines) + 3, 0.0, drawing.width
        baseline = top - 6
        drawing.paragraph(lines, 0, y, colour=INK)
        drawing.height = top + THICK + GAP
    drawing.add(Label(drawing.width, baseline, count, MUTED, size=SMALL, align="right"))
    return left, right, top


def _row(
    drawing: Drawing,
    row: Row,
    styles: Sequence[tuple[str, str]],
    *,
    left: float,
    right: float,
    y: float,
) -> None:
    if row.withheld or any(cell.share is None for cell in row.cells) or not row.cells:
        drawing.add(Box(left, y, right - left, THICK, TRACK, MUTED, dashed=True))
        middle = y + THICK / 2 + SMALL * 0.36
        drawing.add(Label(left + 8, middle, withheld(row.withheld), INK, size=SMALL, italic=True))
        return
    x = left
    for cell, (fill, hatch) in zip(row.cells, styles, strict=True):
        length = (right - left) * (cell.share or 0.0)
        if length > 0:
            _segment(drawing, Box(x, y, length, THICK, fill, LOCAL_EDGE, hatch), cell.share or 0.0)
        x += length


def _segment(drawing: Drawing, box: Box, share: float) -> None:
    """A part of the bar; its value is written when there is room."""
    drawing.add(box)
    text = percent(share)
    if width_of(text, SMALL) + 8 <= box.width:
        drawing.add(
            Label(
                box.x + box.width / 2,
                box.y + THICK / 2 + SMALL * 0.36,
                text,
                readable_on(box.fill),
                size=SMALL,
                align="center",
                halo=box.fill if box.hatch else "",
            )
        )
