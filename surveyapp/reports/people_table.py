"""The directory as a file: the table that an import reads back without a change."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import BinaryIO

from surveyapp.core.directory.card import Card
from surveyapp.core.directory.cells import FIELDS, FULL_NAME, shown
from surveyapp.reports.tables import escaped
from surveyapp.reports.workbook import OPTIONS, Sheet

#: Fields of the table, in their order.
COLUMNS = tuple(field for field in FIELDS if field.name != FULL_NAME)


def write_people_csv(
    stream: BinaryIO, cards: Iterable[Card], professions: Mapping[str, str]
) -> None:
    """UTF-8 with its mark, semicolons, dates JJ/MM/AAAA. ``professions``: code → label."""
    stream.write(codecs.BOM_UTF8 + _line([field.label for field in COLUMNS]))
    for card in cards:
        stream.write(_line(_texts(card, professions)))


def write_people_xlsx(
    path: Path, cards: Iterable[Card], professions: Mapping[str, str], *, on: date
) -> None:
    """One sheet; numbers that are names (telephone, RPPS) stay texts, dates are dates."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), OPTIONS) as book:
        book.set_properties({"title": "Annuaire", "created": datetime.combine(on, time())})
        sheet = Sheet(book, "Annuaire", [field.label for field in COLUMNS])
        for card in cards:
            texts = dict(zip((f.name for f in COLUMNS), _texts(card, professions), strict=True))
            sheet.add(card.member_until if n == "member_until" else t for n, t in texts.items())


def _texts(card: Card, professions: Mapping[str, str]) -> list[str]:
    return [shown(field.name, getattr(card, field.name), professions) for field in COLUMNS]


def _line(cells: Iterable[str]) -> bytes:
    return (";".join(map(escaped, cells)) + "\r\n").encode()
