"""How an identified response is named in a list, and what a search looks through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from surveyapp.core.definition import FormDefinition, Question
from surveyapp.core.french import fold

TITLE_LENGTH = 200
SEARCH_LENGTH = 4000


def title(definition: FormDefinition, document: Mapping[str, Any]) -> str:
    """The answers to the identity questions, as « Marie Dupont »; empty when none."""
    return " ".join(_parts(definition.identity_questions, document))[:TITLE_LENGTH]


def sort_key(definition: FormDefinition, document: Mapping[str, Any]) -> str:
    """The title as lists are sorted: folded, the family name first."""
    names = sorted(definition.identity_questions, key=lambda name: name != "nom")
    return fold(" ".join(_parts(names, document)))[:TITLE_LENGTH]


def search_text(definition: FormDefinition, document: Mapping[str, Any]) -> str:
    """Everything that was written or chosen, folded (no accent, no capital)."""
    words = " · ".join(_words(definition, document))
    return fold(words)[:SEARCH_LENGTH]


def _parts(names: Iterable[str], document: Mapping[str, Any]) -> Iterator[str]:
    texts = (str(document.get(name, "")).strip() for name in names)
    return (text for text in texts if text)


def _words(definition: FormDefinition, document: Mapping[str, Any]) -> Iterator[str]:
    yield title(definition, document)
    for question in definition.questions():
        yield from _shown(question, document)
    for repeat in definition.repeats():
        for entry in document.get(repeat.name, ()):
            for question in repeat.items:
                yield from _shown(question, entry)


def _shown(question: Question, values: Mapping[str, Any]) -> Iterator[str]:
    value = values.get(question.name)
    for single in value if isinstance(value, list) else [value]:
        if isinstance(single, str):
            choice = question.choice(single)
            yield choice.label if choice else single
    if other := values.get(question.other_name):
        yield str(other)
