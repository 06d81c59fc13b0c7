"""A file of cells → its headings and its lines, whatever program wrote it."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

MAX_LINES = 10_000
MAX_COLUMNS = 60
#: What is kept of a cell; no field of a card is longer.
MAX_CELL = 500
_DELIMITERS = ";\t,"
_SAMPLE = 20
#: Rows above the headings (a title, a date) that are skipped.
_ABOVE = 10


class FileError(Exception):
    """The file cannot be read; the message is a French sentence."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file: its number as a spreadsheet shows it (from 1), its cells."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """What stands under the headings; empty lines are left out."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]

    def to_json(self) -> list[list[str]]:
        """Lists of text for the database: the headings, then number and cells of each line."""
        lines = ([str(row.number), *row.cells] for row in self.rows)
        return [["", *self.headings], *lines]

    @classmethod
    def from_json(cls, lines: Sequence[Sequence[str]]) -> Table:
        rows = (Row(int(line[0]), tuple(line[1:])) for line in lines[1:])
        return cls(tuple(lines[0][1:]), tuple(rows))


def read_csv(data: bytes) -> list[Row]:
    """The rows of a CSV file: UTF-8, UTF-16 or cp1252; semicolons, commas or tabs.

    :raises FileError: it is no text, or too long.
    """
    text = _decode(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    rows: list[Row] = []
    start = 1
    try:
        for cells in islice(reader, MAX_LINES + _ABOVE + 1):
            rows.append(Row(start, tuple(cells)))
            start = reader.line_num + 1
    except csv.Error as error:
        raise FileError(
            f"La ligne {start} ne peut pas être lue : un guillemet n’y est sans doute jamais fermé."
        ) from error
    return rows


def table(rows: Iterable[Row], *, known: Iterable[str]) -> Table:
    """The headings and what stands under them.

    ``known`` are the folded headings of :mod:`surveyapp.core.directory.mapping`: among the
    first rows the one that has most of them holds the headings.

    :raises FileError: there is nothing under the headings, or too much.
    """
    filled = [row for row in map(_cleaned, rows) if row.cells]
    if len(filled) < 2:
        raise FileError(
            "Le fichier est vide. La première ligne doit porter les titres des colonnes, et les "
            "suivantes une personne chacune."
        )
    at = _headings_at(filled[:_ABOVE], frozenset(known))
    headings, lines = filled[at].cells, filled[at + 1 :]
    if len(lines) > MAX_LINES:
        raise FileError(f"Le fichier dépasse {MAX_LINES} lignes : coupez-le en plusieurs.")
    width = max(len(headings), *(len(row.cells) for row in lines)) if lines else len(headings)
    if width > MAX_COLUMNS:
        raise FileError(f"Le fichier dépasse {MAX_COLUMNS} colonnes : gardez celles qui servent.")
    wide = tuple(Row(row.number, _padded(row.cells, width)) for row in lines)
    return Table(_padded(headings, width), wide)


def clean(cell: str) -> str:
    """A cell as it is read: composed letters, single blanks, no control character.

    The apostrophe that our exports put before what looks like a formula goes away.
    """
    text = unicodedata.normalize("NFC", cell[: MAX_CELL * 4])
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    while len(text) > 1 and text[0] == "'" and text[1] in RISKY:
        text = text[1:].strip()
    return text[:MAX_CELL].strip()


#: What a spreadsheet could take for a formula (surveyapp/reports/tables.py guards it).
RISKY = frozenset("=+-@＝＋－＠'")


def _cleaned(row: Row) -> Row:
    """Without the empty cells at its end: some programs write hundreds."""
    cells = [clean(cell) if cell else "" for cell in row.cells]
    while cells and not cells[-1]:
        cells.pop()
    return Row(row.number, tuple(cells))


def _padded(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    return (*cells, *[""] * (width - len(cells)))[:width]


def _headings_at(rows: Sequence[Row], known: frozenset[str]) -> int:
    from surveyapp.core.directory.card import words_key

    scores = [sum(words_key(cell) in known for cell in row.cells) for row in rows]
    return scores.index(max(scores))


def _decode(data: bytes) -> str:
    for bom, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(bom):
            return _or_refuse(data, encoding)
    if b"\0" in data:
        raise FileError(
            "Ce fichier n’est ni un classeur Excel (.xlsx) ni un fichier CSV. Ouvrez-le dans un "
            "tableur et enregistrez-le sous l’un de ces formats."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _or_refuse(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileError("Ce fichier est abîmé : enregistrez-le de nouveau.") from error


def _delimiter(text: str) -> str:
    """The character that cuts the first lines into the most columns, alike on each."""
    return max(_DELIMITERS, key=lambda mark: _columns(text, mark))


def _columns(text: str, mark: str) -> tuple[float, int]:
    counts = list(_widths(text, mark))
    wide = [count for count in counts if count > 1]
    if not wide:
        return (0.0, 0)
    usual = max(set(wide), key=wide.count)
    return (wide.count(usual) / len(counts), usual)


def _widths(text: str, mark: str) -> Iterator[int]:
    sample = io.StringIO(text[:200_000], newline="")
    try:
        for cells in islice(csv.reader(sample, delimiter=mark), _SAMPLE):
            if any(cells):
                yield len(cells)
    except csv.Error:
        return
