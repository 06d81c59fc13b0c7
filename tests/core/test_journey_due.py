"""What is due: at its date, once, whatever the days on which nobody asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.journey.calendar import Calendar, Territory
from surveyapp.core.journey.definition import Actor
from surveyapp.core.journey.dossier import Dossier
from surveyapp.core.journey.due import (
    Due,
    DueKind,
    due,
    next_deadline,
    outcome,
    overdue,
    terms,
)
from tests.core.journeys import dossier

START = date(2026, 1, 5)
TODAY = date(2026, 7, 1)

RELANCE = """
events:
  - {name: appel, label: Appel}
deadlines:
  - name: relance
    label: Relance
    after: [debut]
    plus: P10D
    until: [appel]
    reminders:
      - {before: P3D, to: [coordination]}
      - {after: P2D, to: [coordination], mail: rappel}
mails:
  - {name: rappel, to: [coordination], subject: Rappel, text: Rappel}
"""


def day(number: int) -> date:
    """The ``number``-th day after the start."""
    return START + timedelta(days=number)


def said(items: tuple[Due, ...]) -> list[tuple[str, str, date]]:
    return [(item.kind.value, item.name, item.on) for item in items]


def unmuted(items: tuple[Due, ...]) -> list[tuple[str, str, date]]:
    return said(tuple(item for item in items if not item.muted))


def done(made: Dossier, today: date) -> Dossier:
    return made.having_done(item.key for item in due(made, today))


# --- deadlines and reminders -------------------------------------------------------------


def test_nothing_before_its_day() -> None:
    assert due(dossier(RELANCE, on=START), day(6)) == ()


def test_a_reminder_on_its_day() -> None:
    assert said(due(dossier(RELANCE, on=START), day(7))) == [("reminder", "relance", day(7))]


def test_a_deadline_on_its_day_and_a_reminder_after_it() -> None:
    made = done(dossier(RELANCE, on=START), day(7))
    assert said(due(made, day(10))) == [("deadline", "relance", day(10))]
    (reminder,) = due(done(made, day(10)), day(12))
    assert (reminder.kind, reminder.mail, reminder.deadline) == ("reminder", "rappel", "relance")
    assert reminder.to == (Actor.COORDINATION,)


def test_what_is_met_reminds_nobody() -> None:
    made = dossier(RELANCE, on=START).marked("appel", on=day(5), id="m1")
    assert due(made, day(30)) == ()


def test_what_is_planned_has_not_happened() -> None:
    made = dossier(RELANCE, on=START).marked("appel", on=day(20), id="m1")
    assert [term.on for term in terms(made, day(8))] == [day(10)]
    assert terms(made, day(20)) == ()


def test_leaving_the_stage_ends_a_deadline() -> None:
    body = "deadlines: [{name: r, label: R, after: [debut], plus: P5D, during: [debut]}]"
    made = dossier(body, on=START).marked("milieu", on=day(2), id="m1")
    assert due(made, day(30)) == ()


def test_a_deadline_of_open_stages_ends_with_the_dossier() -> None:
    body = "deadlines: [{name: r, label: R, after: [debut], plus: P5D}]"
    made = dossier(body, on=START).marked("milieu", on=day(2), id="m1")
    assert said(due(made, day(5))) == [("deadline", "r", day(5))]
    assert due(made.marked("fin", on=day(3), id="m2"), day(5)) == ()


def test_missed_days_leave_one_word_to_each() -> None:
    """Three days late, the reminder of before and the deadline say the same to the same."""
    late = due(dossier(RELANCE, on=START), day(11))
    assert said(late) == [("reminder", "relance", day(7)), ("deadline", "relance", day(10))]
    assert unmuted(late) == [("deadline", "relance", day(10))]


def test_others_still_hear_what_was_missed() -> None:
    body = RELANCE.replace("{before: P3D, to: [coordination]}", "{before: P3D, to: [person]}")
    assert len(unmuted(due(dossier(body, on=START), day(11)))) == 2
    both = RELANCE.replace(
        "{before: P3D, to: [coordination]}", "{before: P3D, to: [person, coordination]}"
    )
    assert len(unmuted(due(dossier(both, on=START), day(11)))) == 2


def test_working_days_count_for_the_deadline_and_its_reminders() -> None:
    body = """
deadlines:
  - name: r
    label: R
    after: [debut]
    plus: P3D
    working_days: true
    reminders: [{before: P1D}]
"""
    reunion = dossier(body, on=date(2027, 12, 16), calendar=Calendar(Territory.REUNION))
    items = due(reunion, date(2028, 1, 1))
    # Thursday 16; Friday 17; Monday 20 is free in La Réunion; Tuesday 21; Wednesday 22.
    assert [item.on for item in items] == [date(2027, 12, 21), date(2027, 12, 22)]
    paris = replace(reunion, calendar=Calendar(Territory.METROPOLE))
    assert [item.on for item in due(paris, date(2028, 1, 1))][-1] == date(2027, 12, 21)


def test_from_the_end_of_january() -> None:
    body = "deadlines: [{name: r, label: R, after: [debut], plus: P1M}]"
    made = dossier(body, on=date(2026, 1, 31))
    assert [term.on for term in terms(made, date(2026, 2, 1))] == [date(2026, 2, 28)]


# --- what a deadline runs from -----------------------------------------------------------

VISITS = """
events:
  - {name: entretien, label: Entretien}
  - {name: visite, label: Visite, repeated: true}
  - {name: appel, label: Appel, repeated: true}
deadlines:
  - {name: suivi, label: Suivi, after: [visite, entretien], plus: P3M, until: [appel]}
"""


def test_it_runs_from_the_last_visit_else_from_the_interview() -> None:
    made = dossier(VISITS, on=START).marked("entretien", on=date(2026, 1, 10), id="e")
    assert [term.on for term in terms(made, date(2026, 1, 11))] == [date(2026, 4, 10)]
    visited = made.marked("visite", on=date(2026, 1, 20), id="v1")
    again = visited.marked("visite", on=date(2026, 2, 1), id="v2")
    assert [term.on for term in terms(again, date(2026, 2, 2))] == [date(2026, 5, 1)]


def test_an_older_visit_that_is_recorded_late_changes_nothing() -> None:
    made = dossier(VISITS, on=START).marked("visite", on=date(2026, 2, 1), id="v2")
    late = made.marked("visite", on=date(2026, 1, 20), id="v1")
    before, after = due(made, date(2026, 5, 1)), due(late, date(2026, 5, 1))
    assert [item.key for item in before] == [item.key for item in after]


def test_a_corrected_date_repeats_nothing() -> None:
    made = dossier(VISITS, on=START).marked("visite", on=date(2026, 2, 1), id="v1")
    acted = done(made, date(2026, 5, 1))
    marks = tuple(replace(m, on=date(2026, 2, 3)) if m.id == "v1" else m for m in acted.marks)
    assert due(replace(acted, marks=marks), date(2026, 6, 1)) == ()


def test_a_new_visit_starts_it_again() -> None:
    made = dossier(VISITS, on=START).marked("visite", on=date(2026, 2, 1), id="v1")
    called = made.marked("appel", on=date(2026, 4, 20), id="a1")
    assert terms(called, date(2026, 5, 2)) == ()
    again = called.marked("visite", on=date(2026, 4, 25), id="v2")
    assert [term.on for term in terms(again, date(2026, 5, 2))] == [date(2026, 7, 25)]


def test_what_meets_it_is_later_by_its_date_or_by_its_recording() -> None:
    made = dossier(VISITS, on=START)
    called = made.marked("appel", on=date(2026, 2, 5), id="a1")
    assert terms(called.marked("visite", on=date(2026, 2, 1), id="v1"), TODAY) == ()
    visited = made.marked("visite", on=date(2026, 2, 1), id="v1")
    assert terms(visited.marked("appel", on=date(2026, 2, 1), id="a1"), TODAY) == ()
    too_early = made.marked("appel", on=date(2026, 1, 31), id="a1")
    assert terms(too_early.marked("visite", on=date(2026, 2, 1), id="v1"), TODAY) != ()


def test_the_first_that_comes_meets_it() -> None:
    made = dossier(VISITS, on=START).marked("visite", on=date(2026, 2, 1), id="v1")
    called = made.marked("appel", on=date(2026, 4, 20), id="a1")
    again = called.marked("appel", on=date(2026, 6, 20), id="a2")
    assert (term := outcome(again, "suivi", date(2026, 7, 1))) is not None
    assert (term.met_on, term.kept) == (date(2026, 4, 20), True)


def test_guards_read_the_last_date_of_a_mark() -> None:
    made = dossier(VISITS, on=START).marked("visite", on=date(2026, 2, 1), id="v2")
    late = made.marked("visite", on=date(2026, 1, 20), id="v1")
    assert late.values(TODAY)["visite"] == "2026-02-01"
    assert "visite" not in late.values(date(2026, 1, 10))
    assert late.values(TODAY)["debut"] == START.isoformat()


def test_a_condition_reads_the_form_that_the_deadline_follows() -> None:
    body = """
tasks:
  - {name: demande, label: Demande, form: essai}
  - {name: fiche, label: Fiche, form: essai, repeated: true}
events: [{name: traitee, label: Traitée, repeated: true}]
deadlines:
  - name: alerte
    label: Alerte
    after: [fiche]
    plus: P3D
    until: [traitee]
    when: "${fiche.avis} = 'oui'"
mails:
  - name: mot
    after: [fiche]
    when: "${fiche.avis} = 'oui'"
    to: [coordination]
    subject: A
    text: A
"""
    made = dossier(body, on=START).filled("fiche", {"avis": "oui"}, on=day(1), id="f1")
    quiet = made.filled("fiche", {"avis": "non"}, on=day(2), id="f2")
    expected = [("mail", "mot", day(1)), ("deadline", "alerte", day(4))]
    assert said(due(quiet, day(9))) == expected, "a later quiet form does not hide the first"
    assert said(due(quiet.marked("traitee", on=day(3), id="t"), day(9))) == expected[:1]


def test_how_deadlines_ended() -> None:
    made = dossier(RELANCE, on=START)
    assert (term := outcome(made, "relance", day(3))) is not None
    assert (term.kept, term.late(day(10)), term.late(day(11))) == (None, False, True)
    kept = outcome(made.marked("appel", on=day(10), id="a"), "relance", day(40))
    late = outcome(made.marked("appel", on=day(11), id="a"), "relance", day(40))
    assert kept is not None and kept.kept is True
    assert late is not None and late.kept is False
    closed = made.marked("appel", on=day(4), id="a").marked("fin", on=day(6), id="f")
    assert (term := outcome(closed, "relance", day(40))) is not None and term.kept is True
    assert outcome(made, "rien", day(3)) is None
    assert outcome(dossier(VISITS, on=START), "suivi", day(3)) is None


def test_leaving_meets_a_deadline_without_until() -> None:
    body = "deadlines: [{name: r, label: R, after: [debut], plus: P5D, during: [debut]}]"
    made = dossier(body, on=START).marked("milieu", on=day(7), id="m1")
    assert (term := outcome(made, "r", day(30))) is not None
    assert (term.met_on, term.kept) == (day(7), False)
    assert (term := outcome(made, "r", day(6))) is not None and term.met_on is None


def test_next_and_overdue() -> None:
    body = """
deadlines:
  - {name: tot, label: Tôt, after: [debut], plus: P5D}
  - {name: tard, label: Tard, after: [debut], plus: P20D}
"""
    made = dossier(body, on=START)
    assert (term := next_deadline(made, day(5))) is not None and term.deadline.name == "tot"
    assert overdue(made, day(5)) == ()
    assert (term := next_deadline(made, day(6))) is not None and term.deadline.name == "tard"
    assert [term.deadline.name for term in overdue(made, day(6))] == ["tot"]
    assert next_deadline(made, day(21)) is None


# --- what follows, and moves ---------------------------------------------------------------


def test_followers_come_once_for_each_mark() -> None:
    body = """
events: [{name: visite, label: Visite, repeated: true}]
mails:
  - {name: merci, after: [visite], plus: P1D, to: [person], subject: Merci, text: Merci}
documents: [{name: lettre, label: Lettre, template: lettre, after: [milieu], formats: [pdf, docx]}]
invitations: [{name: avis, label: Avis, form: essai, after: [fin], plus: P7D}]
"""
    made = dossier(body, on=START)
    made = made.marked("visite", on=day(1), id="v1").marked("visite", on=day(1), id="v2")
    made = made.marked("milieu", on=day(2), id="m1").marked("fin", on=day(3), id="m2")
    assert said(due(made, day(10))) == [
        ("document", "lettre", day(2)),
        ("mail", "merci", day(2)),
        ("mail", "merci", day(2)),
        ("invitation", "avis", day(10)),
    ]
    assert due(done(made, day(10)), day(100)) == ()


def test_followers_of_some_stages_only() -> None:
    body = (
        "mails: [{name: mot, after: [debut], plus: P3D, during: [debut], to: [person],"
        " subject: A, text: A}]"
    )
    made = dossier(body, on=START)
    assert len(due(made, day(3))) == 1
    assert due(made.marked("milieu", on=day(2), id="m1"), day(3)) == ()


MOVE = """
facts: [{name: accord, label: Accord, kind: yes_no}]
transitions:
  - {name: avancer, label: Avancer, from: [debut], to: milieu}
  - name: finir
    label: Finir
    from: [milieu]
    to: fin
    guard: "${accord} != 'non'"
    guard_message: Attendez.
deadlines:
  - name: terme
    label: Terme
    after: [milieu]
    plus: P30D
    during: [milieu]
    take: finir
    reminders: [{before: P7D, to: [person]}]
"""


def test_a_deadline_may_take_a_transition() -> None:
    made = dossier(MOVE, on=START).marked("milieu", on=START, id="m1")
    (item,) = due(done(made, day(23)), day(30))
    assert (item.kind, item.name, item.on) == (DueKind.MOVE, "finir", day(30))


def test_what_announces_a_move_that_is_made_is_not_sent() -> None:
    late = due(dossier(MOVE, on=START).marked("milieu", on=START, id="m1"), day(40))
    assert unmuted(late) == [("move", "finir", day(30))]
    assert len(late) == 2


def test_a_move_that_is_refused_is_somebodys_work() -> None:
    made = dossier(MOVE, on=START).marked("milieu", on=START, id="m1").knowing(accord="non")
    assert unmuted(due(made, day(30)))[-1] == ("deadline", "terme", day(30))
    agreed = done(made, day(30)).knowing(accord="oui")
    assert said(due(agreed, day(33))) == [("move", "finir", day(30))]


def test_a_new_stay_has_its_own_deadlines() -> None:
    body = MOVE.replace(
        "  - name: finir\n",
        "  - {name: renouveler, label: Renouveler, from: [milieu], to: milieu}\n  - name: finir\n",
    )
    made = done(dossier(body, on=START).marked("milieu", on=START, id="m1"), day(25))
    renewed = made.marked("milieu", on=day(29), id="m2")
    assert due(renewed, day(51)) == ()
    assert said(due(renewed, day(52))) == [("reminder", "terme", day(52))]


# --- laws ------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 60), max_size=15), st.booleans())
def test_each_thing_once_whatever_the_days_that_were_missed(days: list[int], twice: bool) -> None:
    """The clock may stop, jump and go back: the same things are done, with the same dates."""
    every = {(i.key, i.on) for i in due(dossier(RELANCE, on=START), day(60))}
    made, seen = dossier(RELANCE, on=START), []
    for number in [*days, 60]:
        items = due(made, day(number))
        assert not twice or items == due(made, day(number)), "pure"
        assert all(item.on <= day(number) for item in items)
        seen += [(item.key, item.on) for item in items]
        made = made.having_done(item.key for item in items)
    assert sorted(seen) == sorted(every)


@given(st.integers(0, 60), st.integers(0, 60))
def test_what_is_due_stays_due(one: int, other: int) -> None:
    early, late = sorted((one, other))
    made = dossier(RELANCE, on=START)
    keys = {item.key for item in due(made, day(late))}
    assert {item.key for item in due(made, day(early))} <= keys
