"""Tables to download, as CSV that French spreadsheets open well (domain.md D.4).

UTF-8 with a byte order mark, semicolons, CRLF, decimal comma, dates JJ/MM/AAAA. A text that
a spreadsheet would run as a formula gets an apostrophe in front.

There are two tables: the *answers* of a campaign whose respondents are known, one row each,
and the *results* of any campaign, one row per figure, from the same summaries as the screen.
Of an anonymous campaign no answer ever leaves the database
(docs/decisions/0004-exports.md).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import BinaryIO, NamedTuple, TypeAlias

import orjson

from surveyapp.core.definition import FormDefinition
from surveyapp.core.garbage import collector_paused
from surveyapp.core.summary import Reason, Row, Shape, Summary, reason_text
from surveyapp.reports.answer_columns import AnswerColumn, Cell, answer_columns, shown
from surveyapp.reports.answer_reader import Answers, reader
from surveyapp.reports.codebook import CODEBOOK_HEADERS, codebook_rows

CSV_TYPE = "text/csv; charset=utf-8"
#: Told how far the work is: a ratio in [0, 1].
Progress: TypeAlias = Callable[[float], None]

_BLOCK = 80
_RISKY = frozenset("=+-@\t\r\n＝＋－＠")
_QUOTED = ';"\r\n'
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


class AnonymousError(Exception):
    """Somebody asked for the answers of an anonymous campaign, one by one."""


class Record(NamedTuple):
    """One submitted answer: its reference (if any), its day, its document as JSON text."""

    reference: str | None
    day: date | None
    document: str | bytes


def nobody(_: float) -> None:
    """Progress that nobody follows."""


def write_answers(
    stream: BinaryIO,
    definition: FormDefinition,
    records: Iterable[Record],
    *,
    total: int,
    labels: bool = True,
    progress: Progress = nobody,
) -> int:
    """Write one line per answer, as they come; return their number.

    Memory does not grow with the number of answers. ``labels``: see
    :func:`~surveyapp.reports.answer_columns.answer_columns`.

    :raises AnonymousError: answers of an anonymous campaign are never written.
    """
    if definition.anonymous:
        raise AnonymousError
    columns = answer_columns(definition, labels=labels)
    stream.write(codecs.BOM_UTF8 + _line(headers(columns, labels=labels)))
    readers = [reader(column, escaped) for column in columns]
    written = 0
    with collector_paused():
        for block, answers in answer_blocks(records, columns):
            first = [[escaped(r.reference) for r in block], [escaped(r.day) for r in block]]
            cells = [*first, *(read(answers) for read in readers)]
            lines = "\r\n".join(map(";".join, zip(*cells, strict=True)))
            stream.write(f"{lines}\r\n".encode())
            written += len(block)
            progress(written / total if total else 1.0)
    return written


def headers(columns: Sequence[AnswerColumn], *, labels: bool) -> list[str]:
    """The headings of a table of answers."""
    first = ("Référence", "Envoyée le") if labels else ("reference", "date")
    return [*first, *(column.header for column in columns)]


def answer_blocks(
    records: Iterable[Record], columns: Sequence[AnswerColumn]
) -> Iterator[tuple[list[Record], Answers]]:
    """Records by the hundred, with their answers to the questions of ``columns``."""
    keys = {column.key for column in columns}
    iterator = iter(records)
    while block := list(islice(iterator, _BLOCK)):
        yield block, Answers([orjson.loads(record.document) for record in block], keys)


#: Headings of the table of results.
RESULT_HEADERS = (
    "Page",
    "Question",
    "Intitulé",
    "Ligne",
    "Sous-groupe",
    "Réponse",
    "Effectif",
    "Part (%)",
    "Nombre de réponses",
    "Sans réponse",
    "Moyenne",
    "Médiane",
    "Remarque",
)


def write_results(stream: BinaryIO, summaries: Iterable[Summary]) -> None:
    """Write one line per figure."""
    _write(stream, RESULT_HEADERS, result_rows(summaries))


def write_codebook(stream: BinaryIO, definition: FormDefinition) -> None:
    """Write one line per question, or per choice of a question with choices."""
    _write(stream, CODEBOOK_HEADERS, codebook_rows(definition))


def _write(stream: BinaryIO, heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    stream.write(codecs.BOM_UTF8 + _line(heading))
    for row in rows:
        stream.write(_line(row))


def result_rows(summaries: Iterable[Summary]) -> Iterator[tuple[Cell, ...]]:
    """The figures of the summaries, in the order of :data:`RESULT_HEADERS`.

    A withheld figure leaves its cell empty and says why under « Remarque ».
    """
    for summary in summaries:
        start = (summary.section, summary.question, summary.label)
        for row in summary.rows:
            yield from _row(summary, row, (*start, *_place(summary, row, crossed=False)))
        for row in summary.breakdown:
            yield from _row(summary, row, (*start, *_place(summary, row, crossed=True)))
        for text in summary.texts:
            yield (*start, "", "", text, *([None] * 6), "")


def _place(summary: Summary, row: Row, *, crossed: bool) -> tuple[str, str]:
    """Line of a matrix or option of a ranking, and subgroup."""
    lines = summary.shape in (Shape.MATRIX, Shape.RANK)
    if not crossed:
        return (row.label if lines else "", "")
    if not lines:
        return ("", row.label)
    names = {line.name: line.label for line in summary.rows}
    line = names.get(row.name.partition(":")[0], "")
    return (line, row.label.removeprefix(f"{line} – "))


def _row(summary: Summary, row: Row, start: tuple[Cell, ...]) -> Iterator[tuple[Cell, ...]]:
    remark = reason_text(row.withheld, summary.k) if row.withheld else ""
    missing = summary.missing if start[4] == "" and summary.shape is not Shape.MATRIX else None
    base = (row.n, missing, _rounded(row.mean), _rounded(row.median), remark)
    if not row.cells:
        yield (*start, "", None, None, *base)
    for cell in row.cells:
        why = reason_text(Reason.COMPLEMENT, summary.k) if cell.count is None else ""
        share = None if cell.share is None else round(cell.share * 100, 1)
        yield (*start, cell.label, cell.count, share, *base[:-1], remark or why)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def safe(text: str) -> str:
    """The text with an apostrophe in front if a spreadsheet could take it for a formula."""
    if text[:1] in _RISKY and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def escaped(cell: Cell) -> str:
    """A cell as it stands in the file: French, harmless, in quotes where needed."""
    text = shown(cell)
    if isinstance(cell, str):
        text = safe(text)
    if any(character in text for character in _QUOTED):
        return '"' + text.replace('"', '""') + '"'
    return text


def _line(cells: Iterable[Cell]) -> bytes:
    return (";".join(map(escaped, cells)) + "\r\n").encode()
