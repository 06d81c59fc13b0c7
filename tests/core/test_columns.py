"""Answers as columns: reading, adding, keeping."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.columns import Columns, ColumnsError, layout
from surveyapp.core.decoding import build
from surveyapp.core.definition import FormDefinition, Mode
from surveyapp.core.loader import loads
from tests.collecting import MORE, form

FORM = form(Mode.NOMINATIVE, more=MORE)
SKIPPING = loads("""
name: suite
title: Suite
version: "1"
mode: nominative
k: 5
retention_months: 12
notice:
  {controller: CPTS, purpose: but, legal_basis: b, recipients: c, retention: "1 an", rights: d}
choices:
  oui_non: [{name: oui, label: Oui}, {name: non, label: Non}]
survey:
  - type: group
    name: page
    label: Page
    items:
      - {type: select_one oui_non, name: venu, label: Venu ?}
      - {type: select_multiple oui_non, name: jours, label: Jours}
      - type: group
        name: avis
        label: Avis
        relevant: "${venu} = 'oui'"
        items:
          - {type: range, name: note, label: Note}
          - {type: text, name: pourquoi, label: Pourquoi ?, relevant: "${note} < 5"}
      - {type: integer, name: retard, label: Retard, relevant: "selected(${jours}, 'non')"}
      - {type: text, name: bientot, label: Bientôt ?, relevant: "today() > '2026-01-01'"}
      - type: repeat
        name: enfants
        label: Enfants
        items:
          - {type: integer, name: age, label: Âge}
      - {type: text, name: garde, label: Garde, relevant: "sum(${age}) < 10"}
""")


def columns(definition: FormDefinition, *documents: dict[str, Any], first: int = 1) -> Columns:
    return build(
        definition, [(first + i, orjson.dumps(document)) for i, document in enumerate(documents)]
    )


def test_every_type_has_its_storage() -> None:
    found = columns(
        FORM,
        {
            "note": 4,
            "secteur": "sud",
            "themes": ["soin", "other"],
            "themes_other": "x",
            "idee": "y",
            "jour": "2026-06-01",
            "rdv": "2026-06-02T09:30",
            "km": 3.5,
            "ordre": ["lien", "soin"],
            "accord": True,
            "enfants": [{}, {}],
        },
        {},
    )
    values = {name: column.values.tolist()[0] for name, column in found.items.items()}
    assert values["note"] == 4.0
    assert values["secteur"] == 2
    assert values["themes"] == 0b101
    assert values["km"] == 3.5
    assert values["jour"] + 1 == values["rdv"]
    assert values["ordre"] == [2, 1]
    assert (values["accord"], values["themes_other"], values["enfants"]) == (1, 1, 2.0)
    assert all(column.answered().tolist()[1] is False for column in found.items.values())


def test_lines_are_in_the_order_of_the_ids() -> None:
    found = build(FORM, [(9, b'{"note": 1}'), (2, b'{"note": 2}'), (5, b'{"note": 3}')])
    assert found.ids.tolist() == [2, 5, 9]
    assert found["note"].values.tolist() == [2.0, 3.0, 1.0]


def test_no_answers_at_all() -> None:
    assert len(build(FORM, [])) == 0
    assert len(build(SKIPPING, [])) == 0


@pytest.mark.parametrize(
    ("document", "asked"),
    [
        ({}, {"note": False, "pourquoi": False, "retard": False}),
        ({"venu": "non"}, {"note": False, "pourquoi": False}),
        ({"venu": "oui"}, {"note": True, "pourquoi": False}),
        ({"venu": "oui", "note": 3}, {"note": True, "pourquoi": True}),
        ({"venu": "oui", "note": 7}, {"pourquoi": False}),
        ({"jours": ["oui", "non"]}, {"retard": True}),
        ({"jours": ["oui"]}, {"retard": False}),
        ({"enfants": [{"age": 3}, {"age": 4}]}, {"garde": True}),
        ({"enfants": [{"age": 9}, {"age": 4}]}, {"garde": False}),
        ({"venu": "non"}, {"venu": True, "jours": True}),
    ],
)
def test_a_hidden_question_was_not_asked(document: dict[str, Any], asked: dict[str, bool]) -> None:
    found = columns(SKIPPING, document)
    assert {name: bool(found[name].was_asked()[0]) for name in asked} == asked


def test_what_depends_on_the_day_counts_as_asked_when_answered() -> None:
    found = columns(SKIPPING, {"bientot": "oui"}, {})
    assert found["bientot"].was_asked().tolist() == [True, False]


def test_more_than_64_choices_take_several_words() -> None:
    names = [f"c{i}" for i in range(70)]
    listed = "".join(f"    - {{name: {name}, label: {name}}}\n" for name in names)
    text = f"""
name: longue
title: Longue
version: "1"
mode: nominative
k: 5
retention_months: 12
notice: {{controller: a, purpose: b, legal_basis: c, recipients: d, retention: e, rights: f}}
choices:
  liste:
{listed}
survey:
  - type: group
    name: page
    label: Page
    items:
      - {{type: select_multiple liste, name: q, label: Q}}
"""
    found = columns(loads(text), {"q": ["c0", "c69"]}, {"q": ["c63"]}, {})
    assert found["q"].values.tolist() == [[1, 1 << 5], [1 << 63, 0], [0, 0]]
    assert found["q"].answered().tolist() == [True, True, False]


def test_odd_documents_do_no_harm() -> None:
    found = columns(
        FORM,
        {"note": "4", "secteur": "est", "jour": "hier", "km": True, "themes": ["x"], "ordre": []},
    )
    assert not any(found[n].answered()[0] for n in ("note", "secteur", "jour", "km", "themes"))


documents = st.fixed_dictionaries(
    {},
    optional={
        "venu": st.sampled_from(["oui", "non"]),
        "jours": st.lists(st.sampled_from(["oui", "non"]), unique=True, min_size=1),
        "note": st.integers(0, 10),
        "retard": st.integers(0, 99),
        "enfants": st.lists(st.fixed_dictionaries({"age": st.integers(0, 20)}), max_size=3),
    },
)


def same(a: Columns, b: Columns) -> bool:
    return a.to_bytes() == b.to_bytes()


@given(st.lists(documents, max_size=20), st.integers(0, 20))
def test_adding_in_two_times_or_in_one_is_the_same(found: list[dict[str, Any]], cut: int) -> None:
    early, late = columns(SKIPPING, *found[:cut]), columns(SKIPPING, *found[cut:], first=cut + 1)
    whole = columns(SKIPPING, *found)
    assert same(early.append(late), whole)
    assert same(late.append(early), whole)
    assert same(whole.append(whole), whole)


@given(st.lists(documents, max_size=20))
def test_what_is_kept_is_read_back(found: list[dict[str, Any]]) -> None:
    whole = columns(SKIPPING, *found)
    data = whole.to_bytes(tag="t")
    assert data == columns(SKIPPING, *found).to_bytes(tag="t")
    again = Columns.from_bytes(data, layout(SKIPPING), tag="t")
    assert again.to_bytes(tag="t") == data
    for name, column in whole.items.items():
        assert np.array_equal(again[name].was_asked(), column.was_asked())


def test_other_or_damaged_bytes_are_refused() -> None:
    data = columns(FORM, {"note": 3}).to_bytes(tag="t")
    for wrong in (b"", b"PK", data[:-30], data[:100] + b"\0" * 50 + data[150:]):
        with pytest.raises(ColumnsError):
            Columns.from_bytes(wrong, layout(FORM), tag="t")
    with pytest.raises(ColumnsError):
        Columns.from_bytes(data, layout(FORM), tag="u")
    with pytest.raises(ColumnsError):
        Columns.from_bytes(data, layout(SKIPPING), tag="t")
