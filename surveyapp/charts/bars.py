"""Horizontal bars: one per option."""

from __future__ import annotations

import math

from surveyapp.charts.drawing import SMALL, TEXT, Box, Drawing, Label
from surveyapp.charts.measure import width_of, wrap
from surveyapp.charts.order import ordered_cells
from surveyapp.charts.palette import INK, LOCAL, LOCAL_EDGE, MUTED
from surveyapp.charts.parts import (
    HIDDEN,
    axis,
    comparisons,
    count_line,
    label_column,
    text_height,
    value_label,
)
from surveyapp.core.summary import Cell, Shape, Summary

THICK, GAP = 18.0, 9.0


def bars(summary: Summary, drawing: Drawing) -> None:
    """Options of :attr:`Shape.CHOICE` and :attr:`Shape.MULTIPLE`, with share and count."""
    cells = ordered_cells(summary)
    ceiling = _ceiling(cells)
    texts = [_value(cell) for cell in cells]
    beside = label_column(drawing, [cell.label for cell in cells])
    left = beside + 12 if beside else 0.0
    right = drawing.width - max(width_of(text, TEXT) for text in texts) - 10
    top = drawing.height
    for cell, text in zip(cells, texts, strict=True):
        _bar(drawing, cell, text, left=left, right=right, ceiling=ceiling)
    axis(drawing, left, right, top, ceiling)
    several = ", plusieurs réponses possibles" if summary.shape is Shape.MULTIPLE else ""
    count_line(drawing, summary, more=several)
    comparisons(drawing, summary.benchmarks)


def _value(cell: Cell) -> str:
    if cell.count is None or cell.share is None:
        return HIDDEN
    return value_label(cell.count, cell.share)


def _ceiling(cells: tuple[Cell, ...]) -> float:
    """End of the scale: the next fifth above the longest bar."""
    longest = max((cell.share or 0.0 for cell in cells), default=0.0)
    return min(1.0, max(0.2, math.ceil(longest * 5 - 1e-9) / 5))


def _bar(
    drawing: Drawing, cell: Cell, value: str, *, left: float, right: float, ceiling: float
) -> None:
    lines = wrap(cell.label, left - 12 if left else drawing.width, TEXT)
    height = text_height(lines)
    y = drawing.height
    if left:
        room = max(height, THICK)
        drawing.paragraph(lines, left - 12, y + (room - height) / 2, colour=INK, align="right")
        bar = y + (room - THICK) / 2
        drawing.height = y + room + GAP
    else:
        bar = drawing.paragraph(lines, 0, y, colour=INK) + 2
        drawing.height = bar + THICK + GAP
    _draw(drawing, cell, value, x=left, y=bar, full=(right - left) / ceiling)


def _draw(drawing: Drawing, cell: Cell, value: str, *, x: float, y: float, full: float) -> None:
    """The bar and its value; ``full`` is the length of 100 %."""
    baseline = y + THICK / 2 + TEXT * 0.36
    if cell.share is None:
        drawing.add(Label(x + 4, baseline, value, MUTED, size=SMALL, italic=True))
        return
    length = full * cell.share
    if length > 0:
        drawing.add(Box(x, y, length, THICK, LOCAL, LOCAL_EDGE))
    drawing.add(Label(x + length + 7, baseline, value, INK))
