"""The questionnaires that come with the program, as their tests ask for them."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from surveyapp.core.answers import Outcome, Reading, clean
from surveyapp.core.definition import (
    FormDefinition,
    Question,
)
from surveyapp.core.loader import load
from surveyapp.core.reference import load_figures

ROOT = Path(__file__).parents[2]
FORMS = ROOT / "forms"
FIGURES = load_figures(ROOT / "reports" / "reference_figures.yaml")
TODAY = date(2026, 11, 22)

NAMES = (
    "bien-etre-soignants",
    "candidature-ambassadeur",
    "demande-conciergerie",
    "enquete-annuelle-adherents",
    "recueil-installation",
    "satisfaction-accompagnement",
    "satisfaction-evenement",
)
NOMINATIVE = ("candidature-ambassadeur", "demande-conciergerie", "recueil-installation")
ANONYMOUS = ("bien-etre-soignants", "enquete-annuelle-adherents", "satisfaction-evenement")

each_form = pytest.mark.parametrize("name", NAMES)


@cache
def form(name: str) -> FormDefinition:
    return load(FORMS / f"{name}.yaml")


def question(name: str, question_name: str) -> Question:
    found = form(name).question(question_name)
    assert found is not None, f"{name}: no question {question_name}"
    return found


def choices(name: str, question_name: str) -> tuple[str, ...]:
    return tuple(choice.name for choice in question(name, question_name).choices)


def every_question(name: str) -> list[Question]:
    definition = form(name)
    inside = [q for repeat in definition.repeats() for q in repeat.items]
    return [*definition.questions(), *inside]


def ask(name: str, section: str | None = None, **values: Any) -> Outcome:
    return clean(form(name), values, today=TODAY, section=section)


def problem_names(outcome: Outcome) -> set[str]:
    return {problem.name for problem in outcome.problems}


def shown(name: str, question_name: str, **values: Any) -> bool:
    """Whether the question or repeat is asked of whoever gave these answers."""
    reading = Reading(form(name), values, today=TODAY)
    return reading.open(reading.places[question_name])
