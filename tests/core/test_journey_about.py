"""Deadlines of each mark and of an agreed day; events that are about a mark."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.journey.changes import moved
from surveyapp.core.journey.definition import Actor, FactKind
from surveyapp.core.journey.dossier import Dossier, begin
from surveyapp.core.journey.due import due, outcome, outcomes, overdue, terms
from surveyapp.core.journey.moves import open_events, subjects
from tests.core.journeys import CALENDAR, dossier, journey, shipped

START = date(2026, 1, 5)

EACH = """
tasks:
  - {name: demande, label: Demande, form: essai}
  - {name: note, label: Note, form: essai, repeated: true}
events:
  - {name: validee, label: Validée, about: note, repeated: true}
  - {name: renvoyee, label: Renvoyée, about: note, repeated: true}
deadlines:
  - name: traiter
    label: Traiter
    after: [note]
    plus: P10D
    each: true
    until: [validee, renvoyee]
mails:
  - name: mot
    after: [renvoyee]
    when: "${note.avis} = 'oui'"
    to: [person]
    subject: A
    text: A
"""


def day(number: int) -> date:
    return START + timedelta(days=number)


def notes() -> Dossier:
    """Two notes, three days apart."""
    made = dossier(EACH, on=START).filled("note", {"avis": "oui"}, on=day(1), id="n1")
    return made.filled("note", {"avis": "non"}, on=day(4), id="n2")


def running(made: Dossier, today: date) -> list[tuple[str, date]]:
    return [(term.mark.id, term.on) for term in terms(made, today)]


# --- one deadline for each ------------------------------------------------------------------


def test_each_mark_runs_its_own_deadline() -> None:
    assert running(notes(), day(5)) == [("n1", day(11)), ("n2", day(14))]
    assert [item.on for item in due(notes(), day(20))] == [day(11), day(14)]
    assert len({item.key for item in due(notes(), day(20))}) == 2


def test_only_what_is_about_a_mark_meets_its_deadline() -> None:
    second = notes().marked("validee", on=day(6), id="v", about="n2")
    assert running(second, day(12)) == [("n1", day(11))]
    assert [term.mark.id for term in overdue(second, day(12))] == ["n1"]
    both = second.marked("renvoyee", on=day(13), id="r", about="n1")
    assert terms(both, day(13)) == ()
    assert [(term.mark.id, term.kept) for term in outcomes(both, "traiter", day(20))] == [
        ("n1", False),
        ("n2", True),
    ]
    assert (last := outcome(both, "traiter", day(20))) is not None and last.mark.id == "n2"
    assert terms(notes().marked("validee", on=day(6), id="v"), day(6)) != (), "about nothing"


def test_a_correction_takes_the_place_of_what_it_corrects() -> None:
    again = notes().filled("note", {"avis": "non"}, on=day(5), id="n3", about="n1")
    assert running(again, day(6)) == [("n2", day(14)), ("n3", day(15))]


def test_leaving_meets_each_that_nothing_else_meets() -> None:
    body = """
tasks:
  - {name: demande, label: Demande, form: essai}
  - {name: note, label: Note, form: essai, repeated: true}
deadlines: [{name: lire, label: Lire, after: [note], plus: P3D, each: true, during: [debut]}]
"""
    made = dossier(body, on=START).filled("note", {}, on=day(1), id="n1")
    made = made.filled("note", {}, on=day(2), id="n2")
    assert running(made, day(2)) == [("n1", day(4)), ("n2", day(5))]
    gone = made.marked("milieu", on=day(5), id="m1")
    assert [term.kept for term in outcomes(gone, "lire", day(9))] == [False, True]


def test_another_version_compares_each_with_its_own() -> None:
    old = journey(EACH)
    new = journey(EACH.replace("P10D", "P12D"))
    said = [line for line in moved(old, new, notes(), today=day(5)).changes if "au lieu" in line]
    assert len(said) == 2


# --- what an event is about ------------------------------------------------------------------


def test_what_an_event_may_be_about() -> None:
    made, validee = notes(), journey(EACH).event("validee")
    assert validee is not None
    assert [mark.id for mark in subjects(made, validee, day(3))] == ["n1"]
    assert [mark.id for mark in subjects(made, validee, day(5))] == ["n1", "n2"]
    sent_back = made.marked("renvoyee", on=day(5), id="r", about="n1")
    assert [mark.id for mark in subjects(sent_back, validee, day(5))] == ["n2"]
    again = made.filled("note", {}, on=day(5), id="n3", about="n1")
    assert [mark.id for mark in subjects(again, validee, day(5))] == ["n2", "n3"]


def test_an_event_about_nothing_is_not_offered() -> None:
    def names(made: Dossier) -> list[str]:
        return [event.name for event in open_events(made, Actor.COORDINATION, day(9))]

    assert names(dossier(EACH, on=START)) == []
    assert names(notes()) == ["validee", "renvoyee"]
    done = notes().marked("validee", on=day(5), id="v1", about="n1")
    assert names(done.marked("validee", on=day(6), id="v2", about="n2")) == []


def test_what_follows_an_event_reads_the_form_that_it_is_about() -> None:
    for about, count in (("n1", 1), ("n2", 0)):
        made = notes().marked("renvoyee", on=day(6), id="r", about=about)
        assert sum(item.name == "mot" for item in due(made, day(6))) == count, about


def test_declarations_are_handled_one_by_one() -> None:
    made = begin(shipped("ambassadeur"), on=START, id="m0", calendar=CALENDAR)
    made = made.marked("mandat", on=START, id="m1")
    made = made.filled("declaration", {}, on=day(30), id="d1")
    made = made.filled("declaration", {}, on=day(33), id="d2")
    made = made.marked("declaration_validee", on=day(35), id="v", about="d2")
    left = [term for term in terms(made, day(35)) if term.deadline.name == "traiter_declaration"]
    assert [(term.mark.id, term.on) for term in left] == [("d1", day(40))]


# --- an agreed day ----------------------------------------------------------------------------

AGREED = """
tasks:
  - {name: demande, label: Demande, form: essai}
  - {name: point, label: Point, form: essai, repeated: true}
events:
  - {name: visite, label: Visite, repeated: true}
  - {name: appel, label: Appel, repeated: true}
deadlines:
  - name: appeler
    label: Appeler
    after: [visite]
    plus: P14D
    at: point.jour
    until: [appel]
    reminders: [{before: P3D, to: [coordination]}]
"""


def visited() -> Dossier:
    return dossier(AGREED, on=START).marked("visite", on=day(1), id="v1")


def agreed(made: Dossier, answer: str | None, *, on: date, id: str = "p1") -> Dossier:
    return made.filled("point", {"jour": answer}, on=on, id=id)


def on_of(made: Dossier, today: date) -> date:
    (term,) = terms(made, today)
    return term.on


def test_the_day_in_an_answer_takes_the_place_of_the_delay() -> None:
    assert on_of(visited(), day(3)) == day(15)
    assert on_of(agreed(visited(), "2026-01-28", on=day(2)), day(3)) == date(2026, 1, 28)
    assert on_of(agreed(visited(), "2026-01-28", on=day(4)), day(3)) == day(15), "not yet said"


def test_no_day_or_one_before_the_visit_changes_nothing() -> None:
    for answer in (None, "", "demain", "2026-01-05"):
        assert on_of(agreed(visited(), answer, on=day(2)), day(3)) == day(15), answer


def test_the_last_answer_after_the_visit_counts() -> None:
    made = agreed(visited(), "2026-01-28", on=day(2))
    assert on_of(agreed(made, "2026-01-30", on=day(3), id="p2"), day(3)) == date(2026, 1, 30)
    again = made.marked("visite", on=day(8), id="v2")
    assert on_of(again, day(8)) == day(22), "what was agreed after the former visit is past"


def test_another_agreed_day_has_its_own_reminder() -> None:
    made = agreed(visited(), "2026-01-12", on=day(2))
    sent = made.having_done(item.key for item in due(made, date(2026, 1, 10)))
    same = agreed(sent, "2026-01-12", on=day(6), id="p2")
    assert due(same, date(2026, 1, 11)) == (), "the same day again repeats nothing"
    later = agreed(sent, "2026-01-20", on=day(6), id="p2")
    assert due(later, date(2026, 1, 16)) == ()
    assert [item.on for item in due(later, date(2026, 1, 17))] == [date(2026, 1, 17)]


def test_a_form_that_runs_it_says_its_own_day() -> None:
    body = AGREED.replace("after: [visite]", "after: [point]\n    each: true").replace(
        "    until: [appel]\n", ""
    )
    made = agreed(dossier(body, on=START), "2026-02-01", on=day(1))
    made = agreed(made, None, on=day(2), id="p2")
    assert running(made, day(3)) == [("p2", day(16)), ("p1", date(2026, 2, 1))]


@given(st.integers(0, 40), st.booleans())
def test_an_agreed_day_is_due_at_that_day(number: int, datetime_value: bool) -> None:
    chosen = day(number)
    value = chosen if datetime_value else chosen.isoformat()
    made = visited().filled("point", {"jour": value}, on=day(1), id="p1")
    expected = chosen if chosen >= day(1) else day(15)
    ends = [item.on for item in due(made, day(60)) if item.kind == "deadline"]
    assert ends == [expected]


def test_the_debriefing_at_a_distance_is_at_the_day_that_was_agreed() -> None:
    made = begin(shipped("installation"), on=START, id="m0", calendar=CALENDAR)
    made = made.marked("visites", on=day(20), id="m1").marked("visite", on=day(25), id="v")

    def when(made: Dossier) -> list[date]:
        found = terms(made, day(28))
        return [term.on for term in found if term.deadline.name == "debriefer_a_distance"]

    assert when(made) == [day(39)]
    answers = {"rdv_distance": day(32).isoformat()}
    assert when(made.filled("debriefing", answers, on=day(26), id="b")) == [day(32)]
    assert when(made.filled("debriefing", {}, on=day(26), id="b")) == [day(39)]


# --- what the journeys say ---------------------------------------------------------------------


def test_satisfaction_is_noted_when_it_is_answered() -> None:
    for name in ("accompagnement", "installation", "conciergerie"):
        made = shipped(name)
        (rule,) = made.invitations
        event = made.event(rule.answered)
        assert event is not None and set(rule.after) <= set(event.during), name


def test_who_a_dossier_is_assigned_to_is_known_by_its_kind() -> None:
    kinds = {
        name: {fact.name for fact in shipped(name).facts if fact.kind in _PEOPLE}
        for name in ("accompagnement", "ambassadeur", "conciergerie", "installation")
    }
    assert kinds == {
        "accompagnement": {"ambassadeur_choisi"},
        "ambassadeur": set(),
        "conciergerie": {"prise_en_charge_par"},
        "installation": {"interlocuteur_cpts"},
    }


_PEOPLE = (FactKind.AMBASSADOR, FactKind.COLLEAGUE)


def test_the_id_of_a_mark() -> None:
    assert (mark := notes().mark("n2")) is not None and mark.on == day(4)
    assert notes().mark("n9") is None
    assert not notes().replaced(mark, day(9))
    assert replace(mark, about="n1").about == "n1"
