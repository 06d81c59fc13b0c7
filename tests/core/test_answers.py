"""What may be stored of what was typed, and what is said about the rest."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.core.answers import Outcome, clean, relevant_sections
from surveyapp.core.answers.types import MAX_OTHER, luhn, plausible_rpps, steps
from surveyapp.core.definition import FormDefinition, Kind, Question
from surveyapp.core.problems import Code, message_of
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


# --- types -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "raw", "stored"),
    [
        ("text", "  Bonjour \x00 à tous\r\n", "Bonjour  à tous"),
        ("text", "facture\u202egnp.exe\u2066", "facturegnp.exe"),
        ("text", "a\nb\tc", "a b c"),
        ("email", " prenom.nom@demo.example ", "prenom.nom@demo.example"),
        ("tel", "0692123456", "06 92 12 34 56"),
        ("tel", "06.92.12.34.56", "06 92 12 34 56"),
        ("tel", "+262 692 12 34 56", "+262 692 12 34 56"),
        ("integer", 12, 12),
        ("integer", 12.0, 12),
        ("integer", -3, -3),
        ("decimal", 12.5, 12.5),
        ("decimal", 12.0, 12),
        ("range", 0, 0),
        ("range", 10.0, 10),
        ("date", "2026-06-27", "2026-06-27"),
        ("time", "18:30", "18:30"),
        ("dateTime", "2026-06-27T18:30", "2026-06-27T18:30"),
        ("select_one on", "oui", "oui"),
        ("select_multiple fruits", ["poire", "pomme", "poire"], ["pomme", "poire"]),
        ("rank fruits", ["poire", "aucun", "pomme"], ["poire", "aucun", "pomme"]),
        ("acknowledge", True, True),
    ],
)
def test_an_answer_is_stored_in_the_shape_of_its_type(kind: str, raw: object, stored: Any) -> None:
    outcome = ask(f"{{type: {kind}, name: q, label: Question}}", q=raw)
    assert outcome.values == {"q": stored}
    assert type(outcome.values["q"]) is type(stored)
    assert outcome.problems == ()


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        ("text", ["a"], Code.TYPE),
        ("text", "x" * 256, Code.LENGTH),
        ("email", "prenom.nom", Code.EMAIL),
        ("email", "a@b", Code.EMAIL),
        ("email", "a b@demo.example", Code.EMAIL),
        ("tel", "12", Code.TEL),
        ("tel", "appelez-moi", Code.TEL),
        ("tel", "1" * 16, Code.TEL),
        ("integer", 1.5, Code.INTEGER),
        ("integer", True, Code.INTEGER),
        ("integer", "12", Code.INTEGER),
        ("decimal", float("nan"), Code.NUMBER),
        ("decimal", float("inf"), Code.NUMBER),
        ("decimal", 1e16, Code.NUMBER),
        ("range", 11, Code.RANGE),
        ("range", 2.5, Code.RANGE),
        ("date", "2026-02-30", Code.DATE),
        ("date", "2026-W26-6", Code.DATE),
        ("date", "20260627", Code.DATE),
        ("date", 20260627, Code.TYPE),
        ("time", "24:00", Code.TIME),
        ("time", "18:30:00", Code.TIME),
        ("dateTime", "2026-06-27 18:30", Code.DATETIME),
        ("select_one on", "peut-être", Code.CHOICE),
        ("select_one on", ["oui"], Code.CHOICE),
        ("select_multiple fruits", "pomme", Code.TYPE),
        ("select_multiple fruits", ["cerise"], Code.CHOICE),
        ("select_multiple fruits", ["pomme", {}], Code.TYPE),
        ("select_multiple fruits", ["pomme", "aucun"], Code.EXCLUSIVE),
        ("rank fruits", ["pomme", "poire"], Code.RANK),
        ("rank fruits", ["pomme", "poire", "poire"], Code.RANK),
        ("rank fruits", ["pomme", "poire", "cerise"], Code.RANK),
        ("acknowledge", "oui", Code.TYPE),
    ],
)
def test_an_ill_formed_answer_is_dropped_and_said(kind: str, raw: object, code: Code) -> None:
    outcome = ask(f"{{type: {kind}, name: q, label: Question}}", q=raw)
    assert outcome.values == {}
    assert codes(outcome) == [("q", code)]


@pytest.mark.parametrize("empty", [None, "", "   ", [], False])
def test_an_empty_answer_has_no_key(empty: object) -> None:
    assert ask("{type: text, name: q, label: Question}", q=empty).values == {}


def test_a_number_is_never_a_boolean() -> None:
    assert ask("{type: decimal, name: q, label: Question}", q=True).values == {}


def test_unknown_names_and_notes_are_not_stored() -> None:
    outcome = ask("{type: note, name: n, label: Note}", n="x", intruder="y")
    assert outcome.values == {}


def test_length_is_that_of_the_question() -> None:
    item = "{type: text, name: q, label: Question, parameters: {max_length: 3}}"
    assert ask(item, q="abc").problems == ()
    problem = ask(item, q="abcd").problems[0]
    assert "4 caractères pour 3 au plus" in problem.message
    many = "{type: text, appearance: multiline, name: q, label: Question}"
    assert ask(many, q="a\n" * 2000).problems == ()
    assert codes(ask(many, q="a" * 5001)) == [("q", Code.LENGTH)]


def test_a_text_of_several_lines_keeps_them() -> None:
    item = "{type: text, appearance: multiline, name: q, label: Question}"
    assert ask(item, q="un\r\ndeux\rtrois\n").values == {"q": "un\ndeux\ntrois"}


@pytest.mark.parametrize(
    ("parameters", "values"),
    [
        ({}, tuple(range(11))),
        ({"start": "1", "end": "6"}, (1, 2, 3, 4, 5, 6)),
        ({"start": "0", "end": "1", "step": "0.25"}, (0, 0.25, 0.5, 0.75, 1)),
        ({"start": "5", "end": "1"}, ()),
        ({"start": "x", "end": "2"}, (0, 1, 2)),
    ],
)
def test_steps_of_a_scale(parameters: dict[str, str], values: tuple[float, ...]) -> None:
    assert steps(Question(Kind.RANGE, "q", "Q", parameters=parameters)) == values


# --- required --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("text", Code.REQUIRED),
        ("date", Code.REQUIRED),
        ("range", Code.REQUIRED_CHOICE),
        ("select_one on", Code.REQUIRED_CHOICE),
        ("select_multiple fruits", Code.REQUIRED_CHOICES),
        ("acknowledge", Code.REQUIRED_TICK),
        ("rank fruits", Code.RANK),
    ],
)
def test_a_required_answer_that_is_missing(kind: str, code: Code) -> None:
    outcome = ask(f"{{type: {kind}, name: q, label: Votre avis, required: true}}")
    assert codes(outcome) == [("q", code)]
    assert "«\u00a0Votre avis\u00a0»" in outcome.problems[0].message
    assert outcome.problems[0].section == "page"


def test_the_author_s_message_wins() -> None:
    item = "{type: text, name: q, label: Q, required: true, required_message: Dites-le.}"
    assert ask(item).problems[0].message == "Dites-le."


# --- constraint, warning ---------------------------------------------------------------


def test_a_constraint_is_checked_only_when_there_is_an_answer() -> None:
    item = (
        "{type: integer, name: q, label: Q, constraint: '. >= 18', constraint_message: Dix-huit.}"
    )
    assert ask(item).problems == ()
    assert ask(item, q=18).problems == ()
    outcome = ask(item, q=17)
    assert codes(outcome) == [("q", Code.CONSTRAINT)]
    assert outcome.problems[0].message == "Dix-huit."
    assert outcome.values == {"q": 17}


def test_a_constraint_sees_other_answers_and_the_day() -> None:
    items = (
        "{type: date, name: debut, label: D, constraint: '. >= today()', constraint_message: A.}",
        "{type: date, name: fin, label: F, constraint: '. >= ${debut}', constraint_message: B.}",
    )
    assert ask(*items, debut="2026-06-27", fin="2026-06-28").problems == ()
    outcome = ask(*items, debut="2026-06-26", fin="2026-06-25")
    assert [problem.message for problem in outcome.problems] == ["A.", "B."]


def test_a_warning_never_blocks() -> None:
    item = "{type: integer, name: q, label: Q, warning: '. < 100', warning_message: Vraiment.}"
    outcome = ask(item, q=200)
    assert outcome.problems == ()
    assert [(w.code, w.message) for w in outcome.warnings] == [(Code.WARNING, "Vraiment.")]
    assert outcome.values == {"q": 200}
    assert ask(item, q=99).warnings == ()
    assert ask(item).warnings == ()


@pytest.mark.parametrize(
    ("typed", "stored", "warned"),
    [
        ("10000000009", "10000000009", False),
        ("1000 0000 009", "10000000009", False),
        ("10000000008", "10000000008", True),
        ("123", "123", True),
        ("je ne sais plus", "jenesaisplus", True),
    ],
)
def test_an_rpps_number_is_doubted_never_refused(typed: str, stored: str, warned: bool) -> None:
    outcome = ask("{type: text, appearance: rpps, name: q, label: RPPS}", q=typed)
    assert outcome.values == {"q": stored}
    assert outcome.problems == ()
    assert [w.code for w in outcome.warnings] == [Code.RPPS] * warned


@given(st.integers(0, 10**10 - 1))
def test_one_luhn_key_in_ten_is_right(number: int) -> None:
    assert sum(plausible_rpps(f"{number:010d}{key}") for key in range(10)) == 1


def test_luhn_refuses_what_is_not_digits() -> None:
    assert not luhn("")
    assert not luhn("1²")


# --- « Autre » -------------------------------------------------------------------------

OTHER_ONE = "{type: select_one on or_other, name: q, label: Q}"
OTHER_MANY = "{type: select_multiple on or_other, name: q, label: Q}"


def test_the_text_of_other_is_kept_with_its_option_only() -> None:
    assert ask(OTHER_ONE, q="other", q_other=" Surf ").values == {"q": "other", "q_other": "Surf"}
    assert ask(OTHER_ONE, q="oui", q_other="Surf").values == {"q": "oui"}
    assert ask(OTHER_ONE, q_other="Surf").values == {}
    kept = {"q": ["oui", "other"], "q_other": "Surf"}
    assert ask(OTHER_MANY, q=["other", "oui"], q_other="Surf").values == kept


def test_the_text_of_other_is_due_only_where_the_answer_is() -> None:
    required = OTHER_ONE.replace("}", ", required: true}")
    assert ask(OTHER_ONE, q="other").problems == ()
    assert codes(ask(required, q="other")) == [("q_other", Code.OTHER)]
    assert ask(required, q="other", q_other="Surf").problems == ()


def test_the_text_of_other_is_capped() -> None:
    outcome = ask(OTHER_ONE, q="other", q_other="é" * 1000)
    assert len(outcome.values["q_other"]) == MAX_OTHER


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


# --- messages --------------------------------------------------------------------------


@pytest.mark.parametrize("code", list(Code))
def test_every_code_has_one_french_sentence(code: Code) -> None:
    data = {"length": 9, "maximum": 5, "minimum": 1, "choice": "Aucun", "bound": "1 bloc"}
    text = message_of(code, "Votre avis\u00a0: **précisément**", **data)
    assert text.endswith(".")
    assert "'" not in text
    assert " :" not in text.replace("\u00a0:", "")
    assert "**" not in text


def test_a_long_label_is_cut() -> None:
    assert len(message_of(Code.REQUIRED, "mot " * 100)) < 180


# --- laws ------------------------------------------------------------------------------

EVERYTHING = FRUITS + page(
    "{type: select_one on or_other, name: a, label: A, required: true}",
    "{type: select_multiple fruits or_other, name: m, label: M, relevant: \"${a} = 'oui'\"}",
    "{type: rank fruits, name: r, label: R, relevant: \"selected(${m}, 'pomme')\"}",
    "{type: integer, name: n, label: N, constraint: '. >= 0', constraint_message: Positif.}",
    "{type: range, name: note, label: Note, relevant: '${n} > 3'}",
    "{type: text, name: t, label: T, appearance: multiline, relevant: '${note} < 5'}",
    "{type: date, name: d, label: D}",
    "{type: tel, name: tel, label: Tel}",
    "{type: text, appearance: rpps, name: rpps, label: RPPS}",
    "{type: acknowledge, name: ok, label: OK, relevant: \"${d} != ''\"}",
    "{type: calculate, name: c, label: C, calculation: 'coalesce(${n}, 0) + count(${e})'}",
    "{type: repeat, name: e, label: E, relevant: \"${a} != 'non'\", items: ["
    "{type: text, name: p, label: P, required: true},"
    "{type: integer, name: g, label: G},"
    "{type: select_one on, name: s, label: S, relevant: '${g} > 2'},"
    "{type: calculate, name: pos, label: Pos, calculation: 'position(..)'}]}",
)
PARTS = {
    "a": st.sampled_from(["oui", "non", "other", "x", "", None]),
    "a_other": st.text(max_size=5),
    "m": st.lists(st.sampled_from(["pomme", "poire", "aucun", "other", "x"]), max_size=4),
    "m_other": st.text(max_size=5),
    "r": st.permutations(["pomme", "poire", "aucun"]) | st.just(["pomme"]),
    "n": st.integers(-3, 9) | st.floats(allow_nan=True) | st.just("x"),
    "note": st.integers(-1, 11),
    "t": st.text(max_size=8),
    "d": st.sampled_from(["2026-06-27", "2026-13-01", ""]),
    "tel": st.sampled_from(["0692123456", "12", "+33 6 12 34 56 78"]),
    "rpps": st.sampled_from(["1000 0000 009", "1-2", "x y"]),
    "ok": st.booleans(),
    "c": st.integers(),
    "e": st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "p": st.text(max_size=3),
                "g": st.integers(0, 5) | st.just("x"),
                "s": st.sampled_from(["oui", "x"]),
                "pos": st.integers(),
            },
        ),
        max_size=3,
    ),
    "z": st.integers(),
}
answers = st.fixed_dictionaries({}, optional=PARTS)
DEFINITION = form(EVERYTHING)


def tidied(definition: FormDefinition, values: dict[str, Any]) -> dict[str, Any]:
    return clean(definition, values, today=TODAY).values


@settings(max_examples=300)
@given(answers)
def test_cleaning_twice_changes_nothing(values: dict[str, Any]) -> None:
    once = tidied(DEFINITION, values)
    assert tidied(DEFINITION, once) == once


@settings(max_examples=200)
@given(answers, st.randoms())
def test_the_order_of_the_answers_changes_nothing(values: dict[str, Any], random: Any) -> None:
    shuffled = list(values.items())
    random.shuffle(shuffled)
    first = clean(DEFINITION, values, today=TODAY)
    second = clean(DEFINITION, dict(shuffled), today=TODAY)
    assert first == second
    assert list(first.values) == list(second.values)


@settings(max_examples=200)
@given(answers)
def test_what_is_hidden_is_never_stored(values: dict[str, Any]) -> None:
    kept = tidied(DEFINITION, values)
    if kept.get("a") != "oui":
        assert "m" not in kept
    if "pomme" not in kept.get("m", []):
        assert "r" not in kept
    if kept.get("a") == "non":
        assert "e" not in kept
    if not kept.get("n", 0) > 3:
        assert "note" not in kept
    if not kept.get("note", 9) < 5:
        assert "t" not in kept
    if "d" not in kept:
        assert "ok" not in kept
    for turn in kept.get("e", []):
        assert "s" not in turn or turn["g"] > 2
    assert "z" not in kept


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=6,
)


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(list(PARTS)), JSON, max_size=9))
def test_no_shape_of_answer_is_an_accident(values: dict[str, Any]) -> None:
    tidied(DEFINITION, values)


@settings(max_examples=100)
@given(answers)
def test_no_text_holds_what_the_database_refuses(values: dict[str, Any]) -> None:
    text = values.get("t", "") + "\x00\x1f\ud800"
    kept = tidied(DEFINITION, {**values, "a": "oui", "n": 4, "note": 1, "t": text}).get("t", "")
    kept.encode()
    assert "\x00" not in kept
