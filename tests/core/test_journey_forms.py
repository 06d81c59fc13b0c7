"""The questionnaires of the stages: what the four journeys need to know is asked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from surveyapp.core.answers import clean
from surveyapp.core.check import check
from surveyapp.core.codec import from_document, to_document
from surveyapp.core.definition import FormDefinition, Kind, Mode
from surveyapp.core.journey.definition import Actor
from tests.core.journeys import JOURNEYS, NAMES, every_form, shipped

TODAY = date(2026, 11, 22)
OWN = tuple(sorted(path.stem for path in (JOURNEYS / "forms").glob("*.yaml")))
each = pytest.mark.parametrize("name", OWN)


def form(name: str) -> FormDefinition:
    return every_form()[name]


def asked(name: str) -> set[str]:
    return {question.name for question in form(name).every_question()}


@each
def test_neither_error_nor_warning(name: str) -> None:
    assert [str(issue) for issue in check(form(name))] == []


@each
def test_a_document_reads_back(name: str) -> None:
    assert from_document(to_document(form(name))) == form(name)


@each
def test_nothing_is_kept_without_limit_nor_said_to_be_anonymous(name: str) -> None:
    assert form(name).retention_months in (12, 24)
    assert form(name).mode is not Mode.ANONYMOUS


@each
def test_open_texts_about_others_ask_to_name_no_patient(name: str) -> None:
    """Patients are out of scope: forms that ambassadors and partners fill say it."""
    fillers = {
        actor
        for journey in NAMES
        for task in shipped(journey).tasks
        if task.form == name
        for actor in task.by
    }
    if Actor.AMBASSADOR in fillers:
        hints = [question.hint for question in form(name).every_question()]
        assert any("patient" in hint for hint in hints)


def test_the_seven_criteria_of_the_interview() -> None:
    criteria = {q.name for q in form("grille-entretien").questions() if q.list_name == "niveau"}
    candidature = form("candidature-ambassadeur")
    assert len(criteria) == 7
    assert criteria == {q.name for q in candidature.questions() if q.list_name == "aisance"}


def test_the_criteria_are_added_up() -> None:
    answers = dict.fromkeys(
        ("empathie", "reactivite", "esprit_equipe", "relationnel", "ecosysteme"), "3"
    )
    answers |= {"vulgarisation": "4", "numerique": "2", "conclusion": "adequation"}
    answers |= {"date_entretien": "2026-11-20", "presents": "A", "synthese": "B"}
    found = clean(form("grille-entretien"), answers, today=TODAY)
    assert found.values["total"] == 21


def test_the_three_parts_of_the_session() -> None:
    ticks = [q.name for q in form("session-integration").questions() if q.kind is Kind.ACKNOWLEDGE]
    assert ticks == ["kit", "aides", "situations"]


def test_what_the_follow_up_sheet_holds() -> None:
    assert {"date_contact", "besoins", "actions", "difficulte"} <= asked("fiche-suivi")


def test_both_columns_of_the_interview_of_installation() -> None:
    cpts = form("entretien-installation").section("colonne_cpts")
    cls = form("entretien-installation").section("colonne_cls")
    assert cpts is not None and cls is not None
    assert [q.name for q in cpts.questions()] == ["exercice", "statut", "equipe", "dynamiques"]
    life = ["locaux", "famille", "logement", "conjoint", "enfants", "loisirs"]
    assert [q.name for q in cls.questions()] == life
    assert not any(question.required for question in cls.questions())


def test_places_are_contacted_somehow_and_answer() -> None:
    assert {"lieu", "type_lieu", "canal", "reponse"} <= asked("croisement-lieux")


def test_what_a_visit_looks_at() -> None:
    seen = {"equipe", "locaux", "organisation", "projet_sante", "cout", "collectivite"}
    assert seen | {"ressenti", "coordonnees"} <= asked("compte-rendu-visite")
    assert {"ressenti", "attentes", "rdv_distance"} <= asked("debriefing-visite")


def test_time_and_travel_of_a_month() -> None:
    answers = {
        "mois": "2026-10-01",
        "activites": [
            {"activite": "accompagnement", "minutes": 90},
            {"activite": "groupe_travail", "minutes": 120},
        ],
        "trajets": [],
        "exactitude": True,
    }
    found = clean(form("declaration-temps-frais"), answers, today=TODAY)
    assert found.values["total_minutes"] == 210


def test_the_public_catalogue_does_not_show_them() -> None:
    public = {path.stem for path in Path(JOURNEYS.parent).glob("*.yaml")}
    assert not public & set(OWN)
