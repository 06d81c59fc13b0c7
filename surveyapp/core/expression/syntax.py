"""Text → syntax tree (a Pratt parser) and back.

The tree is made of tuples, arrays once in JSON: ``("num", 3)``, ``("str", "a")``,
``("var", name)`` for ``${name}``, ``("self",)`` for ``.``, ``("parent",)`` for ``..``,
``("attr", name)`` for a bare word (an attribute of a choice, in ``choice_filter``),
``("neg", a)``, ``("op", symbol, a, b, …)``, ``("call", function, …)``. Linking to a
questionnaire adds ``("each", repeat, name)`` and ``("labels", (name, label), …)``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, NamedTuple, TypeAlias

from surveyapp.core.expression.pattern import PatternError, compile_pattern
from surveyapp.core.expression.values import number_text

Ast: TypeAlias = tuple[Any, ...]

#: Longest text and deepest nesting that are accepted; real forms reach 8,942 characters.
MAX_SOURCE = 10_000
MAX_DEPTH = 120

#: Least and greatest number of arguments (None: no limit) of each function.
FUNCTIONS: dict[str, tuple[int, int | None]] = {
    "abs": (1, 1),
    "boolean": (1, 1),
    "ceiling": (1, 1),
    "checklist": (3, None),
    "coalesce": (1, None),
    "concat": (1, None),
    "contains": (2, 2),
    "count": (1, 1),
    "count-non-empty": (1, None),
    "count-selected": (1, 1),
    "date": (1, 1),
    "ends-with": (2, 2),
    "false": (0, 0),
    "floor": (1, 1),
    "format-date": (2, 2),
    "if": (3, 3),
    "int": (1, 1),
    "join": (2, None),
    "jr:choice-name": (2, 2),
    "max": (1, None),
    "min": (1, None),
    "normalize-space": (1, 1),
    "not": (1, 1),
    "now": (0, 0),
    "number": (1, 1),
    "once": (1, 1),
    "position": (1, 1),
    "pow": (2, 2),
    "regex": (2, 2),
    "round": (1, 2),
    "selected": (2, 2),
    "selected-at": (2, 2),
    "starts-with": (2, 2),
    "string": (1, 1),
    "string-length": (1, 1),
    "substr": (2, 3),
    "sum": (1, None),
    "today": (0, 0),
    "translate": (3, 3),
    "true": (0, 0),
}

#: Binding power of the operators; all associate to the left.
POWERS = {
    "or": 1,
    "and": 2,
    **dict.fromkeys(("=", "!="), 3),
    **dict.fromkeys(("<", "<=", ">", ">="), 4),
    **dict.fromkeys(("+", "-"), 5),
    **dict.fromkeys(("*", "div", "mod"), 6),
}
_NEGATION = 7
#: Operators whose chains ``a or b or c`` are one node with three operands.
_CHAINED = {"or", "and", "+", "-", "*"}

_SPACE = re.compile(r"[ \t\r\n\u00a0\u2009\u202f\ufeff]+")
_TOKEN = re.compile(
    r"(?P<var>\$\{[^}]*\})"
    r"|(?P<num>\d+(?:\.\d+)?|\.\d+)"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_-]*(?::[A-Za-z_][A-Za-z0-9_-]*)?)"
    r"|(?P<symbol><=|>=|!=|\.\.|[-+*=<>(),.])"
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_CLOSING = {"'": "'", '"': '"', "‘": "’‘'", "’": "’‘'", "“": '”“"', "”": '”“"'}
_HABITS = {"==": "=", "&&": "and", "||": "or", "<>": "!=", "!": "not(…)", "/": "div", "%": "mod"}


class ExpressionError(ValueError):
    """The text is no expression. ``position`` counts characters from 0."""

    def __init__(self, code: str, position: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.position = position
        self.message = message


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression: its text and its JSON-able syntax tree.

    ``line`` is that of the text in the source file, for messages.
    """

    source: str
    ast: Ast
    line: int = field(default=0, compare=False)


class _Token(NamedTuple):
    kind: str
    text: str
    position: int


def parse(text: str, *, line: int = 0) -> Expression:
    """Parse ``text``; raise :class:`ExpressionError` with a French message."""
    if len(text) > MAX_SOURCE:
        message = f"l’expression dépasse {MAX_SOURCE} caractères"
        raise ExpressionError("expression_too_long", MAX_SOURCE, message)
    ast = _Parser(list(_tokens(text))).parse()
    if _depth(ast) > MAX_DEPTH:
        message = "trop d’opérations dépendent l’une de l’autre : ajoutez un calcul intermédiaire"
        raise ExpressionError("too_deep", 0, message)
    return Expression(text, ast, line)


def _depth(ast: Ast) -> int:
    """Height of the tree; « 1 - 1 + 1 - 1 … » is deep although nothing is nested."""
    deepest, level = 0, [ast]
    while level:
        deepest += 1
        level = [child for node in level for child in children(node)]
    return deepest


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    while position < len(text):
        if space := _SPACE.match(text, position):
            position = space.end()
        elif text[position] in _CLOSING:
            end = _string_end(text, position)
            yield _Token("str", text[position + 1 : end], position)
            position = end + 1
        elif token := _TOKEN.match(text, position):
            yield _Token(str(token.lastgroup), token.group(), position)
            position = token.end()
        else:
            raise _unexpected_character(text, position)
    yield _Token("end", "", len(text))


def _string_end(text: str, start: int) -> int:
    """Where the quote opened at ``start`` closes; word processors curl one or both quotes."""
    closing = _CLOSING[text[start]]
    for quotes in (closing, _CLOSING["‘" if text[start] == "'" else "“"]):
        ends = [end for quote in quotes if (end := text.find(quote, start + 1)) >= 0]
        if ends:
            return min(ends)
    raise ExpressionError("open_quote", start, "un guillemet ouvert n’est pas refermé")


def _unexpected_character(text: str, position: int) -> ExpressionError:
    for habit, word in _HABITS.items():
        if text.startswith(habit, position):
            return ExpressionError("operator", position, f"écrivez {word} au lieu de {habit}")
    message = f"le caractère {text[position]} n’a pas de sens ici"
    return ExpressionError("character", position, message)


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.index = 0
        self.depth = 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.index]

    def parse(self) -> Ast:
        if self.token.kind == "end":
            raise ExpressionError("empty", 0, "l’expression est vide")
        ast = self.expression(0)
        if self.token.kind != "end":
            raise self.unexpected()
        return ast

    def advance(self) -> _Token:
        token = self.token
        self.index += 1
        return token

    def unexpected(self) -> ExpressionError:
        kind, text, position = self.token
        if kind == "end":
            return ExpressionError("end", position, "l’expression est incomplète")
        if text == "=" and self.tokens[self.index - 1].text == "=":
            return ExpressionError("operator", position, "écrivez = au lieu de ==")
        return ExpressionError("syntax", position, f"« {text} » n’est pas attendu ici")

    def expect(self, symbol: str) -> None:
        if self.token.kind != "symbol" or self.token.text != symbol:
            if symbol == ")" and self.token.kind == "end":
                raise ExpressionError(
                    "open_parenthesis", self.token.position, "une parenthèse n’est pas refermée"
                )
            raise self.unexpected()
        self.index += 1

    def expression(self, power: int) -> Ast:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError(
                "too_deep", self.token.position, "trop de parenthèses l’une dans l’autre"
            )
        left = self.operand()
        while (symbol := self.operator()) and POWERS[symbol] > power:
            self.index += 1
            left = _combine(symbol, left, self.expression(POWERS[symbol]))
        self.depth -= 1
        return left

    def operator(self) -> str:
        kind, text, _ = self.token
        return text if kind in ("symbol", "word") and text in POWERS else ""

    def operand(self) -> Ast:
        kind, text, position = token = self.advance()
        if kind == "num":
            return ("num", _number(text, position))
        if kind == "str":
            return ("str", text)
        if kind == "var":
            return _variable(text, position)
        if kind == "word" and text not in POWERS:
            if self.token.text == "(" and self.token.kind == "symbol":
                return self.call(token)
            return ("attr", text)
        if kind == "symbol" and text in (".", ".."):
            return ("self",) if text == "." else ("parent",)
        if kind == "symbol" and text == "-":
            return ("neg", self.expression(_NEGATION))
        if kind == "symbol" and text == "(":
            inner = self.expression(0)
            self.expect(")")
            return inner
        self.index -= 1
        raise self.unexpected()

    def call(self, name: _Token) -> Ast:
        self.expect("(")
        arguments: list[Ast] = []
        if not (self.token.kind == "symbol" and self.token.text == ")"):
            arguments.append(self.expression(0))
            while self.token.kind == "symbol" and self.token.text == ",":
                self.index += 1
                arguments.append(self.expression(0))
        self.expect(")")
        _check_call(name, arguments)
        return ("call", name.text, *arguments)


def _number(text: str, position: int) -> int | float:
    if len(text) > 30:
        raise ExpressionError("number", position, "ce nombre est trop long")
    value = float(text)
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _variable(text: str, position: int) -> Ast:
    name = text[2:-1].strip(" \t\u00a0")
    if not _NAME.fullmatch(name):
        raise ExpressionError("reference", position, f"{text} n’est pas un nom de question")
    return ("var", name)


def _combine(symbol: str, left: Ast, right: Ast) -> Ast:
    if symbol in _CHAINED and left[:2] == ("op", symbol):
        return (*left, right)
    return ("op", symbol, left, right)


def _check_call(name: _Token, arguments: list[Ast]) -> None:
    if name.text not in FUNCTIONS:
        near = get_close_matches(name.text, FUNCTIONS, 1)
        hint = f" ; vouliez-vous écrire {near[0]}() ?" if near else ""
        message = f"la fonction {name.text}() n’existe pas{hint}"
        raise ExpressionError("unknown_function", name.position, message)
    least, most = FUNCTIONS[name.text]
    if len(arguments) < least or (most is not None and len(arguments) > most):
        wanted = (
            f"{least}" if least == most else f"{least} à {most}" if most else f"au moins {least}"
        )
        message = f"{name.text}() attend {wanted} valeur(s) et en reçoit {len(arguments)}"
        raise ExpressionError("arguments", name.position, message)
    if name.text == "regex":
        _check_pattern(name, arguments[1])


def _check_pattern(name: _Token, pattern: Ast) -> None:
    if pattern[0] != "str":
        message = "le motif de regex() s’écrit en toutes lettres, entre guillemets"
        raise ExpressionError("pattern", name.position, message)
    try:
        compile_pattern(pattern[1])
    except PatternError as error:
        message = f"le motif de regex() est faux : {error}"
        raise ExpressionError("pattern", name.position, message) from None


def walk(ast: Ast) -> Iterator[Ast]:
    """Every node of the tree, the root first."""
    yield ast
    for child in children(ast):
        yield from walk(child)


def children(ast: Ast) -> tuple[Ast, ...]:
    """Operands or arguments of a node."""
    if ast[0] in ("op", "call"):
        return ast[2:]
    return ast[1:] if ast[0] == "neg" else ()


def references(expression: Expression) -> tuple[str, ...]:
    """Names of the questions that an expression reads, each once, in order."""
    names = [n[-1] for n in walk(expression.ast) if n[0] in ("var", "each")]
    return tuple(dict.fromkeys(names))


def to_text(ast: Ast, power: int = 0) -> str:
    """Write a tree back; ``parse(to_text(ast)).ast == ast``."""
    match ast:
        case ("num", value):
            return number_text(value)
        case ("str", text):
            return f'"{text}"' if "'" in text else f"'{text}'"
        case ("var", name) | ("each", _, name):
            return f"${{{name}}}"
        case ("attr", name):
            return str(name)
        case ("self",):
            return "."
        case ("parent",):
            return ".."
        case ("neg", inner):
            return f"-{to_text(inner, _NEGATION)}"
        case ("call", name, *arguments):
            return f"{name}({', '.join(to_text(a) for a in arguments)})"
        case ("op", symbol, first, *others):
            own = POWERS[symbol]
            parts = [to_text(first, own - 1), *(to_text(other, own) for other in others)]
            text = f" {symbol} ".join(parts)
            return f"({text})" if own <= power else text
    return "''"
