"""What a questionnaire asks, at a glance."""

from __future__ import annotations

from surveyapp.core.definition import Group, Kind, Question, Repeat, Section
from surveyapp.core.expression import parse
from surveyapp.core.outline import KINDS, OutlineLine, outline


def test_questions_of_groups_and_repeats_are_listed_and_notes_left_out() -> None:
    condition = parse("${a} = 'oui'")
    section = Section(
        "page",
        "Page",
        items=(
            Question(Kind.NOTE, "n", "Une note"),
            Question(Kind.TEXT, "a", "A", required=True),
            Question(Kind.TEXT, "b", "B", appearance=frozenset({"multiline"}), relevant=condition),
            Group("g", "G", relevant=condition, items=(Question(Kind.RANGE, "c", "C"),)),
            Repeat("r", "R", items=(Question(Kind.DATE, "d", "D"),)),
        ),
    )
    assert outline(section) == [
        OutlineLine("A", "texte", True, False),
        OutlineLine("B", "texte long", False, True),
        OutlineLine("C", "échelle", False, True),
        OutlineLine("D", "date", False, False),
    ]


def test_every_type_that_is_asked_has_a_name() -> None:
    assert set(Kind) - set(KINDS) == {Kind.NOTE, Kind.CALCULATE}
