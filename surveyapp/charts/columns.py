"""Vertical columns: notes from 0 to 10, and the bins of a free number."""

from __future__ import annotations

from collections.abc import Sequence

from surveyapp.charts.drawing import (
    LINE_HEIGHT,
    SMALL,
    Align,
    Box,
    Diamond,
    Drawing,
    Label,
    Line,
)
from surveyapp.charts.measure import width_of, wrap
from surveyapp.charts.palette import (
    GRID,
    INK,
    LOCAL,
    LOCAL_EDGE,
    MUTED,
    REFERENCE,
    REFERENCE_EDGE,
)
from surveyapp.charts.parts import HIDDEN, comparisons, count_line, reference_label
from surveyapp.core.french import NBSP, number, percent
from surveyapp.core.summary import Benchmark, Cell, Row, Summary

TALL = 130.0


def scale(summary: Summary, drawing: Drawing) -> None:
    """One column per note; the mean and the reference figure are marked above them."""
    row = summary.rows[0]
    low, high = summary.scale or (0, max(len(row.cells) - 1, 0))
    pitch = drawing.width / (high - low + 1)
    points = [b for b in summary.benchmarks if b.unit != "%"]
    base = _lanes(drawing, row, points, low=low, pitch=pitch)
    unit = _columns(drawing, row.cells, pitch=pitch, base=base)
    _ends(drawing, summary)
    count_line(drawing, summary, more=_mean(summary) + unit)
    comparisons(drawing, summary.benchmarks)


def histogram(summary: Summary, drawing: Drawing) -> None:
    """One column per bin of a free number; mean and median in words."""
    row = summary.rows[0]
    base = drawing.height + SMALL * LINE_HEIGHT + TALL
    pitch = drawing.width / max(len(row.cells), 1)
    unit = _columns(drawing, row.cells, pitch=pitch, base=base)
    count_line(drawing, summary, more=_mean(summary) + unit)


def _mean(summary: Summary) -> str:
    row, parts = summary.rows[0], []
    if row.mean is not None:
        parts.append(f"moyenne {number(row.mean, 1)}")
    if median := summary.median(row):
        parts.append(f"médiane {median}")
    return "".join(f", {part.replace(' ', NBSP)}" for part in parts)


def _lanes(
    drawing: Drawing, row: Row, benchmarks: Sequence[Benchmark], *, low: float, pitch: float
) -> float:
    """Write the marked values on lines of their own; return the foot of the columns."""
    lane = SMALL * LINE_HEIGHT + 6
    marked: list[tuple[float, str, bool]] = []
    if row.mean is not None:
        marked.append((row.mean, f"moyenne{NBSP}: {number(row.mean, 1)}", False))
    marked += [(b.value, reference_label(b), True) for b in benchmarks]
    start = drawing.height
    head = start + len(marked) * lane
    base = head + SMALL * LINE_HEIGHT + TALL
    for index, (value, text, reference) in enumerate(marked):
        x = (value - low + 0.5) * pitch
        _marker(drawing, x, start + index * lane, base, text=text, reference=reference)
    return base


def _marker(
    drawing: Drawing, x: float, y: float, base: float, *, text: str, reference: bool
) -> None:
    """A vertical line with its label; a diamond tells a reference figure from ours."""
    edge = REFERENCE_EDGE if reference else INK
    middle = y + SMALL / 2 + 1
    drawing.add(Line(x, middle, x, base, edge, 1.6, dashed=not reference))
    if reference:
        drawing.add(Diamond(x, middle, 6, REFERENCE, REFERENCE_EDGE))
    align: Align = "left"
    offset = 10.0 if reference else 6.0
    if x + offset + width_of(text, SMALL, bold=True) > drawing.width:
        align, offset = "right", -offset
    drawing.add(
        Label(x + offset, y + SMALL, text, edge, size=SMALL, bold=True, align=align, halo="#ffffff")
    )


def _columns(drawing: Drawing, cells: Sequence[Cell], *, pitch: float, base: float) -> str:
    """Draw the columns; return what the shares above them are, if they bear no unit."""
    highest = max((cell.share or 0.0 for cell in cells), default=0.0) or 1.0
    texts = _shares(cells, pitch)
    bottom = base
    for index, (cell, text) in enumerate(zip(cells, texts, strict=True)):
        x = (index + 0.5) * pitch
        tall = TALL * (cell.share or 0.0) / highest
        if tall > 0:
            drawing.add(Box(x - pitch * 0.36, base - tall, pitch * 0.72, tall, LOCAL, LOCAL_EDGE))
        drawing.add(
            Label(x, base - tall - 6, text, INK, size=SMALL, align="center", halo="#ffffff")
        )
        lines = wrap(cell.label, pitch - 2, SMALL)
        bottom = max(
            bottom,
            drawing.paragraph(lines, x, base + 3, colour=INK, size=SMALL, align="center"),
        )
    drawing.marks.insert(0, Line(0, base, len(cells) * pitch, base, GRID, 1.0))
    drawing.height = bottom + 2
    bare = any(text.isdecimal() for text in texts)
    return f", parts en{NBSP}%" if bare else ""


def _shares(cells: Sequence[Cell], pitch: float) -> list[str]:
    """What stands over the columns; all without the unit when one would not fit."""
    known = [cell.share for cell in cells if cell.share is not None]
    widest = max((width_of(percent(share), SMALL) for share in known), default=0.0)
    unit = widest + 4 <= pitch
    hidden = HIDDEN if width_of(HIDDEN, SMALL) <= pitch else "*"
    return [
        hidden
        if cell.share is None
        else (percent(cell.share) if unit else number(cell.share * 100, 0))
        for cell in cells
    ]


def _ends(drawing: Drawing, summary: Summary) -> None:
    """What the first and the last note mean."""
    first, last = summary.scale_labels
    half = drawing.width / 2 - 8
    y = drawing.height
    ends = [y]
    for text, x, align in ((first, 0.0, "left"), (last, drawing.width, "right")):
        if text:
            lines = wrap(text, half, SMALL)
            ends.append(drawing.paragraph(lines, x, y, colour=MUTED, size=SMALL, align=align))
    drawing.height = max(ends) + 2
