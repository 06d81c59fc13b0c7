"""What is still to be completed before a bilan can be sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from surveyapp.core.bilan.form import (
    BilanForm,
    Column,
    Condition,
    Field,
    FieldKind,
    When,
    with_year,
)
from surveyapp.core.bilan.values import Reply, Row, Values
from surveyapp.core.french import NBSP
from surveyapp.core.indicator import Indicator

#: Printed where something required is missing.
TODO = f"[à{NBSP}compléter]"


@dataclass(frozen=True, slots=True)
class MissingField:
    """One thing to complete. ``path`` is the id of its input on page ``page``."""

    path: str
    page: str
    label: str


def missing(form: BilanForm, values: Values) -> list[MissingField]:
    """Everything required that is not there, in the order of the form.

    Required: what the form marks so, the text of a ticked « précisez », the explanation
    that a reply calls for, the required cells of a row, each indicator's target and result.
    """
    out: dict[str, MissingField] = {}
    for section in form.sections():
        for field in section.fields:
            for path, label in _missing(field, values):
                text = with_year(label, values.year)
                out.setdefault(path, MissingField(path, section.page, text))
    return list(out.values())


def progress(form: BilanForm, values: Values) -> Mapping[str, int]:
    """How many things are missing on each page."""
    counts = dict.fromkeys((page.name for page in form.pages), 0)
    for item in missing(form, values):
        counts[item.page] += 1
    return counts


def is_required(field: Field, values: Values) -> bool:
    """Whether the field must be filled, given what the others hold."""
    condition = field.required_when
    return field.required or (condition is not None and _holds(condition, values))


def _holds(condition: Condition, values: Values) -> bool:
    if condition.column:
        rows = values.rows(condition.field)
        return any(set(row.choices(condition.column)) & set(condition.any_of) for row in rows)
    return any(name in values.ticks(condition.field) for name in condition.any_of)


def _missing(field: Field, values: Values) -> Iterator[tuple[str, str]]:
    match field.kind:
        case FieldKind.OBJECTIVES:
            yield from _missing_objectives(field, values)
        case FieldKind.BUDGET:
            if field.required and values.budget.empty:
                yield field.name, field.label
        case FieldKind.YESNO:
            yield from _missing_reply(field, values.reply(field.name))
        case FieldKind.TABLE:
            yield from _missing_rows(field, values)
        case FieldKind.PERIOD:
            period = values.period(field.name)
            if is_required(field, values) and not (period.start and period.end):
                yield f"{field.name}-{'end' if period.start else 'start'}", field.label
        case _:
            if is_required(field, values) and field.name not in values.fields:
                yield field.name, field.label
            yield from _missing_texts(field, values)


def _missing_texts(field: Field, values: Values) -> Iterator[tuple[str, str]]:
    if field.kind is not FieldKind.OPTIONS:
        return
    ticks = values.ticks(field.name)
    for option in field.all_options():
        if option.text and option.name in ticks and not ticks.texts.get(option.name):
            yield f"{field.name}-text-{option.name}", f"{field.label} – {option.label}"


def _missing_reply(field: Field, reply: Reply) -> Iterator[tuple[str, str]]:
    if field.required and reply.answer is None:
        yield field.name, field.label
    if follow_up_required(field, reply) and not reply.follow_up:
        assert field.follow_up is not None
        yield f"{field.name}-follow", f"{field.label} {field.follow_up.label}"


def follow_up_required(field: Field, reply: Reply) -> bool:
    """Whether the reply calls for the text that follows the question."""
    follow = field.follow_up
    if follow is None or not follow.required or reply.answer is None:
        return False
    return follow.when in (When.ALWAYS, When.YES if reply.answer else When.NO)


def _missing_rows(field: Field, values: Values) -> Iterator[tuple[str, str]]:
    rows = values.rows(field.name)
    if is_required(field, values) and not rows:
        yield field.name, field.label
    for index, row in enumerate(rows):
        for column in field.columns:
            if column.required and not _filled(column, row):
                name = f"{field.row_name} {index + 1}"
                yield (
                    f"{field.name}-{index}-{column.name}",
                    f"{field.label}, {name} – {column.label}",
                )


def _filled(column: Column, row: Row) -> bool:
    return row.cells.get(column.name) not in (None, "", ())


def _missing_objectives(field: Field, values: Values) -> Iterator[tuple[str, str]]:
    """Each table asks for its own kind of indicators."""
    kind = field.indicator_kind
    assert kind is not None
    if not any(objective.of_kind(kind) for objective in values.objectives):
        yield f"objectives-0-{kind}" if values.objectives else "objectives", field.label
    for number, objective in enumerate(values.objectives):
        path = f"objectives-{number}"
        name = f"{field.label}, objectif {number + 1}"
        if not objective.label:
            yield f"{path}-label", f"Objectif {number + 1} – Objectif opérationnel"
        for index, indicator in enumerate(objective.of_kind(kind)):
            for part, label in _missing_parts(indicator):
                yield f"{path}-{kind}-{index}-{part}", f"{name}, indicateur {index + 1} – {label}"


def _missing_parts(indicator: Indicator) -> Iterator[tuple[str, str]]:
    if not indicator.label:
        yield "label", "Indicateur retenu"
    if not indicator.expected_text:
        yield "expected", "Résultat attendu"
    if not indicator.obtained:
        yield "typed", "Résultat obtenu"


def summary_sentence(count: int) -> str:
    """« 3 éléments restent à compléter. »"""
    if count == 0:
        return "Tout est complet."
    if count == 1:
        return f"1{NBSP}élément reste à compléter."
    return f"{count}{NBSP}éléments restent à compléter."
