"""Who may take which step, what is said otherwise, what can be filled, who sees what."""

from __future__ import annotations

from datetime import date

import pytest

from surveyapp.core.journey.agenda import agenda
from surveyapp.core.journey.changes import differences, moved
from surveyapp.core.journey.definition import Actor
from surveyapp.core.journey.dossier import Dossier, begin
from surveyapp.core.journey.due import due, terms
from surveyapp.core.journey.moves import allowed, offers, open_events, open_tasks, refusal
from tests.core.journeys import CALENDAR, dossier, journey, shipped

START = date(2026, 1, 5)
TODAY = date(2026, 2, 1)

GUARDED = """
facts: [{name: accord, label: Accord, kind: yes_no}]
events: [{name: visite, label: Visite d’un lieu, during: [debut], repeated: true}]
transitions:
  - name: avancer
    label: Avancer
    from: [debut]
    to: milieu
    by: [coordination, ambassador]
    needs: [visite]
    guard: "${accord} = 'oui'"
    guard_message: "Demandez d’abord son accord : il est nécessaire."
  - {name: reculer, label: Reculer, from: [milieu], to: debut}
  - {name: renoncer, label: Renoncer, from: [debut], to: fin, by: [person]}
  - {name: finir, label: Finir, from: [milieu], to: fin}
"""


def why(made: Dossier, name: str, actor: Actor = Actor.COORDINATION) -> str | None:
    transition = made.journey.transition(name)
    assert transition is not None
    said = refusal(made, transition, actor, TODAY)
    return None if said is None else said.replace("\u00a0", " ")


def test_a_guard_says_what_to_do() -> None:
    made = dossier(GUARDED, on=START).marked("visite", on=START, id="v1")
    assert why(made, "avancer") == "Demandez d’abord son accord : il est nécessaire."
    assert why(made.knowing(accord="non"), "avancer") is not None
    assert why(made.knowing(accord="oui"), "avancer") is None


def test_what_is_missing_is_named() -> None:
    made = dossier(GUARDED, on=START).knowing(accord="oui")
    assert why(made, "avancer") == "Il manque encore : « Visite d’un lieu »."
    planned = made.marked("visite", on=date(2026, 3, 1), id="v1")
    assert why(planned, "avancer") is not None


def test_who_may() -> None:
    made = dossier(GUARDED, on=START)
    assert why(made, "renoncer", Actor.PERSON) is None
    said = "Cette décision ne vous revient pas : elle revient à la personne concernée."
    assert why(made, "renoncer") == said


def test_a_step_from_elsewhere() -> None:
    said = why(dossier(GUARDED, on=START), "finir")
    assert said == (
        "Le dossier est à l’étape « Début » : « Finir » n’en part pas. Rechargez la page."
    )


def test_offers_and_what_is_allowed() -> None:
    made = dossier(GUARDED, on=START)
    assert [o.transition.name for o in offers(made, Actor.AMBASSADOR, TODAY)] == ["avancer"]
    assert allowed(made, Actor.AMBASSADOR, TODAY) == ()
    assert [t.name for t in allowed(made, Actor.PERSON, TODAY)] == ["renoncer"]
    assert allowed(made, Actor.PARTNER, TODAY) == ()


def test_what_was_done_for_an_earlier_stay_no_longer_counts() -> None:
    made = dossier(GUARDED, on=START).knowing(accord="oui").marked("visite", on=START, id="v1")
    back = made.marked("milieu", on=START, id="m1").marked("debut", on=START, id="m2")
    assert why(back, "avancer") == "Il manque encore : « Visite d’un lieu »."
    assert why(back.marked("visite", on=START, id="v2"), "avancer") is None


def test_a_step_leaves_two_marks() -> None:
    made = dossier(GUARDED, on=START)
    transition = made.journey.transition("renoncer")
    assert transition is not None
    done = made.moved_by(transition, on=TODAY, id="m1")
    assert [mark.name for mark in done.marks] == ["debut", "renoncer", "fin"]
    assert (done.stage.name, done.entered_on) == ("fin", TODAY)


def test_forms_and_events_that_are_open() -> None:
    body = """
tasks:
  - {name: demande, label: Demande, form: essai, during: [debut]}
  - {name: fiche, label: Fiche, form: essai, during: [milieu], repeated: true}
  - {name: bilan, label: Bilan, form: essai, during: [milieu], when: "${demande.avis} = 'oui'"}
events:
  - {name: visite, label: Visite, during: [milieu], by: [partner]}
"""
    made = dossier(body, on=START)
    assert [task.name for task in open_tasks(made, TODAY)] == ["demande"]
    asked = made.filled("demande", {"avis": "oui"}, on=START, id="d")
    assert open_tasks(asked, TODAY) == ()
    refused = made.filled("demande", {"avis": "non"}, on=START, id="d")
    there = refused.marked("milieu", on=START, id="m1")
    assert [task.name for task in open_tasks(there, TODAY)] == ["fiche"]
    there = asked.marked("milieu", on=START, id="m1")
    assert [task.name for task in open_tasks(there, TODAY)] == ["fiche", "bilan"]
    filled = there.filled("fiche", {}, on=START, id="f").filled("bilan", {}, on=START, id="b")
    assert [task.name for task in open_tasks(filled, TODAY)] == ["fiche"]
    assert [event.name for event in open_events(there, Actor.PARTNER, TODAY)] == ["visite"]
    assert open_events(there, Actor.COORDINATION, TODAY) == ()
    assert open_events(there.marked("visite", on=START, id="v"), Actor.PARTNER, TODAY) == ()


def test_a_partner_sees_what_is_shared_once_the_person_agrees() -> None:
    made = begin(shipped("installation"), on=START, id="m0", calendar=CALENDAR)
    assert made.shared(TODAY) == frozenset()
    asked = made.filled("recueil", {"profession": "10"}, on=START, id="r1")
    assert asked.shared(TODAY) == frozenset()
    agreed = asked.filled("recueil", {"profession": "10", "accord_cls": True}, on=START, id="r2")
    assert {"recueil", "visite", "lieu_installation"} <= agreed.shared(TODAY)
    assert "motif_issue" not in agreed.shared(TODAY)
    withdrawn = agreed.filled("recueil", {"profession": "10"}, on=START, id="r3")
    assert withdrawn.shared(TODAY) == frozenset()
    assert dossier(on=START).shared(TODAY) == frozenset()


def test_how_long_a_closed_dossier_is_kept() -> None:
    made = begin(shipped("accompagnement"), on=START, id="m0", calendar=CALENDAR)
    assert made.kept_until() is None
    closed = made.marked("installe", on=date(2026, 2, 28), id="m1")
    assert closed.kept_until() == date(2028, 2, 28)
    dropped = made.marked("sans_suite", on=date(2026, 2, 28), id="m1")
    assert dropped.kept_until() == date(2027, 2, 28)


def test_a_dossier_without_an_entry() -> None:
    made = Dossier(journey=journey(), marks=(), calendar=CALENDAR)
    with pytest.raises(LookupError):
        _ = made.stage


# --- another version of the journey ----------------------------------------------------------

OLD = """
version: "1"
deadlines:
  - {name: appel, label: Appel, after: [debut], plus: P10D}
  - {name: lettre, label: Lettre, after: [debut], plus: P60D}
"""
NEW = """
version: "2"
deadlines:
  - {name: appel, label: Appel, after: [debut], plus: P20D}
  - {name: visite, label: Visite, after: [debut], plus: P40D}
mails:
  - {name: mot, after: [debut], to: [person], subject: Bonjour, text: Bonjour}
"""


def test_nothing_moves_by_itself() -> None:
    made = dossier(OLD, on=START)
    assert [term.deadline.name for term in terms(made, TODAY)] == ["appel", "lettre"]
    assert made.journey.version == "1"


def test_moving_to_another_version_says_what_changes() -> None:
    made = dossier(OLD, on=START)
    found = moved(made.journey, journey(NEW), made, today=date(2026, 1, 20))
    said = [text.replace("\u00a0", " ") for text in found.changes]
    assert said == [
        "Échéance « Appel » : 25 janvier 2026 au lieu du 15 janvier 2026.",
        "Échéance « Visite » : 14 février 2026 (nouvelle).",
        "Échéance « Lettre » : ne court plus (elle tombait le 6 mars 2026).",
        "Sans effet pour les jours écoulés : 1 envoi ou rappel est écarté.",
        "Échéance « Appel » : modification.",
        "Échéance « Visite » : nouveauté.",
        "Courriel « Bonjour » : nouveauté.",
        "Échéance « Lettre » : suppression.",
    ]
    assert found.refusals == ()
    assert found.dossier.journey.version == "2"


def test_moving_sends_nothing_for_days_that_are_gone() -> None:
    made = dossier(OLD, on=START)
    found = moved(made.journey, journey(NEW), made, today=date(2026, 1, 20))
    assert found.settled == {"mail:mot:m0"}
    assert due(found.dossier, date(2026, 1, 20)) == ()
    assert [item.name for item in due(found.dossier, date(2026, 1, 25))] == ["appel"]


def test_a_deadline_that_comes_later_is_due_again() -> None:
    made = dossier(OLD, on=START)
    told = made.having_done(item.key for item in due(made, date(2026, 1, 15)))
    found = moved(made.journey, journey(NEW), told, today=date(2026, 1, 20))
    assert [item.name for item in due(found.dossier, date(2026, 1, 25))] == ["appel"]


def test_what_was_due_before_stays_due() -> None:
    made = dossier(OLD, on=START)
    later = journey(OLD.replace('"1"', '"2"'))
    found = moved(made.journey, later, made, today=date(2026, 1, 20))
    assert [item.name for item in due(found.dossier, date(2026, 1, 20))] == ["appel"]
    assert found.changes == ()


def test_a_stage_that_is_gone_keeps_the_dossier_where_it_is() -> None:
    made = dossier(OLD, on=START).marked("milieu", on=START, id="m1")
    stages = "stages: [{name: debut, label: Début, kind: entry}, {name: fin, label: F, kind: won}]"
    other = journey(f"{stages}\ntransitions: [{{name: a, label: A, from: [debut], to: fin}}]")
    found = moved(made.journey, other, made, today=TODAY)
    assert len(found.refusals) == 1
    assert "« Milieu »" in found.refusals[0].replace("\u00a0", " ")
    assert found.dossier == made


def test_another_journey_is_no_version() -> None:
    made = dossier(on=START)
    assert moved(made.journey, journey("name: autre"), made, today=TODAY).refusals


def test_the_order_of_things_is_no_difference() -> None:
    one = journey("events: [{name: a, label: A}, {name: b, label: B}]")
    other = journey("events: [{name: b, label: B}, {name: a, label: A}]\nretention_months: 12")
    assert differences(one, one) == ()
    said = [text.replace("\u00a0", " ") for text in differences(one, other)]
    assert said == ["Durée de conservation : modification."]


# --- meetings ---------------------------------------------------------------------------------

MEETINGS = """
meetings:
  - {name: coordination, label: Coordination, every: P3M}
  - {name: revue, label: Revue, every: P3M, once: true}
  - {name: soiree, label: Soirée, months: [3, 9]}
"""


def test_meetings_of_two_years() -> None:
    found = agenda(
        journey(MEETINGS),
        started_on=date(2026, 1, 31),
        first=date(2026, 2, 1),
        last=date(2027, 1, 31),
    )
    said = [f"{meeting.on} {meeting.meeting.name}" for meeting in found]
    assert said == [
        "2026-03-01 soiree",
        "2026-04-30 coordination",
        "2026-04-30 revue",
        "2026-07-31 coordination",
        "2026-09-01 soiree",
        "2026-10-31 coordination",
        "2027-01-31 coordination",
    ]
    assert len({meeting.key for meeting in found}) == len(found)


def test_meetings_of_a_month() -> None:
    found = agenda(
        journey(MEETINGS),
        started_on=date(2026, 5, 15),
        first=date(2026, 9, 1),
        last=date(2026, 9, 30),
    )
    assert [meeting.key for meeting in found] == ["meeting:soiree:2026-09-01"]
    early = agenda(
        journey(MEETINGS),
        started_on=date(2026, 3, 15),
        first=date(2026, 1, 1),
        last=date(2026, 4, 30),
    )
    assert early == (), "nothing before the journey is in use"


def test_meetings_of_installation_are_as_many_as_the_protocol_says() -> None:
    start = date(2026, 1, 1)
    found = agenda(shipped("installation"), started_on=start, first=start, last=date(2027, 1, 1))
    counts = {m.name: sum(f.meeting == m for f in found) for m in shipped("installation").meetings}
    assert counts == {
        "coordination_poles": 4,
        "echanges_pratiques": 4,
        "elus_referents": 4,
        "dialogue_gestion": 4,
        "conseil_ordre": 2,
        "copil_cls": 1,
        "conference_maires": 1,
    }
