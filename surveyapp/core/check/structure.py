"""Rules on the shape of pages and questions: what goes where, with which keys."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from surveyapp.core.check.outline import LIST_KINDS, NUMBER_KINDS, Entry, Outline
from surveyapp.core.definition import Group, Kind, Question, Repeat, Section
from surveyapp.core.expression.values import days_of, to_number
from surveyapp.core.issues import Issue
from surveyapp.core.reading import suggestion

_MOST_STEPS = 21
_MOST_TURNS = 50
_SILENT = frozenset({Kind.NOTE, Kind.CALCULATE})
_COMPARED = (LIST_KINDS | NUMBER_KINDS | {Kind.CALCULATE}) - {Kind.RANK}

#: Appearances that mean something, per type. The others are ignored, with a warning.
APPEARANCES: dict[Kind, tuple[str, ...]] = {
    Kind.TEXT: ("multiline", "rpps", "words"),
    Kind.INTEGER: ("year",),
    Kind.SELECT_ONE: ("minimal", "likert", "horizontal"),
    Kind.SELECT_MULTIPLE: ("horizontal",),
}
#: Parameters that mean something, per type.
PARAMETERS: dict[Kind, tuple[str, ...]] = {
    Kind.TEXT: ("max_length", "rows", "answers"),
    Kind.RANGE: ("start", "end", "step", "min_label", "max_label"),
}
_AUTOCOMPLETE = re.compile(r"[a-z]+(-[a-z0-9]+)*( [a-z]+(-[a-z0-9]+)*)*")


def not_empty(outline: Outline) -> Iterator[Issue]:
    for entry in outline.entries:
        if isinstance(entry.item, Section | Group | Repeat) and not entry.item.items:
            message = f"« {entry.name} » ne contient aucune question"
            yield outline.error(entry.line, "empty_group", message)


def group_labels(outline: Outline) -> Iterator[Issue]:
    for entry in outline.entries:
        if isinstance(entry.item, Group) and not entry.item.label:
            message = (
                f"le groupe « {entry.name} » n’a pas de libellé, que les lecteurs d’écran énoncent"
            )
            yield outline.error(entry.line, "missing_key", message)


def matrices(outline: Outline) -> Iterator[Issue]:
    for entry in outline.entries:
        if not (isinstance(entry.item, Group) and entry.item.matrix):
            continue
        rows = [item for item in entry.item.items if isinstance(item, Question)]
        wrong = len(rows) < len(entry.item.items) or any(
            row.kind is not Kind.SELECT_ONE or row.or_other for row in rows
        )
        if wrong:
            message = f"le tableau « {entry.name} » ne contient que des questions select_one"
            yield outline.error(entry.line, "matrix", message)
        elif len({row.list_name for row in rows}) > 1:
            message = f"les lignes du tableau « {entry.name} » n’ont pas toutes la même liste"
            yield outline.error(entry.line, "matrix", message)


def repeats(outline: Outline) -> Iterator[Issue]:
    for entry in outline.entries:
        repeat = entry.item
        if not isinstance(repeat, Repeat):
            continue
        if not 1 <= repeat.maximum <= _MOST_TURNS or repeat.minimum > repeat.maximum:
            message = f"« {repeat.name} » se répète entre min et max fois, {_MOST_TURNS} au plus"
            yield outline.error(entry.line, "repeat_bounds", message)


def appearances(outline: Outline) -> Iterator[Issue]:
    for entry, question in outline.questions:
        known = APPEARANCES.get(question.kind, ())
        for word in sorted(question.appearance - set(known)):
            message = (
                f"l’apparence « {word} » est sans effet sur le type "
                f"{question.kind.value}{suggestion(word, known)}"
            )
            yield outline.warning(entry.line, "appearance", message)


def parameters(outline: Outline) -> Iterator[Issue]:
    for entry, question in outline.questions:
        known = PARAMETERS.get(question.kind, ())
        for word in question.parameters:
            if word not in known:
                message = (
                    f"le paramètre « {word} » est inconnu pour le type "
                    f"{question.kind.value}{suggestion(word, known)}"
                )
                yield outline.error(entry.line, "parameter", message)
        if question.kind is Kind.RANGE:
            yield from _range(outline, entry, question)
        for word in ("max_length", "rows"):
            value = question.parameters.get(word, "1")
            if not (value.isdecimal() and 0 < int(value) <= 20_000):
                message = f"« {word} » attend un nombre entier de 1 à 20 000"
                yield outline.error(entry.line, "parameter", message)


def _range(outline: Outline, entry: Entry, question: Question) -> Iterator[Issue]:
    defaults = {"start": "0", "end": "10", "step": "1"}
    texts = [question.parameters.get(key, default) for key, default in defaults.items()]
    start, end, step = (to_number(text) for text in texts)
    if not all(map(math.isfinite, (start, end, step))) or step <= 0 or end <= start:
        message = f"l’échelle « {question.name} » demande start < end et step > 0"
        yield outline.error(entry.line, "range", message)
        return
    steps = (end - start) / step
    if abs(steps - round(steps)) > 1e-9:
        message = f"l’échelle « {question.name} » n’atteint pas {texts[1]} par pas de {texts[2]}"
        yield outline.error(entry.line, "range", message)
    elif steps + 1 > _MOST_STEPS:
        message = f"l’échelle « {question.name} » a plus de {_MOST_STEPS} valeurs : prenez integer"
        yield outline.error(entry.line, "range", message)


def calculations(outline: Outline) -> Iterator[Issue]:
    for entry, question in outline.questions:
        calculated = question.kind is Kind.CALCULATE
        if calculated and question.calculation is None:
            message = f"il manque « calculation » à « {question.name} »"
            yield outline.error(entry.line, "missing_key", message)
        elif not calculated and question.calculation is not None:
            message = "« calculation » ne sert qu’au type calculate"
            yield outline.error(entry.line, "misplaced_key", message)


def silent_kinds(outline: Outline) -> Iterator[Issue]:
    """A note and a calculation receive no answer, so nothing can be asked of it."""
    for entry, question in outline.questions:
        if question.kind not in _SILENT:
            continue
        keys = {
            "required": question.required,
            "constraint": question.constraint,
            "warning": question.warning,
            "default": question.default,
            "profile": question.profile,
            "private": question.private,
            "reference": question.reference and question.kind is Kind.NOTE,
        }
        for key, value in keys.items():
            if value:
                message = f"« {key} » n’a pas de sens pour le type {question.kind.value}"
                yield outline.error(entry.line, "misplaced_key", message)


def messages(outline: Outline) -> Iterator[Issue]:
    for entry, q in outline.questions:
        for key, expression, text in (
            ("constraint", q.constraint, q.constraint_message),
            ("warning", q.warning, q.warning_message),
        ):
            if expression is not None and not text:
                message = (
                    f"il manque « {key}_message » à « {q.name} » : dites comment bien répondre"
                )
                yield outline.error(expression.line or entry.line, "missing_message", message)
            elif text and expression is None:
                message = f"« {key}_message » ne sert à rien sans « {key} »"
                yield outline.warning(entry.line, "unused_message", message)
        if q.required_message and not q.required:
            message = "« required_message » ne sert à rien sans « required »"
            yield outline.warning(entry.line, "unused_message", message)


def defaults(outline: Outline) -> Iterator[Issue]:
    for entry, question in outline.questions:
        if question.default and not _fits(question, question.default):
            message = (
                f"la valeur par défaut « {question.default} » ne convient pas à « {question.name} »"
            )
            yield outline.error(entry.line, "default", message)


def _fits(question: Question, text: str) -> bool:
    if question.kind in LIST_KINDS:
        return all(question.choice(name) for name in text.replace(",", " ").split())
    if question.kind in NUMBER_KINDS:
        return math.isfinite(to_number(text)) and days_of(text) is None
    if question.kind in (Kind.DATE, Kind.DATETIME):
        return days_of(text) is not None
    return question.kind is not Kind.ACKNOWLEDGE


def profiles(outline: Outline) -> Iterator[Issue]:
    for entry, question in outline.questions:
        if question.profile and (question.kind is not Kind.SELECT_ONE or entry.repeat):
            message = "« profile » ne sert qu’aux questions select_one, hors d’un bloc répété"
            yield outline.error(entry.line, "profile", message)


def references(outline: Outline) -> Iterator[Issue]:
    for entry, question in outline.questions:
        use = question.reference
        if use is None:
            continue
        line = use.line or entry.line
        if outline.figures is not None and use.figure not in outline.figures:
            hint = suggestion(use.figure, sorted(outline.figures))
            message = f"le repère « {use.figure} » n’existe pas{hint}"
            yield outline.error(line, "unknown_figure", message)
        if entry.repeat or question.kind not in _COMPARED:
            message = f"une question de type {question.kind.value} ne se compare pas à un repère"
            yield outline.error(line, "reference", message)
        elif question.kind in LIST_KINDS:
            yield from _reference_choices(outline, question, line)


def _reference_choices(outline: Outline, question: Question, line: int) -> Iterator[Issue]:
    use = question.reference
    if use is None:
        return
    if not use.choices:
        message = "« reference » demande « choices », les réponses dont la part est comparée"
        yield outline.error(line, "reference", message)
    names = [choice.name for choice in question.choices]
    for name in use.choices:
        if name not in names:
            message = (
                f"« {name} » n’est pas un choix de « {question.name} »{suggestion(name, names)}"
            )
            yield outline.error(line, "unknown_choice", message)


def autocomplete(outline: Outline) -> Iterator[Issue]:
    for entry, question in outline.questions:
        if question.autocomplete and not _AUTOCOMPLETE.fullmatch(question.autocomplete):
            message = f"« {question.autocomplete} » n’est pas une valeur d’autocomplete"
            yield outline.error(entry.line, "autocomplete", message)


def prerequisites(outline: Outline) -> Iterator[Issue]:
    names = [section.name for section in outline.definition.sections]
    for prerequisite in outline.definition.prerequisites:
        if prerequisite.section and prerequisite.section not in names:
            hint = suggestion(prerequisite.section, names)
            message = f"il n’y a pas de page « {prerequisite.section} »{hint}"
            yield outline.error(prerequisite.line, "unknown_section", message)


def sizes(outline: Outline) -> Iterator[Issue]:
    """Lengths that the tables and the language of the page impose."""
    definition = outline.definition
    for key, text, most in (
        ("title", definition.title, 300),
        ("version", definition.version, 40),
        ("submit_label", definition.submit_label, 60),
    ):
        if len(text) > most:
            message = f"« {key} » dépasse {most} caractères"
            yield outline.error(outline.line(key), "too_long", message)
    if not re.fullmatch(r"[a-z]{2}(-[A-Z]{2})?", definition.language):
        message = f"« {definition.language} » n’est pas un code de langue : écrivez fr"
        yield outline.error(outline.line("language"), "language", message)


RULES = (
    not_empty,
    group_labels,
    matrices,
    repeats,
    appearances,
    parameters,
    calculations,
    silent_kinds,
    messages,
    defaults,
    profiles,
    references,
    autocomplete,
    prerequisites,
    sizes,
)
