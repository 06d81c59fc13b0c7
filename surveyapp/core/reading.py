"""Typed reading of a questionnaire file: every fault is noted with its line, none stops it.

A file becomes a tree of :class:`Node`, whose leaves are texts: ``oui``, ``on`` and ``no`` stay
the words that the author typed, whatever YAML makes of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeVar

import yaml

from surveyapp.core.expression import Expression, ExpressionError, parse
from surveyapp.core.issues import Issue, sentence

MAX_NODES = 100_000
MAX_NESTING = 30

#: Stands for an expression that could not be parsed: always true.
UNREADABLE = ("call", "true")

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Member = TypeVar("_Member", bound=StrEnum)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_TRUE = ("true", "yes", "oui", "on", "1")
_FALSE = ("false", "no", "non", "off", "0", "")

#: What PyYAML says in English → what to do about it.
_YAML_PROBLEMS = {
    "mapping values are not allowed": "un texte qui contient « : » s’écrit entre guillemets",
    "cannot start any token": "retirez la tabulation ou le signe en début de valeur, "
    "ou mettez le texte entre guillemets",
    "did not find expected key": "le retrait (les espaces en début de ligne) n’est pas régulier, "
    "ou un guillemet est de trop",
    "expected <block end>": "le retrait (les espaces en début de ligne) n’est pas régulier",
    "expected '-'": "le retrait (les espaces en début de ligne) n’est pas régulier",
    "unexpected end of stream": "un guillemet ouvert n’est pas refermé",
    "expected ':'": "il manque « : » après une clé",
    "expected ',' or": "une virgule, une accolade ou un crochet manque",
    "undefined alias": "un texte qui commence par * s’écrit entre guillemets",
    "found another document": "un fichier ne contient qu’un questionnaire (retirez « --- »)",
}


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of the file: a text, a list of nodes, or nodes by key."""

    line: int
    value: str | list[Node] | dict[str, Node]


@dataclass(slots=True)
class Report:
    """The faults found so far in one file."""

    source: str
    issues: list[Issue] = field(default_factory=list)

    def error(self, line: int, code: str, message: str) -> None:
        self.issues.append(Issue(self.source, line, code, sentence(message)))


def suggestion(word: str, words: Sequence[str]) -> str:
    """« ; vouliez-vous écrire … ? », or nothing when no known word is near."""
    near = get_close_matches(word, words, 1, 0.6)
    return f" ; vouliez-vous écrire « {near[0]} » ?" if near else ""


def clean_text(text: str) -> str:
    """One way to write a text: composed letters, line feeds, no control or trailing space."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _CONTROL.sub("", text)
    return "\n".join(line.rstrip(" \t") for line in text.split("\n")).strip(" \t\n")


def parse_yaml(text: str, report: Report) -> Node | None:
    """The tree of a YAML text, None when it is none."""
    try:
        root = yaml.compose(text, Loader=_Loader)
        if root is None:
            report.error(1, "empty", "le fichier est vide")
            return None
        return _Converter(report).convert(root, 0)
    except yaml.YAMLError as error:
        report.error(_error_line(error), "yaml", _error_message(error))
    except (_TooLarge, RecursionError):
        report.error(1, "too_large", "le fichier est trop grand ou trop imbriqué")
    return None


def _error_line(error: yaml.YAMLError) -> int:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else 1


def _error_message(error: yaml.YAMLError) -> str:
    problem = str(getattr(error, "problem", None) or error)
    hints = (hint for words, hint in _YAML_PROBLEMS.items() if words in problem)
    return f"le fichier n’est pas un YAML correct : {next(hints, problem)}"


class _TooLarge(Exception):
    pass


class _Converter:
    def __init__(self, report: Report) -> None:
        self.report = report
        self.count = 0

    def convert(self, node: yaml.Node, depth: int) -> Node:
        self.count += 1
        if self.count > MAX_NODES or depth > MAX_NESTING:
            raise _TooLarge
        line = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return Node(line, self.mapping(node, depth))
        if isinstance(node, yaml.SequenceNode):
            return Node(line, [self.convert(child, depth + 1) for child in node.value])
        null = node.tag == "tag:yaml.org,2002:null"
        return Node(line, "" if null else str(node.value))

    def mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            child = self.convert(value, depth + 1)
            if not isinstance(name, str) or not name:
                self.report.error(line, "key", "une clé doit être un mot")
            elif name in found:
                self.report.error(line, "duplicate_key", f"la clé « {name} » est écrite deux fois")
            else:
                found[name] = Node(line, child.value)
        return found


def from_plain(data: Any) -> Node:
    """The tree of a stored document (JSON), without lines."""
    if isinstance(data, dict):
        return Node(0, {str(key): from_plain(value) for key, value in data.items()})
    if isinstance(data, list):
        return Node(0, [from_plain(item) for item in data])
    if isinstance(data, bool):
        return Node(0, "true" if data else "false")
    return Node(0, "" if data is None else str(data))


class Fields:
    """The keys of one mapping. A reader asks for what it knows; :meth:`finish` notes the rest."""

    def __init__(self, node: Node, report: Report, what: str) -> None:
        self.report = report
        self.line = node.line
        self.what = what
        self.known: list[str] = []
        self.nodes: Mapping[str, Node] = {}
        if isinstance(node.value, dict):
            self.nodes = node.value
        else:
            report.error(node.line, "shape", f"{what} s’écrit avec des clés (« clé : valeur »)")

    def line_of(self, key: str) -> int:
        return self.nodes[key].line if key in self.nodes else self.line

    def error(self, key: str, code: str, message: str) -> None:
        self.report.error(self.line_of(key), code, message)

    def get(self, key: str) -> Node | None:
        self.known.append(key)
        return self.nodes.get(key)

    def finish(self) -> None:
        for key in self.nodes:
            if key not in self.known:
                hint = suggestion(key, self.known)
                self.error(
                    key, "unknown_key", f"la clé « {key} » est inconnue pour {self.what}{hint}"
                )

    def raw(self, key: str) -> str:
        node = self.get(key)
        if node is None:
            return ""
        if not isinstance(node.value, str):
            self.error(key, "shape", f"« {key} » attend un texte")
            return ""
        return node.value

    def text(self, key: str, default: str = "") -> str:
        return clean_text(self.raw(key)) or default

    def needed(self, key: str) -> str:
        """A text that must be there."""
        text = self.text(key)
        if not text and (key not in self.nodes or isinstance(self.nodes[key].value, str)):
            self.error(key, "missing_key", f"il manque « {key} » pour {self.what}")
        return text

    def flag(self, key: str) -> bool:
        text = self.raw(key).strip().lower()
        if text not in _TRUE + _FALSE:
            self.error(key, "boolean", f"« {key} » attend true ou false, pas « {text} »")
        return text in _TRUE

    def whole(self, key: str, default: int) -> int:
        text = self.raw(key).strip()
        if not text:
            return default
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            self.error(key, "integer", f"« {key} » attend un nombre entier, pas « {text} »")
            return default
        return int(text)

    def member(self, key: str, kind: type[_Member], default: _Member) -> _Member:
        text = self.text(key)
        if not text:
            return default
        values = [member.value for member in kind]
        if text not in values:
            hint = suggestion(text, values)
            wanted = ", ".join(values)
            self.error(
                key, "value", f"« {text} » n’est pas une valeur de « {key} » ({wanted}){hint}"
            )
            return default
        return kind(text)

    def expression(self, key: str) -> Expression | None:
        """The parsed expression; a wrong one is noted and replaced by ``true()``."""
        text = unicodedata.normalize("NFC", self.raw(key)).strip()
        if not text:
            return None
        try:
            return parse(text, line=self.line_of(key))
        except ExpressionError as error:
            place = f" (caractère {error.position + 1})" if error.position else ""
            self.error(key, f"expression_{error.code}", f"« {key} » : {error.message}{place}")
            return Expression(text, UNREADABLE, self.line_of(key))

    def sequence(self, key: str) -> list[Node]:
        node = self.get(key)
        if node is None or node.value == "":
            return []
        if not isinstance(node.value, list):
            self.error(key, "shape", f"« {key} » attend une liste")
            return []
        return node.value

    def words(self, key: str) -> tuple[str, ...]:
        """A list of words, or words in one text separated by spaces."""
        node = self.get(key)
        if node is None:
            return ()
        if isinstance(node.value, str):
            return tuple(node.value.replace(",", " ").split())
        children = node.value if isinstance(node.value, list) else []
        texts = [child.value for child in children if isinstance(child.value, str)]
        if not isinstance(node.value, list) or len(texts) != len(children):
            self.error(key, "shape", f"« {key} » attend une liste de mots")
        return tuple(clean_text(text) for text in texts)

    def fields(self, key: str, what: str) -> Fields | None:
        node = self.get(key)
        return None if node is None or node.value == "" else Fields(node, self.report, what)

    def parameters(self, key: str) -> dict[str, str]:
        """« {start: 0, end: 10} », or as XLSForm writes it « start=0 end=10 »."""
        node = self.get(key)
        if node is None:
            return {}
        if isinstance(node.value, str):
            pairs = re.findall(r"([a-z_-]+)\s*=\s*([^\s;,]+)", node.value)
            if not pairs and node.value.strip():
                self.error(key, "shape", f"« {key} » s’écrit {{start: 0, end: 10}}")
            return dict(pairs)
        inner = Fields(node, self.report, f"« {key} »")
        return {name: inner.text(name) for name in inner.nodes}
