"""Which questions are asked, and what becomes of the answers to the others."""

from __future__ import annotations

import pytest

from surveyapp.core.answers import clean, relevant_sections
from surveyapp.core.problems import Code
from tests.core.asking import TODAY, ask, codes
from tests.core.samples import form

# --- what is asked ---------------------------------------------------------------------

CHAIN = (
    "{type: select_one on, name: a, label: A}",
    "{type: select_one on, name: b, label: B, relevant: \"${a} = 'oui'\", required: true}",
    "{type: text, name: c, label: C, relevant: \"${b} = 'oui'\", required: true}",
)


def test_a_hidden_answer_is_dropped_and_hides_what_hangs_on_it() -> None:
    outcome = ask(*CHAIN, a="non", b="oui", c="x")
    assert outcome.values == {"a": "non"}
    assert outcome.problems == ()


def test_a_shown_question_is_required() -> None:
    assert codes(ask(*CHAIN, a="oui")) == [("b", Code.REQUIRED_CHOICE)]
    assert codes(ask(*CHAIN, a="oui", b="oui")) == [("c", Code.REQUIRED)]
    assert codes(ask(*CHAIN)) == []


def test_a_condition_may_look_ahead() -> None:
    items = (
        "{type: text, name: avant, label: Avant, relevant: \"${apres} = 'oui'\"}",
        "{type: select_one on, name: apres, label: Après}",
    )
    assert ask(*items, avant="x", apres="oui").values == {"avant": "x", "apres": "oui"}
    assert ask(*items, avant="x", apres="non").values == {"apres": "non"}


def test_an_ill_formed_answer_counts_as_none_in_conditions() -> None:
    assert ask(*CHAIN, a="peut-être", b="oui").values == {}


PAGES = """
choices: {on: [{name: oui, label: Oui}, {name: non, label: Non}]}
survey:
  - {type: group, name: p1, label: Un, items: [{type: select_one on, name: a, label: A}]}
  - type: group
    name: p2
    label: Deux
    relevant: "${a} = 'oui'"
    items:
      - type: group
        name: g
        label: G
        relevant: "${a} != 'non'"
        items: [{type: text, name: b, label: B, required: true}]
  - type: group
    name: p3
    label: Trois
    items:
      - {type: text, name: c, label: C, relevant: "${b} != ''"}
      - {type: calculate, name: k, label: K, calculation: "string-length(${b})"}
"""


def test_pages_that_are_not_relevant_or_empty_are_left_out() -> None:
    definition = form(PAGES)

    def names(**values: str) -> list[str]:
        return [s.name for s in relevant_sections(definition, values, today=TODAY)]

    assert names() == ["p1"]
    assert names(a="oui") == ["p1", "p2"]
    assert names(a="oui", b="x") == ["p1", "p2", "p3"]
    assert names(a="non", b="x") == ["p1"]


def test_problems_of_one_page_only() -> None:
    definition = form(PAGES)
    values = {"a": "oui"}
    assert codes(clean(definition, values, today=TODAY, section="p1")) == []
    assert codes(clean(definition, values, today=TODAY, section="p2")) == [("b", Code.REQUIRED)]
    outcome = clean(definition, {"a": "non", "b": "x"}, today=TODAY)
    assert outcome.sections == ("p1",)
    assert outcome.values == {"a": "non", "k": 0}


def test_calculations_are_always_recomputed() -> None:
    items = (
        "{type: integer, name: a, label: A}",
        "{type: calculate, name: double, label: D, calculation: '${a} * 2'}",
        "{type: calculate, name: phrase, label: P, calculation: \"concat('A = ', ${a})\"}",
    )
    values = ask(*items, a=4, double=99, phrase="menteur").values
    assert values == {"a": 4, "double": 8, "phrase": "A = 4"}
    assert ask(*items, double=99).values == {"phrase": "A = "}


def test_a_choice_filter_limits_the_choices() -> None:
    body = """
choices:
  ile: [{name: reunion, label: La Réunion}, {name: guyane, label: Guyane}]
  ville:
    - {name: tampon, label: Le Tampon, ile: reunion}
    - {name: kourou, label: Kourou, ile: guyane}
survey:
  - type: group
    name: p
    label: P
    items:
      - {type: select_one ile, name: i, label: I}
      - {type: select_one ville, name: v, label: V, choice_filter: "ile = ${i}"}
"""
    definition = form(body)
    assert clean(definition, {"i": "reunion", "v": "tampon"}, today=TODAY).problems == ()
    wrong = clean(definition, {"i": "guyane", "v": "tampon"}, today=TODAY)
    assert codes(wrong) == [("v", Code.CHOICE)]
    assert wrong.values == {"i": "guyane"}


# --- repeats ---------------------------------------------------------------------------

CHILDREN = (
    "{type: repeat, name: enfants, label: Vos enfants, parameters: {min: 1, max: 2}, items: ["
    "{type: text, name: prenom, label: Prénom, required: true},"
    "{type: integer, name: age, label: Âge, constraint: '. < 30', constraint_message: Trop.},"
    "{type: text, name: ecole, label: École, relevant: '${age} > 5'},"
    "{type: calculate, name: rang, label: R, calculation: 'position(..)'}]}"
)
TOTAL = "{type: calculate, name: somme, label: S, calculation: 'sum(${age})'}"


def test_turns_of_a_repeat_are_cleaned_one_by_one() -> None:
    enfants = [
        {"prenom": "Ana", "age": 9, "ecole": "Les Palmiers", "intrus": 1},
        {},
        {"prenom": "Léo", "age": 2, "ecole": "Aucune"},
    ]
    outcome = ask(CHILDREN, TOTAL, enfants=enfants)
    assert outcome.values == {
        "enfants": [
            {"prenom": "Ana", "age": 9, "ecole": "Les Palmiers", "rang": 1},
            {"prenom": "Léo", "age": 2, "rang": 2},
        ],
        "somme": 11,
    }
    assert outcome.problems == ()


def test_problems_of_a_repeat_say_where() -> None:
    outcome = ask(CHILDREN, enfants=[{"prenom": "Ana"}, {"age": 40}])
    assert codes(outcome) == [
        ("enfants-1-prenom", Code.REQUIRED),
        ("enfants-1-age", Code.CONSTRAINT),
    ]


@pytest.mark.parametrize(
    ("count", "code", "words"),
    [(0, Code.REPEAT_MIN, "au moins 1\u00a0bloc."), (3, Code.REPEAT_MAX, "au plus 2\u00a0blocs.")],
)
def test_bounds_of_a_repeat(count: int, code: Code, words: str) -> None:
    outcome = ask(CHILDREN, enfants=[{"prenom": "Ana"}] * count)
    assert codes(outcome) == [("enfants", code)]
    assert words in outcome.problems[0].message


def test_a_turn_that_is_only_ill_formed_is_said_not_lost() -> None:
    outcome = ask(CHILDREN, enfants=[{"prenom": "Ana"}, {"age": "neuf"}])
    assert ("enfants-1-age", Code.INTEGER) in codes(outcome)


@pytest.mark.parametrize("raw", ["x", 3, {"prenom": "Ana"}, [["x"], None, 4]])
def test_a_repeat_of_another_shape_is_empty(raw: object) -> None:
    assert ask(CHILDREN, enfants=raw).values == {}
