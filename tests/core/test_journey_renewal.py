"""A mandate renewed ahead: what counts meanwhile, and what becomes of it when it ends first."""

from __future__ import annotations

from datetime import date

from surveyapp.core.journey.definition import Actor
from surveyapp.core.journey.dossier import Dossier, begin
from surveyapp.core.journey.due import due, stay_ends_on, terms
from surveyapp.core.journey.moves import noted_by, open_events, refusal
from tests.core.journeys import CALENDAR, shipped

START, TODAY, NEXT = date(2026, 1, 20), date(2026, 11, 22), date(2027, 1, 21)


def _renewed() -> Dossier:
    made = begin(shipped("ambassadeur"), on=date(2026, 1, 2), id="0", calendar=CALENDAR)
    made = made.marked("mandat", on=START, id="1")
    made = made.filled("souhait", {"suite": "renouveler"}, on=TODAY, id="2")
    assert "renouvellement" in {term.deadline.name for term in terms(made, TODAY)}
    step = made.journey.transition("renouveler")
    assert step is not None
    return made.moved_by(step, on=NEXT, id="3")


def test_meanwhile_the_running_mandate_counts() -> None:
    made = _renewed()
    assert (made.since(TODAY), made.since(NEXT)) == (START, NEXT)
    assert made.in_this_stay("souhait", TODAY)
    assert not made.in_this_stay("souhait", NEXT)
    assert stay_ends_on(made, TODAY) == date(2027, 1, 20)
    assert {term.deadline.name for term in terms(made, TODAY)} == {"faire_point_etape"}
    step = made.journey.transition("renouveler")
    assert step is not None
    said = refusal(made, step, Actor.COORDINATION, TODAY)
    assert said is not None
    assert said.startswith("Le renouvellement est déjà noté à partir du 21")


def test_what_is_done_before_the_new_mandate_is_of_the_first() -> None:
    made = _renewed().filled("point_etape", {}, on=date(2026, 12, 1), id="4")
    assert made.in_this_stay("point_etape", date(2026, 12, 2))
    assert not made.in_this_stay("point_etape", NEXT)
    assert "faire_point_etape" in {term.deadline.name for term in terms(made, NEXT)}


def test_a_mandate_that_ends_first_makes_the_renewal_void() -> None:
    ended = _renewed().marked("ancien", on=date(2026, 12, 7), id="5")
    assert ended.void == {"3", "3.t"}
    assert (ended.stage.name, ended.since(NEXT)) == ("ancien", date(2026, 12, 7))
    assert ended.happened("mandat", NEXT) == ended.happened("mandat", TODAY)
    assert ended.values(NEXT)["mandat"] == START.isoformat()
    assert not [item for item in due(ended, NEXT) if item.key.endswith((":3", ":3.t"))]


def test_a_withdrawal_is_cancelled_only_once_it_is_announced() -> None:
    made = _renewed()

    def offered(dossier: Dossier) -> list[str]:
        return [event.name for event in open_events(dossier, Actor.PERSON, TODAY)]

    assert offered(made) == ["retrait_annonce"]
    told = made.marked("retrait_annonce", on=TODAY, id="6")
    assert offered(told) == ["retrait_annule"]
    assert "organiser_relais" in {term.deadline.name for term in terms(told, TODAY)}
    assert offered(told.marked("retrait_annule", on=TODAY, id="7")) == ["retrait_annonce"]


def _entrusted() -> Dossier:
    made = begin(shipped("accompagnement"), on=START, id="0", calendar=CALENDAR)
    return made.marked("premier_contact", on=START, id="1")


def test_a_form_notes_the_day_that_it_asks_for() -> None:
    made, day = _entrusted(), date(2026, 1, 23)
    found = noted_by(made, "fiche", {"date_contact": "2026-01-22"}, day)
    assert [(event.name, on) for event, on in found] == [("contact_pris", date(2026, 1, 22))]
    for wrong in ("2026-01-24", "2026-01-19", "", None):
        assert noted_by(made, "fiche", {"date_contact": wrong}, day) == ()
    known = made.marked("contact_pris", on=day, id="2")
    assert noted_by(known, "fiche", {"date_contact": "2026-01-22"}, day) == ()


def test_the_first_contact_starts_the_sponsoring() -> None:
    made = _entrusted().marked("contact_pris", on=START, id="2")
    assert "commencer" in {item.name for item in due(made, START)}


def test_the_exchange_that_is_planned_is_a_deadline() -> None:
    made, planned = _entrusted(), date(2026, 2, 3)
    told = made.filled("fiche", {"prochain": planned.isoformat()}, on=START, id="2")
    found = {term.deadline.name: term.on for term in terms(told, START)}
    assert found["prochain_echange"] == planned
    later = told.filled("fiche", {}, on=date(2026, 2, 2), id="3")
    assert "prochain_echange" not in {term.deadline.name for term in terms(later, planned)}
