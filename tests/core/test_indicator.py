"""Indicators: targets reached or not, numbers read and written in French, provenance."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.french import NBSP
from surveyapp.core.indicator import (
    Comparison,
    Computed,
    Indicator,
    IndicatorKind,
    Target,
    read_value,
)

RESULT = IndicatorKind.RESULT


def computed(value: float | None, text: str = "", **more: str) -> Computed:
    return Computed(
        text=text,
        value=value,
        n=12,
        campaign="Satisfaction",
        what="note moyenne",
        filter=more.get("filter", ""),
        computed_on=date(2026, 6, 1),
        withheld=more.get("withheld", ""),
    )


@pytest.mark.parametrize(
    ("comparison", "value", "reached"),
    [
        (Comparison.OVER, 4.0, False),  # « note > 4/5 » is strict (domain.md F.2)
        (Comparison.OVER, 4.000000000001, False),
        (Comparison.OVER, 4.1, True),
        (Comparison.AT_LEAST, 4.0, True),
        (Comparison.AT_LEAST, 3.9, False),
        (Comparison.EQUAL, 4.0, True),
        (Comparison.EQUAL, 4.1, False),
        (Comparison.AT_MOST, 4.0, True),
        (Comparison.UNDER, 4.0, False),
        (Comparison.UNDER, 3.9, True),
    ],
)
def test_target_reached(comparison: Comparison, value: float, reached: bool) -> None:
    assert Target(comparison, 4.0, "/5").reached(value) is reached


def test_binary_noise_does_not_reach_a_strict_target() -> None:
    assert not Target(Comparison.OVER, 0.3).reached(0.1 + 0.2)


@given(st.integers(-1000, 1000), st.integers(-1000, 1000))
def test_comparisons_complete_each_other(value: int, bound: int) -> None:
    def holds(comparison: Comparison) -> bool:
        return Target(comparison, bound / 10).reached(value / 10)

    assert holds(Comparison.OVER) is not holds(Comparison.AT_MOST)
    assert holds(Comparison.UNDER) is not holds(Comparison.AT_LEAST)
    assert holds(Comparison.EQUAL) is (holds(Comparison.AT_LEAST) and holds(Comparison.AT_MOST))


def test_target_in_words_says_the_commitment_and_not_the_ambition() -> None:
    target = Target(Comparison.AT_LEAST, 50, "participants", ambition=90)
    assert target.text == f"au moins 50{NBSP}participants"
    assert Target(Comparison.OVER, 4, "/5").text == "plus de 4/5"
    assert Target(Comparison.EQUAL, 6).text == "6"
    assert (target.reached(60), target.ambition_reached(60)) == (True, False)
    assert Target(Comparison.OVER, 5).ambition_reached(6) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3,8/5", 3.8),
        ("3,8 / 5", 3.8),
        ("5/6", 5),
        ("5 sur 6", 5),
        ("54 %", 54),
        (f"1{NBSP}234,5", 1234.5),
        ("120 personnes", 120),
        ("3,8/5 (douze réponses)", 3.8),
        ("2 créées, 1 en attente", None),
        ("environ 120", None),
        ("Non réalisé : prématuré", None),
        ("toutes (1)", None),
        ("", None),
    ],
)
def test_a_short_text_is_read_as_a_value_and_a_story_is_not(text: str, value: float | None) -> None:
    assert read_value(text) == value


@given(st.text(max_size=30))
def test_reading_a_value_never_fails(text: str) -> None:
    read_value(text)


def test_what_is_printed_is_typed_first_then_computed_and_never_what_is_withheld() -> None:
    both = Indicator(RESULT, "Note", typed="4/5", computed=computed(4.3, "4,3/5"))
    assert (both.obtained, both.value) == ("4/5", 4)
    alone = Indicator(RESULT, "Note", computed=computed(4.3, "4,3/5"))
    assert (alone.obtained, alone.value) == ("4,3/5", 4.3)
    hidden = Indicator(RESULT, "Note", computed=computed(None, withheld="moins de 5 réponses"))
    assert (hidden.obtained, hidden.value) == ("", None)
    assert Indicator(RESULT, "Note").obtained == ""


def test_expected_text_is_the_target_in_words_unless_one_is_typed() -> None:
    target = Target(Comparison.OVER, 4, "/5")
    assert Indicator(RESULT, "Note", target=target).expected_text == "plus de 4/5"
    assert Indicator(RESULT, "Note", expected="bonne", target=target).expected_text == "bonne"


def test_reached_needs_a_target_and_a_number() -> None:
    target = Target(Comparison.OVER, 4, "/5")
    assert Indicator(RESULT, "Note", target=target, typed="4,0/5").reached is False
    assert Indicator(RESULT, "Note", target=target, typed="4,2/5").reached is True
    assert Indicator(RESULT, "Note", target=target, typed="plutôt bien").reached is None
    assert Indicator(RESULT, "Note", typed="4,2/5").reached is None


def test_a_typed_value_that_is_not_the_computed_one_is_flagged() -> None:
    found = computed(4.25, "4,25/5")
    assert Indicator(RESULT, "Note", typed="4/5", computed=found).differs
    assert not Indicator(RESULT, "Note", typed="4,25/5", computed=found).differs
    assert not Indicator(RESULT, "Note", typed="4,25 / 5", computed=found).differs
    assert not Indicator(RESULT, "Note", computed=found).differs
    assert not Indicator(RESULT, "Note", typed="4/5").differs


def test_a_value_that_is_withheld_differs_from_nothing() -> None:
    nothing = computed(None, withheld="Résultat pas encore montré.")
    assert not Indicator(RESULT, "Note", typed="4/5", computed=nothing).differs


def test_provenance_says_what_filter_n_and_date() -> None:
    said = computed(4.3, "4,3/5", filter="profession : infirmiers").provenance
    for part in ("note moyenne", "Satisfaction", "profession : infirmiers", "1er", "juin"):
        assert part in said
    assert f"12{NBSP}réponses" in said
