"""Results, questionnaire and answers of a campaign as one XLSX workbook.

Texts stay texts: a telephone number keeps its zero, and nothing is run as a formula. Rows
are written as they come, so that memory does not grow with the number of answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from surveyapp.core.definition import FormDefinition
from surveyapp.core.summary import Summary
from surveyapp.reports.answer_columns import Cell, answer_columns
from surveyapp.reports.answer_reader import reader
from surveyapp.reports.codebook import CODEBOOK_HEADERS, codebook_rows
from surveyapp.reports.tables import (
    RESULT_HEADERS,
    AnonymousError,
    Progress,
    Record,
    answer_blocks,
    headers,
    nobody,
    result_rows,
)

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Rows leave memory as they are written; a text stays a text.
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
#: What a cell can hold; the rest of a text is cut with « … ».
MAX_CELL = 32_767
#: Rows of a sheet, its heading included.
MAX_ROWS = 1_048_576


@dataclass(frozen=True, slots=True)
class Contents:
    """What a workbook is made of. ``records`` is ``None`` for a workbook without answers."""

    title: str
    on: date
    definition: FormDefinition
    summaries: tuple[Summary, ...]
    records: Iterable[Record] | None = None
    total: int = 0
    labels: bool = True


def write_workbook(path: Path, contents: Contents, *, progress: Progress = nobody) -> None:
    """Write the workbook: results, questions and, if given, answers.

    :raises AnonymousError: before anything is written, when the answers of an anonymous
        campaign are asked for.
    """
    import xlsxwriter

    if contents.records is not None and contents.definition.anonymous:
        raise AnonymousError
    with xlsxwriter.Workbook(str(path), OPTIONS) as book:
        created = datetime.combine(contents.on, time())
        book.set_properties({"title": contents.title, "created": created})
        _results(Sheet(book, "Résultats", RESULT_HEADERS), contents.summaries)
        _codebook(Sheet(book, "Questions", CODEBOOK_HEADERS), contents.definition)
        if contents.records is not None:
            _answers(book, contents, contents.records, progress)
    progress(1.0)


class Sheet:
    """A sheet that is written row by row under a frozen heading."""

    def __init__(self, book: Any, name: str, heading: Sequence[str]) -> None:
        self.sheet = book.add_worksheet(name)
        self.text = book.add_format({"num_format": "@"})
        self.formats = {
            date: book.add_format({"num_format": "dd/mm/yyyy"}),
            datetime: book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
            time: book.add_format({"num_format": "hh:mm"}),
        }
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.sheet.freeze_panes(1, 0)
        for column, words in enumerate(heading):
            self.sheet.set_column(column, column, min(max(len(words), 10), 40))
        for column, words in enumerate(heading):
            self.sheet.write_string(0, column, words, bold)
        self.height = 1

    def add(self, cells: Iterable[Cell]) -> None:
        """One row more; texts keep the format of texts when they are edited."""
        row, sheet = self.height, self.sheet
        for column, cell in enumerate(cells):
            if cell is None or cell == "":
                continue
            if isinstance(cell, str):
                sheet.write_string(row, column, clipped(cell), self.text)
            elif isinstance(cell, int | float):
                sheet.write_number(row, column, cell)
            else:
                sheet.write_datetime(row, column, cell, self.formats[type(cell)])
        self.height += 1


def clipped(text: str) -> str:
    """What of a text fits into a cell."""
    return text if len(text) <= MAX_CELL else f"{text[: MAX_CELL - 1]}…"


def _results(sheet: Sheet, summaries: Iterable[Summary]) -> None:
    for row in result_rows(summaries):
        sheet.add(row)


def _codebook(sheet: Sheet, definition: FormDefinition) -> None:
    for row in codebook_rows(definition):
        sheet.add(row)


def _answers(book: Any, contents: Contents, records: Iterable[Record], progress: Progress) -> None:
    columns = answer_columns(contents.definition, labels=contents.labels)
    sheet = Sheet(book, "Réponses", headers(columns, labels=contents.labels))
    readers = [reader(column, _same) for column in columns]
    for block, answers in answer_blocks(records, columns):
        first = [[r.reference for r in block], [r.day for r in block]]
        cells = [*first, *(read(answers) for read in readers)]
        for row in zip(*cells, strict=True):
            sheet.add(row)
        progress(min(sheet.height / contents.total, 1.0) if contents.total else 1.0)
    last = max(sheet.height - 1, 1)
    sheet.sheet.autofilter(0, 0, min(last, MAX_ROWS - 1), len(columns) + 1)


def _same(cell: Cell) -> Cell:
    return cell
