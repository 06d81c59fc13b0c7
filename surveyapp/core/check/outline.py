"""A questionnaire laid flat, as the rules need it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from surveyapp.core.definition import (
    FormDefinition,
    Group,
    Item,
    Kind,
    Question,
    Repeat,
    Section,
)
from surveyapp.core.expression import Expression
from surveyapp.core.issues import Issue, Severity, sentence

#: Types whose answers are choices of a list, and those whose answers are numbers.
LIST_KINDS = frozenset({Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.RANK})
NUMBER_KINDS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.RANGE})


@dataclass(frozen=True, slots=True)
class Entry:
    """One named thing: its page (rank from 0), its rank in the whole, its repeat, its parents."""

    item: Item | Section
    page: int
    order: int
    repeat: Repeat | None = None
    parents: tuple[Group | Section | Repeat, ...] = ()

    @property
    def name(self) -> str:
        return self.item.name

    @property
    def line(self) -> int:
        return self.item.line

    @property
    def question(self) -> Question | None:
        return self.item if isinstance(self.item, Question) else None


@dataclass(frozen=True, slots=True)
class Place:
    """One expression: whose it is, under which key, and from where it reads."""

    key: str
    expression: Expression
    page: int
    order: int
    line: int
    owner: Entry | None = None

    @property
    def repeat(self) -> Repeat | None:
        return self.owner.repeat if self.owner else None


class Outline:
    """The entries of a questionnaire in order, and ways to report."""

    def __init__(self, definition: FormDefinition, figures: Collection[str] | None = None) -> None:
        self.definition = definition
        self.figures = figures
        self.entries = list(_entries(definition))

    @property
    def questions(self) -> Iterator[tuple[Entry, Question]]:
        for entry in self.entries:
            if isinstance(entry.item, Question):
                yield entry, entry.item

    @cached_property
    def answers(self) -> dict[str, Entry]:
        """What an expression may read: questions, their « Autre » texts, repeats, by name."""
        found: dict[str, Entry] = {}
        for entry in self.entries:
            question = entry.question
            if question is not None and question.or_other:
                found.setdefault(question.other_name, entry)
        for entry in self.entries:
            if isinstance(entry.item, Question | Repeat):
                found[entry.name] = entry
        return found

    @cached_property
    def places(self) -> list[Place]:
        """Every expression of the questionnaire."""
        return list(_places(self))

    def line(self, key: str) -> int:
        """Line of a top-level key, 1 when it is absent."""
        return self.definition.lines.get(key, 1)

    def error(self, line: int, code: str, message: str, *, file: str | None = None) -> Issue:
        where = self.definition.source if file is None else file
        return Issue(where, line, code, sentence(message))

    def warning(self, line: int, code: str, message: str, *, file: str | None = None) -> Issue:
        where = self.definition.source if file is None else file
        return Issue(where, line, code, sentence(message), Severity.WARNING)


def _entries(definition: FormDefinition) -> Iterator[Entry]:
    order = 0
    for page, section in enumerate(definition.sections):
        yield Entry(section, page, order)
        order += 1
        for entry in _children(section, page, (section,)):
            yield Entry(entry.item, page, order, entry.repeat, entry.parents)
            order += 1


def _children(
    parent: Section | Group | Repeat, page: int, parents: tuple[Group | Section | Repeat, ...]
) -> Iterator[Entry]:
    repeat = parent if isinstance(parent, Repeat) else None
    for item in parent.items:
        yield Entry(item, page, 0, repeat, parents)
        if isinstance(item, Group | Repeat):
            yield from _children(item, page, (*parents, item))


_KEYS = ("relevant", "constraint", "warning", "calculation", "choice_filter")


def _places(outline: Outline) -> Iterator[Place]:
    for entry in outline.entries:
        for key in _KEYS:
            expression = getattr(entry.item, key, None)
            if isinstance(expression, Expression):
                line = expression.line or entry.line
                yield Place(key, expression, entry.page, entry.order, line, entry)
    pages = {section.name: page for page, section in enumerate(outline.definition.sections)}
    last = len(outline.entries)
    for prerequisite in outline.definition.prerequisites:
        expression = prerequisite.expression
        page = pages.get(prerequisite.section, len(pages))
        yield Place("prerequisites", expression, page, last, expression.line or prerequisite.line)
