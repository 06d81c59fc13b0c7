"""Clean answers against a small page: what tests of answers share."""

from __future__ import annotations

from datetime import date
from typing import Any

from surveyapp.core.answers import Outcome, clean
from surveyapp.core.problems import Code
from tests.core.samples import form, page

TODAY = date(2026, 6, 27)
FRUITS = (
    "choices: {on: [{name: oui, label: Oui}, {name: non, label: Non}],"
    " fruits: [{name: pomme, label: Pomme}, {name: poire, label: Poire},"
    " {name: aucun, label: Aucun, exclusive: true}]}\n"
)


def ask(*items: str, **values: Any) -> Outcome:
    """Clean ``values`` against a page of these items."""
    return clean(form(FRUITS + page(*items)), values, today=TODAY)


def codes(outcome: Outcome) -> list[tuple[str, Code]]:
    return [(problem.field, problem.code) for problem in outcome.problems]
