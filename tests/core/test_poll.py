"""A live poll: its stages, its votes, its counts."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.answers import clean
from surveyapp.core.check import check
from surveyapp.core.codec import from_document, to_document
from surveyapp.core.definition import Question
from surveyapp.core.loader import load
from surveyapp.core.poll import (
    Act,
    PollRefusal,
    PollState,
    Stage,
    after,
    document_of,
    questions_of,
    read_code,
    read_vote,
    tally,
)

TODAY = date(2026, 11, 22)

FORM = load(Path(__file__).parents[2] / "forms" / "sondage-seance.yaml")
NAMES = [question.name for question in questions_of(FORM)]
START = Stage(PollState.WAITING, "", False, False, True)
ACTS = st.lists(st.tuples(st.sampled_from(Act), st.sampled_from([*NAMES, "autre"])), max_size=20)


def question(name: str) -> Question:
    found = FORM.question(name)
    assert found is not None
    return found


def acts(*sequence: Act, start: Stage = START) -> Stage:
    for act in sequence:
        start = after(start, act, NAMES, target=NAMES[-1])
    return start


def test_the_form_that_ships_is_right_and_survives_publication() -> None:
    assert check(FORM) == []
    assert FORM.live
    assert FORM.k == 1
    assert from_document(to_document(FORM)) == FORM


def test_questions_come_one_after_the_other() -> None:
    stages = list(
        itertools.accumulate([Act.NEXT] * 4, lambda s, a: after(s, a, NAMES), initial=START)
    )
    assert [stage.question for stage in stages] == ["", *NAMES]
    assert {stage.state for stage in stages[1:]} == {PollState.OPEN}
    with pytest.raises(PollRefusal, match="dernière question"):
        after(stages[-1], Act.NEXT, NAMES)


def test_back_shows_without_taking_votes() -> None:
    stage = acts(Act.NEXT, Act.NEXT, Act.PREVIOUS)
    assert (stage.state, stage.question) == (PollState.FROZEN, NAMES[0])
    assert acts(Act.FREEZE, start=stage).state is PollState.OPEN
    assert acts(Act.PREVIOUS, start=stage).state is PollState.WAITING


def test_hidden_until_voted_opens_hidden_and_a_stop_reveals() -> None:
    stage = acts(Act.HIDE, Act.NEXT)
    assert not stage.results_shown
    assert acts(Act.FREEZE, start=stage).results_shown
    assert acts(Act.RESULTS, start=stage).results_shown
    assert acts(Act.HIDE, start=stage).results_shown


def test_nothing_to_stop_before_the_first_question() -> None:
    with pytest.raises(PollRefusal, match="Montrez d’abord"):
        acts(Act.FREEZE)


def test_a_finished_poll_stays_as_it_is() -> None:
    for act in Act:
        with pytest.raises(PollRefusal, match="terminée"):
            after(Stage(PollState.DONE, "", False, False, True), act, NAMES, target=NAMES[0])


@given(ACTS)
def test_whatever_is_pressed_the_stage_makes_sense(pressed: list[tuple[Act, str]]) -> None:
    stage = START
    for act, target in pressed:
        try:
            stage = after(stage, act, NAMES, target=target)
        except PollRefusal as refusal:
            assert str(refusal).endswith(".")
        assert (stage.state is PollState.WAITING) == (stage.question == "")
        assert stage.question in {"", *NAMES}


def test_a_code_is_read_however_it_is_typed() -> None:
    assert read_code(" cd3-f4 ") == "CD3F4"


@pytest.mark.parametrize(
    ("name", "sent", "stored"),
    [
        ("engagement", ["bientot"], "bientot"),
        ("priorites", ["parcours", "acces"], ["acces", "parcours"]),
        ("utilite", ["4"], 4),
        ("mots", ["le lien", "", "Confiance, lien"], ["lien", "Confiance"]),
        ("mots", ["a1, b2, c3, d4, e5"], ["a1", "b2", "c3"]),
    ],
)
def test_what_is_stored_of_a_vote(name: str, sent: list[str], stored: Any) -> None:
    assert read_vote(question(name), sent) == stored


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("engagement", []),
        ("engagement", ["peut-etre"]),
        ("priorites", []),
        ("priorites", ["acces", "x"]),
        ("utilite", ["9"]),
        ("utilite", ["quatre"]),
        ("utilite", ["nan"]),
        ("mots", [""]),
        ("mots", ["le", "!"]),
    ],
)
def test_a_vote_that_is_none_is_refused_in_french(name: str, sent: list[str]) -> None:
    with pytest.raises(PollRefusal, match=r"\.$"):
        read_vote(question(name), sent)


def test_bars_count_people_not_ticks() -> None:
    found = tally(question("priorites"), [["acces", "liens"], ["acces"], ["liens"]])
    assert found.votes == 3
    assert {bar.name: bar.count for bar in found.bars if bar.count} == {"acces": 2, "liens": 2}
    assert found.bars[0].share == pytest.approx(2 / 3)
    assert tally(question("engagement"), []).bars[0].share == 0


def test_a_scale_has_its_mean() -> None:
    found = tally(question("utilite"), [6, 3, 3])
    assert found.mean == 4
    assert [bar.count for bar in found.bars] == [0, 0, 2, 0, 0, 1]


def test_moderation_keeps_back_what_nobody_has_read() -> None:
    votes = [["lien"], ["liens", "gros mot"], ["temps"]]
    shown = tally(question("mots"), votes, decided={"gros mot": False})
    assert [term.text for term in shown.terms] == ["lien", "temps"]
    assert shown.waiting == ()
    held = tally(question("mots"), votes, decided={"gros mot": False, "lien": True}, moderated=True)
    assert [term.text for term in held.terms] == ["lien"]
    assert [term.text for term in held.waiting] == ["temps"]


def test_the_answers_of_a_telephone_are_those_of_an_ordinary_form() -> None:
    votes = {"engagement": "non", "utilite": 3, "mots": ["lien", "Gros mot"], "autre": "x"}
    document = document_of(FORM, votes, {"mots": frozenset({"gros mot"})})
    assert document == {"engagement": "non", "utilite": 3, "mots": "lien"}
    outcome = clean(FORM, document, today=TODAY)
    assert outcome.problems == ()
    assert outcome.values == document
    assert document_of(FORM, {"mots": ["Gros mot"]}, {"mots": frozenset({"gros mot"})}) == {}
