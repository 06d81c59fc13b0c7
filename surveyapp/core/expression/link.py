"""Give an expression what it needs to know of its questionnaire.

After linking, ``${age}`` read from outside of its repeat is the list of its values, and
``jr:choice-name(${q}, '${q}')`` carries the labels, so that the browser needs nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from surveyapp.core.expression.syntax import Ast, Expression


@dataclass(frozen=True, slots=True)
class Scope:
    """``repeats``: the repeat of each question that is in one. ``labels``: (name, label) pairs
    of the choices of each question. ``inside``: the repeat where the expression stands."""

    repeats: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    inside: str = ""


def link(expression: Expression, scope: Scope) -> Expression:
    """The same expression with its references resolved in ``scope``."""
    return replace(expression, ast=_link(expression.ast, scope))


def _link(ast: Ast, scope: Scope) -> Ast:
    match ast:
        case ("var", name):
            repeat = scope.repeats.get(name, "")
            return ast if not repeat or repeat == scope.inside else ("each", repeat, name)
        case ("call", "jr:choice-name", value, ("str", reference)):
            name = reference.strip().removeprefix("${").removesuffix("}").strip()
            labels = scope.labels.get(name)
            second = ("labels", *labels) if labels is not None else ("str", reference)
            return ("call", "jr:choice-name", _link(value, scope), second)
        case ("neg", inner):
            return ("neg", _link(inner, scope))
        case ("op" | "call" as kind, name, *operands):
            return (kind, name, *(_link(operand, scope) for operand in operands))
    return ast
