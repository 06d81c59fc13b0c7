"""The bilan: the whole ARS form as data, its values, what is missing, what is proposed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings

from surveyapp.core.bilan import (
    BilanFormError,
    FieldKind,
    Period,
    Reply,
    Row,
    Ticks,
    Values,
    clean_text,
    decode,
    encode,
    load_form,
    missing,
    progress,
    summary_sentence,
    with_year,
)
from surveyapp.core.bilan.proposals import (
    Facts,
    amount_proposals,
    apply_amounts,
    apply_ticks,
    tick_proposals,
    volunteer_hours,
)
from surveyapp.core.budget import Amounts, Budget
from surveyapp.core.french import NBSP
from surveyapp.core.indicator import Indicator, IndicatorKind, Objective
from surveyapp.reports.bilan_form import FOLDER, bilan_form
from tests.bilans import any_values, complete

FORM = bilan_form()
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def paths(values: Values) -> list[str]:
    return [item.path for item in missing(FORM, values)]


# -- the form is whole (domain.md B.4) ----------------------------------------------------


@pytest.mark.parametrize(
    ("field", "count"),
    [
        ("themes", 12),
        ("tools", 5),
        ("people", 3),
        ("manner", 3),
        ("progress", 5),
        ("typology", 13),
        ("techniques", 9),
        ("materials", 7),
        ("ages", 8),
        ("publics", 8),
        ("location", 5),
        ("settings", 8),
        ("seconded_type", 11),
    ],
)
def test_every_option_is_there(field: str, count: int) -> None:
    assert len(FORM.field(field).options) == count


def test_typology_has_three_options_inside_the_educational_one() -> None:
    typology = FORM.field("typology")
    assert [len(o.children) for o in typology.options if o.children] == [3]
    assert len(list(typology.all_options())) == 16


def test_thirteen_yes_or_no_questions() -> None:
    found = [f for f in FORM.fields() if f.kind is FieldKind.YESNO]
    assert len(found) == 13
    assert [f.name for f in found if f.follow_up is None] == ["unforeseen"]


def test_six_tables_and_the_financial_one() -> None:
    tables = [f for f in FORM.fields() if f.kind in (FieldKind.TABLE, FieldKind.OBJECTIVES)]
    printed = {f.name: len(f.columns) for f in tables if f.layout != "lines"}
    assert printed == {
        "calendar": 4,
        "process": 4,
        "results": 4,
        "partners": 3,
        "team": 5,
        "proposals": 4,
    }
    assert FORM.field("budget").kind is FieldKind.BUDGET


def test_every_section_of_the_four_sheets_is_there() -> None:
    assert [s.heading for s in FORM.sheets] == ["", "Fiche 1", "Fiche 2", "Fiche 3", "Fiche 4"]
    numbers = [section.number for section in FORM.sections() if section.number]
    fiche2 = [f"2.{n}" for n in range(1, 10)]
    assert numbers == ["1.1", "1.2", *fiche2, "3.1", "3.2"]
    assert FORM.field("signatures").signatories == (
        "Signature du président",
        "Signature du trésorier",
    )


def test_none_stands_alone() -> None:
    assert [o.name for o in FORM.field("materials").options if o.exclusive] == ["aucun"]


def test_every_field_is_entered_on_a_page() -> None:
    for field in FORM.fields():
        assert FORM.page(FORM.page_of(field.name)) is not None


def test_columns_fill_the_width_of_the_page() -> None:
    for field in FORM.fields():
        if field.columns:
            assert sum(column.width for column in field.columns) == 100, field.name


def test_year_tokens() -> None:
    assert with_year("au 31/12/{N}, reportée en {N+1}", 2025) == "au 31/12/2025, reportée en 2026"
    assert with_year("en {N}, {N+1}", None) == "en N, N+1"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("name: bilan-action", "name: bilan-action\ncolour: blue", "unknown key colour"),
        ("kind: period", "kind: period\n            colour: blue", "unknown key colour"),
        ("name: structure,", "name: email,", "stands twice"),
        ("page: evaluation", "page: elsewhere", "unknown page elsewhere"),
        ("any: [external]", "any: [nobody]", "unknown option"),
        ("title: Bilan d’action", "", "missing"),
    ],
)
def test_a_wrong_description_is_refused(tmp_path, old: str, new: str, said: str) -> None:  # type: ignore[no-untyped-def]
    for name in ("fields.yaml", "accounts.yaml"):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    text = (tmp_path / "fields.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "fields.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BilanFormError, match=said):
        load_form(tmp_path)


# -- values -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (date(2022, 1, 1), date(2022, 12, 31), f"janvier à décembre{NBSP}2022"),
        (date(2022, 11, 1), date(2023, 2, 28), f"novembre{NBSP}2022 à février{NBSP}2023"),
        (date(2024, 2, 1), date(2024, 2, 29), f"février{NBSP}2024"),
        (
            date(2022, 3, 3),
            date(2022, 6, 1),
            f"du 3{NBSP}mars{NBSP}2022 au 1er{NBSP}juin{NBSP}2022",
        ),
        (date(2022, 6, 1), date(2022, 6, 1), f"1er{NBSP}juin{NBSP}2022"),
        (date(2022, 6, 1), None, f"à partir du 1er{NBSP}juin{NBSP}2022"),
        (None, date(2022, 6, 30), f"jusqu’au 30{NBSP}juin{NBSP}2022"),
        (None, None, ""),
    ],
)
def test_period_in_words(start: date | None, end: date | None, text: str) -> None:
    assert Period(start, end).text == text


def test_the_year_is_that_of_the_end() -> None:
    assert Values({"period": Period(date(2021, 1, 1), date(2023, 12, 31))}).year == 2023
    assert Values({"period": Period(date(2021, 1, 1), None)}).year == 2021
    assert Values().year is None


def test_texts_lose_what_no_document_can_hold() -> None:
    assert clean_text(" a\r\nb\x00\x1b[c\u2028d\ufffe ") == "a\nb[c\nd"
    assert clean_text("e\u0301") == "é"


@SLOW
@given(any_values(FORM))
def test_values_come_back_from_json(values: Values) -> None:
    document = json.loads(json.dumps(encode(FORM, values)))
    assert decode(FORM, document, values.objectives) == values


def test_a_field_that_the_form_no_longer_knows_is_left_aside() -> None:
    document = {"structure": "CPTS", "ancien": "x", "themes": {"names": ["vieux"], "texts": {}}}
    values = decode(FORM, {**document, "budget": {"99": {"planned": 1, "actual": 1, "detail": ""}}})
    assert values.text("structure") == "CPTS"
    assert values.ticks("themes") == Ticks()
    assert values.budget.empty


# -- what is missing ----------------------------------------------------------------------


def test_nothing_is_missing_from_a_complete_year() -> None:
    assert paths(complete(FORM)) == []
    assert summary_sentence(0) == "Tout est complet."


def test_an_empty_bilan_misses_everything_required() -> None:
    found = set(paths(Values()))
    required = {f.name for f in FORM.fields() if f.required} - {"period", "process", "results"}
    assert required <= found
    assert {"period-start", "objectives"} <= found
    assert not found & {"progress_reasons", "seconded_by", "external_name", "other_needs"}


def test_each_thing_missing_leads_to_its_page() -> None:
    counts = progress(FORM, Values())
    assert list(counts) == [page.name for page in FORM.pages]
    assert all(counts.values())
    assert sum(counts.values()) == len(missing(FORM, Values()))


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"conduct": Ticks(("external",))}, "external_name"),
        ({"conduct": Ticks(("self",)), "self_date": None}, "self_date"),
        ({"progress": Ticks(("cancelled",)), "progress_reasons": None}, "progress_reasons"),
        ({"themes": Ticks(("autres",))}, "themes-text-autres"),
        ({"relevant": Reply(None)}, "relevant"),
        ({"relevant": Reply(False)}, "relevant-follow"),
        ({"communicated": Reply(True)}, "communicated-follow"),
        ({"team": (Row({"role": "A", "status": ("m",)}),), "seconded_by": None}, "seconded_by"),
        ({"calendar": (Row({"step": "A", "planned": "mars"}),)}, "calendar-0-actual"),
        ({"partners": None}, "partners"),
        ({"period": Period(date(2025, 1, 1), None)}, "period-end"),
    ],
)
def test_what_one_answer_calls_for(changes: dict[str, object], path: str) -> None:
    values = complete(FORM).changed(changes)  # type: ignore[arg-type]
    if path == "external_name":
        values = values.changed({"external_name": None})
    assert path in paths(values)


@pytest.mark.parametrize(
    "changes",
    [
        {"progress": Ticks(("done",)), "progress_reasons": None},
        {"relevant": Reply(True)},
        {"communicated": Reply(False)},
        {"needs_exact": Reply(True)},
        {"unforeseen": Reply(False)},
        {"other_needs": None},
    ],
)
def test_what_is_not_called_for(changes: dict[str, object]) -> None:
    assert paths(complete(FORM).changed(changes)) == []  # type: ignore[arg-type]


def test_indicators_need_a_label_a_target_and_a_result() -> None:
    process, result = IndicatorKind.PROCESS, IndicatorKind.RESULT
    values = complete(FORM)
    bare = Objective("", (Indicator(process, ""), Indicator(result, "Note", "4", typed="5")))
    found = paths(replace(values, objectives=(bare,)))
    assert found == [
        "objectives-0-label",
        "objectives-0-process-0-label",
        "objectives-0-process-0-expected",
        "objectives-0-process-0-typed",
    ]
    only = Objective("Un", (Indicator(process, "a", "b", typed="c"),))
    assert paths(replace(values, objectives=(only,))) == ["objectives-0-result"]


def test_labels_name_the_year_and_the_row() -> None:
    values = complete(FORM).changed({"calendar": (Row({"step": "A"}),)})
    labels = [item.label for item in missing(FORM, values)]
    assert labels == [
        "Calendrier de l’action, étape 1 – Calendrier prévisionnel",
        "Calendrier de l’action, étape 1 – Calendrier réel",
    ]


# -- proposals ----------------------------------------------------------------------------


def test_closed_campaigns_propose_questionnaires() -> None:
    """Domain.md B.1, §1.2."""
    found = tick_proposals(FORM, Values(), Facts(campaigns=2, closed_campaigns=1))
    ticks = {(p.field, p.option) for p in found}
    assert ticks == {("tools", "surveys"), ("people", "beneficiaries"), ("manner", "survey")}
    assert all(p.reason for p in found)
    assert tick_proposals(FORM, Values(), Facts()) == []


def test_indicators_and_partners_propose_their_box() -> None:
    values = complete(FORM).changed({"tools": None, "people": None})
    ticks = {(p.field, p.option) for p in tick_proposals(FORM, values, Facts())}
    assert ticks == {("tools", "dashboards"), ("people", "partners")}


def test_what_is_ticked_is_not_proposed_again() -> None:
    values = complete(FORM)
    facts = Facts(campaigns=1, closed_campaigns=1)
    after = apply_ticks(values, tick_proposals(FORM, values, facts))
    assert tick_proposals(FORM, after, facts) == []
    assert set(values.ticks("tools").names) < set(after.ticks("tools").names)
    assert after.ticks("tools").texts == values.ticks("tools").texts


def test_the_grant_and_the_volunteers_fill_their_lines() -> None:
    values = replace(complete(FORM), budget=Budget({"74_ars": Amounts(planned=1_00)}))
    assert volunteer_hours(values) == 82.5
    after = apply_amounts(values, amount_proposals(FORM, values)).budget
    assert after["74_ars"] == Amounts(1_00, 45_000_00)
    assert after["86_864"].actual == after["87_870"].actual == 1_237_50


def test_an_amount_that_is_written_is_not_proposed() -> None:
    assert amount_proposals(FORM, complete(FORM)) == []
