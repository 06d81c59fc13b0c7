"""The table of dossiers as a file: what is on the screen, with real dates and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from surveyapp.core.french import number
from surveyapp.core.journey.columns import Cell
from surveyapp.reports.workbook import OPTIONS, Sheet

#: What the table always says.
HEADING = (
    *("Référence", "Nom", "Étape", "À cette étape depuis le", "Prochaine échéance"),
    *("Échéance le", "En retard", "Suivi par"),
)
_DAY = re.compile(r"\d\d/\d\d/\d{4}")


@dataclass(frozen=True, slots=True)
class Record:
    """A dossier in the file; ``due`` and ``due_on`` tell its nearest deadline."""

    reference: str
    title: str
    stage: str
    since: date
    due: str
    due_on: date | None
    late: bool
    owner: str
    cells: tuple[Cell, ...]


def write_dossiers_xlsx(
    path: Path, title: str, columns: Sequence[str], records: Iterable[Record], *, on: date
) -> None:
    """One sheet, rows as they come; ``columns`` are the labels of the cells."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), OPTIONS) as book:
        book.set_properties({"title": title, "created": datetime.combine(on, time())})
        sheet = Sheet(book, "Dossiers", [*HEADING, *columns])
        for record in records:
            sheet.add([*_fixed(record), *(value_of(cell) for cell in record.cells)])
        last = max(sheet.height - 1, 1)
        sheet.sheet.autofilter(0, 0, last, len(HEADING) + len(columns) - 1)


def _fixed(record: Record) -> list[str | date | None]:
    return [
        record.reference,
        record.title,
        record.stage,
        record.since,
        record.due,
        record.due_on,
        "Oui" if record.late else "",
        record.owner,
    ]


def value_of(cell: Cell) -> str | float | date | None:
    """A single date or number as such; texts one under the other."""
    if not cell.texts:
        return None
    kind, order, _ = cell.order
    if len(cell.texts) == 1 and kind == 0:
        if _DAY.fullmatch(cell.texts[0]):
            return date.fromordinal(int(order))
        if cell.texts[0] == number(order):
            return order
    return "\n".join(cell.texts)
