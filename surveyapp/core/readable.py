"""A stored answer in words: labels instead of codes, French dates and numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from surveyapp.core import french
from surveyapp.core.definition import (
    OTHER,
    FormDefinition,
    Group,
    Item,
    Kind,
    Question,
    Repeat,
)

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One answered question. ``values`` holds one text per option chosen, else one text."""

    name: str
    label: str
    values: tuple[str, ...]
    multiline: bool = False
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that stand together; ``label`` is empty for the questions of the page itself."""

    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ReadSection:
    """One page of the questionnaire with at least one answer."""

    name: str
    label: str
    blocks: tuple[Block, ...]


def read(definition: FormDefinition, document: Values) -> tuple[ReadSection, ...]:
    """Every answer of ``document`` in the order of the questionnaire; the empty ones left out."""
    sections = (
        ReadSection(section.name, section.label, tuple(_blocks("", section.items, document)))
        for section in definition.sections
    )
    return tuple(section for section in sections if section.blocks)


def read_value(question: Question, values: Values) -> tuple[str, ...]:
    """The answer to ``question`` in words; empty when there is none."""
    value = values.get(question.name)
    if value in (None, "", []):
        return ()
    writer = _WRITERS.get(question.kind)
    texts = (writer(question, value),) if writer else _chosen(question, value, values)
    return tuple(text for text in texts if text)


def _blocks(label: str, items: tuple[Item, ...], values: Values) -> Iterator[Block]:
    """Questions in a row make one block; groups and repeats make their own."""
    lines: list[Line] = []
    for item in items:
        if isinstance(item, Question):
            lines.extend(_line(item, values))
            continue
        if lines:
            yield Block(label, tuple(lines))
            lines = []
        if isinstance(item, Group):
            yield from _blocks(item.label, item.items, values)
        else:
            yield from _entries(item, values)
    if lines:
        yield Block(label, tuple(lines))


def _entries(repeat: Repeat, values: Values) -> Iterator[Block]:
    for number, entry in enumerate(values.get(repeat.name, ()), 1):
        lines = tuple(line for question in repeat.items for line in _line(question, entry))
        if lines:
            yield Block(f"{repeat.label} – {number}", lines)


def _line(question: Question, values: Values) -> Iterator[Line]:
    texts = () if question.kind is Kind.NOTE else read_value(question, values)
    if texts:
        ranked = question.kind is Kind.RANK
        label = question.label or question.name
        yield Line(question.name, label, texts, multiline=question.multiline, ordered=ranked)


def _chosen(question: Question, value: Any, values: Values) -> tuple[str, ...]:
    names = value if isinstance(value, list) else [value]
    return tuple(_choice(question, str(name), values) for name in names)


def _choice(question: Question, name: str, values: Values) -> str:
    choice = question.choice(name)
    label = choice.label if choice else name
    precision = values.get(question.other_name) if name == OTHER else None
    if not precision:
        return label
    return f"{label.partition(',')[0]}{french.NBSP}: {precision}"


def _number(question: Question, value: Any) -> str:
    if isinstance(value, str):
        return value
    if question.year:
        return french.year(value)
    end = question.parameters.get("end") if question.kind is Kind.RANGE else None
    return f"{french.number(value)} sur {end}" if end else french.number(value)


def _moment(value: str) -> str:
    moment = datetime.fromisoformat(value)
    return f"{french.date_long(moment.date())} à {french.hour(moment)}"


_WRITERS: dict[Kind, Callable[[Question, Any], str]] = {
    Kind.TEXT: lambda _, value: str(value),
    Kind.EMAIL: lambda _, value: str(value),
    Kind.TEL: lambda _, value: str(value),
    Kind.INTEGER: _number,
    Kind.DECIMAL: _number,
    Kind.RANGE: _number,
    Kind.CALCULATE: _number,
    Kind.DATE: lambda _, value: french.date_long(date.fromisoformat(value)),
    Kind.TIME: lambda _, value: french.hour(time.fromisoformat(value)),
    Kind.DATETIME: lambda _, value: _moment(value),
    Kind.ACKNOWLEDGE: lambda _, value: "Oui" if value else "",
}
