"""Bytes of a file that somebody chose → its table of cells."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from surveyapp.core.directory.mapping import KNOWN_HEADINGS
from surveyapp.core.directory.table import (
    MAX_COLUMNS,
    MAX_LINES,
    FileError,
    Row,
    Table,
    read_csv,
    table,
)
from surveyapp.services.people.errors import PeopleError

#: What a workbook may weigh once unpacked: one that is hostile takes gigabytes.
MAX_UNPACKED = 60_000_000
_BAD_WORKBOOK = (
    "Ce classeur ne peut pas être lu. Ouvrez-le dans un tableur et enregistrez-le de nouveau au "
    "format .xlsx ou .csv."
)


def read_table(data: bytes) -> Table:
    """The first sheet of an XLSX workbook, or a CSV file, whatever its name says.

    :raises PeopleError: the file cannot be read, and what to do.
    """
    try:
        rows = list(_workbook(data)) if data.startswith(b"PK\x03\x04") else read_csv(data)
        return table(rows, known=KNOWN_HEADINGS)
    except FileError as error:
        raise PeopleError(str(error), field="file") from error


def _workbook(data: bytes) -> Iterator[Row]:
    """The rows of the sheet that was in front when the workbook was saved."""
    import openpyxl

    try:
        _weigh(data)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.active or book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size is often wrong
        lines = sheet.iter_rows(values_only=True, max_row=MAX_LINES + 20, max_col=MAX_COLUMNS + 1)
        for number, cells in enumerate(lines, start=1):
            yield Row(number, tuple(map(_text, cells)))
    except PeopleError:
        raise
    except Exception as error:  # zipfile and openpyxl let any error of any library through
        raise PeopleError(_BAD_WORKBOOK, field="file") from error


def _weigh(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        weight = sum(entry.file_size for entry in archive.infolist())
    if weight > MAX_UNPACKED:
        raise PeopleError(
            "Ce classeur est trop gros une fois ouvert : gardez la feuille des personnes seule.",
            field="file",
        )


def _text(value: Any) -> str:
    """A cell as somebody would type it; a whole number has no decimals."""
    if value is None or isinstance(value, bool):
        return {True: "oui", False: "non"}.get(value, "") if value is not None else ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
