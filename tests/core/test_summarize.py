"""Summaries of each type of question, counted by hand beside."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.charts.words import alternative_text
from surveyapp.core.bins import bins
from surveyapp.core.decoding import build
from surveyapp.core.definition import FormDefinition, Kind, Mode
from surveyapp.core.disclosure import everything
from surveyapp.core.loader import loads
from surveyapp.core.reference import ReferenceFigure
from surveyapp.core.summarize import summarize
from surveyapp.core.summary import Reason, Row, Shape, Summary
from surveyapp.reports.figures import headline
from tests.collecting import MORE, form

FORM = form(Mode.NOMINATIVE, more=MORE)
MATRIX = loads("""
name: tableau
title: Tableau
version: "1"
mode: nominative
k: 5
retention_months: 12
identity_questions: [nom]
email_question: courriel
notice: {controller: a, purpose: b, legal_basis: c, recipients: d, retention: e, rights: f}
choices:
  accord: [{name: non, label: Non}, {name: oui, label: Oui}]
survey:
  - type: group
    name: avis
    label: Votre avis
    items:
      - {type: text, name: nom, label: Nom, required: true}
      - {type: email, name: courriel, label: Courriel}
      - {type: text, name: rpps, label: RPPS, appearance: rpps}
      - {type: note, name: merci, label: Merci}
      - type: group
        name: items
        label: Les ateliers
        appearance: table-list
        items:
          - {type: select_one accord, name: utile, label: Utiles}
          - type: select_one accord
            name: clair
            label: Clairs
            reference: {figure: clarte, choices: [oui]}
      - type: range
        name: stress
        label: Stress
        parameters: {start: 0, end: 10, min_label: Aucun, max_label: Extrême}
        reference: {figure: stress}
      - {type: range, name: euros, label: Euros, parameters: {start: 0, end: 100}}
""")


def found(
    definition: FormDefinition, *documents: dict[str, Any], crossing: str = "", **options: Any
) -> dict[str, Summary]:
    columns = build(definition, [(i, orjson.dumps(d)) for i, d in enumerate(documents, 1)])
    listed = summarize(definition, columns, everything(columns), k=5, crossing=crossing, **options)
    return {summary.question: summary for summary in listed}


def counts(row: Row) -> dict[str, int | None]:
    return {cell.name: cell.count for cell in row.cells}


def test_one_choice() -> None:
    summary = found(FORM, {"secteur": "nord"}, {"secteur": "nord"}, {"secteur": "sud"}, {})[
        "secteur"
    ]
    assert (summary.shape, summary.n, summary.missing, summary.asked) == (Shape.CHOICE, 3, 1, 4)
    assert counts(summary.rows[0]) == {"nord": 2, "sud": 1}
    assert summary.rows[0].cells[0].share == pytest.approx(2 / 3)
    assert (summary.label, summary.section) == ("Votre secteur", "Votre avis")


def test_several_choices_are_shares_of_who_answered() -> None:
    summary = found(FORM, {"themes": ["soin", "lien"]}, {"themes": ["soin"]}, {})["themes"]
    assert (summary.shape, summary.n) == (Shape.MULTIPLE, 2)
    assert counts(summary.rows[0]) == {"soin": 2, "lien": 1, "other": 0}
    assert [cell.share for cell in summary.rows[0].cells] == [1.0, 0.5, 0.0]


def test_a_scale_has_a_mean_and_every_note() -> None:
    summary = found(FORM, {"note": 2}, {"note": 5}, {"note": 6})["note"]
    assert (summary.shape, summary.scale) == (Shape.SCALE, (0, 6))
    assert counts(summary.rows[0]) == {str(i): int(i in (2, 5, 6)) for i in range(7)}
    assert summary.rows[0].mean == pytest.approx(13 / 3)
    assert summary.rows[0].median == 5


def test_a_long_scale_is_a_number() -> None:
    summary = found(MATRIX, *[{"nom": "x", "euros": i} for i in range(0, 101, 5)])["euros"]
    assert (summary.shape, summary.scale) == (Shape.NUMBER, None)
    assert sum(cell.count or 0 for cell in summary.rows[0].cells) == 21


def test_the_ends_of_a_scale_have_their_words() -> None:
    summary = found(MATRIX, {"nom": "x", "stress": 4})["stress"]
    assert summary.scale_labels == ("Aucun", "Extrême")


def test_a_matrix_has_a_row_per_line() -> None:
    summary = found(
        MATRIX, {"utile": "oui", "clair": "non"}, {"utile": "oui"}, {"clair": "oui"}, {}
    )["items"]
    assert (summary.shape, summary.n, summary.missing, summary.asked) == (Shape.MATRIX, 3, 1, 4)
    assert [(row.name, row.n, counts(row)) for row in summary.rows] == [
        ("utile", 2, {"non": 0, "oui": 2}),
        ("clair", 2, {"non": 1, "oui": 1}),
    ]


def test_a_ranking_has_a_mean_rank_per_option() -> None:
    summary = found(
        FORM,
        {"ordre": ["lien", "soin"]},
        {"ordre": ["lien", "soin"]},
        {"ordre": ["soin", "lien"]},
        {},
    )["ordre"]
    assert (summary.shape, summary.n, summary.missing) == (Shape.RANK, 3, 1)
    assert [(row.name, row.n, counts(row)) for row in summary.rows] == [
        ("soin", 3, {"1": 1, "2": 2}),
        ("lien", 3, {"1": 2, "2": 1}),
    ]
    assert [row.mean for row in summary.rows] == pytest.approx([5 / 3, 4 / 3])


def test_texts_are_counted_and_shown_when_reviewed() -> None:
    summary = found(FORM, {"idee": "a"}, {"idee": "b"}, {}, texts={"idee": ("b",)})["idee"]
    assert (summary.shape, summary.n, summary.texts) == (Shape.TEXT, 2, ("b",))


def test_the_text_of_other_has_its_own_summary() -> None:
    summary = found(FORM, {"themes": ["other"], "themes_other": "x"})["themes_other"]
    assert summary.label == "Vos thèmes – Autre, précisez"


def test_turns_of_a_repeat_are_counted() -> None:
    summary = found(FORM, {"enfants": [{}, {}]}, {"enfants": [{}]}, {})["enfants"]
    assert (summary.shape, summary.n, summary.rows[0].mean) == (Shape.NUMBER, 2, 1.5)


def test_a_box_to_tick() -> None:
    summary = found(FORM, {"accord": True}, {})["accord"]
    assert [(c.label, c.count) for c in summary.rows[0].cells] == [("Coché", 1)]


def test_who_somebody_is_has_no_summary() -> None:
    assert set(found(MATRIX, {"nom": "x"})) == {"items", "stress", "euros"}


def test_nobody_answered() -> None:
    summaries = found(FORM)
    assert {s.withheld for s in summaries.values()} == {Reason.EMPTY}
    summary = found(FORM, {})["note"]
    assert (summary.n, summary.missing, summary.rows[0].mean) == (0, 1, None)
    assert summary.rows[0].cells[0].share is None


def figure(key: str, unit: str) -> ReferenceFigure:
    return ReferenceFigure(key, 0.5, unit, 100, 2023, "étude", "mots", "", "prudence", True)


def test_a_reference_figure_stands_beside_the_local_one() -> None:
    figures = {"clarte": figure("clarte", "%"), "stress": figure("stress", "/10")}
    summaries = found(
        MATRIX, {"clair": "oui", "stress": 4}, {"clair": "non", "stress": 7}, figures=figures
    )
    clear, stress = summaries["items"].benchmarks[0], summaries["stress"].benchmarks[0]
    assert (clear.key, clear.local, clear.doubtful) == ("clarte", 0.5, True)
    assert "repère national (enquête déclarative" in clear.source
    assert (stress.local, stress.unit) == (5.5, "/10")
    assert found(MATRIX, {"clair": "oui"}, figures=figures)["stress"].benchmarks[0].local is None
    assert found(MATRIX, figures=figures)["stress"].benchmarks[0].local is None


def test_a_crossing_has_a_row_per_subgroup() -> None:
    people = [
        {"secteur": "nord", "note": 2, "themes": ["soin"], "ordre": ["soin", "lien"]},
        {"secteur": "nord", "note": 4, "themes": ["lien"], "ordre": ["lien", "soin"]},
        {"secteur": "sud", "note": 6},
        {"note": 1},
    ]
    summaries = found(FORM, *people, crossing="secteur")
    note = summaries["note"]
    assert (note.crossed_by, note.crossed_label) == ("secteur", "Votre secteur")
    assert [(r.label, r.n, r.mean) for r in note.breakdown] == [
        ("Nord", 2, 3.0),
        ("Sud", 1, 6.0),
        ("Sans réponse", 1, 1.0),
    ]
    assert counts(summaries["themes"].breakdown[0]) == {"soin": 1, "lien": 1, "other": 0}
    assert summaries["ordre"].breakdown[0].label == "Le soin – Nord"
    assert summaries["secteur"].breakdown == ()
    assert summaries["idee"].breakdown == ()


def test_several_choices_are_crossed_with_a_profile_that_nobody_has() -> None:
    documents = [{"secteur": "nord", "themes": ["soin"]} for _ in range(6)]
    rows = found(FORM, *documents, crossing="secteur")["themes"].breakdown
    assert [(row.label, row.n) for row in rows] == [("Nord", 6), ("Sud", 0)]
    assert counts(rows[1]) == {"soin": 0, "lien": 0, "other": 0}


def test_a_matrix_is_crossed_line_by_line() -> None:
    summaries = found(MATRIX, {"utile": "oui", "clair": "non"}, {"utile": "non"}, crossing="utile")
    rows = summaries["items"].breakdown
    assert [(r.name, r.label, r.n) for r in rows][:2] == [
        ("clair:non", "Clairs – Non", 0),
        ("clair:oui", "Clairs – Oui", 1),
    ]


# --- classes of a histogram -------------------------------------------------------------


def labels(values: list[float], kind: Kind = Kind.INTEGER, least: int = 0) -> list[str]:
    return [b.label for b in bins(np.array(values, dtype=float), kind, least=least)]


def test_classes_have_round_bounds_and_french_words() -> None:
    assert labels([1, 2, 5]) == ["1", "2", "3", "4", "5"]
    assert labels([0, 47]) == [f"{i} à {i + 9}" for i in range(0, 50, 10)]
    assert labels([0.2, 1.1], Kind.DECIMAL)[:2] == ["0,2 à moins de 0,4", "0,4 à moins de 0,6"]
    days = [date(2026, 1, 5).toordinal(), date(2026, 3, 1).toordinal()]
    assert labels(days, Kind.DATE) == ["janvier\u00a02026", "février\u00a02026", "mars\u00a02026"]
    years = [date(2020, 1, 5).toordinal(), date(2023, 3, 1).toordinal()]
    assert labels(years, Kind.DATE) == ["2020", "2021", "2022", "2023"]
    assert labels([8.5, 9.0], Kind.TIME) == ["8\u00a0h à 9\u00a0h", "9\u00a0h à 10\u00a0h"]


def test_years_are_written_without_separator_and_have_no_mean() -> None:
    text = "{type: integer, name: depuis, label: Depuis ?, appearance: year}"
    more = f"  - type: group\n    name: suite\n    label: Suite\n    items:\n      - {text}\n"
    asked = form(Mode.CONFIDENTIAL, more=more)
    columns = build(asked, [(i, orjson.dumps({"depuis": 1990 + i})) for i in range(30)])
    found = summarize(asked, columns, everything(columns), k=5)
    (summary,) = [one for one in found if one.question == "depuis"]
    assert summary.rows[0].mean is None
    assert summary.median(summary.rows[0]) == "2004,5"
    assert [cell.label for cell in summary.rows[0].cells][:2] == ["1990 à 1994", "1995 à 1999"]
    assert headline(summary) == "30\u00a0réponses, médiane\u00a02004,5"
    assert "médiane 2004,5" in alternative_text(summary).lower()


def test_equal_values_have_no_classes() -> None:
    assert labels([]) == labels([4, 4]) == []
    assert labels([1, 2, 3, 4, 5], least=3) == []


@given(
    st.lists(st.floats(-1e6, 1e6, width=32) | st.integers(-50, 50), max_size=60),
    st.integers(0, 6),
)
def test_every_value_is_in_one_class_and_the_ends_hold_enough(
    values: list[float], least: int
) -> None:
    array = np.array(values, dtype=float)
    classes = bins(array, Kind.DECIMAL, least=least)
    held = [b.holds(array) for b in classes]
    assert sum(held) in (0, len(values))
    assert len(classes) < 20
    assert len({b.label for b in classes}) == len(classes)
    if classes and least:
        assert min(held[0], held[-1]) >= least


# --- a law ------------------------------------------------------------------------------

answers = st.fixed_dictionaries(
    {},
    optional={
        "secteur": st.sampled_from(["nord", "sud"]),
        "note": st.integers(0, 6),
        "themes": st.lists(st.sampled_from(["soin", "lien"]), min_size=1, unique=True),
    },
)


@given(st.lists(answers, min_size=1, max_size=30))
def test_counts_are_those_of_counting_one_by_one(people: list[dict[str, Any]]) -> None:
    summaries = found(FORM, *people, crossing="secteur")
    notes = Counter(str(p["note"]) for p in people if "note" in p)
    assert {k: v for k, v in counts(summaries["note"].rows[0]).items() if v} == dict(notes)
    ticks = Counter(t for p in people for t in p.get("themes", []))
    assert {k: v for k, v in counts(summaries["themes"].rows[0]).items() if v} == dict(ticks)
    for summary in (summaries["note"], summaries["themes"]):
        assert sum(row.n or 0 for row in summary.breakdown) == summary.n
        assert (summary.n or 0) + (summary.missing or 0) == len(people)
