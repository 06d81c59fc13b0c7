"""The order in which options are shown, the same in the chart, the table and the report."""

from __future__ import annotations

from surveyapp.core.definition import OTHER
from surveyapp.core.summary import Cell, Shape, Summary


def ordered_cells(summary: Summary) -> tuple[Cell, ...]:
    """Options of the whole question, as shown.

    When several options may be ticked, the most frequent comes first; withheld ones follow
    in their own order, which tells nothing. « Autre » and « Sans réponse » end the list.
    """
    if not summary.rows:
        return ()
    cells = summary.rows[0].cells
    if summary.shape is Shape.MULTIPLE:
        return tuple(sorted(cells, key=_place))
    return tuple(sorted(cells, key=lambda cell: cell.name == ""))


def _place(cell: Cell) -> tuple[int, bool, int]:
    last = {OTHER: 1, "": 2}.get(cell.name, 0)
    return last, cell.count is None, -(cell.count or 0)
