"""The shared vectors of expressions, and random ones, ready to run in Python or JavaScript."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from surveyapp.core.expression import FUNCTIONS, Env, Expression, Scope, evaluate, link, parse

VECTORS = Path(__file__).with_name("expression_vectors.json")


@dataclass(frozen=True)
class Case:
    """One expression with what it sees and, for a vector, what it must give."""

    group: str
    source: str
    expression: Expression
    today: str
    values: dict[str, Any] = field(default_factory=dict)
    self_value: Any = ""
    context: dict[str, Any] = field(default_factory=dict)
    expected: Any = None

    def run(self) -> Any:
        now = self.context.get("now")
        env = Env(
            self.values,
            date.fromisoformat(self.today),
            self_value=self.self_value,
            now=datetime.fromisoformat(now) if now else None,
            row=self.context.get("row", {}),
            position=self.context.get("position", 0),
            attributes=self.context.get("attributes", {}),
        )
        return evaluate(self.expression, env)

    def for_javascript(self) -> list[Any]:
        return [self.expression.ast, self.values, self.self_value, self.today, self.context]


def plain(value: Any) -> Any:
    """JSON has neither NaN nor infinity: they are written « #NaN », « #Infinity »."""
    if isinstance(value, float) and not math.isfinite(value):
        return "#NaN" if math.isnan(value) else "#Infinity" if value > 0 else "#-Infinity"
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def same(a: Any, b: Any) -> bool:
    """Equal, but for the last bits of numbers; True is not 1."""
    a, b = plain(a), plain(b)
    if isinstance(a, bool) or isinstance(b, bool) or type(a) is str or type(b) is str:
        return type(a) is type(b) and a == b
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return math.isclose(a, b, rel_tol=1e-12)


def vectors() -> Iterator[Case]:
    data = json.loads(VECTORS.read_text(encoding="utf-8"))
    for group in data["groups"]:
        labels = {
            name: tuple((a, b) for a, b in pairs) for name, pairs in group.get("labels", {}).items()
        }
        scope = Scope(group.get("repeats", {}), labels, group.get("inside", ""))
        keys = ("row", "position", "attributes", "now")
        for source, expected in group["cases"]:
            yield Case(
                group=group["name"],
                source=source,
                expression=link(parse(source), scope),
                today=data["today"],
                values=group.get("values", {}),
                self_value=group.get("self", ""),
                context={key: group[key] for key in keys if key in group},
                expected=expected,
            )


_TEXTS = ["", "oui", "a b", "0", "1", "-2.5", "12:30", "2024-02-29", "2023-02-29", "É😀", " x ",
          "2024-01-01T08:15", "true", "NaN", "1e5", "%d/%m/%Y", "9" * 20, "0000-00-00"]  # fmt: skip
_NUMBERS = [0, 1, 2, -1, 0.5, -3.25, 7, 1000, 1e-7, 1e21, 19782.75, 2**53, -719162]
_PATTERNS = ["^[0-9]+$", "[a-z]", "^.{2,4}$", "(oui|non)", "\\d\\s?\\w", "^$", "[^a]$"]
_OPERATORS = ["or", "and", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod"]
_NAMES = ["a", "b", "c", "d", "e", "f", "g"]


def random_cases(seed: int, count: int) -> Iterator[Case]:
    """Expressions of every function on values of every shape."""
    chance = random.Random(seed)
    scope = Scope({"g": "r"}, {"a": (("oui", "Oui"), ("0", "Zéro"))})
    for _ in range(count):
        tree = _tree(chance, 4)
        expression = link(Expression("", tree), scope)
        values = {name: _value(chance) for name in _NAMES[:5]}
        values["r"] = [{"g": _scalar(chance)} for _ in range(chance.randrange(3))]
        yield Case("random", str(tree), expression, "2026-11-22", values, _value(chance))


def _scalar(chance: random.Random) -> Any:
    return chance.choice([*_TEXTS, *_NUMBERS, True, False, None])


def _value(chance: random.Random) -> Any:
    if chance.random() < 0.2:
        return [_scalar(chance) for _ in range(chance.randrange(4))]
    return _scalar(chance)


def _tree(chance: random.Random, depth: int) -> tuple[Any, ...]:
    kind = chance.random()
    if depth == 0 or kind < 0.15:
        leaves = [
            ("num", chance.choice(_NUMBERS)),
            ("str", chance.choice(_TEXTS)),
            ("var", chance.choice(_NAMES)),
            ("self",),
        ]
        return chance.choice(leaves)
    if kind < 0.2:
        return ("neg", _tree(chance, depth - 1))
    if kind < 0.5:
        symbol = chance.choice(_OPERATORS)
        return ("op", symbol, _tree(chance, depth - 1), _tree(chance, depth - 1))
    name = chance.choice(sorted(FUNCTIONS))
    least, most = FUNCTIONS[name]
    count = chance.randint(least, least + 2 if most is None else most)
    arguments = [_tree(chance, depth - 1) for _ in range(count)]
    if name == "regex":
        arguments[1] = ("str", chance.choice(_PATTERNS))
    if name == "jr:choice-name":
        arguments[1] = ("str", "${a}")
    return ("call", name, *arguments)
