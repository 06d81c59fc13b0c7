"""How an answer of each type is typed, read back and shown again: one row per type.

A field keeps both the typed text (:attr:`AnswerField.text`) and what it means
(:attr:`AnswerField.data`), so that a page comes back exactly as it was left even when part
of it cannot be understood. Rules (required, constraints, choices) live in
:mod:`surveyapp.core.answers`, not here.

Dates are one text field with an example, not ``type=date``: the browser's own control shows
the format of its language rather than that of the page, cannot be pasted into, and is read
unevenly by screen readers; « 27/06/2024 », « 27-06-2024 » and « 27062024 » (a numeric
keyboard has no slash) are all understood.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Any

from wtforms import Field

from surveyapp.core.answers.types import steps, tidy
from surveyapp.core.definition import OTHER, Choice, Kind, Question
from surveyapp.core.french import date_short, number, parse_date, parse_number
from surveyapp.core.problems import Code

_TIME = re.compile(r"(\d{1,2})\s*(?:h|H|:|\.)\s*(\d{2})?\s*(?:min|mn)?")
_DAY_FIRST = re.compile(r"(\d{2})(\d{2})(\d{4})")


@dataclass(frozen=True, slots=True)
class Option:
    """One choice as it is shown. ``id`` of the first is that of the field (error links)."""

    value: str
    label: str
    id: str
    checked: bool
    exclusive: bool = False


class AnswerField(Field):  # type: ignore[misc] # WTForms has no type hints
    """Base of the fields. ``fault`` is a French sentence when the text is not understood."""

    question: Question
    data: Any

    def __init__(self, question: Question, **binding: Any) -> None:
        super().__init__(label=question.label, **binding)
        self.question = question
        self.text = ""
        self.fault = ""
        self.fault_code = Code.TYPE
        self.offered: tuple[Choice, ...] = question.choices

    def process_data(self, value: Any) -> None:
        self.data = value
        self.text = "" if value is None else self.write(value)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.text = valuelist[0][:20_000] if valuelist else ""
        typed = tidy(self.text)
        self.data = None
        if typed:
            try:
                self.data = self.read(typed)
            except ValueError as error:
                self.fault = str(error)

    def read(self, typed: str) -> Any:
        """The answer in a text that is not empty; :raises ValueError: a French sentence."""
        return typed

    def write(self, value: Any) -> str:
        """The text that shows an answer."""
        return str(value)

    def restore(self, text: str) -> None:
        """Show again a text that was not understood, with its fault."""
        self.process_formdata([text])

    @property
    def raw(self) -> str:
        """The typed text when it is not understood."""
        return self.text if self.fault else ""


class TextField(AnswerField):
    """One line or several."""

    @property
    def multiline(self) -> bool:
        return self.question.multiline


class NumberField(AnswerField):
    """An integer or a decimal number, written the French way."""

    def read(self, typed: str) -> float:
        self.fault_code = Code.NUMBER
        return parse_number(typed)

    def write(self, value: Any) -> str:
        return _plain(value).replace(".", ",")


class DateField(AnswerField):
    """A day."""

    def read(self, typed: str) -> str:
        self.fault_code = Code.DATE
        return read_date(typed)

    def write(self, value: Any) -> str:
        try:
            return date_short(parse_date(str(value)))
        except ValueError:
            return str(value)


class TimeField(AnswerField):
    """A time of day."""

    def read(self, typed: str) -> str:
        self.fault_code = Code.TIME
        return read_time(typed)


class DateTimeField(AnswerField):
    """A day and a time of day, in one text."""

    def read(self, typed: str) -> str:
        self.fault_code = Code.DATETIME
        day, _, moment = typed.replace("T", " ").replace(" à ", " ").partition(" ")
        return f"{read_date(day)}T{read_time(moment.strip())}"

    def write(self, value: Any) -> str:
        day, _, moment = str(value).partition("T")
        try:
            return f"{date_short(parse_date(day))} {moment}"
        except ValueError:
            return str(value)


class ChoiceField(AnswerField):
    """One option of a list, as radios or as a drop-down list."""

    def options(self) -> list[Option]:
        chosen = self.data if isinstance(self.data, list) else [self.data]
        return [
            Option(
                value=choice.name,
                label=choice.label,
                id=self.id if index == 0 else f"{self.id}-{choice.name}",
                checked=choice.name in chosen,
                exclusive=choice.exclusive,
            )
            for index, choice in enumerate(self.offered)
        ]


class ChoicesField(ChoiceField):
    """Several options of a list."""

    def process_data(self, value: Any) -> None:
        self.data = value if isinstance(value, list) else None

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = [value for value in valuelist if value] or None


class RankField(ChoicesField):
    """All options in order of preference: one drop-down list per rank."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = list(valuelist[: len(self.offered)]) if any(valuelist) else None

    def ranks(self) -> list[tuple[int, str, str]]:
        """For each rank: its number from 1, the identifier of its list, the chosen option."""
        chosen = list(self.data or ())
        return [
            (
                index + 1,
                self.id if index == 0 else f"{self.id}-{index + 1}",
                chosen[index] if index < len(chosen) else "",
            )
            for index in range(len(self.offered))
        ]


class ScaleField(AnswerField):
    """A note on a scale, as radios: a slider is neither precise nor usable by all."""

    def read(self, typed: str) -> float:
        self.fault_code = Code.NUMBER
        return parse_number(typed)

    def write(self, value: Any) -> str:
        return _plain(value)

    def options(self) -> list[Option]:
        return [
            Option(
                value=_plain(step),
                label=number(step),
                id=self.id if index == 0 else f"{self.id}-{index}",
                checked=self.data is not None and step == self.data,
            )
            for index, step in enumerate(steps(self.question))
        ]


class TickField(AnswerField):
    """A box to tick."""

    def process_data(self, value: Any) -> None:
        self.data = True if value is True else None

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = True if any(valuelist) else None


@dataclass(frozen=True, slots=True)
class Row:
    """How one type is asked: its field, and the macro of ``macros/fields.html`` that shows it.

    ``group``: several controls under one ``legend``.
    """

    field: type[AnswerField] | None
    macro: str
    group: bool = False


#: One row per type. Notes and calculations have nothing to type in.
FIELDS: dict[Kind, Row] = {
    Kind.TEXT: Row(TextField, "text"),
    Kind.EMAIL: Row(TextField, "text"),
    Kind.TEL: Row(TextField, "text"),
    Kind.INTEGER: Row(NumberField, "text"),
    Kind.DECIMAL: Row(NumberField, "text"),
    Kind.SELECT_ONE: Row(ChoiceField, "choice", group=True),
    Kind.SELECT_MULTIPLE: Row(ChoicesField, "choices", group=True),
    Kind.RANK: Row(RankField, "rank", group=True),
    Kind.RANGE: Row(ScaleField, "scale", group=True),
    Kind.DATE: Row(DateField, "text"),
    Kind.TIME: Row(TimeField, "text"),
    Kind.DATETIME: Row(DateTimeField, "text"),
    Kind.NOTE: Row(None, "note"),
    Kind.ACKNOWLEDGE: Row(TickField, "tick"),
    Kind.CALCULATE: Row(None, ""),
}


def chosen_other(field: AnswerField) -> bool:
    """Whether « Autre » is ticked."""
    return field.data == OTHER or (isinstance(field.data, list) and OTHER in field.data)


def read_date(typed: str) -> str:
    """« 27/06/2024 » or « 27062024 » as ``2024-06-27``; :raises ValueError: French sentence."""
    if digits := _DAY_FIRST.fullmatch(typed):
        typed = "/".join(digits.groups())
    return parse_date(typed).isoformat()


def read_time(typed: str) -> str:
    """« 18 h 30 », « 18:30 », « 18h » as ``18:30``; :raises ValueError: a French sentence."""
    match = _TIME.fullmatch(typed)
    try:
        if match is None:
            raise ValueError
        return time(int(match[1]), int(match[2] or 0)).isoformat("minutes")
    except ValueError:
        raise ValueError("Écrivez l’heure, par exemple 18\u00a0h\u00a030.") from None


def _plain(value: Any) -> str:
    """A number without exponent or useless zeros, as JSON would write it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return format(Decimal(repr(value)).normalize(), "f")
