"""What may be stored of what was typed, and what is said about the rest."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.answers.types import MAX_OTHER, luhn, plausible_rpps, steps
from surveyapp.core.definition import Kind, Question
from surveyapp.core.problems import Code, message_of
from tests.core.asking import ask, codes

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
