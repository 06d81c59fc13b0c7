"""What an answer of each type looks like: one row and one small function per type.

A check takes a question and a raw answer of any shape and returns the answer in the shape
that is stored (see :mod:`surveyapp.core.answers`), ``None`` when nothing
is answered, or raises :class:`Wrong`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import TypeAlias

from surveyapp.core.definition import Choice, Kind, Question
from surveyapp.core.problems import Code

#: A stored answer: JSON without objects, which only repeats are made of.
Answer: TypeAlias = str | int | float | bool | list[str]
Check: TypeAlias = Callable[[Question, object, tuple[Choice, ...]], Answer | None]

#: Longest answers, in characters (``parameters: {max_length: …}`` may lower or raise them).
MAX_TEXT = 255
MAX_MULTILINE = 5_000
MAX_OTHER = 200
#: Greatest absolute value of a number: every integer below is exact in JSON and JavaScript.
MAX_NUMBER = 10**15

#: Controls, lone surrogates, and the marks that turn the direction of what follows them.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)
_TEL = re.compile(r"\+?[0-9 ().\u00a0\u202f-]+")


class Wrong(Exception):
    """The answer cannot be stored; ``data`` fills the message of ``code``."""

    def __init__(self, code: Code, **data: object) -> None:
        super().__init__(code)
        self.code = code
        self.data = data


def check_type(question: Question, raw: object, choices: tuple[Choice, ...]) -> Answer | None:
    """The answer as it is stored, or ``None`` when there is none.

    ``choices`` are the options offered to this respondent. Checking twice changes nothing.

    :raises Wrong: when the answer is not of the type of the question.
    """
    if raw is None or raw == "" or raw == [] or raw is False:
        return None
    return _CHECKS[question.kind](question, raw, choices)


def tidy(text: str) -> str:
    """Text without control characters or blanks at both ends, with one kind of line end."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def other_text(raw: object) -> str:
    """The text of « Autre, précisez » as it is stored, possibly empty."""
    return tidy(raw)[:MAX_OTHER].rstrip() if isinstance(raw, str) else ""


def max_length(question: Question) -> int:
    """How many characters a text answer may have."""
    default = MAX_MULTILINE if question.multiline else MAX_TEXT
    stated = question.parameters.get("max_length", "")
    return int(stated) if stated.isdecimal() and int(stated) > 0 else default


def steps(question: Question) -> tuple[float, ...]:
    """The values of a ``range`` question, by default 0 to 10."""
    start, end, step = (
        _parameter(question.parameters, key, default)
        for key, default in (("start", 0.0), ("end", 10.0), ("step", 1.0))
    )
    if step <= 0 or end < start:
        return ()
    count = min(int((end - start) / step + 1e-9) + 1, 101)
    return tuple(_whole(round(start + i * step, 6)) for i in range(count))


def luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn key of the others."""
    if not (digits.isascii() and digits.isdecimal()):
        return False
    total = 0
    for position, character in enumerate(reversed(digits)):
        digit = int(character) * (2 if position % 2 else 1)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def plausible_rpps(value: str) -> bool:
    """Whether ``value`` looks like an RPPS number: 11 digits and a Luhn key (domain.md D.5)."""
    return len(value) == 11 and luhn(value)


def _parameter(parameters: Mapping[str, str], key: str, default: float) -> float:
    try:
        return float(parameters.get(key, default))
    except ValueError:
        return default


def _whole(value: float) -> int | float:
    return int(value) if float(value).is_integer() else value


def _string(raw: object) -> str:
    if not isinstance(raw, str):
        raise Wrong(Code.TYPE)
    return tidy(raw)


def _text(question: Question, raw: object, _: tuple[Choice, ...]) -> str | None:
    value = _string(raw)
    if not question.multiline:
        value = tidy(value.replace("\n", " ").replace("\t", " "))
    if "rpps" in question.appearance:
        value = re.sub(r"[\s.-]", "", value)
    if len(value) > (maximum := max_length(question)):
        raise Wrong(Code.LENGTH, length=len(value), maximum=maximum)
    return value or None


def _email(_q: Question, raw: object, _: tuple[Choice, ...]) -> str | None:
    value = _string(raw)
    if value and (len(value) > 254 or not _EMAIL.fullmatch(value)):
        raise Wrong(Code.EMAIL)
    return value or None


def _tel(_q: Question, raw: object, _: tuple[Choice, ...]) -> str | None:
    """A French number of ten digits is spaced by pairs, any other is kept as it is typed."""
    value = _string(raw)
    if not value:
        return None
    digits = re.sub(r"\D", "", value, flags=re.ASCII)
    if not _TEL.fullmatch(value) or not 8 <= len(digits) <= 15:
        raise Wrong(Code.TEL)
    if len(digits) == 10 and digits[0] == "0":
        return " ".join(digits[i : i + 2] for i in range(0, 10, 2))
    return value


def _number(raw: object) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise Wrong(Code.NUMBER)
    if not math.isfinite(raw) or abs(raw) > MAX_NUMBER:
        raise Wrong(Code.NUMBER)
    return raw


def _integer(_q: Question, raw: object, _: tuple[Choice, ...]) -> int:
    try:
        value = _number(raw)
    except Wrong:
        raise Wrong(Code.INTEGER) from None
    if value != int(value):
        raise Wrong(Code.INTEGER)
    return int(value)


def _decimal(_q: Question, raw: object, _: tuple[Choice, ...]) -> int | float:
    return _whole(_number(raw))


def _range(question: Question, raw: object, _: tuple[Choice, ...]) -> int | float:
    allowed = steps(question)
    value = _whole(round(_number(raw), 6))
    if value not in allowed:
        raise Wrong(Code.RANGE, minimum=allowed[0], maximum=allowed[-1])
    return value


def _moment(pattern: str, parse: Callable[[str], object], code: Code) -> Check:
    """A check for a text of exactly this ISO form that is a real date or time."""
    form = re.compile(pattern, re.ASCII)

    def check(_q: Question, raw: object, _: tuple[Choice, ...]) -> str:
        if not isinstance(raw, str):
            raise Wrong(Code.TYPE)
        try:
            parse(raw)
        except ValueError:
            raise Wrong(code) from None
        if not form.fullmatch(raw):
            raise Wrong(code)
        return raw

    return check


def _select_one(_q: Question, raw: object, choices: tuple[Choice, ...]) -> str:
    if not isinstance(raw, str) or all(choice.name != raw for choice in choices):
        raise Wrong(Code.CHOICE)
    return raw


def _select_multiple(_q: Question, raw: object, choices: tuple[Choice, ...]) -> list[str]:
    """The ticked options, in the order of the list."""
    ticked = _names(raw)
    if ticked - {choice.name for choice in choices}:
        raise Wrong(Code.CHOICE)
    chosen = [choice for choice in choices if choice.name in ticked]
    if len(chosen) > 1 and (alone := next((c for c in chosen if c.exclusive), None)):
        raise Wrong(Code.EXCLUSIVE, choice=alone.label)
    return [choice.name for choice in chosen]


def _rank(_q: Question, raw: object, choices: tuple[Choice, ...]) -> list[str]:
    names = _names(raw)
    if not isinstance(raw, list) or len(raw) != len(choices):
        raise Wrong(Code.RANK)
    if names != {choice.name for choice in choices}:
        raise Wrong(Code.RANK)
    return list(raw)


def _names(raw: object) -> set[str]:
    if not isinstance(raw, list) or not all(isinstance(name, str) for name in raw):
        raise Wrong(Code.TYPE)
    return set(raw)


def _acknowledge(_q: Question, raw: object, _: tuple[Choice, ...]) -> bool:
    if raw is not True:
        raise Wrong(Code.TYPE)
    return True


def _nothing(_q: Question, _raw: object, _: tuple[Choice, ...]) -> None:
    """A note or a calculation is never answered."""
    return


_CHECKS: dict[Kind, Check] = {
    Kind.TEXT: _text,
    Kind.EMAIL: _email,
    Kind.TEL: _tel,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.SELECT_ONE: _select_one,
    Kind.SELECT_MULTIPLE: _select_multiple,
    Kind.RANK: _rank,
    Kind.RANGE: _range,
    Kind.DATE: _moment(r"\d{4}-\d\d-\d\d", date.fromisoformat, Code.DATE),
    Kind.TIME: _moment(r"\d\d:\d\d", time.fromisoformat, Code.TIME),
    Kind.DATETIME: _moment(r"\d{4}-\d\d-\d\dT\d\d:\d\d", datetime.fromisoformat, Code.DATETIME),
    Kind.NOTE: _nothing,
    Kind.ACKNOWLEDGE: _acknowledge,
    Kind.CALCULATE: _nothing,
}

#: The sentence for a required question that is left empty, by type (else « Répondez… »).
REQUIRED: dict[Kind, Code] = {
    Kind.SELECT_ONE: Code.REQUIRED_CHOICE,
    Kind.RANGE: Code.REQUIRED_CHOICE,
    Kind.SELECT_MULTIPLE: Code.REQUIRED_CHOICES,
    Kind.ACKNOWLEDGE: Code.REQUIRED_TICK,
    Kind.RANK: Code.RANK,
}
