"""One reading of a set of answers: what is asked, what is answered, what is shown.

Everything is computed on demand and at most once, so that a condition may mention any
question, before or after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from surveyapp.core.answers.types import Wrong, check_type, other_text
from surveyapp.core.definition import (
    OTHER,
    OTHER_SUFFIX,
    Choice,
    FormDefinition,
    Group,
    Item,
    Kind,
    Question,
    Repeat,
    Section,
)
from surveyapp.core.expression import Env, Expression, as_answer, evaluate, truth
from surveyapp.core.problems import field_id

#: Types that hold no answer of the respondent.
SILENT = frozenset({Kind.NOTE, Kind.CALCULATE})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question or a repeat stands: its page and the conditions around it."""

    section: Section
    around: tuple[Expression, ...]
    item: Question | Repeat


class Reading:
    """``raw`` are the answers as they came, of any shape; :meth:`values` what may be stored."""

    def __init__(self, definition: FormDefinition, raw: Mapping[str, Any], *, today: date) -> None:
        self.definition = definition
        self.raw = raw
        self.today = today
        self.places = places_of(definition)
        #: Faults of type met so far, by field identifier.
        self.wrong: dict[str, Wrong] = {}
        self._found: dict[str, Any] = {}
        self._busy: set[str] = set()
        self._rows: dict[str, list[Row]] = {}
        self._asked = _Asked(self)
        self._env = Env(values=self._asked, today=today)

    def values(self) -> dict[str, Any]:
        """The answer document, in the order of the questionnaire."""
        values: dict[str, Any] = {}
        for name, place in self.places.items():
            if (value := self.value(name)) is not None:
                values[name] = value
                _add_other(values, place.item, self.raw)
        return values

    def value(self, name: str) -> Any:
        """The answer to a question or repeat as it is stored; ``None`` when there is none."""
        if name in self._found:
            return self._found[name]
        if name in self._busy:
            return None
        self._busy.add(name)
        try:
            value = self._found[name] = self._read(name)
        finally:
            self._busy.discard(name)
        return value

    def open(self, place: Place) -> bool:
        """Whether the question or repeat is asked."""
        return all(truth(condition, self._env) for condition in place.around)

    def sections(self) -> tuple[Section, ...]:
        """The pages that are relevant and have something to read or to answer."""
        return tuple(
            section
            for section in self.definition.sections
            if truth(section.relevant, self._env) and any(self._seen(i) for i in section.items)
        )

    def hidden(self, section: Section) -> frozenset[str]:
        """Names (field identifiers inside a repeat) of what is not shown of a page."""
        return frozenset(self._hidden(section.items))

    def holds(self, expression: Expression | None, row: Row | None = None, own: Any = "") -> bool:
        """Whether a condition is true of these answers; ``own`` is what ``.`` stands for."""
        return expression is None or truth(expression, self.env(row, own=own))

    def choices(self, question: Question, row: Row | None = None) -> tuple[Choice, ...]:
        """The options that pass the ``choice_filter``."""
        if question.choice_filter is None:
            return question.choices
        return tuple(
            choice
            for choice in question.choices
            if truth(question.choice_filter, self.env(row, attributes=choice.attributes))
        )

    def rows(self, repeat: Repeat) -> list[Row]:
        """The turns of a repeat as they came, empty ones included."""
        if repeat.name not in self._rows:
            raw = self.raw.get(repeat.name)
            turns = [t for t in raw if isinstance(t, Mapping)] if isinstance(raw, list) else []
            rows = self._rows[repeat.name] = []
            for index, turn in enumerate(turns):
                rows.append(Row(self, repeat, turn, index))
        return self._rows[repeat.name]

    def env(
        self,
        row: Row | None = None,
        *,
        own: object = "",
        attributes: Mapping[str, str] | None = None,
    ) -> Env:
        """What an expression sees from the document, or from a turn of a repeat."""
        if row is None:
            return Env(self._asked, self.today, own, attributes=attributes or {})
        return Env(
            values=self._asked,
            today=self.today,
            self_value=own,
            row=row.asked,
            position=row.position,
            attributes=attributes or {},
        )

    def read(self, question: Question, raw: object, row: Row | None = None) -> Any:
        """The stored form of one answer; an ill-formed one is noted in :attr:`wrong`."""
        if question.kind is Kind.CALCULATE:
            if question.calculation is None:
                return None
            own = raw if isinstance(raw, str | int | float) else ""
            return as_answer(evaluate(question.calculation, self.env(row, own=own)))
        try:
            return check_type(question, raw, self.choices(question, row))
        except Wrong as wrong:
            self.wrong[field_of(question, row)] = wrong
            return None

    def _read(self, name: str) -> Any:
        place = self.places.get(name)
        if place is None:
            return self._other(name)
        if not self.open(place):
            return None
        if isinstance(place.item, Repeat):
            return [row.values() for row in self.rows(place.item) if row.values()] or None
        return self.read(place.item, self.raw.get(name))

    def _other(self, name: str) -> str | None:
        """The text of « Autre, précisez », for the conditions that mention it."""
        place = self.places.get(name.removesuffix(OTHER_SUFFIX))
        if place is None or not isinstance(place.item, Question) or not place.item.or_other:
            return None
        if not chose_other(self.value(place.item.name)):
            return None
        return other_text(self.raw.get(name)) or None

    def _seen(self, item: Item) -> bool:
        """Whether a page shows anything of ``item``."""
        if isinstance(item, Question) and item.kind is Kind.CALCULATE:
            return False
        if not truth(item.relevant, self._env):
            return False
        return not isinstance(item, Group) or any(self._seen(inner) for inner in item.items)

    def _hidden(self, items: tuple[Item, ...]) -> Iterator[str]:
        for item in items:
            if not self._seen(item):
                yield item.name
            if isinstance(item, Group):
                yield from self._hidden(item.items)
            elif isinstance(item, Repeat):
                for row in self.rows(item):
                    yield from (field_of(q, row) for q in item.items if not row.open(q))


class Row:
    """One turn of a repeat, with the same questions as :class:`Reading` asks of the whole."""

    def __init__(
        self, reading: Reading, repeat: Repeat, raw: Mapping[str, Any], index: int
    ) -> None:
        self.repeat = repeat
        self.raw = raw
        self.index = index
        self.asked = _AskedOfRow(self)
        self.questions = {question.name: question for question in repeat.items}
        self._reading = reading
        self._found: dict[str, Any] = {}
        self._busy: set[str] = set()
        self._position = 0

    @property
    def position(self) -> int:
        """Rank from 1 among the turns that are stored: an empty turn before does not count."""
        if not self._position:
            before = self._reading.rows(self.repeat)[: self.index]
            self._position = 1 + sum(bool(row.values()) for row in before)
        return self._position

    def open(self, question: Question) -> bool:
        """Whether the question is asked in this turn."""
        return self._reading.holds(question.relevant, self)

    def value(self, name: str) -> Any:
        """The answer as it is stored; ``None`` when there is none."""
        if name in self._found:
            return self._found[name]
        if name in self._busy:
            return None
        self._busy.add(name)
        try:
            question = self.questions[name]
            value = None
            if self.open(question):
                value = self._reading.read(question, self.raw.get(name), self)
            self._found[name] = value
        finally:
            self._busy.discard(name)
        return value

    def values(self) -> dict[str, Any]:
        """The object that is stored; empty when nothing was answered in this turn."""
        values: dict[str, Any] = {}
        answered = False
        for name, question in self.questions.items():
            if (value := self.value(name)) is not None:
                answered = answered or question.kind not in SILENT
                values[name] = value
                _add_other(values, question, self.raw)
        return values if answered else {}

    def faulty(self) -> bool:
        """Whether an answer of this turn is ill-formed."""
        self.values()
        return any(field_of(q, self) in self._reading.wrong for q in self.questions.values())


class _Asked(Mapping[str, Any]):
    """The answers as conditions see them: each is computed when it is asked for."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def __getitem__(self, name: str) -> Any:
        if (value := self._reading.value(name)) is None:
            raise KeyError(name)
        return value

    def get(self, name: str, default: Any = None) -> Any:
        value = self._reading.value(name)
        return default if value is None else value

    def __iter__(self) -> Iterator[str]:
        return iter(self._reading.values())

    def __len__(self) -> int:
        return len(self._reading.values())


class _AskedOfRow(Mapping[str, Any]):
    """The answers of one turn; every name of the repeat is there, answered or not."""

    def __init__(self, row: Row) -> None:
        self._row = row

    def __getitem__(self, name: str) -> Any:
        return self._row.value(name)

    def __contains__(self, name: object) -> bool:
        return name in self._row.questions

    def __iter__(self) -> Iterator[str]:
        return iter(self._row.questions)

    def __len__(self) -> int:
        return len(self._row.questions)


def field_of(question: Question, row: Row | None) -> str:
    """Identifier of the field of a question, inside a repeat or not."""
    if row is None:
        return question.name
    return field_id(question.name, repeat=row.repeat.name, index=row.index)


def chose_other(value: Any) -> bool:
    """Whether « Autre » is (among) the answer."""
    return value == OTHER or (isinstance(value, list) and OTHER in value)


def _add_other(values: dict[str, Any], item: Item, raw: Mapping[str, Any]) -> None:
    """Keep the text of « Autre, précisez » when that option is chosen."""
    if not isinstance(item, Question) or not item.or_other:
        return
    if chose_other(values[item.name]) and (text := other_text(raw.get(item.other_name))):
        values[item.other_name] = text


#: Places of the definitions in use, by identity; the definition is kept so that it stays so.
_known: dict[int, tuple[FormDefinition, dict[str, Place]]] = {}
_KNOWN_MAX = 128


def places_of(definition: FormDefinition) -> dict[str, Place]:
    """Questions and repeats by name, with the page and the conditions around each."""
    known = _known.get(id(definition))
    if known is None:
        if len(_known) >= _KNOWN_MAX:
            _known.clear()
        places = {
            place.item.name: place
            for section in definition.sections
            for place in _places(section, section.items, _with((), section.relevant))
        }
        known = _known[id(definition)] = (definition, places)
    return known[1]


def _places(
    section: Section, items: tuple[Item, ...], around: tuple[Expression, ...]
) -> Iterator[Place]:
    for item in items:
        inner = _with(around, item.relevant)
        if isinstance(item, Group):
            yield from _places(section, item.items, inner)
        else:
            yield Place(section, inner, item)


def _with(
    conditions: tuple[Expression, ...], condition: Expression | None
) -> tuple[Expression, ...]:
    return conditions if condition is None else (*conditions, condition)
