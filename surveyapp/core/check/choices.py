"""Rules on choice lists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from surveyapp.core.check.outline import LIST_KINDS, Outline
from surveyapp.core.definition import Choice, Kind
from surveyapp.core.issues import Issue

_CHOICE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_RANK_MOST = 10


def _lists(outline: Outline) -> Iterator[tuple[str, str, tuple[Choice, ...]]]:
    definition = outline.definition
    for name, choices in definition.choice_lists.items():
        yield name, definition.list_files.get(name, definition.source), choices


def well_formed(outline: Outline) -> Iterator[Issue]:
    for name, file, choices in _lists(outline):
        if not choices:
            message = f"la liste de choix « {name} » est vide"
            yield outline.error(outline.line("choices"), "empty_list", message, file=file)
        for choice in choices:
            if choice.name and not _CHOICE_NAME.fullmatch(choice.name):
                message = (
                    f"« {choice.name} » n’est pas un nom de choix : des lettres sans accent, "
                    "des chiffres, « _ », « - » et « . », sans espace, 40 signes au plus"
                )
                yield outline.error(choice.line, "choice_name", message, file=file)


def unique(outline: Outline) -> Iterator[Issue]:
    for name, file, choices in _lists(outline):
        names: set[str] = set()
        labels: set[str] = set()
        for choice in choices:
            if choice.name in names:
                message = f"le choix « {choice.name} » est deux fois dans la liste « {name} »"
                yield outline.error(choice.line, "duplicate_choice", message, file=file)
            elif choice.label and choice.label in labels:
                message = f"le libellé « {choice.label} » est deux fois dans la liste « {name} »"
                yield outline.warning(choice.line, "duplicate_label", message, file=file)
            names.add(choice.name)
            labels.add(choice.label)


def used(outline: Outline) -> Iterator[Issue]:
    asked = {question.list_name for _, question in outline.questions}
    for name, file, choices in _lists(outline):
        if name not in asked and file == outline.definition.source:
            line = choices[0].line if choices else outline.line("choices")
            message = f"la liste de choix « {name} » ne sert à aucune question"
            yield outline.warning(line, "unused_list", message)


def sizes(outline: Outline) -> Iterator[Issue]:
    for entry, question in outline.questions:
        count = len(question.choices)
        if question.kind is Kind.RANK and count > _RANK_MOST:
            message = f"classer {count} choix est trop long : gardez-en {_RANK_MOST} au plus"
            yield outline.warning(entry.line, "rank_size", message)
        elif count == 1 and question.kind is not Kind.SELECT_MULTIPLE:
            message = f"la question « {question.name} » n’a qu’un choix"
            yield outline.warning(entry.line, "single_choice", message)


def exclusive(outline: Outline) -> Iterator[Issue]:
    """A list whose options all exclude one another is a ``select_one``."""
    for entry, question in outline.questions:
        if question.kind is not Kind.SELECT_MULTIPLE or not question.choices:
            continue
        if all(choice.exclusive for choice in question.choices):
            message = f"tous les choix de « {question.name} » s’excluent : écrivez select_one"
            yield outline.warning(entry.line, "all_exclusive", message)


def filters(outline: Outline) -> Iterator[Issue]:
    """The bare words of ``choice_filter`` are attributes of the choices."""
    for entry, question in outline.questions:
        if question.choice_filter is not None and question.kind not in LIST_KINDS:
            message = f"« choice_filter » n’a pas de sens pour le type {question.kind.value}"
            yield outline.error(entry.line, "misplaced_key", message)


def stable_order(outline: Outline) -> Iterator[Issue]:
    """An exclusive or « other » option comes last, where readers look for it."""
    for name, file, choices in _lists(outline):
        kinds = Counter(choice.exclusive for choice in choices)
        tail = choices[len(choices) - kinds[True] :]
        if kinds[True] and not all(choice.exclusive for choice in tail):
            message = f"dans la liste « {name} », placez à la fin les choix qui excluent les autres"
            yield outline.warning(choices[0].line, "exclusive_order", message, file=file)


RULES = (well_formed, unique, used, sizes, exclusive, filters, stable_order)
