"""A page of the entry form, both ways: values → inputs, inputs → values and faults.

Inputs are a flat mapping from the name of an input to the texts typed in it, as a browser
sends them: ``structure``, ``themes`` (several), ``themes-text-autres``, ``relevant``,
``relevant-follow``, ``period-start``, ``calendar-rows``, ``calendar-0-step``,
``budget-60_services-planned``. What was typed is always shown again as it was typed.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from surveyapp.core import french
from surveyapp.core.bilan.form import BilanForm, Column, ColumnKind, Field, FieldKind, Option
from surveyapp.core.bilan.values import (
    Cell,
    Period,
    Reply,
    Row,
    Ticks,
    Value,
    Values,
    clean_text,
)
from surveyapp.core.budget import Amounts, Budget, Line
from surveyapp.core.money import money_input, parse_money

Inputs: TypeAlias = Mapping[str, Sequence[str]]

#: Longest texts accepted, so that a bilan stays a document.
SHORT, LONG = 500, 20_000
#: Most rows of one table.
ROWS = 200

_MONTH_NUMBERS = re.compile(r"(\d{1,2})[/.\- ](\d{4})|(\d{4})[/.\-](\d{1,2})")
_MONTH_WORDS = re.compile(r"([a-z]+) (\d{4})")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one input (``name``), in one French sentence."""

    name: str
    message: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A page as it was read: values of its fields (``None``: empty), budget, faults."""

    changes: Mapping[str, Value | None]
    budget: Budget | None
    faults: tuple[Fault, ...]


def one(inputs: Inputs, name: str) -> str:
    """The text of an input that is there once, cleaned."""
    texts = inputs.get(name, ())
    return clean_text(texts[0]) if texts else ""


def row_count(inputs: Inputs, table: str) -> int:
    """Rows of a table on the page, from its hidden counter."""
    text = one(inputs, f"{table}-rows")
    return min(int(text), ROWS) if text.isascii() and text.isdigit() and len(text) < 5 else 0


# -- values → inputs ----------------------------------------------------------------------


def fill(form: BilanForm, fields: Iterable[Field], values: Values) -> dict[str, list[str]]:
    """Inputs of a page that show ``values``. A table without rows shows an empty one."""
    inputs: dict[str, list[str]] = {}
    for field in fields:
        if field.kind is FieldKind.BUDGET:
            inputs |= _fill_budget(form, values.budget)
        else:
            inputs |= _fill(field, values.fields.get(field.name))
    return inputs


def _fill(field: Field, value: Value | None) -> dict[str, list[str]]:
    name = field.name
    match value:
        case Period():
            return {
                f"{name}-start": [_period_input(value.start, end=False)],
                f"{name}-end": [_period_input(value.end, end=True)],
            }
        case Ticks():
            texts = {f"{name}-text-{k}": [v] for k, v in value.texts.items()}
            return {name: list(value.names), **texts}
        case Reply():
            answer = {True: ["oui"], False: ["non"], None: []}[value.answer]
            return {name: answer, f"{name}-follow": [value.follow_up]}
        case tuple():
            return _fill_table(field, value)
        case int():
            return {name: [money_input(value)]}
        case str():
            return {name: [value]}
    return {f"{name}-rows": ["1"]} if field.kind is FieldKind.TABLE else {}


def _fill_table(field: Field, rows: tuple[Row, ...]) -> dict[str, list[str]]:
    inputs = {f"{field.name}-rows": [str(max(len(rows), 1))]}
    for index, row in enumerate(rows):
        for column in field.columns:
            cell = row.cells.get(column.name)
            if cell is not None:
                inputs[f"{field.name}-{index}-{column.name}"] = _cell_input(column, cell)
    return inputs


def _cell_input(column: Column, cell: Cell) -> list[str]:
    if isinstance(cell, tuple):
        return list(cell)
    if isinstance(cell, str):
        return [cell]
    if column.kind is ColumnKind.MONEY:
        return [money_input(int(cell))]
    return [number_input(cell)]


def number_input(value: float) -> str:
    """« 1610 », « 12,5 »: what stands in an input."""
    return str(int(value)) if value == int(value) else repr(float(value)).replace(".", ",")


def _fill_budget(form: BilanForm, budget: Budget) -> dict[str, list[str]]:
    inputs: dict[str, list[str]] = {}
    for line in form.chart.lines():
        amounts = budget[line.key]
        inputs[f"budget-{line.key}-planned"] = [money_input(amounts.planned)]
        inputs[f"budget-{line.key}-actual"] = [money_input(amounts.actual)]
        if line.precise:
            inputs[f"budget-{line.key}-detail"] = [amounts.detail]
    return inputs


def _period_input(day: date | None, *, end: bool) -> str:
    """A whole month as « 01/2022 », else the day."""
    if day is None:
        return ""
    whole = day.day == (monthrange(day.year, day.month)[1] if end else 1)
    return f"{day.month:02d}/{day.year:04d}" if whole else french.date_short(day)


# -- inputs → values ----------------------------------------------------------------------


def read(form: BilanForm, fields: Iterable[Field], inputs: Inputs) -> Entry:
    """Read a page. Faults name the input, so that the message stands beside it."""
    faults: list[Fault] = []
    changes: dict[str, Value | None] = {}
    budget: Budget | None = None
    for field in fields:
        if field.kind is FieldKind.BUDGET:
            budget = _read_budget(form, inputs, faults)
        elif field.kind not in (FieldKind.OBJECTIVES, FieldKind.SIGNATURES):
            changes[field.name] = _read(field, inputs, faults)
    return Entry(changes, budget, tuple(faults))


def _read(field: Field, inputs: Inputs, faults: list[Fault]) -> Value | None:
    match field.kind:
        case FieldKind.OPTIONS:
            return _read_ticks(field, inputs, faults)
        case FieldKind.YESNO:
            return _read_reply(field, inputs, faults)
        case FieldKind.TABLE:
            return _read_table(field, inputs, faults)
        case FieldKind.PERIOD:
            return _read_period(field, inputs, faults)
        case FieldKind.MONEY:
            return _read_money(field.name, inputs, faults)
        case FieldKind.MONTH:
            return _read_month(field, inputs, faults)
        case FieldKind.EMAIL:
            return _read_email(field, inputs, faults)
        case FieldKind.MULTILINE:
            return read_text(field.name, inputs, faults, limit=LONG) or None
        case _:
            return read_text(field.name, inputs, faults, limit=field.limit) or None


def read_text(name: str, inputs: Inputs, faults: list[Fault], *, limit: int) -> str:
    """A text, refused beyond ``limit`` characters."""
    text = one(inputs, name)
    if len(text) > limit:
        over = french.plural(len(text) - limit, "caractère", "caractères")
        faults.append(Fault(name, f"Ce texte est trop long : retirez {over} environ."))
    return text


def _read_money(name: str, inputs: Inputs, faults: list[Fault]) -> int | None:
    text = one(inputs, name)
    if not text:
        return None
    try:
        return parse_money(text)
    except ValueError as error:
        faults.append(Fault(name, str(error)))
        return None


def _read_email(field: Field, inputs: Inputs, faults: list[Fault]) -> str | None:
    """Accented addresses exist and pass; only what is surely no address is refused."""
    text = read_text(field.name, inputs, faults, limit=SHORT)
    local, _, domain = text.rpartition("@")
    if text and not (local and "." in domain.strip(".") and " " not in text):
        message = "Écrivez une adresse complète, par exemple contact@cpts.example."
        faults.append(Fault(field.name, message))
    return text or None


def _read_month(field: Field, inputs: Inputs, faults: list[Fault]) -> str | None:
    """A month becomes « mars 2023 »; other words stay as they were typed."""
    text = read_text(field.name, inputs, faults, limit=SHORT)
    if not text:
        return None
    try:
        return french.month(parse_month(text))
    except ValueError as error:
        if not any(c.isalpha() for c in text) and not _is_date(text):
            faults.append(Fault(field.name, str(error)))
        return text


def _is_date(text: str) -> bool:
    try:
        french.parse_date(text)
    except ValueError:
        return False
    return True


def parse_month(text: str) -> date:
    """Read « mars 2023 », « 03/2023 » or « 2023-03 » as the first day of the month.

    :raises ValueError: with a French sentence that gives an example.
    """
    compact = " ".join(french.fold(text).split())
    month = year = 0
    if match := _MONTH_NUMBERS.fullmatch(compact):
        month, year = int(match[1] or match[4]), int(match[2] or match[3])
    elif match := _MONTH_WORDS.fullmatch(compact):
        names = [french.fold(name) for name in french.MONTHS]
        month = names.index(match[1]) + 1 if match[1] in names else 0
        year = int(match[2])
    if not (1 <= month <= 12 and 1900 <= year <= 2200):
        raise ValueError("Écrivez un mois et une année, par exemple 03/2026 ou mars 2026.")
    return date(year, month, 1)


def _read_period(field: Field, inputs: Inputs, faults: list[Fault]) -> Period | None:
    days: list[date | None] = []
    for side in ("start", "end"):
        name = f"{field.name}-{side}"
        text = one(inputs, name)
        try:
            days.append(_read_day(text, end=side == "end") if text else None)
        except ValueError as error:
            faults.append(Fault(name, str(error)))
            days.append(None)
    start, end = days
    if start and end and end < start:
        message = "La fin est avant le début : vérifiez les deux dates."
        faults.append(Fault(f"{field.name}-end", message))
    return Period(start, end) if start or end else None


def _read_day(text: str, *, end: bool) -> date:
    try:
        first = parse_month(text)
    except ValueError as error:
        try:
            day = french.parse_date(text)
        except ValueError:
            raise error from None
        if not 1900 <= day.year <= 2200:
            raise error from None
        return day
    return first.replace(day=monthrange(first.year, first.month)[1]) if end else first


def _read_ticks(field: Field, inputs: Inputs, faults: list[Fault]) -> Ticks | None:
    ticked = set(inputs.get(field.name, ()))
    texts: dict[str, str] = {}
    for option in field.all_options():
        text = ""
        if option.text:
            text = read_text(f"{field.name}-text-{option.name}", inputs, faults, limit=SHORT)
        if text:  # who writes in « précisez » means the box
            ticked.add(option.name)
            texts[option.name] = text
    for option in field.options:
        if any(child.name in ticked for child in option.children):
            ticked.add(option.name)
    names = tuple(o.name for o in field.all_options() if o.name in ticked)
    _check_ticks(field, names, faults)
    return Ticks(names, texts) if names else None


def _check_ticks(field: Field, names: tuple[str, ...], faults: list[Fault]) -> None:
    if not field.multiple and len(names) > 1:
        faults.append(Fault(field.name, "Choisissez une seule réponse."))
    alone: list[Option] = [o for o in field.all_options() if o.exclusive and o.name in names]
    if alone and len(names) > 1:
        label = f"«{french.NBSP}{alone[0].label}{french.NBSP}»"
        message = f"{label} ne va pas avec une autre réponse : décochez l’une des deux."
        faults.append(Fault(field.name, message))


def _read_reply(field: Field, inputs: Inputs, faults: list[Fault]) -> Reply | None:
    answer = {"oui": True, "non": False}.get(one(inputs, field.name))
    follow = ""
    if field.follow_up:
        follow = read_text(f"{field.name}-follow", inputs, faults, limit=LONG)
    return Reply(answer, follow) if answer is not None or follow else None


def _read_table(field: Field, inputs: Inputs, faults: list[Fault]) -> tuple[Row, ...] | None:
    """Rows of a table; those with nothing in them are dropped."""
    rows = []
    for index in range(row_count(inputs, field.name)):
        cells: dict[str, Cell] = {}
        for column in field.columns:
            name = f"{field.name}-{index}-{column.name}"
            cell = _read_cell(column, name, inputs, faults)
            if cell is not None and cell != () and cell != "":
                cells[column.name] = cell
        if cells:
            rows.append(Row(cells))
    return tuple(rows) or None


def _read_cell(column: Column, name: str, inputs: Inputs, faults: list[Fault]) -> Cell | None:
    match column.kind:
        case ColumnKind.CHOICES:
            ticked = inputs.get(name, ())
            return tuple(o.name for o in column.options if o.name in ticked)
        case ColumnKind.CHOICE:
            text = one(inputs, name)
            return text if any(o.name == text for o in column.options) else None
        case ColumnKind.MONEY:
            return _read_money(name, inputs, faults)
        case ColumnKind.NUMBER:
            return _read_number(name, inputs, faults)
        case _:
            return read_text(name, inputs, faults, limit=LONG)


def _read_number(name: str, inputs: Inputs, faults: list[Fault]) -> float | None:
    text = one(inputs, name)
    if not text:
        return None
    try:
        value = french.parse_number(text)
    except ValueError as error:
        faults.append(Fault(name, str(error)))
        return None
    if value < 0 or value > 1e9:
        faults.append(Fault(name, "Écrivez un nombre positif, par exemple 12 ou 12,5."))
        return None
    return value


def _read_budget(form: BilanForm, inputs: Inputs, faults: list[Fault]) -> Budget:
    lines = {line.key: _read_amounts(line, inputs, faults) for line in form.chart.lines()}
    return Budget({key: amounts for key, amounts in lines.items() if not amounts.empty})


def _read_amounts(line: Line, inputs: Inputs, faults: list[Fault]) -> Amounts:
    name = f"budget-{line.key}"
    detail = read_text(f"{name}-detail", inputs, faults, limit=SHORT) if line.precise else ""
    return Amounts(
        planned=_read_money(f"{name}-planned", inputs, faults),
        actual=_read_money(f"{name}-actual", inputs, faults),
        detail=detail,
    )
