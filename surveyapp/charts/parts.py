"""Pieces that several charts share: the line with N, the legend, the reference figures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from surveyapp.charts.drawing import (
    LINE_HEIGHT,
    SMALL,
    TEXT,
    Box,
    Diamond,
    Drawing,
    Label,
    Line,
    Mark,
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
    TRACK,
)
from surveyapp.core.french import NBSP, number, percent, plural
from surveyapp.core.summary import Benchmark, Reason, Summary

#: What stands in place of a figure that is withheld.
HIDDEN = f"non{NBSP}affiché"
#: The same when the reason may be told: fewer than k answers to a whole question or line.
TOO_FEW = "effectif trop faible"
#: Below this width labels stand above their bar instead of beside it.
BESIDE = 520
#: Height of a line of dots, and what is left under it.
DOT_ROOM, DOT_GAP = 20.0, 8.0


def label_column(drawing: Drawing, labels: Iterable[str]) -> float:
    """Width kept for the labels on the left, two fifths at most; 0 on a phone."""
    if drawing.width < BESIDE:
        return 0.0
    longest = max((width_of(label, TEXT) for label in labels), default=0.0)
    return min(round(drawing.width * 0.4), max(90.0, math.ceil(longest) + 1))


def heading(drawing: Drawing, label: str, beside: float) -> float:
    """Write the label of a line of dots; return the ``y`` of the middle of the line."""
    y = drawing.height
    lines = wrap(label, beside or drawing.width, TEXT)
    height = text_height(lines)
    if beside:
        room = max(height, DOT_ROOM)
        drawing.paragraph(lines, beside, y + (room - height) / 2, colour=INK, align="right")
        drawing.height = y + room + DOT_GAP
        return y + room / 2
    drawing.height = drawing.paragraph(lines, 0, y, colour=INK) + DOT_ROOM + DOT_GAP
    return drawing.height - DOT_GAP - DOT_ROOM / 2


def withheld(reason: Reason | None) -> str:
    """What to write in place of figures. Of a subgroup nobody may know why."""
    return TOO_FEW if reason is Reason.BASE else HIDDEN


def counted(n: int) -> str:
    """« 1 234 réponses »."""
    return plural(n, "réponse", "réponses")


def count_line(drawing: Drawing, summary: Summary, *, more: str = "") -> None:
    """End a chart with its N."""
    text = f"N{NBSP}={NBSP}{number(summary.n)}" if summary.n is not None else HIDDEN
    lines = wrap(f"{text}{more}", drawing.width, SMALL)
    drawing.height = drawing.paragraph(lines, 0, drawing.height + 4, colour=MUTED, size=SMALL)


def axis(drawing: Drawing, left: float, right: float, top: float, ceiling: float) -> None:
    """Vertical lines and percentages under bars that end at ``drawing.height``."""
    steps = _ticks(ceiling) if right - left > 180 else 2
    marks: list[Mark] = []
    for step in range(steps + 1):
        x = left + (right - left) * step / steps
        marks.append(Line(x, top, x, drawing.height, GRID, 0.8))
        text = percent(ceiling * step / steps)
        drawing.add(Label(x, drawing.height + SMALL + 2, text, MUTED, size=SMALL, align="center"))
    drawing.marks[:0] = marks
    drawing.height += SMALL * LINE_HEIGHT + 4


def _ticks(ceiling: float) -> int:
    """How many steps give round percentages."""
    return {60: 3}.get(round(ceiling * 100), 4)


def legend(
    drawing: Drawing, entries: Sequence[tuple[str, str, str]], *, edge: str = LOCAL_EDGE
) -> None:
    """Boxes with their label, (label, fill, hatch), on as many lines as needed."""
    x, y, side = 0.0, drawing.height + 2, 12.0
    for text, fill, hatch in entries:
        room = drawing.width - side - 6
        lines = wrap(text, room, SMALL)
        needed = side + 6 + max(width_of(line, SMALL) for line in lines) + 16
        if x and x + needed > drawing.width + 16:
            x, y = 0.0, y + SMALL * LINE_HEIGHT + 5
        drawing.add(Box(x, y, side, side, fill, edge, hatch))
        bottom = drawing.paragraph(lines, x + side + 6, y - 1, colour=INK, size=SMALL)
        y = max(y, bottom - SMALL * LINE_HEIGHT + 1)
        x += needed
    drawing.height = y + SMALL * LINE_HEIGHT + 8


def reference_label(benchmark: Benchmark) -> str:
    """« repère national : 64 % (à vérifier) », the only name that the figure may have."""
    doubt = f"{NBSP}(à{NBSP}vérifier)" if benchmark.doubtful else ""
    return f"repère{NBSP}national{NBSP}: {figure(benchmark, benchmark.value)}{doubt}"


def local_label(benchmark: Benchmark) -> str:
    """« cette collecte : 58 % »."""
    value = HIDDEN if benchmark.local is None else figure(benchmark, benchmark.local)
    return f"cette{NBSP}collecte{NBSP}: {value}"


def figure(benchmark: Benchmark, value: float) -> str:
    """A value in the unit and with the precision of the reference figure."""
    if benchmark.unit == "%":
        whole = abs(benchmark.value * 100 - round(benchmark.value * 100)) < 1e-6
        return percent(value, 0 if whole else 1)
    return f"{number(value, 1)}{benchmark_scale(benchmark)}"


def benchmark_scale(benchmark: Benchmark) -> str:
    """« /10 » when the unit says so."""
    return benchmark.unit if benchmark.unit.startswith("/") else ""


def comparisons(drawing: Drawing, benchmarks: Sequence[Benchmark]) -> None:
    """One strip per reference figure that is a share: a bar for us, a diamond for it."""
    shares = [b for b in benchmarks if b.unit == "%"]
    if not shares:
        return
    drawing.height += 10
    drawing.add(Line(0, drawing.height, drawing.width, drawing.height, GRID))
    drawing.height += 6
    for benchmark in shares:
        _comparison(drawing, benchmark)


def _comparison(drawing: Drawing, benchmark: Benchmark) -> None:
    wording = wrap(f"Repère{NBSP}: {benchmark.wording}", drawing.width, SMALL, bold=True)
    top = drawing.paragraph(wording, 0, drawing.height, colour=INK, size=SMALL, bold=True) + 8
    width, thick = drawing.width - 12, 12.0
    drawing.add(Box(6, top, width, thick, TRACK))
    if benchmark.local is not None:
        drawing.add(Box(6, top, width * benchmark.local, thick, LOCAL, LOCAL_EDGE))
    x = 6 + width * benchmark.value
    drawing.add(
        Line(x, top - 5, x, top + thick + 5, REFERENCE_EDGE, 1.6),
        Diamond(x, top + thick / 2, 7, REFERENCE, REFERENCE_EDGE),
    )
    drawing.height = top + thick + 9
    _key(drawing, benchmark)


def _key(drawing: Drawing, benchmark: Benchmark) -> None:
    """The two values under the strip, each beside the mark that it explains."""
    local, reference = local_label(benchmark), reference_label(benchmark)
    y = drawing.height
    drawing.add(Box(0, y + 1.5, 11, 11, LOCAL, LOCAL_EDGE))
    drawing.add(Label(17, y + SMALL, local, INK, size=SMALL))
    x = 17 + width_of(local, SMALL) + 22
    if x + 17 + width_of(reference, SMALL) > drawing.width:
        x, y = 0.0, y + SMALL * LINE_HEIGHT + 3
    drawing.add(Diamond(x + 6, y + 7, 6, REFERENCE, REFERENCE_EDGE))
    drawing.add(Label(x + 17, y + SMALL, reference, INK, size=SMALL))
    drawing.height = y + SMALL * LINE_HEIGHT + 6


def value_label(count: int, share: float) -> str:
    """« 42 % (12) »."""
    return f"{percent(share)} ({number(count)})"


def text_height(lines: Sequence[str], size: float = TEXT) -> float:
    return len(lines) * size * LINE_HEIGHT
