"""A bilan as it is printed: boxes, rows, marks of what is missing, snapshot."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings

from surveyapp.core.bilan import TODO, Values, bilan_view, from_document, to_document
from surveyapp.core.bilan.document import Printed
from surveyapp.core.bilan.view import field_view, in_words
from surveyapp.core.french import NBSP
from surveyapp.reports.bilan_form import bilan_form
from tests.bilans import any_values, complete

FORM = bilan_form()
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_the_view_of_a_complete_year_says_nothing_of_todo() -> None:
    view = bilan_view(FORM, complete(FORM))
    assert TODO not in json.dumps(to_document(view), ensure_ascii=False)
    assert view.missing == ()
    assert view.year == "2025"


def test_unanswered_yes_no_prints_neither_box() -> None:
    view = bilan_view(FORM, Values())
    for field in view.fields():
        if field.kind == "yesno":
            assert [box.ticked for box in field.boxes] == [False, False]
            assert field.text.todo == TODO


def test_a_few_empty_rows_are_printed_when_there_is_none() -> None:
    view = bilan_view(FORM, Values())
    assert len(view.field("calendar").rows) == FORM.field("calendar").empty_rows
    assert view.field("calendar").rows[0][0].todo == TODO
    assert len(view.field("process").objectives) == 3


def test_what_may_stay_empty_is_printed_as_nothing_and_the_return_address_is_asked_for() -> None:
    view = bilan_view(FORM, Values())
    assert view.field("other_needs").text == view.field("gap_reasons").text == Printed("Néant")
    assert view.field("return_address").text.todo == TODO
    said = bilan_view(FORM, Values({"other_needs": "Le logement"}))
    assert said.field("other_needs").text == Printed("Le logement")
    assert in_words(field_view(FORM, Values(), FORM.field("other_needs"))) == ""


def test_what_is_to_complete_stays_on_one_line() -> None:
    assert " " not in TODO


def test_every_objective_stands_in_both_tables() -> None:
    view = bilan_view(FORM, complete(FORM))
    for name in ("process", "results"):
        assert [o.label.text for o in view.field(name).objectives] == ["Accueillir", "Fidéliser"]
    (first, second) = view.field("results").objectives
    assert [line.obtained.text for line in first.lines] == ["4,3/5 (12 réponses)"]
    assert first.lines[0].expected.text == "plus de 4/5"
    assert "4,5" not in json.dumps(to_document(view))  # the ambition stays inside
    assert first.lines[0].provenance
    assert second.lines[0].obtained.text.startswith("Non réalisé")


def test_cells_in_french() -> None:
    rows = bilan_view(FORM, complete(FORM)).field("team").rows
    said = [[cell.text for cell in row][1:4] for row in rows]
    assert said == [["1", "1\u202f610", "S"], ["4", "82,5", "M & B"], ["1", "12", "Prestataire"]]
    partners = bilan_view(FORM, complete(FORM)).field("partners").rows
    assert [cell.text for cell in partners[0]] == ["Mairie", "Public", "Facilitateur, Opérateur"]


def test_the_closing_sentence_of_the_budget() -> None:
    budget = bilan_view(FORM, complete(FORM)).field("budget").budget
    assert budget is not None
    assert budget.closing.replace(NBSP, " ").startswith(
        "La subvention de 45\u202f000,00 € représente 97,8 % du total des produits"
    )
    blank = bilan_view(FORM, Values()).field("budget").budget
    assert blank is not None
    assert blank.closing.replace(NBSP, " ").startswith("La subvention de … € représente … %")
    assert "Cerfa 15059" in blank.note


def test_a_line_precised_says_what_it_is_about() -> None:
    budget = bilan_view(FORM, complete(FORM)).field("budget").budget
    assert budget is not None
    labels = [row.label for side in budget.sides for row in side.rows]
    assert "Commune(s) (Saint-Exemple)" in labels


def test_the_hourly_rate_is_not_printed() -> None:
    names = {field.name for field in bilan_view(FORM, complete(FORM)).fields()}
    assert names == {field.name for field in FORM.fields()} - {"volunteer_rate"}


@SLOW
@given(any_values(FORM))
def test_a_view_comes_back_from_its_snapshot(values: Values) -> None:
    view = bilan_view(FORM, values)
    assert from_document(json.loads(json.dumps(to_document(view)))) == view


@SLOW
@given(any_values(FORM))
def test_what_is_missing_is_marked_where_it_is_printed(values: Values) -> None:
    """As many marks as things missing, but for an objective without label (in both tables)."""
    view = bilan_view(FORM, values)
    assert (TODO in json.dumps(to_document(view), ensure_ascii=False)) is bool(view.missing)


def test_a_field_in_words() -> None:
    view = bilan_view(FORM, complete(FORM))
    assert in_words(view.field("themes")) == f"Autres, précisez{NBSP}: Texte de themes"
    assert "Former | mars | avril | un report" in in_words(view.field("calendar"))
    assert in_words(view.field("communicated")) == "Oui\nSuite de communicated"
    assert "74 Subventions" in in_words(view.field("budget"))
