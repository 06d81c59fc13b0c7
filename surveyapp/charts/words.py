"""What a chart says, in a French sentence or two, for whoever does not see it."""

from __future__ import annotations

from dataclasses import replace

from surveyapp.charts.crossing import crossable
from surveyapp.charts.order import ordered_cells
from surveyapp.charts.parts import HIDDEN, counted, local_label, reference_label, withheld
from surveyapp.charts.ranking import ordered_rows
from surveyapp.core.french import NBSP, THIN, number, percent
from surveyapp.core.summary import Cell, Row, Shape, Summary

#: Options named in full before the text points to the table.
FULL = 7


def alternative_text(summary: Summary) -> str:
    """Text alternative of the chart of ``summary``, with its figures."""
    if summary.withheld or summary.n is None:
        return f"{summary.label}{NBSP}: {withheld(summary.withheld)}."
    if crossable(summary):
        return _crossed(summary)
    body = _SENTENCES[summary.shape](summary)
    return " ".join([body, *_references(summary)])


def _crossed(summary: Summary) -> str:
    rows = (replace(summary.rows[0], label="Ensemble"), *summary.breakdown)
    by = f"Résultats par groupe ({summary.crossed_label})."
    line = _line if summary.shape is Shape.CHOICE else _mean_line
    return " ".join([by, *(line(row) for row in rows)])


def _mean_line(row: Row) -> str:
    if row.mean is None or row.n is None:
        return f"{row.label}{NBSP}: {withheld(row.withheld)}."
    return f"{row.label} ({counted(row.n)}){NBSP}: moyenne {number(row.mean, 1)}."


def _references(summary: Summary) -> list[str]:
    return [
        f"Pour «{NBSP}{b.wording}{NBSP}», {local_label(b)}{THIN}; {reference_label(b)}."
        for b in summary.benchmarks
    ]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _cell(cell: Cell) -> str:
    value = HIDDEN if cell.share is None else percent(cell.share)
    return f"{cell.label}{NBSP}: {value}"


def _bars(summary: Summary) -> str:
    cells = ordered_cells(summary)
    shown = cells if len(cells) <= FULL else sorted(cells, key=lambda c: -(c.share or 0.0))[:5]
    rest = "" if len(cells) <= FULL else " Les autres réponses sont dans le tableau."
    several = ", plusieurs choix possibles" if summary.shape is Shape.MULTIPLE else ""
    head = f"Diagramme en barres, {counted(summary.n or 0)}{several}. "
    return f"{head}{_join([_cell(cell) for cell in shown])}.{rest}"


def _cloud(summary: Summary) -> str:
    shown = [
        f"{cell.label}{NBSP}({number(cell.count or 0)})" for cell in summary.rows[0].cells[:FULL]
    ]
    rest = " Les autres mots sont dans le tableau." if len(summary.rows[0].cells) > FULL else ""
    return f"Nuage de mots, {counted(summary.n or 0)}. {_join(shown)}.{rest}"


def _scale(summary: Summary) -> str:
    row = summary.rows[0]
    low, high = summary.scale or (0, 0)
    bounds = f" de {low} à {high}" if summary.scale else ""
    return f"Diagramme en colonnes, {counted(summary.n or 0)}{bounds}.{_centre(summary)}{_top(row)}"


def _number(summary: Summary) -> str:
    row = summary.rows[0]
    return f"Histogramme, {counted(summary.n or 0)}.{_centre(summary)}{_top(row)}"


def _centre(summary: Summary) -> str:
    row, parts = summary.rows[0], []
    if row.mean is not None:
        parts.append(f"moyenne {number(row.mean, 1)}")
    if median := summary.median(row):
        parts.append(f"médiane {median}")
    return f" {_capital(', '.join(parts))}." if parts else ""


def _top(row: Row) -> str:
    """The most frequent value."""
    known = [cell for cell in row.cells if cell.share]
    if not known:
        return ""
    best = max(known, key=lambda cell: cell.share or 0.0)
    return f" Valeur la plus fréquente{NBSP}: {best.label} ({percent(best.share or 0.0)})."


def _matrix(summary: Summary) -> str:
    lines = [_line(row) for row in summary.rows]
    return f"Barres empilées à 100{NBSP}%, une par ligne. {' '.join(lines)}"


def _line(row: Row) -> str:
    if row.withheld or row.n is None or any(cell.share is None for cell in row.cells):
        return f"{row.label}{NBSP}: {withheld(row.withheld)}."
    parts = [f"{cell.label} {percent(cell.share or 0.0)}" for cell in row.cells if cell.share]
    return f"{row.label} ({counted(row.n)}){NBSP}: {', '.join(parts)}."


def _rank(summary: Summary) -> str:
    rows = [
        f"{row.label}{NBSP}: {withheld(row.withheld) if row.mean is None else number(row.mean, 1)}"
        for row in ordered_rows(summary)
    ]
    return f"Rang moyen de chaque proposition, {counted(summary.n or 0)}. {_join(rows)}."


def _text(summary: Summary) -> str:
    return f"Question ouverte, {counted(summary.n or 0)}."


def _join(parts: list[str]) -> str:
    return f"{THIN}; ".join(parts)


_SENTENCES = {
    Shape.CHOICE: _bars,
    Shape.MULTIPLE: _bars,
    Shape.SCALE: _scale,
    Shape.MATRIX: _matrix,
    Shape.RANK: _rank,
    Shape.NUMBER: _number,
    Shape.TEXT: _text,
    Shape.WORDS: _cloud,
}
