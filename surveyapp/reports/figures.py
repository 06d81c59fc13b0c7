"""Summary → tables and sentences in French, the same on the screen and in the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from surveyapp.charts import ordered_cells, ordered_rows
from surveyapp.charts.parts import HIDDEN, counted, figure
from surveyapp.core.french import NBSP, THIN, number, percent, plural
from surveyapp.core.summary import Benchmark, Cell, Row, Shape, Summary

#: A scale with at most so many notes is shown as one line of figures.
ACROSS = 11


@dataclass(frozen=True, slots=True)
class Table:
    """Cells as text; the first of each row is its heading. ``note`` explains what is hidden.

    ``across``: notes are columns instead of rows.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    across: bool = False


def headline(summary: Summary) -> str:
    """« 28 réponses, 3 personnes n’ont pas répondu », with mean and median of a number."""
    if summary.n is None:
        return ""
    parts = [counted(summary.n)]
    if summary.missing:
        parts.append(f"{number(summary.missing)} sans réponse")
    if summary.shape in (Shape.SCALE, Shape.NUMBER) and summary.rows:
        parts += _centre(summary, summary.rows[0])
    return ", ".join(parts)


def _centre(summary: Summary, row: Row) -> list[str]:
    parts = []
    if row.mean is not None:
        parts.append(f"moyenne{NBSP}{number(row.mean, 1)}")
    if median := summary.median(row):
        parts.append(f"médiane{NBSP}{median}")
    return parts


def hidden_note(k: int) -> str:
    """Foot of a table that holds :data:`HIDDEN`."""
    return (
        f"«{NBSP}{HIDDEN}{NBSP}»{NBSP}: moins de {number(k)}{NBSP}réponses, ou chiffre qui "
        f"permettrait d’en retrouver un par soustraction."
    )


def reference_lines(summary: Summary) -> list[str]:
    """One paragraph per reference figure: value, ours, source, what the comparison is worth."""
    return [reference_line(benchmark) for benchmark in summary.benchmarks]


def reference_line(benchmark: Benchmark) -> str:
    local = HIDDEN if benchmark.local is None else figure(benchmark, benchmark.local)
    doubt = ", à vérifier" if benchmark.doubtful and "à vérifier" not in benchmark.source else ""
    text = (
        f"Repère national{NBSP}: {figure(benchmark, benchmark.value)} «{NBSP}{benchmark.wording}"
        f"{NBSP}»{THIN}; cette collecte{NBSP}: {local}. Source{NBSP}: {benchmark.source}{doubt}."
    )
    return f"{text} {benchmark.comparability}".strip()


def table_of(summary: Summary) -> Table | None:
    """The data table of a question; ``None`` when it has no figures."""
    build = _TABLES.get(summary.shape)
    if summary.withheld or summary.n is None or build is None:
        return None
    table = build(summary)
    return _noted(table, summary.k) if table.rows else None


def crossed_table(summary: Summary) -> Table | None:
    """Subgroups of the crossing beside the whole; ``None`` when there are none."""
    if summary.withheld or not summary.breakdown or not summary.rows:
        return None
    caption = f"{summary.label} – {summary.crossed_label}"
    measured = summary.rows[0].mean is not None
    if summary.shape is Shape.MATRIX:
        table = _lines(caption, summary.breakdown)
    elif summary.shape is Shape.RANK:
        table = _rank_lines(caption, summary.breakdown)
    elif summary.shape in (Shape.SCALE, Shape.NUMBER) and measured:
        table = _means(summary, caption)
    else:
        table = _shares(summary, caption)
    return _noted(table, summary.k)


def _noted(table: Table, k: int) -> Table:
    hidden = any(HIDDEN in row for row in table.rows) or any(HIDDEN in c for c in table.columns)
    note = hidden_note(k) if hidden else ""
    return replace(table, note=note)


def _count(value: int | None) -> str:
    return HIDDEN if value is None else number(value)


def _share(value: float | None) -> str:
    return HIDDEN if value is None else percent(value)


def _mean(value: float | None) -> str:
    return HIDDEN if value is None else number(value, 1)


def _options(summary: Summary) -> Table:
    rows = tuple((c.label, _count(c.count), _share(c.share)) for c in ordered_cells(summary))
    return Table(summary.label, ("Réponse", "Effectif", "Part"), rows)


def _bins(summary: Summary) -> Table:
    cells = summary.rows[0].cells if summary.rows else ()
    rows = tuple((c.label, _count(c.count), _share(c.share)) for c in cells)
    return Table(summary.label, ("Valeur", "Effectif", "Part"), rows)


def _notes(summary: Summary) -> Table:
    """Notes as columns, as long as they hold on a sheet: eleven lines become two."""
    table = _bins(summary)
    if len(table.rows) > ACROSS:
        return table
    columns, *rows = zip(("Note", *table.columns[1:]), *table.rows, strict=True)
    return Table(table.caption, columns, tuple(rows), across=True)


def _matrix(summary: Summary) -> Table:
    return _lines(summary.label, summary.rows)


def _lines(caption: str, rows: Sequence[Row]) -> Table:
    """Options across, one line per row."""
    options = next((row.cells for row in rows if row.cells), ())
    means = any(row.mean is not None for row in rows)
    columns = ("Ligne", "N", *(cell.label for cell in options), *(("Moyenne",) if means else ()))
    lines = tuple(_matrix_row(row, len(options), means=means) for row in rows)
    return Table(caption, columns, lines)


def _matrix_row(row: Row, width: int, *, means: bool) -> tuple[str, ...]:
    cells = row.cells or (Cell("", "", None, None),) * width
    return (
        row.label,
        _count(row.n),
        *(_both(cell) for cell in cells),
        *((_mean(row.mean),) if means else ()),
    )


def _both(cell: Cell) -> str:
    if cell.count is None or cell.share is None:
        return HIDDEN
    return f"{percent(cell.share)} ({number(cell.count)})"


def _ranks(summary: Summary) -> Table:
    return _rank_lines(summary.label, ordered_rows(summary))


def _rank_lines(caption: str, rows: Sequence[Row]) -> Table:
    lines = tuple((row.label, _mean(row.mean), _count(row.n)) for row in rows)
    return Table(caption, ("Proposition", "Rang moyen", "N"), lines)


def _shares(summary: Summary, caption: str) -> Table:
    """Options down, subgroups across, each with its N."""
    order = [cell.name for cell in ordered_cells(summary)]
    groups: Sequence[Row] = (summary.rows[0], *summary.breakdown)
    names = ("Ensemble", *(row.label for row in summary.breakdown))
    heads = tuple(_head(name, row) for name, row in zip(names, groups, strict=True))
    found = [{cell.name: cell for cell in row.cells} for row in groups]
    labels = {cell.name: cell.label for cell in summary.rows[0].cells}
    rows = tuple(
        (labels[name], *(_share(cells[name].share) if name in cells else HIDDEN for cells in found))
        for name in order
    )
    return Table(caption, ("Réponse", *heads), rows)


def _head(name: str, row: Row) -> str:
    return f"{name} ({HIDDEN})" if row.n is None else f"{name} (N{NBSP}={NBSP}{number(row.n)})"


def _means(summary: Summary, caption: str) -> Table:
    groups = (summary.rows[0], *summary.breakdown)
    names = ("Ensemble", *(row.label for row in summary.breakdown))
    rows = tuple(
        (name, _count(row.n), _mean(row.mean), _median(row))
        for name, row in zip(names, groups, strict=True)
    )
    return Table(caption, ("Groupe", "N", "Moyenne", "Médiane"), rows)


def _median(row: Row) -> str:
    return HIDDEN if row.median is None else number(row.median)


_TABLES: dict[Shape, Callable[[Summary], Table]] = {
    Shape.CHOICE: _options,
    Shape.MULTIPLE: _options,
    Shape.WORDS: _options,
    Shape.SCALE: _notes,
    Shape.NUMBER: _bins,
    Shape.MATRIX: _matrix,
    Shape.RANK: _ranks,
}


def open_answers(summary: Summary) -> str:
    """« 12 réponses publiées »."""
    return plural(len(summary.texts), "réponse publiée", "réponses publiées")
