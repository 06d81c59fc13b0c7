"""Laws of cleaning: whatever is typed, what is stored is sound."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.core.answers import clean
from surveyapp.core.definition import FormDefinition
from tests.core.asking import FRUITS, TODAY
from tests.core.samples import form, page

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
