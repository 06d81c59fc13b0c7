"""Entry pages of the bilan: what is typed, read, refused, moved, never lost."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveyapp.core.bilan import Period, Reply, Row, Ticks, Values, fill, read
from surveyapp.core.bilan.entry import parse_month
from surveyapp.core.bilan.objectives import (
    IndicatorEntry,
    ObjectiveEntry,
    fill_objectives,
    read_objectives,
)
from surveyapp.core.bilan.rows import (
    Operation,
    Verb,
    is_empty,
    operate,
    parse_operation,
    row_name,
    with_blank,
)
from surveyapp.core.budget import Amounts
from surveyapp.core.french import NBSP
from surveyapp.core.indicator import IndicatorKind
from surveyapp.reports.bilan_form import bilan_form
from tests.bilans import any_values, complete, texts

FORM = bilan_form()
FIELDS = tuple(FORM.fields())
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def typed(**inputs: str | list[str]) -> dict[str, list[str]]:
    """Inputs by name, ``_`` read as ``-`` after a double one: ``period__start``."""
    return {
        name.replace("__", "-"): [value] if isinstance(value, str) else value
        for name, value in inputs.items()
    }


def one_field(name: str, **inputs: str | list[str]) -> object:
    entry = read(FORM, (FORM.field(name),), typed(**inputs))
    assert entry.faults == ()
    return entry.changes[name]


def fault(name: str, **inputs: str | list[str]) -> str:
    entry = read(FORM, (FORM.field(name),), typed(**inputs))
    (found,) = entry.faults
    assert found.message.endswith(".")
    return f"{found.name}: {found.message}"


@SLOW
@given(any_values(FORM))
def test_what_a_page_shows_is_read_back_unchanged(values: Values) -> None:
    entry = read(FORM, FIELDS, fill(FORM, FIELDS, values))
    assert entry.faults == ()
    assert {k: v for k, v in entry.changes.items() if v is not None} == values.fields
    assert entry.budget is not None
    assert entry.budget.lines == {k: a for k, a in values.budget.lines.items() if not a.empty}


def test_a_complete_year_is_read_back_unchanged() -> None:
    values = complete(FORM)
    entry = read(FORM, FIELDS, fill(FORM, FIELDS, values))
    assert values.changed(entry.changes).fields == values.fields


@SLOW
@given(
    st.dictionaries(
        st.sampled_from([*fill(FORM, FIELDS, complete(FORM)), "objectives-rows"]),
        st.lists(st.text(max_size=12), max_size=3),
    )
)
def test_no_input_whatever_makes_reading_fail(inputs: dict[str, list[str]]) -> None:
    read(FORM, FIELDS, inputs)
    read_objectives(inputs)


# -- kinds --------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["03/2026", "3/2026", "2026-03", "mars 2026", "Mars  2026"])
def test_a_month_in_several_ways(text: str) -> None:
    assert parse_month(text) == date(2026, 3, 1)
    assert one_field("self_date", self_date=text) == f"mars{NBSP}2026"


def test_a_date_in_words_stays_as_it_was_typed() -> None:
    assert one_field("self_date", self_date="début 2026") == "début 2026"
    assert one_field("self_date", self_date="12/03/2026") == "12/03/2026"
    assert "mars 2026" in fault("self_date", self_date="13/2026")


def test_a_period_of_months_or_days() -> None:
    whole = Period(date(2024, 2, 1), date(2024, 2, 29))
    assert one_field("period", period__start="02/2024", period__end="février 2024") == whole
    days = Period(date(2024, 2, 3), date(2024, 3, 1))
    assert one_field("period", period__start="03/02/2024", period__end="1/3/2024") == days
    assert one_field("period", period__start="", period__end="") is None
    assert "avant le début" in fault("period", period__start="03/2024", period__end="02/2024")
    assert fault("period", period__start="bientôt").startswith("period-start")


def test_who_writes_in_precisez_means_the_box() -> None:
    assert one_field("themes", themes__text__autres="Vue") == Ticks(("autres",), {"autres": "Vue"})


def test_an_option_inside_another_ticks_it() -> None:
    assert one_field("typology", typology=["continue"]) == Ticks(("proximite", "continue"))


def test_none_goes_with_nothing_else() -> None:
    assert one_field("materials", materials=["aucun"]) == Ticks(("aucun",))
    assert "Aucun" in fault("materials", materials=["aucun", "conte"])


def test_a_single_choice() -> None:
    assert "une seule" in fault("conduct", conduct=["self", "external"])


def test_an_unknown_option_is_not_kept() -> None:
    assert one_field("themes", themes=["femme", "<script>"]) == Ticks(("femme",))


def test_yes_no_or_nothing() -> None:
    assert one_field("relevant", relevant="oui") == Reply(True)
    assert one_field("relevant", relevant="non", relevant__follow="x") == Reply(False, "x")
    assert one_field("relevant", relevant="") is None
    assert one_field("relevant", relevant="", relevant__follow="x") == Reply(None, "x")


def test_addresses_with_accents_pass_and_what_is_no_address_does_not() -> None:
    """Domain.md A.7, 13."""
    assert one_field("email", email="contact@santé.example") == "contact@santé.example"
    for wrong in ("contact", "contact@", "@cpts.example", "a b@cpts.example", "contact@cpts"):
        assert "adresse complète" in fault("email", email=wrong)


def test_rows_without_anything_are_dropped() -> None:
    rows = one_field("calendar", calendar__rows="3", **{"calendar__1__step": "Former"})
    assert rows == (Row({"step": "Former"}),)
    assert one_field("calendar", calendar__rows="2") is None


def test_cells_by_kind() -> None:
    rows = one_field(
        "team",
        team__rows="1",
        team__0__count="2",
        team__0__hours="1 610,5",
        team__0__status=["b", "m"],
    )
    assert rows == (Row({"count": 2.0, "hours": 1610.5, "status": ("m", "b")}),)
    assert fault("team", team__rows="1", team__0__hours="beaucoup").startswith("team-0-hours")
    assert "positif" in fault("team", team__rows="1", team__0__hours="-3")


def test_a_text_too_long_is_refused_with_what_to_remove() -> None:
    assert f"20{NBSP}caractères" in fault("title", title="x" * 320)


def test_amounts_of_the_budget() -> None:
    budget = (FORM.field("budget"),)
    entry = read(FORM, budget, {"budget-65-planned": ["1 000,50 €"], "budget-65-actual": [""]})
    assert entry.budget is not None
    assert entry.budget["65"] == Amounts(100050, None)
    (wrong,) = read(FORM, budget, {"budget-65-actual": ["mille"]}).faults
    assert wrong.name == "budget-65-actual"


# -- rows ---------------------------------------------------------------------------------


def table(*steps: str) -> dict[str, list[str]]:
    inputs = {f"calendar-{n}-step": [step] for n, step in enumerate(steps)}
    return {"calendar-rows": [str(len(steps))], "title": ["T"], **inputs}


def steps(inputs: dict[str, list[str]]) -> list[str]:
    count = int(inputs["calendar-rows"][0])
    return [inputs.get(f"calendar-{n}-step", [""])[0] for n in range(count)]


@pytest.mark.parametrize(
    ("button", "after", "focus"),
    [
        ("add:calendar", ["a", "b", "c", ""], 3),
        ("drop:calendar:1", ["a", "c"], 1),
        ("drop:calendar:2", ["a", "b"], 1),
        ("remove:calendar:0", ["b", "c"], 0),
        ("up:calendar:2", ["a", "c", "b"], 1),
        ("up:calendar:0", ["a", "b", "c"], 0),
        ("down:calendar:0", ["b", "a", "c"], 1),
        ("down:calendar:2", ["a", "b", "c"], 2),
        ("drop:calendar:9", ["a", "b", "c"], 9),
    ],
)
def test_buttons_of_a_table(button: str, after: list[str], focus: int) -> None:
    operation = parse_operation(button)
    assert operation is not None
    inputs, shown = operate(table("a", "b", "c"), operation)
    assert (steps(inputs), shown) == (after, focus)
    assert inputs["title"] == ["T"]


@pytest.mark.parametrize(
    "text", ["", "save", "add", "add:calendar:1", "up:calendar", "up:calendar:x", "add:../x:1"]
)
def test_anything_else_is_no_operation(text: str) -> None:
    assert parse_operation(text) is None


@given(st.lists(texts, max_size=6), st.sampled_from(Verb), st.integers(0, 7))
def test_moving_loses_nothing(rows: list[str], verb: Verb, index: int) -> None:
    before = table(*rows)
    after, _ = operate(before, Operation(verb, "calendar", index))
    kept = [text for text in steps(after) if text]
    if verb in (Verb.REMOVE, Verb.DROP) and index < len(rows):
        assert kept == rows[:index] + rows[index + 1 :]
    else:
        assert sorted(kept) == sorted(rows)


def test_rows_inside_rows_follow_their_row() -> None:
    inputs = fill_objectives(
        [
            ObjectiveEntry(1, "un", (IndicatorEntry(11, IndicatorKind.PROCESS, "a"),)),
            ObjectiveEntry(2, "deux", (IndicatorEntry(21, IndicatorKind.RESULT, "b"),)),
        ]
    )
    moved, _ = operate(inputs, Operation(Verb.UP, "objectives", 1))
    entries, faults = read_objectives(moved)
    assert faults == ()
    assert [(e.key, e.label, [i.key for i in e.indicators]) for e in entries] == [
        (2, "deux", [21]),
        (1, "un", [11]),
    ]


def test_a_row_is_empty_when_nothing_was_typed_in_it() -> None:
    inputs = with_blank(table("a"), "calendar")
    assert not is_empty(inputs, "calendar", 0)
    assert is_empty(inputs, "calendar", 1)
    hidden = {"objectives-0-id": ["3"], "objectives-0-process-rows": ["1"]}
    assert is_empty(hidden, "objectives", 0)


def test_a_row_is_named_by_its_first_text() -> None:
    assert row_name(table("a", "Former  les\nambassadeurs"), "calendar", 1) == (
        "Former les ambassadeurs"
    )
    assert row_name(table("x" * 99), "calendar", 0) == "x" * 59 + "…"
    assert row_name(table(""), "calendar", 0) == ""


# -- objectives ---------------------------------------------------------------------------

indicators = st.builds(
    IndicatorEntry,
    st.none() | st.integers(1, 10**9),
    st.sampled_from(IndicatorKind),
    texts,
    texts | st.just(""),
    texts | st.just(""),
    texts | st.just(""),
)
objectives = st.builds(
    ObjectiveEntry,
    st.none() | st.integers(1, 10**9),
    texts,
    st.lists(indicators, max_size=4).map(
        lambda found: tuple(sorted(found, key=lambda i: list(IndicatorKind).index(i.kind)))
    ),
)


@given(st.lists(objectives, max_size=3).map(tuple))
def test_objectives_shown_are_read_back_unchanged(entries: tuple[ObjectiveEntry, ...]) -> None:
    assert read_objectives(fill_objectives(entries)) == (entries, ())


def test_a_forged_key_is_a_new_row() -> None:
    inputs = {"objectives-rows": ["1"], "objectives-0-id": ["x"], "objectives-0-label": ["un"]}
    assert read_objectives(inputs)[0] == (ObjectiveEntry(None, "un"),)
