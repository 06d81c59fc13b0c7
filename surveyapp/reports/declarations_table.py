"""Validated declarations as a table for the treasurer: XLSX with sums and trips, or CSV."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from pathlib import Path

from surveyapp.core.declarations import Amounts, Declaration, Share, Statement
from surveyapp.core.french import typeset
from surveyapp.reports.answer_columns import Cell
from surveyapp.reports.tables import escaped
from surveyapp.reports.workbook import OPTIONS, Sheet

_AMOUNTS = (
    "Minutes",
    "Indemnité de temps (€)",
    "Kilomètres",
    "Remboursement des kilomètres (€)",
    "Autres frais payés (€)",
    "Total (€)",
)
LINES = (
    *("Ambassadeur ou ambassadrice", "Dossier", "Mois déclaré", "Reçue le", "Validée le"),
    *("Tarif de l’heure (€)", "Tarif du kilomètre (€)", *_AMOUNTS),
)
SUMS = ("Ambassadeur ou ambassadrice", "Dossier", "Déclarations", *_AMOUNTS)
TRIPS = (
    *("Ambassadeur ou ambassadrice", "Dossier", "Date", "Départ et arrivée", "Moyen de transport"),
    *("Kilomètres", "Montant payé (€)"),
)


def write_csv(path: Path, statement: Statement) -> None:
    """One line per declaration, as French spreadsheets open it."""
    with path.open("wb") as stream:
        stream.write(codecs.BOM_UTF8)
        for row in (LINES, *map(_line, statement.declarations)):
            stream.write((";".join(map(escaped, row)) + "\r\n").encode())


def write_xlsx(path: Path, statement: Statement, *, on: date) -> None:
    """Sums per ambassador, declarations, trips: one sheet each."""
    import xlsxwriter

    title = typeset(f"Relevé de temps et de frais – {statement.label}")
    with xlsxwriter.Workbook(str(path), OPTIONS) as book:
        book.set_properties({"title": title, "created": datetime.combine(on, time())})
        _fill(Sheet(book, "Totaux", SUMS), _sums(statement))
        _fill(Sheet(book, "Déclarations", LINES), map(_line, statement.declarations))
        _fill(Sheet(book, "Trajets", TRIPS), _trips(statement.declarations))


def _fill(sheet: Sheet, rows: Iterable[Iterable[Cell]]) -> None:
    for row in rows:
        sheet.add(row)


def _sums(statement: Statement) -> Iterator[tuple[Cell, ...]]:
    for share in statement.shares:
        yield (share.holder, share.reference, len(share.declarations), *_amounts(share.amounts))
    yield ("Total", "", _count(statement.shares), *_amounts(statement.amounts))


def _count(shares: Iterable[Share]) -> int:
    return sum(len(share.declarations) for share in shares)


def _line(line: Declaration) -> tuple[Cell, ...]:
    return (
        line.holder,
        line.reference,
        f"{line.content.month:%m/%Y}",
        line.filed_on,
        line.decided_on,
        _euros(line.rates.hour_cents),
        _euros(line.rates.kilometre_mills, unit=1000),
        *_amounts(line.amounts),
    )


def _trips(declarations: Iterable[Declaration]) -> Iterator[tuple[Cell, ...]]:
    for line in declarations:
        for trip in line.content.trips:
            yield (
                *(line.holder, line.reference, trip.on, trip.route, trip.means),
                *(trip.kilometres, _euros(trip.paid_cents)),
            )


def _amounts(amounts: Amounts) -> tuple[Cell, ...]:
    return (
        amounts.minutes,
        _euros(amounts.time_cents),
        amounts.kilometres,
        _euros(amounts.distance_cents),
        _euros(amounts.paid_cents),
        _euros(amounts.total_cents),
    )


def _euros(amount: int | None, *, unit: int = 100) -> float | None:
    return None if amount is None else amount / unit
