"""Regular expressions that always end in linear time.

Python's ``re`` has no time-out, and a pattern such as ``(a+)+$`` takes hours on thirty
characters that a stranger sends. A pattern is compiled here to a finite automaton (Thompson)
whose cost is the length of the value times the size of the pattern.

Accepted: literals, ``.``, ``[…]``, ``\\d \\w \\s`` and capitals, ``\\b \\B``, ``^ $``, ``|``,
groups, ``* + ? {m,n}`` (lazy or not). Look-around and back-references are refused. ``.`` and
``$`` mean what they mean in JavaScript, the classes are ASCII.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

#: Greatest number of states after ``{m,n}`` is written out, and longest value that is read.
MAX_STATES = 3_000
MAX_VALUE = 20_000
MAX_NESTING = 40

_Test = Callable[[str], bool]
_DIGIT = frozenset("0123456789")
_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_BLANK = frozenset(" \t\n\r\f\v")
_CLASSES = {"d": _DIGIT, "w": _WORD, "s": _BLANK}
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
_NEWLINES = frozenset("\n\r\u2028\u2029")


class PatternError(ValueError):
    """The pattern is wrong or uses what is not accepted; the message is French."""


@dataclass(slots=True)
class _State:
    """A node of the automaton: a test on one character, an assertion, or a fork."""

    test: _Test | None = None
    assertion: str = ""
    out: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern; the last state is the accepting one."""

    states: tuple[_State, ...]
    anchored: bool

    def search(self, value: str) -> bool:
        """Whether the pattern occurs in ``value``; false when the value is too long."""
        if len(value) > MAX_VALUE:
            return False
        final = len(self.states) - 1
        current: set[int] = set()
        for position in range(len(value) + 1):
            if position == 0 or not self.anchored:
                current.add(0)
            current = self._closure(current, value, position)
            if final in current:
                return True
            if position == len(value) or (self.anchored and not current):
                break
            character = value[position]
            current = {
                follower
                for index in current
                if (test := self.states[index].test) and test(character)
                for follower in self.states[index].out
            }
        return False

    def _closure(self, start: Iterable[int], value: str, position: int) -> set[int]:
        seen: set[int] = set()
        stack = list(start)
        while stack:
            index = stack.pop()
            if index in seen:
                continue
            seen.add(index)
            state = self.states[index]
            if state.test is None and (
                not state.assertion or _holds(state.assertion, value, position)
            ):
                stack.extend(state.out)
        return seen


def _holds(assertion: str, value: str, position: int) -> bool:
    if assertion == "^":
        return position == 0
    if assertion == "$":
        return position == len(value)
    before = position > 0 and value[position - 1] in _WORD
    after = position < len(value) and value[position] in _WORD
    return (before != after) == (assertion == "b")


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> Pattern:
    """Compile ``pattern``; raise :class:`PatternError`."""
    builder = _Builder()
    last = builder.add(_Parser(pattern).parse(), 0)
    builder.states[last].out = [builder.new()]
    return Pattern(tuple(builder.states), _anchored(pattern))


def _anchored(pattern: str) -> bool:
    return pattern.startswith("^") and "|" not in pattern


@dataclass(frozen=True, slots=True)
class _Node:
    """A parsed pattern. ``kind``: test, assert, seq, alt, repeat."""

    kind: str
    test: _Test | None = None
    assertion: str = ""
    children: tuple[_Node, ...] = ()
    least: int = 1
    most: int | None = 1


class _Builder:
    """Thompson's construction. A fragment is entered at one state and left at another."""

    def __init__(self) -> None:
        self.states: list[_State] = [_State()]

    def new(self, test: _Test | None = None, assertion: str = "") -> int:
        if len(self.states) >= MAX_STATES:
            raise PatternError("il est trop grand")
        self.states.append(_State(test, assertion))
        return len(self.states) - 1

    def add(self, node: _Node, entry: int) -> int:
        """Append ``node`` after state ``entry``; return the state that follows it."""
        match node.kind:
            case "test" | "assert":
                index = self.new(node.test, node.assertion)
                self.states[entry].out.append(index)
                leave = self.new()
                self.states[index].out.append(leave)
                return leave
            case "seq":
                for child in node.children:
                    entry = self.add(child, entry)
                return entry
            case "alt":
                leave = self.new()
                for child in node.children:
                    start = self.new()
                    self.states[entry].out.append(start)
                    self.states[self.add(child, start)].out.append(leave)
                return leave
        return self._repeat(node, entry)

    def _repeat(self, node: _Node, entry: int) -> int:
        (child,) = node.children
        for _ in range(node.least):
            entry = self.add(child, entry)
        if node.most is None:
            loop = self.new()
            self.states[entry].out.append(loop)
            start, leave = self.new(), self.new()
            self.states[loop].out += [start, leave]
            self.states[self.add(child, start)].out.append(loop)
            return leave
        leave = self.new()
        for _ in range(node.most - node.least):
            start = self.new()
            self.states[entry].out += [start, leave]
            entry = self.add(child, start)
        self.states[entry].out.append(leave)
        return leave


class _Parser:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.index = 0
        self.nesting = 0

    @property
    def next(self) -> str:
        return self.pattern[self.index] if self.index < len(self.pattern) else ""

    def take(self) -> str:
        character = self.next
        if not character:
            raise PatternError("il est incomplet")
        self.index += 1
        return character

    def parse(self) -> _Node:
        node = self.alternatives()
        if self.next:
            raise PatternError("une parenthèse fermante est de trop")
        return node

    def alternatives(self) -> _Node:
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise PatternError("il a trop de parenthèses")
        branches = [self.sequence()]
        while self.next == "|":
            self.index += 1
            branches.append(self.sequence())
        self.nesting -= 1
        return branches[0] if len(branches) == 1 else _Node("alt", children=tuple(branches))

    def sequence(self) -> _Node:
        items: list[_Node] = []
        while self.next and self.next not in "|)":
            items.append(self.quantified(self.atom()))
        return _Node("seq", children=tuple(items))

    def quantified(self, node: _Node) -> _Node:
        bounds = self.bounds()
        if bounds is None:
            return node
        if node.kind == "assert":
            raise PatternError("un signe de répétition n’a rien à répéter")
        if self.next == "?":
            self.index += 1
        if self.next and self.next in "*+?":
            raise PatternError("deux signes de répétition se suivent")
        return _Node("repeat", children=(node,), least=bounds[0], most=bounds[1])

    def bounds(self) -> tuple[int, int | None] | None:
        simple: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        if self.next in simple:
            return simple[self.take()]
        if self.next != "{":
            return None
        end = self.pattern.find("}", self.index)
        least, comma, most = self.pattern[self.index + 1 : max(end, 0)].partition(",")
        if end < 0 or not _small(least) or (most and not _small(most)):
            raise PatternError("une accolade s’écrit {2}, {2,} ou {2,5}")
        self.index = end + 1
        high = int(most) if most else None if comma else int(least)
        if high is not None and high < int(least):
            raise PatternError("les bornes d’une accolade sont dans le désordre")
        return int(least), high

    def atom(self) -> _Node:
        character = self.take()
        match character:
            case "(":
                return self.group()
            case "[":
                return _Node("test", self.character_class())
            case ".":
                return _Node("test", lambda c: c not in _NEWLINES)
            case "^" | "$":
                return _Node("assert", assertion=character)
            case "\\":
                return self.escape()
            case "*" | "+" | "?" | "{":
                raise PatternError("un signe de répétition n’a rien à répéter")
        return _Node("test", character.__eq__)

    def group(self) -> _Node:
        if self.next == "?":
            self.index += 1
            if self.take() != ":":
                raise PatternError("(?…) n’est pas accepté, sauf (?:…)")
        node = self.alternatives()
        if self.next != ")":
            raise PatternError("une parenthèse n’est pas refermée")
        self.index += 1
        return node

    def escape(self) -> _Node:
        character = self.take()
        if character in "bB":
            return _Node("assert", assertion=character)
        if character.lower() in _CLASSES:
            members = _CLASSES[character.lower()]
            if character.islower():
                return _Node("test", members.__contains__)
            return _Node("test", lambda c: c not in members)
        return _Node("test", self.escaped(character).__eq__)

    def escaped(self, character: str) -> str:
        if character in _CONTROLS:
            return _CONTROLS[character]
        if character.isascii() and character.isalnum():
            raise PatternError(f"\\{character} n’est pas accepté")
        return character

    def character_class(self) -> _Test:
        negated = self.next == "^"
        self.index += negated
        singles: set[str] = set()
        ranges: list[tuple[str, str]] = []
        while self.next != "]":
            members = self.member()
            if self.next == "-" and self.pattern[self.index + 1 : self.index + 2] != "]":
                self.index += 1
                ranges.append(_range(members, self.member()))
            else:
                singles |= members
        self.index += 1
        if not singles and not ranges:
            raise PatternError("des crochets sont vides")
        return _class_test(frozenset(singles), tuple(ranges), negated)

    def member(self) -> frozenset[str]:
        character = self.take()
        if character != "\\":
            return frozenset(character)
        character = self.take()
        if character in _CLASSES:
            return _CLASSES[character]
        return frozenset(self.escaped(character))


def _small(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4


def _range(low: frozenset[str], high: frozenset[str]) -> tuple[str, str]:
    if len(low) != 1 or len(high) != 1 or min(low) > min(high):
        raise PatternError("un intervalle entre crochets est faux")
    return min(low), min(high)


def _class_test(
    singles: frozenset[str], ranges: tuple[tuple[str, str], ...], negated: bool
) -> _Test:
    def test(character: str) -> bool:
        found = character in singles or any(a <= character <= b for a, b in ranges)
        return found != negated

    return test
