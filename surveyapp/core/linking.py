"""Resolve the expressions of a questionnaire against its questions and choices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from surveyapp.core.definition import (
    FormDefinition,
    Group,
    Item,
    Question,
)
from surveyapp.core.expression import Expression, Scope, link

_Link = Callable[[Expression | None], Expression | None]


def link_definition(definition: FormDefinition) -> FormDefinition:
    """The same questionnaire; see :func:`surveyapp.core.expression.link`."""
    repeats = {q.name: repeat.name for repeat in definition.repeats() for q in repeat.items}
    labels = {
        q.name: tuple((choice.name, choice.label) for choice in q.choices)
        for q in definition.every_question()
        if q.choices
    }

    def linker(inside: str) -> _Link:
        scope = Scope(repeats, labels, inside)
        return lambda expression: None if expression is None else link(expression, scope)

    outside = linker("")
    sections = tuple(
        replace(
            section,
            relevant=outside(section.relevant),
            items=tuple(_item(item, linker) for item in section.items),
        )
        for section in definition.sections
    )
    prerequisites = tuple(
        replace(p, expression=link(p.expression, Scope(repeats, labels)))
        for p in definition.prerequisites
    )
    return replace(definition, sections=sections, prerequisites=prerequisites)


def _item(item: Item, linker: Callable[[str], _Link]) -> Item:
    outside = linker("")
    if isinstance(item, Question):
        return _question(item, outside)
    if isinstance(item, Group):
        items = tuple(_item(child, linker) for child in item.items)
        return replace(item, relevant=outside(item.relevant), items=items)
    inside = linker(item.name)
    questions = tuple(_question(child, inside) for child in item.items)
    return replace(item, relevant=outside(item.relevant), items=questions)


def _question(question: Question, resolve: _Link) -> Question:
    return replace(
        question,
        relevant=resolve(question.relevant),
        constraint=resolve(question.constraint),
        warning=resolve(question.warning),
        calculation=resolve(question.calculation),
        choice_filter=resolve(question.choice_filter),
    )
