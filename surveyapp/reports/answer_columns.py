"""How the answers to each question become the columns of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from functools import partial
from typing import Any, TypeAlias

import orjson

from surveyapp.core.definition import FormDefinition, Group, Item, Kind, Question, Repeat
from surveyapp.core.french import NBSP

#: A cell of a table: a text, a number or a date; ``None`` is empty.
Cell: TypeAlias = str | int | float | date | datetime | time | None

SEPARATOR = " | "
OTHER_LABEL = "Autre, précisez"


class Form(StrEnum):
    """What the stored answers of a column are; decides how fast they can be written."""

    FREE = "free"  # a text that is written as it is
    VALUE = "value"  # a name, a number, a date: few different ones
    LIST = "list"  # several names
    TURNS = "turns"  # the turns of a repeat


@dataclass(frozen=True, slots=True)
class AnswerColumn:
    """One column: its heading, the key of the document, and what an answer looks like.

    ``cell`` turns one answer into its cell; it is not called without an answer.
    """

    header: str
    key: str
    form: Form
    cell: Callable[[Any], Cell]


def answer_columns(definition: FormDefinition, *, labels: bool) -> tuple[AnswerColumn, ...]:
    """The columns of a questionnaire in order.

    With ``labels`` headings and answers are the French words, and several choices share
    one cell; without, they are the names of the questionnaire, and each of several choices
    has its own column of 0 and 1.
    """
    return tuple(
        column
        for section in definition.sections
        for item in section.items
        for column in _item(item, labels=labels)
    )


def _item(item: Item, *, labels: bool) -> Iterator[AnswerColumn]:
    if isinstance(item, Group):
        for child in item.items:
            for column in _item(child, labels=labels):
                lead = f"{item.label} – " if labels and item.matrix and item.label else ""
                yield replace(column, header=lead + column.header)
    elif isinstance(item, Repeat):
        cell = partial(_turns, tuple(_turn_columns(item))) if labels else _json
        yield AnswerColumn(item.label if labels else item.name, item.name, Form.TURNS, cell)
    elif item.kind is not Kind.NOTE and (item.label or not labels):
        yield from _question(item, labels=labels)


def _question(question: Question, *, labels: bool) -> Iterator[AnswerColumn]:
    name = question.name
    header = question.label if labels else name
    if question.kind not in _LISTS:
        form = Form.FREE if question.kind in _FREE else Form.VALUE
        yield AnswerColumn(header, name, form, _cell(question, labels=labels))
    elif labels:
        separator = " > " if question.kind is Kind.RANK else SEPARATOR
        yield AnswerColumn(header, name, Form.LIST, partial(_joined, _names(question), separator))
    else:
        member = _place if question.kind is Kind.RANK else _ticked
        for choice in question.choices:
            cell = partial(member, choice.name)
            yield AnswerColumn(f"{name}.{choice.name}", name, Form.LIST, cell)
    if question.or_other:
        other = f"{question.label} – {OTHER_LABEL}" if labels else question.other_name
        yield AnswerColumn(other, question.other_name, Form.FREE, _same)


def _cell(question: Question, *, labels: bool) -> Callable[[Any], Cell]:
    if question.kind is Kind.ACKNOWLEDGE:
        return partial(_agreed, "Oui" if labels else 1)
    if question.kind is Kind.SELECT_ONE and labels:
        return partial(_named, _names(question))
    return _MOMENTS.get(question.kind, _same)


def _names(question: Question) -> dict[str, str]:
    return {choice.name: choice.label for choice in question.choices}


def _same(value: Any) -> Cell:
    return value if isinstance(value, str | int | float) else str(value)


def _agreed(word: Cell, _value: Any) -> Cell:
    return word


def _named(names: Mapping[str, str], value: Any) -> Cell:
    return names.get(value, str(value))


def _joined(names: Mapping[str, str], separator: str, chosen: Any) -> Cell:
    return separator.join([names.get(name, name) for name in chosen])


def _ticked(name: str, chosen: Any) -> Cell:
    return int(name in chosen)


def _place(name: str, order: Any) -> Cell:
    return int(order.index(name)) + 1 if name in order else None


def _json(value: Any) -> Cell:
    return orjson.dumps(value).decode()


def _turn_columns(repeat: Repeat) -> Iterator[AnswerColumn]:
    for question in repeat.items:
        yield from _question(question, labels=True)


def _turns(columns: tuple[AnswerColumn, ...], turns: Any) -> Cell:
    """« Prénom : Léa, Âge : 5 | Prénom : … »."""
    return SEPARATOR.join(
        ", ".join(
            f"{column.header}{NBSP}: {shown(column.cell(turn[column.key]))}"
            for column in columns
            if turn.get(column.key) is not None
        )
        for turn in turns
    )


def shown(value: Cell) -> str:
    """A cell as French text: decimal comma, dates JJ/MM/AAAA."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return str(value).replace(".", ",")


def _parsed(parse: Callable[[str], Cell], value: str) -> Cell:
    """A date or a time; what is none stays the text that it is."""
    try:
        return parse(value)
    except ValueError:
        return value


_LISTS = frozenset({Kind.SELECT_MULTIPLE, Kind.RANK})
_FREE = frozenset({Kind.TEXT, Kind.EMAIL, Kind.TEL})
_MOMENTS: dict[Kind, Callable[[Any], Cell]] = {
    Kind.DATE: partial(_parsed, date.fromisoformat),
    Kind.TIME: partial(_parsed, time.fromisoformat),
    Kind.DATETIME: partial(_parsed, datetime.fromisoformat),
}
