"""The functions of expressions, one row each. They take and give values, and never raise."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from surveyapp.core.expression import values as v
from surveyapp.core.expression.pattern import PatternError, compile_pattern
from surveyapp.core.expression.values import Scalar, Value
from surveyapp.core.french import MONTHS, WEEKDAYS

SHORT_MONTHS = [
    "janv.",
    "févr.",
    "mars",
    "avr.",
    "mai",
    "juin",
    "juil.",
    "août",
    "sept.",
    "oct.",
    "nov.",
    "déc.",
]
SHORT_DAYS = ["lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."]


def text_result(text: str) -> str:
    return text[: v.MAX_TEXT]


def _flat(arguments: tuple[Value, ...]) -> list[Scalar]:
    return [item for a in arguments for item in (a if isinstance(a, list) else [a])]


def _numbers(arguments: tuple[Value, ...]) -> list[float]:
    return [v.to_number(item) for item in _flat(arguments)]


def _sum(*arguments: Value) -> float:
    total = 0.0
    for number in _numbers(arguments):
        total += number
    return total


def _extreme(choose: Callable[[list[float]], float]) -> Callable[..., float]:
    def function(*arguments: Value) -> float:
        numbers = _numbers(arguments)
        if not numbers or any(math.isnan(number) for number in numbers):
            return math.nan
        return choose(numbers) + 0.0

    return function


def _round(value: Value, digits: Value = 0.0) -> float:
    """Half up, as XPath does; ``digits`` decimals, negative for tens and hundreds."""
    number, places = v.to_number(value), v.to_number(digits)
    if math.isnan(places) or not math.isfinite(number):
        return math.nan if math.isnan(places) else number
    factor = 1.0
    for _ in range(int(min(abs(places), 15))):
        factor *= 10
    if places < 0:
        return math.floor(number / factor + 0.5) * factor + 0.0
    scaled = number * factor
    return math.floor(scaled + 0.5) / factor if math.isfinite(scaled) else number


def _integral(function: Callable[[float], int]) -> Callable[[Value], float]:
    def applied(value: Value) -> float:
        number = v.to_number(value)
        return float(function(number)) if math.isfinite(number) else number

    return applied


def _pow(base: Value, exponent: Value) -> float:
    x, y = v.to_number(base), v.to_number(exponent)
    if math.isnan(y) or (math.isinf(y) and abs(x) == 1):
        return math.nan
    try:
        return math.pow(x, y)
    except OverflowError:
        return -math.inf if x < 0 and y % 2 == 1 else math.inf
    except ValueError:  # a negative root, or a power of zero below zero
        negative = math.copysign(1, x) < 0 and y % 2 == 1
        return math.nan if x else -math.inf if negative else math.inf


def _selected(value: Value, name: Value) -> bool:
    return v.to_text(name) in _names(value)


def _names(value: Value) -> list[str]:
    if isinstance(value, list):
        return [v.to_text(item) for item in value]
    return v.words(v.to_text(value))


def _selected_at(value: Value, rank: Value) -> str:
    names, index = _names(value), v.to_number(rank)
    return names[int(index)] if 0 <= index < len(names) else ""


def _coalesce(*arguments: Value) -> Value:
    return next((a for a in arguments if v.to_text(a)), "")


def _regex(value: Value, pattern: Value) -> bool:
    try:
        return compile_pattern(v.to_text(pattern)).search(v.to_text(value))
    except PatternError:
        return False


def _substr(value: Value, start: Value, end: Value | None = None) -> str:
    """From ``start`` (0 is the first, negative counts from the end) to before ``end``."""
    text = v.to_text(value)
    first = v.to_number(start)
    last = float(len(text)) if end is None else v.to_number(end)
    if math.isnan(first) or math.isnan(last):
        return ""
    return text[_bound(first, len(text)) : _bound(last, len(text))]


def _bound(index: float, length: int) -> int:
    index = index + length if index < 0 else index
    return int(max(0.0, min(index, float(length))))


def _concat(*arguments: Value) -> str:
    return text_result("".join(v.to_text(item) for item in _flat(arguments)))


def _join(separator: Value, *arguments: Value) -> str:
    return text_result(v.to_text(separator).join(v.to_text(item) for item in _flat(arguments)))


def _translate(value: Value, before: Value, after: Value) -> str:
    old, new = v.to_text(before), v.to_text(after)
    table: dict[str, str] = {}
    for index, character in enumerate(old):
        table.setdefault(character, new[index : index + 1])
    return "".join(table.get(character, character) for character in v.to_text(value))


def _date(value: Value) -> str:
    """« 2024-02-29 » of a date, a date with time, or a count of days; ``''`` of the rest."""
    days = v.to_number(value) if isinstance(value, float) else v.days_of(v.to_text(value))
    if days is None and not isinstance(value, bool):
        days = v.to_number(value)
    found = v.civil(days) if days is not None else None
    return "{:04d}-{:02d}-{:02d}".format(*found) if found else ""


def _format_date(value: Value, pattern: Value) -> str:
    days = v.to_number(value)
    found = v.civil(days)
    if found is None:
        return ""
    year, month, day = found
    seconds = min(math.floor((days - math.floor(days)) * 86400 + 0.5), 86399)
    weekday = (math.floor(days) + 3) % 7
    parts = {
        "Y": f"{year:04d}",
        "y": f"{year % 100:02d}",
        "m": f"{month:02d}",
        "n": str(month),
        "B": MONTHS[month - 1],
        "b": SHORT_MONTHS[month - 1],
        "d": f"{day:02d}",
        "e": str(day),
        "H": f"{seconds // 3600:02d}",
        "h": str(seconds // 3600),
        "M": f"{seconds // 60 % 60:02d}",
        "S": f"{seconds % 60:02d}",
        "3": "000",
        "A": WEEKDAYS[weekday],
        "a": SHORT_DAYS[weekday],
        "%": "%",
    }
    text = re.sub(r"%([\s\S])", lambda m: parts.get(m[1], m[0]), v.to_text(pattern))
    return text_result(text)


def _checklist(least: Value, most: Value, *answers: Value) -> bool:
    """Whether the number of true answers is between the bounds; -1 is no bound."""
    low, high = v.to_number(least), v.to_number(most)
    total = sum(v.to_boolean(answer) for answer in _flat(answers))
    return (low == -1 or total >= low) and (high == -1 or total <= high)


def _if(condition: Value, then: Value, otherwise: Value) -> Value:
    return then if v.to_boolean(condition) else otherwise


CALLS: dict[str, Callable[..., Value]] = {
    "abs": lambda a: abs(v.to_number(a)),
    "boolean": v.to_boolean,
    "ceiling": _integral(math.ceil),
    "checklist": _checklist,
    "coalesce": _coalesce,
    "concat": _concat,
    "contains": lambda a, b: v.to_text(b) in v.to_text(a),
    "count": lambda a: float(len(v.items(a))),
    "count-non-empty": lambda *a: float(sum(v.to_text(item) != "" for item in _flat(a))),
    "count-selected": lambda a: float(len(_names(a))),
    "date": _date,
    "ends-with": lambda a, b: v.to_text(a).endswith(v.to_text(b)),
    "false": lambda: False,
    "floor": _integral(math.floor),
    "format-date": _format_date,
    "if": _if,
    "int": _integral(math.trunc),
    "join": _join,
    "max": _extreme(max),
    "min": _extreme(min),
    "normalize-space": lambda a: " ".join(v.words(v.to_text(a))),
    "not": lambda a: not v.to_boolean(a),
    "number": v.to_number,
    "pow": _pow,
    "regex": _regex,
    "round": _round,
    "selected": _selected,
    "selected-at": _selected_at,
    "starts-with": lambda a, b: v.to_text(a).startswith(v.to_text(b)),
    "string": v.to_text,
    "string-length": lambda a: float(len(v.to_text(a))),
    "substr": _substr,
    "sum": _sum,
    "translate": _translate,
    "true": lambda: True,
}
