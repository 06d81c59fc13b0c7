"""What the coordinatrice entered, typed by field; and its JSON document."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, TypeAlias

from surveyapp.core import french
from surveyapp.core.bilan.form import BilanForm, Column, ColumnKind, Field, FieldKind
from surveyapp.core.budget import Amounts, Budget
from surveyapp.core.indicator import Objective

#: A table's cell: text, number, cents (by column kind) or names of options.
Cell: TypeAlias = str | float | int | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both included; a side may be unknown."""

    start: date | None = None
    end: date | None = None

    @property
    def text(self) -> str:
        """« janvier à décembre 2022 » for whole months, else « du … au … »."""
        start, end = self.start, self.end
        if start is None or end is None:
            one = start or end
            return (
                ""
                if one is None
                else ("à partir du " if start else "jusqu’au ") + (french.date_long(one))
            )
        if start == end:
            return french.date_long(start)
        if start.day == 1 and (end + timedelta(days=1)).day == 1:
            return _months(start, end)
        return f"du {french.date_long(start)} au {french.date_long(end)}"


def _months(start: date, end: date) -> str:
    if (start.year, start.month) == (end.year, end.month):
        return french.month(start)
    if start.year == end.year:
        return f"{french.MONTHS[start.month - 1]} à {french.month(end)}"
    return f"{french.month(start)} à {french.month(end)}"


@dataclass(frozen=True, slots=True)
class Ticks:
    """Ticked options, in the order of the form, with the text of those that take one."""

    names: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)

    def __contains__(self, name: object) -> bool:
        return name in self.names


@dataclass(frozen=True, slots=True)
class Reply:
    """Oui (``True``), Non (``False``) or unanswered (``None``), and the text that follows."""

    answer: bool | None = None
    follow_up: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; a cell that is not there is empty."""

    cells: Mapping[str, Cell] = field(default_factory=dict)

    def text(self, column: str) -> str:
        cell = self.cells.get(column, "")
        return cell if isinstance(cell, str) else ""

    def number(self, column: str) -> float | None:
        cell = self.cells.get(column)
        return cell if isinstance(cell, int | float) else None

    def choices(self, column: str) -> tuple[str, ...]:
        cell = self.cells.get(column, ())
        return cell if isinstance(cell, tuple) else (cell,) if isinstance(cell, str) else ()


Value: TypeAlias = str | int | Period | Ticks | Reply | tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Values:
    """Every value of one bilan. A field without a value is not in ``fields``."""

    fields: Mapping[str, Value] = field(default_factory=dict)
    objectives: tuple[Objective, ...] = ()
    budget: Budget = field(default_factory=Budget)

    def text(self, name: str) -> str:
        value = self.fields.get(name, "")
        return value if isinstance(value, str) else ""

    def money(self, name: str) -> int | None:
        value = self.fields.get(name)
        return value if isinstance(value, int) else None

    def period(self, name: str) -> Period:
        value = self.fields.get(name)
        return value if isinstance(value, Period) else Period()

    def ticks(self, name: str) -> Ticks:
        value = self.fields.get(name)
        return value if isinstance(value, Ticks) else Ticks()

    def reply(self, name: str) -> Reply:
        value = self.fields.get(name)
        return value if isinstance(value, Reply) else Reply()

    def rows(self, name: str) -> tuple[Row, ...]:
        value = self.fields.get(name)
        return value if isinstance(value, tuple) else ()

    @property
    def year(self) -> int | None:
        """The year that the bilan is about: that of the end of the period."""
        period = self.period("period")
        day = period.end or period.start
        return day.year if day else None

    def changed(self, changes: Mapping[str, Value | None]) -> Values:
        """A copy with some fields replaced; ``None`` removes one."""
        merged = {**self.fields, **changes}
        return replace(self, fields={k: v for k, v in merged.items() if v is not None})


def clean_text(text: str) -> str:
    """Normalise what was typed: NFC, plain line ends, nothing that XML cannot hold."""
    text = unicodedata.normalize("NFC", text)
    for end in ("\r\n", "\r", "\v", "\f", "\u2028", "\u2029", "\x85"):
        text = text.replace(end, "\n")
    kept = (c for c in text if c == "\n" or not _unprintable(c))
    return "".join(kept).strip()


def _unprintable(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs") or char in "\ufffe\uffff"


# -- JSON ---------------------------------------------------------------------------------


def encode(form: BilanForm, values: Values) -> dict[str, Any]:
    """The JSON object of the fields and the budget (objectives are rows of their own)."""
    document: dict[str, Any] = {}
    for item in form.fields():
        value = values.fields.get(item.name)
        if value is not None:
            document[item.name] = _encode(value)
    if not values.budget.empty:
        document["budget"] = {
            key: {"planned": a.planned, "actual": a.actual, "detail": a.detail}
            for key, a in values.budget.lines.items()
            if not a.empty
        }
    return document


def _encode(value: Value) -> Any:
    match value:
        case Period():
            return [day.isoformat() if day else None for day in (value.start, value.end)]
        case Ticks():
            return {"names": list(value.names), "texts": dict(value.texts)}
        case Reply():
            return {"answer": value.answer, "follow_up": value.follow_up}
        case tuple():
            return [
                {k: list(c) if isinstance(c, tuple) else c for k, c in row.cells.items()}
                for row in value
            ]
        case _:
            return value


def decode(
    form: BilanForm, document: Mapping[str, Any], objectives: Iterable[Objective] = ()
) -> Values:
    """Read a stored document. What the form no longer knows is left aside."""
    fields: dict[str, Value] = {}
    for item in form.fields():
        raw = document.get(item.name)
        if raw is not None and item.kind is not FieldKind.BUDGET:
            fields[item.name] = _decode(item, raw)
    lines = {
        key: Amounts(raw["planned"], raw["actual"], raw["detail"])
        for key, raw in document.get("budget", {}).items()
    }
    known = {line.key for line in form.chart.lines()}
    budget = Budget({key: amounts for key, amounts in lines.items() if key in known})
    return Values(fields, tuple(objectives), budget)


def _decode(item: Field, raw: Any) -> Value:
    match item.kind:
        case FieldKind.PERIOD:
            start, end = (date.fromisoformat(day) if day else None for day in raw)
            return Period(start, end)
        case FieldKind.OPTIONS:
            names = tuple(o.name for o in item.all_options() if o.name in raw["names"])
            return Ticks(names, {k: v for k, v in raw["texts"].items() if k in names})
        case FieldKind.YESNO:
            return Reply(raw["answer"], raw["follow_up"])
        case FieldKind.TABLE:
            return tuple(_decode_row(item.columns, row) for row in raw)
        case FieldKind.MONEY:
            return int(raw)
        case _:
            return str(raw)


def _decode_row(columns: tuple[Column, ...], raw: Mapping[str, Any]) -> Row:
    cells: dict[str, Cell] = {}
    for column in columns:
        cell = raw.get(column.name)
        if cell is None:
            continue
        if column.kind is ColumnKind.CHOICES:
            cells[column.name] = tuple(o.name for o in column.options if o.name in cell)
        elif column.kind is ColumnKind.NUMBER:
            cells[column.name] = float(cell)
        else:
            cells[column.name] = cell
    return Row(cells)
