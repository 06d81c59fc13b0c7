"""The monthly statement of time and expenses as an accessible PDF, for the treasurer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from surveyapp.core.colour import theme
from surveyapp.core.declarations import Amounts, Declaration, Statement, duration
from surveyapp.core.french import NBSP, date_long, date_short, money, number, plural, rate, typeset
from surveyapp.reports.paper import pdf
from surveyapp.store.structure import StructureInfo

CONTENT_TYPE = "application/pdf"
#: Headings of the table of declarations, amounts to the right.
HEADINGS = (
    "Mois – reçue le",
    "Validée le",
    "Temps",
    "Indemnité",
    "Km",
    "Voiture",
    "Autres",
    "Total",
)


@dataclass(frozen=True, slots=True)
class _Part:
    """One ambassador: rows of the table, the row of the sum."""

    title: str
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...]


def statement_pdf(statement: Statement, structure: StructureInfo, *, on: date) -> bytes:
    """Lay the statement out as PDF/UA-1; one ambassador's or everybody's."""
    alone = statement.shares[0].holder if len(statement.shares) == 1 else ""
    title = typeset(f"Relevé de temps et de frais – {statement.label}")
    data = {
        "title": title,
        "structure": structure.name,
        "sender": [line.strip() for line in structure.address.splitlines() if line.strip()],
        "accent": theme(structure.color).link,
        "lead": alone or plural(len(statement.shares), "personne", "personnes"),
        "headings": HEADINGS,
        "parts": [_part(share.holder, share.declarations, share.amounts, share.reference)
                  for share in statement.shares],
        "total": _cells("Total", "", statement.amounts),
        "several": len(statement.shares) > 1,
        "notes": [typeset(note) for note in _notes(statement)],
        "day": f"Établi le{NBSP}{date_long(on)}",
        "signatory": structure.referent,
    }  # fmt: skip
    return pdf("declarations/statement.typ", data, on=on)


def _part(
    holder: str, declarations: tuple[Declaration, ...], total: Amounts, reference: str
) -> _Part:
    rows = tuple(
        _cells(_which(line), date_short(line.decided_on) if line.decided_on else "", line.amounts)
        for line in declarations
    )
    return _Part(f"{holder} ({reference})", rows, _cells("Total", "", total))


def _which(line: Declaration) -> str:
    return f"{line.content.month:%m/%Y} – {date_short(line.filed_on)}"


def _cells(first: str, decided: str, amounts: Amounts) -> tuple[str, ...]:
    return (
        first,
        decided,
        duration(amounts.minutes),
        money(amounts.time_cents),
        number(amounts.kilometres),
        money(amounts.distance_cents),
        money(amounts.paid_cents),
        money(amounts.total_cents),
    )


def _notes(statement: Statement) -> list[str]:
    """What a reader must know before paying."""
    notes = ["Seules les déclarations validées par la coordination figurent sur ce relevé."]
    if statement.waiting:
        kind = plural(
            statement.waiting,
            "déclaration de cette période attend",
            "déclarations de cette période attendent",
        )
        notes.append(f"{kind} encore une décision.")
    if statement.lacks_rates:
        notes.append(
            "Un barème n’est pas réglé (heure ou kilomètre) : la part qui en dépend compte pour "
            "zéro euro."
        )
    notes.extend(_rates(statement))
    return notes


def _rates(statement: Statement) -> list[str]:
    """The rates that were applied, each with its unit."""
    lines = statement.declarations
    hours = sorted({line.rates.hour_cents or 0 for line in lines} - {0})
    kilometres = sorted({line.rates.kilometre_mills or 0 for line in lines} - {0})
    told = [f"{money(cents)} l’heure" for cents in hours]
    told += [f"{rate(mills)} le kilomètre" for mills in kilometres]
    return [f"Barème appliqué : {', '.join(told)}."] if told else []
