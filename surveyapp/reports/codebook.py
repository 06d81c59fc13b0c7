"""What each column of a table of answers means: the questions, their types, their choices."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.core.columns import layout
from surveyapp.core.definition import FormDefinition, Kind, Question
from surveyapp.core.outline import KINDS
from surveyapp.reports.answer_columns import Cell

CODEBOOK_HEADERS = (
    "Page",
    "Question",
    "Intitulé",
    "Type",
    "Obligatoire",
    "Condition",
    "Code",
    "Réponse",
)


def codebook_rows(definition: FormDefinition) -> Iterator[tuple[Cell, ...]]:
    """One line per question, or per choice of a question with choices."""
    conditions = {
        field.name: " and ".join(f"({e.source})" for e in field.relevance)
        for field in layout(definition)
    }
    for section in definition.sections:
        for question in section.questions():
            if question.kind is not Kind.NOTE:
                yield from _described(question, section.label, conditions.get(question.name, ""))
    for repeat in definition.repeats():
        for question in repeat.items:
            if question.kind is not Kind.NOTE:
                yield from _described(question, repeat.label, conditions.get(repeat.name, ""))


def _described(question: Question, place: str, condition: str) -> Iterator[tuple[Cell, ...]]:
    kind = KINDS.get(question.kind, "calcul")
    required = "oui" if question.required else "non"
    start = (place, question.name, question.label, kind, required, condition)
    if not question.choices:
        yield (*start, "", "")
    for choice in question.choices:
        yield (*start, choice.name, choice.label)
