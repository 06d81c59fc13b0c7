"""Summary → chart, as SVG bytes that are the same whenever the summary is the same.

A new chart is one row of :data:`CHARTS` and one function that lays it out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

import orjson

from surveyapp.charts.bars import bars
from surveyapp.charts.cloud import word_cloud
from surveyapp.charts.columns import histogram, scale
from surveyapp.charts.crossing import crossable, crossed
from surveyapp.charts.drawing import SIDE, Drawing, svg
from surveyapp.charts.likert import likert
from surveyapp.charts.order import ordered_cells
from surveyapp.charts.ranking import ordered_rows, ranking
from surveyapp.charts.words import alternative_text
from surveyapp.core.summary import Shape, Summary

__all__ = [
    "NARROW",
    "WIDE",
    "alternative_text",
    "chart_digest",
    "drawable",
    "ordered_cells",
    "ordered_rows",
    "render",
]

#: Widths in pixels: a page or a sheet of A4, and a phone.
WIDE, NARROW = 680, 280
#: Changes whenever the same summary is drawn differently: cached charts are then redrawn.
EDITION = 4

CHARTS: dict[Shape, Callable[[Summary, Drawing], None]] = {
    Shape.CHOICE: bars,
    Shape.MULTIPLE: bars,
    Shape.SCALE: scale,
    Shape.MATRIX: likert,
    Shape.RANK: ranking,
    Shape.NUMBER: histogram,
    Shape.WORDS: word_cloud,
}


def drawable(summary: Summary) -> bool:
    """Whether there is anything to draw: figures that may be shown, of a shape with a chart."""
    if summary.withheld or not summary.n or summary.shape not in CHARTS:
        return False
    if summary.shape is Shape.RANK:
        return any(row.mean is not None for row in summary.rows)
    return any(row.cells for row in summary.rows)


def render(summary: Summary, *, width: int = WIDE) -> bytes:
    """The chart of ``summary`` as SVG of ``width`` pixels.

    :raises ValueError: when there is nothing to draw.
    """
    if not drawable(summary):
        raise ValueError(f"nothing to draw for {summary.question}")
    drawing = Drawing(width - 2 * SIDE)
    (crossed if crossable(summary) else CHARTS[summary.shape])(summary, drawing)
    return svg(drawing, title=summary.label)


def chart_digest(summary: Summary) -> str:
    """Name of the chart: the same for summaries that are drawn the same."""
    bare = replace(summary, texts=())
    return hashlib.sha256(orjson.dumps([EDITION, bare])).hexdigest()[:32]
