"""What the anonymous questionnaires ask."""

from __future__ import annotations

import re

from surveyapp.core.definition import (
    Kind,
)
from tests.core.questionnaires import (
    FIGURES,
    ask,
    choices,
    every_question,
    form,
    problem_names,
    question,
    shown,
)

# --- bien-etre-soignants ---------------------------------------------------------------


def test_every_wellbeing_question_can_be_skipped() -> None:
    assert not any(q.required for q in every_question("bien-etre-soignants"))
    assert ask("bien-etre-soignants").problems == ()


def test_eleven_themes_each_with_its_reference() -> None:
    uses = [q.reference for q in form("bien-etre-soignants").questions() if q.reference]
    assert sorted(use.figure for use in uses) == sorted(FIGURES)
    assert len(uses) == 11


def test_percentages_are_compared_with_choices_and_stress_with_its_mean() -> None:
    for item in form("bien-etre-soignants").questions():
        if item.reference is None:
            continue
        if FIGURES[item.reference.figure].unit == "%":
            names = [choice.name for choice in item.choices]
            assert set(item.reference.choices) < set(names)
        else:
            assert item.reference.choices == ()
            assert item.kind is Kind.RANGE
            assert (item.parameters["start"], item.parameters["end"]) == ("0", "10")


def test_seven_things_exhaust_and_seven_restore() -> None:
    assert len(choices("bien-etre-soignants", "epuise")) == 7
    assert len(choices("bien-etre-soignants", "ressource")) == 7


def test_three_answers_at_most_where_it_is_said() -> None:
    names = choices("bien-etre-soignants", "epuise")
    three = ask("bien-etre-soignants", epuise=list(names[:3]))
    four = ask("bien-etre-soignants", epuise=list(names[:4]))
    assert three.problems == ()
    assert problem_names(four) == {"epuise"}


def test_profile_is_profession_age_and_exercise() -> None:
    profile = [q.name for q in form("bien-etre-soignants").questions() if q.profile]
    assert profile == ["profession", "age", "exercice"]


def test_one_open_question() -> None:
    texts = [q.name for q in every_question("bien-etre-soignants") if q.kind is Kind.TEXT]
    assert texts == ["expression_libre"]


def test_safety_box_gives_the_numbers() -> None:
    box = form("bien-etre-soignants").safety_box
    for number in ("3114", "0 805 23 23 36", "15", "112"):
        assert re.search(
            rf"(?<!\d){number}(?!\d)", box.replace("\u00a0", " ").replace("\u202f", " ")
        )


def test_no_diagnosis() -> None:
    assert "ni un test, ni un diagnostic" in form("bien-etre-soignants").introduction
    assert "validées scientifiquement" in form("bien-etre-soignants").introduction


# --- satisfaction-evenement ------------------------------------------------------------


def test_four_notes_on_six() -> None:
    ranges = [q for q in form("satisfaction-evenement").questions() if q.kind is Kind.RANGE]
    assert [q.name for q in ranges] == ["satisfaction", "enjeu", "apports", "note_globale"]
    for note in ranges:
        assert (note.parameters["start"], note.parameters["end"]) == ("1", "6")
        assert note.parameters["min_label"]
        assert note.parameters["max_label"]


def test_what_to_keep_and_what_to_improve() -> None:
    assert question("satisfaction-evenement", "conserver").multiline
    assert question("satisfaction-evenement", "ameliorer").multiline


def test_event_asks_for_the_overall_note_only() -> None:
    assert problem_names(ask("satisfaction-evenement")) == {"note_globale"}


# --- enquete-annuelle-adherents --------------------------------------------------------


def test_annual_survey_covers_its_subjects_and_requires_nothing() -> None:
    names = {q.name for q in form("enquete-annuelle-adherents").questions()}
    assert names >= {
        "besoins",
        "priorites",
        "theme",
        "participation",
        "freins",
        "engagement",
        "formats",
        "canaux",
        "note_globale",
        "attente",
    }
    assert ask("enquete-annuelle-adherents").problems == ()


def test_missions_are_ranked() -> None:
    rank = question("enquete-annuelle-adherents", "priorites")
    assert rank.kind is Kind.RANK
    assert len(rank.choices) == 6


def test_taking_part_is_asked_of_those_who_have_not_said_no() -> None:
    for wish, asked in (("regulier", True), ("ponctuel", True), ("plus_tard", False)):
        assert shown("enquete-annuelle-adherents", "groupes", engagement=wish) is asked


def test_no_rhythm_for_those_who_want_no_news() -> None:
    assert not shown("enquete-annuelle-adherents", "frequence", canaux=["aucun"])
    assert shown("enquete-annuelle-adherents", "frequence", canaux=["sms"])
