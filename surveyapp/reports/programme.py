"""Documents on the programme: the review after three months, the sheet of a meeting.

One dataclass says everything that is printed; the PDF and the Word file lay the same out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from surveyapp.reports.paper import pdf

PDF_TYPE = "application/pdf"


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One indicator. ``verdict`` is in words; ``good`` whether it is reached, if it is known.

    ``before`` is what the period before was, with the trend.
    """

    label: str
    value: str
    base: str
    target: str
    verdict: str
    before: str
    provenance: str = ""
    good: bool | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A small table; the first column is text, the others figures."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture (SVG) with its text alternative; the Word file has the table instead."""

    title: str
    svg: str
    alt: str
    table: Table


@dataclass(frozen=True, slots=True)
class ProgrammePaper:
    """A document. ``questions`` are to be talked over; ``room`` asks for room to write."""

    title: str
    structure: str
    produced: str
    accent: str
    lead: str
    period: str
    before: str
    rows: tuple[FigureRow, ...]
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    questions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    room: bool = False


def programme_pdf(paper: ProgrammePaper, today: date, *, one_page: bool = False) -> bytes:
    """Lay it out as PDF/UA-1; the sheet of a meeting holds on one page."""
    template = "programme/sheet.typ" if one_page else "programme/review.typ"
    return pdf(template, paper, on=today)
