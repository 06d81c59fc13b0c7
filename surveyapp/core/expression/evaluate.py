"""The interpreter. ``static/expression.js`` does the same; keep both in step."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from surveyapp.core.expression import values as v
from surveyapp.core.expression.functions import CALLS, text_result
from surveyapp.core.expression.syntax import Ast, Expression
from surveyapp.core.expression.values import Value

__all__ = ["Env", "Value", "as_answer", "evaluate", "truth"]


@dataclass(frozen=True, slots=True)
class Env:
    """What an expression can see.

    ``values`` is the answer document; ``row`` the answers of one turn of a repeat, which hide
    those of the document, and ``position`` its rank from 1; ``self_value`` the answer that
    ``.`` stands for; ``attributes`` those of the choice under test in ``choice_filter``.
    """

    values: Mapping[str, Any]
    today: date
    self_value: object = ""
    now: datetime | None = None
    row: Mapping[str, Any] = field(default_factory=dict)
    position: int = 0
    attributes: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> Value:
        return v.normalise(self.row[name] if name in self.row else self.values.get(name))

    def each(self, repeat: str, name: str) -> Value:
        """The values of ``name`` in every turn of ``repeat``."""
        turns = self.values.get(repeat)
        if not isinstance(turns, list | tuple):
            return []
        found = (turn.get(name) if isinstance(turn, Mapping) else None for turn in turns)
        return v.normalise(["" if isinstance(f, list | tuple) else f for f in found])


def evaluate(expression: Expression, env: Env) -> Value:
    """Value of the expression; never raises."""
    return _evaluate(expression.ast, env)


def truth(expression: Expression | None, env: Env) -> bool:
    """Whether the expression is true; no expression is always true."""
    return expression is None or v.to_boolean(_evaluate(expression.ast, env))


def as_answer(value: Value) -> str | int | float | None:
    """What is stored for a calculation; None (nothing to store) for ``''``, NaN, infinity."""
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    return v.to_text(value) or None


def _evaluate(ast: Ast, env: Env) -> Value:
    match ast[0]:
        case "num":
            return float(ast[1])
        case "str":
            return str(ast[1])
        case "var":
            return env.value(ast[1])
        case "self":
            return v.normalise(env.self_value)
        case "attr":
            return env.attributes.get(ast[1], "")
        case "each":
            return env.each(ast[1], ast[2])
        case "neg":
            return -v.to_number(_evaluate(ast[1], env))
        case "op":
            return _operate(ast[1], [_evaluate(operand, env) for operand in ast[2:]])
        case "call":
            return _call(ast, env)
    return ""


def _operate(symbol: str, operands: list[Value]) -> Value:
    if symbol == "or":
        return any(v.to_boolean(operand) for operand in operands)
    if symbol == "and":
        return all(v.to_boolean(operand) for operand in operands)
    if symbol in ("=", "!="):
        return _equal(operands[0], operands[1], symbol == "!=")
    first, *others = (v.to_number(operand) for operand in operands)
    if symbol in _RELATIONS:
        return _RELATIONS[symbol](first, others[0])
    for other in others:
        first = _ARITHMETIC[symbol](first, other)
    return first


def _equal(a: Value, b: Value, negated: bool) -> bool:
    """XPath's rule: as Booleans if one is, else as numbers if one is, else as texts."""
    if isinstance(a, bool) or isinstance(b, bool):
        return (v.to_boolean(a) == v.to_boolean(b)) != negated
    if isinstance(a, float) or isinstance(b, float):
        return (v.to_number(a) == v.to_number(b)) != negated
    return (v.to_text(a) == v.to_text(b)) != negated


def _divide(a: float, b: float) -> float:
    if b != 0:
        return a / b
    if a == 0 or math.isnan(a):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1, b)


def _modulo(a: float, b: float) -> float:
    if b == 0 or math.isinf(a):
        return math.nan
    return math.fmod(a, b)


_RELATIONS: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "div": _divide,
    "mod": _modulo,
}


def _call(ast: Ast, env: Env) -> Value:
    name = ast[1]
    if name == "position":
        return float(env.position)
    if name == "today":
        return env.today.isoformat()
    if name == "now":
        now = env.now or datetime.combine(env.today, datetime.min.time())
        return now.replace(tzinfo=None).isoformat(timespec="seconds")
    if name == "once":
        own = v.normalise(env.self_value)
        return own if v.to_text(own) else _evaluate(ast[2], env)
    if name == "jr:choice-name":
        return _choice_name(_evaluate(ast[2], env), ast[3])
    return CALLS[name](*[_evaluate(argument, env) for argument in ast[2:]])


def _choice_name(value: Value, labels: Ast) -> str:
    """Labels of the chosen options; the names themselves when the list is not known."""
    known = dict(labels[1:]) if labels[0] == "labels" else {}
    names = [name for item in v.items(value) for name in v.words(v.to_text(item))]
    return text_result(", ".join(known.get(name, name) for name in names))
