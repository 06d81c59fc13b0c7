"""What the ARS form is: sheets, sections, fields, and the pages on which they are entered.

Described once in ``reports/bilan_action/fields.yaml``; the Word template, the PDF, the entry
pages and the list of what is missing all follow from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from surveyapp.core.budget import Chart
from surveyapp.core.indicator import IndicatorKind


class FieldKind(StrEnum):
    TEXT = "text"
    MULTILINE = "multiline"
    EMAIL = "email"
    TEL = "tel"
    MONTH = "month"
    PERIOD = "period"
    MONEY = "money"
    OPTIONS = "options"
    YESNO = "yesno"
    TABLE = "table"
    OBJECTIVES = "objectives"
    BUDGET = "budget"
    SIGNATURES = "signatures"


class ColumnKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    CHOICE = "choice"
    CHOICES = "choices"


class Source(StrEnum):
    """Where a field's value comes from (domain.md B)."""

    AGG = "AGG"
    REG = "REG"
    ACT = "ACT"
    IND = "IND"
    PART = "PART"
    TPS = "TPS"
    FIN = "FIN"
    CFG = "CFG"
    NAR = "NAR"
    DEC = "DEC"


@dataclass(frozen=True, slots=True)
class Option:
    """A box to tick. ``text`` boxes go with a text (« précisez »), ``exclusive`` stands alone."""

    name: str
    label: str
    text: bool = False
    exclusive: bool = False
    children: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column; ``width`` is its share of the printed width in %."""

    name: str
    label: str
    kind: ColumnKind = ColumnKind.TEXT
    width: int = 25
    options: tuple[Option, ...] = ()
    required: bool = False
    help: str = ""


class When(StrEnum):
    """Which reply opens the text that follows a yes-or-no question."""

    YES = "oui"
    NO = "non"
    ALWAYS = "toujours"


@dataclass(frozen=True, slots=True)
class FollowUp:
    when: When
    label: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Condition:
    """The field is required when one of ``any_of`` is ticked in ``field``.

    ``column`` looks into a table instead: when one of its rows holds one of them.
    """

    field: str
    any_of: tuple[str, ...]
    column: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One entry of the form. What is not for its kind stays empty.

    ``empty`` is printed when the field holds nothing. ``limit`` is the longest text accepted,
    in characters (texts of one line).
    """

    name: str
    kind: FieldKind
    label: str
    source: Source
    note: str = ""
    help: str = ""
    required: bool = False
    required_when: Condition | None = None
    printed: bool = True
    multiple: bool = True
    layout: str = ""
    heading: str = ""
    options: tuple[Option, ...] = ()
    follow_up: FollowUp | None = None
    columns: tuple[Column, ...] = ()
    row_name: str = "ligne"
    add_label: str = "Ajouter une ligne"
    empty_rows: int = 3
    limit: int = 500
    empty: str = ""
    indicator_kind: IndicatorKind | None = None
    legend: str = ""
    signatories: tuple[str, ...] = ()

    def all_options(self) -> Iterator[Option]:
        """Options in printed order, those inside others included."""
        for option in self.options:
            yield option
            yield from option.children

    def option(self, name: str) -> Option | None:
        return next((o for o in self.all_options() if o.name == name), None)

    def parent_of(self, name: str) -> Option | None:
        return next((o for o in self.options if any(c.name == name for c in o.children)), None)

    def column(self, name: str) -> Column | None:
        return next((c for c in self.columns if c.name == name), None)


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered part of a sheet, entered on ``page``. ``layout`` ``grid`` makes a table of it."""

    name: str
    number: str
    title: str
    page: str
    layout: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A « fiche »."""

    name: str
    heading: str
    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the entry form."""

    name: str
    title: str
    intro: str = ""


@dataclass(frozen=True, slots=True)
class BilanForm:
    """The whole form. Labels may hold ``{N}`` and ``{N+1}``, the year and the next one."""

    name: str
    version: str
    supertitle: str
    title: str
    pages: tuple[Page, ...]
    sheets: tuple[Sheet, ...]
    chart: Chart

    def sections(self) -> Iterator[Section]:
        for sheet in self.sheets:
            yield from sheet.sections

    def fields(self) -> Iterator[Field]:
        for section in self.sections():
            yield from section.fields

    def field(self, name: str) -> Field:
        """:raises KeyError: no such field."""
        for field in self.fields():
            if field.name == name:
                return field
        raise KeyError(name)

    def page(self, name: str) -> Page | None:
        return next((p for p in self.pages if p.name == name), None)

    def page_of(self, field: str) -> str:
        return next(s.page for s in self.sections() if any(f.name == field for f in s.fields))

    def page_sections(self, page: str) -> tuple[Section, ...]:
        return tuple(s for s in self.sections() if s.page == page)

    def page_fields(self, page: str) -> tuple[Field, ...]:
        return tuple(f for s in self.page_sections(page) for f in s.fields)


def with_year(label: str, year: int | None) -> str:
    """Replace ``{N}`` and ``{N+1}``; an unknown year stays « N »."""
    this, following = ("N", "N+1") if year is None else (str(year), str(year + 1))
    return label.replace("{N}", this).replace("{N+1}", following)
