"""The difference of two versions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from surveyapp.core.changes import Change, changes
from surveyapp.core.definition import (
    Choice,
    FormDefinition,
    Item,
    Kind,
    Mode,
    Notice,
    Question,
    Repeat,
    Section,
)

BASE = Question(Kind.SELECT_ONE, "q", "La question", choices=(Choice("a", "A"), Choice("b", "B")))


def form(*items: Item) -> FormDefinition:
    return FormDefinition(
        name="essai",
        title="Essai",
        version="1",
        mode=Mode.ANONYMOUS,
        k=5,
        notice=Notice("", "", "", "", "", ""),
        sections=(Section("page", "La page", items=items),),
    )


def test_a_questionnaire_does_not_differ_from_itself() -> None:
    assert changes(form(BASE), form(BASE)) == ()


@pytest.mark.parametrize(
    ("after", "text", "breaking"),
    [
        (
            replace(BASE, label="Autrement"),
            "Intitulé (avant\u00a0: «\u00a0La question\u00a0»)",
            False,
        ),
        (replace(BASE, kind=Kind.TEXT), "Type\u00a0: text (avant\u00a0: select_one)", True),
        (replace(BASE, required=True), "Devient obligatoire", False),
        (replace(BASE, hint="Aide"), "Aide modifiée", False),
        (replace(BASE, choices=BASE.choices[:1]), "Choix retirés\u00a0: «\u00a0B\u00a0»", True),
        (
            replace(BASE, choices=(*BASE.choices, Choice("c", "C"))),
            "Choix ajoutés\u00a0: «\u00a0C\u00a0»",
            False,
        ),
        (
            replace(BASE, choices=(Choice("a", "A"), Choice("b", "Bé"))),
            "Choix reformulés\u00a0: «\u00a0Bé\u00a0»",
            False,
        ),
    ],
)
def test_each_part_of_a_question_is_compared(after: Question, text: str, breaking: bool) -> None:
    assert changes(form(BASE), form(after)) == (Change(after.label, text, breaking),)


def test_a_removed_question_breaks_the_series_and_an_added_one_does_not() -> None:
    other = Question(Kind.TEXT, "r", "L’autre")
    assert changes(form(BASE), form(BASE, other)) == (Change("L’autre", "Question ajoutée"),)
    assert changes(form(BASE, other), form(BASE)) == (Change("L’autre", "Question retirée", True),)


def test_questions_of_a_repeated_block_are_compared_too() -> None:
    child = Question(Kind.INTEGER, "age", "Âge")
    old = form(Repeat("enfants", "Enfants", items=(child,)))
    new = form(Repeat("enfants", "Enfants", items=(replace(child, required=True),)))
    assert changes(old, new) == (Change("Âge", "Devient obligatoire"),)


def test_a_change_of_mode_breaks_the_series() -> None:
    old = form(BASE)
    new = replace(old, mode=Mode.NOMINATIVE, k=3, title="Autre", thanks="Merci")
    assert [change.breaking for change in changes(old, new)] == [False, True, False, False]
