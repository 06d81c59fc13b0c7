"""What waits for each role, on which day, and what one click does about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp.core.journey.calendar import Calendar, add, parse_duration, subtract
from surveyapp.core.journey.definition import Actor, Reminder
from surveyapp.models import User, db
from surveyapp.services.dossiers import acts
from surveyapp.services.dossiers.access import Viewer
from surveyapp.services.dossiers.board import (
    ActKind,
    Board,
    When,
    agenda,
    board,
    counts,
    most_overdue,
)
from surveyapp.services.dossiers.pressing import _last
from tests.dossiers import COORDINATION, DAY, at, begin, event, fill, in_service, know, move
from tests.spaces import entrusted, scene

REFERENT = Viewer(Actor.REFERENT, None)
PARTNER = Viewer(Actor.PARTNER, None)


def days(count: int) -> timedelta:
    return timedelta(days=count)


def said(found: Board, when: When) -> list[str]:
    return [line.label for line in found.of(when)]


def test_a_deadline_goes_from_the_week_to_today_to_overdue(app: Flask) -> None:
    in_service("accompagnement")
    begin("accompagnement")
    on = DAY + days(7)
    for day, when in (
        (on - days(7), When.WEEK),
        (on - days(1), When.WEEK),
        (on, When.TODAY),
        (on + days(1), When.OVERDUE),
    ):
        found = board(COORDINATION, today=day)
        assert said(found, when) == ["Attribuer la demande"], day
        assert sum(counts(COORDINATION, today=day).values()) == len(found.lines) == 1
        assert counts(COORDINATION, today=day)[when] == 1


def test_a_deadline_of_later_shows_once_a_reminder_has_come(app: Flask) -> None:
    with_mandate = scene()
    ends = DAY - days(10) + days(365)
    before = board(COORDINATION, today=DAY)
    assert "Fin du mandat" not in [line.label for line in before.lines]
    found = board(COORDINATION, today=ends - days(50))
    (line,) = (line for line in found.of(When.AHEAD) if line.dossier_id == with_mandate.mandate)
    assert (line.label, line.on, line.others) == ("Fin du mandat", ends, False)


def test_what_somebody_else_must_do_shows_when_one_is_reminded_of_it(app: Flask) -> None:
    in_service("ambassadeur")
    number = begin("ambassadeur")
    know(number, on=DAY, adhesion_a_jour="oui")
    move(number, "instruire", on=DAY)
    due = DAY + days(15)
    assert said(board(REFERENT, today=due), When.TODAY) == ["Recueillir l’avis des référents"]
    assert board(COORDINATION, today=due).lines == (), "the referents' own business"


def test_the_form_that_the_next_step_needs_is_one_click_away(app: Flask) -> None:
    in_service("ambassadeur")
    number = begin("ambassadeur")
    know(number, on=DAY, adhesion_a_jour="oui")
    move(number, "instruire", on=DAY)
    (line,) = board(REFERENT, today=DAY + days(15)).lines
    (act,) = line.acts
    assert (act.kind, act.name) == (ActKind.FORM, "avis_referent")


def test_an_ambassador_sees_their_own_accompaniments_only(app: Flask) -> None:
    mine = scene()
    other = entrusted(mine.person_id, on=DAY, number=2)
    found = board(mine.viewer(), today=DAY + days(7))
    assert {line.dossier_id for line in found.lines} == {mine.accompanied}
    assert other not in {line.dossier_id for line in found.lines}
    (line,) = found.lines
    assert [(act.kind, act.name) for act in line.acts] == [(ActKind.EVENT, "contact_pris")]
    assert line.short == "Prénom1 P."
    assert board(Viewer(Actor.AMBASSADOR, None, None), today=DAY).lines == ()


def test_a_partner_sees_what_was_shared_and_nothing_after_the_agreement_ends(app: Flask) -> None:
    in_service("installation")
    shared, other = (begin("installation", number=n, accord_cls=n == 1) for n in (1, 2))
    for number in (shared, other):
        event(number, "rdv_propose", on=DAY)
        move(number, "fixer_entretien", on=DAY)
        move(number, "laisser_reflechir", on=DAY)
        event(number, "visite", on=DAY)
    today = DAY + days(2)
    (line,) = board(PARTNER, today=today).lines
    assert (line.dossier_id, line.label) == (shared, "Débriefing après la visite")
    assert [act.name for act in line.acts] == ["debriefing"]
    fill(shared, "recueil", on=today, accord_cls=False)
    assert board(PARTNER, today=today).lines == ()
    assert len(board(COORDINATION, today=today).of(When.TODAY)) == 2


def test_an_event_that_is_planned_shows_until_its_day(app: Flask) -> None:
    in_service("ambassadeur")
    number = begin("ambassadeur")
    know(number, on=DAY, adhesion_a_jour="oui")
    move(number, "instruire", on=DAY)
    fill(number, "avis_referent", on=DAY, avis="favorable")
    move(number, "proposer_entretien", on=DAY)
    day = DAY + days(3)
    event(number, "entretien_tenu", on=day, today=DAY)
    for today, when in ((DAY, When.WEEK), (day, When.TODAY)):
        planned = [line for line in board(COORDINATION, today=today).of(when) if line.planned]
        assert [line.label for line in planned] == ["Entretien de candidature"]
    assert not [line for line in board(COORDINATION, today=day + days(1)).lines if line.planned]
    event_today = begin("ambassadeur", number=2)
    know(event_today, on=DAY, adhesion_a_jour="oui")
    event(event_today, "cotisation_demandee", on=DAY)
    assert event_today not in {
        line.dossier_id for line in board(COORDINATION, today=DAY).lines if line.planned
    }, "it was noted on its very day: it is done"


def test_the_calendar_holds_every_deadline_that_is_theirs(app: Flask) -> None:
    mine = scene()
    lines = agenda(mine.viewer(), today=DAY, since=DAY - days(60))
    assert [line.label for line in lines] == ["Prendre le premier contact"]
    labels = {line.label for line in agenda(COORDINATION, today=DAY, since=DAY)}
    assert {"Prendre le premier contact", "Fin du mandat", "Point d’étape à mi-mandat"} <= labels


def test_the_dossiers_of_which_one_is_in_charge_can_stand_alone(
    app: Flask, add_user: Callable[..., User]
) -> None:
    in_service("accompagnement")
    mine, other = (begin("accompagnement", number=number) for number in (1, 2))
    me = Viewer(Actor.COORDINATION, add_user("coordination").id)
    acts.assign(mine, viewer=me, today=DAY, now=at(DAY), owner_id=me.user_id)
    today = DAY + days(8)
    assert {line.dossier_id for line in board(me, today=today).lines} == {mine, other}
    found = board(me, today=today, mine=True)
    assert {line.dossier_id for line in found.lines} == {mine}
    assert found.left_out == 0


def test_what_has_waited_longest_comes_first(app: Flask) -> None:
    in_service("accompagnement")
    for number in range(5):
        begin("accompagnement", on=DAY + days(number), number=number)
    late = most_overdue(COORDINATION, today=DAY + days(11))
    assert [line.on for line in late] == [DAY + days(7 + number) for number in range(3)]
    assert most_overdue(COORDINATION, today=DAY + days(7)) == ()


def test_too_many_lines_are_counted_not_shown(app: Flask) -> None:
    in_service("conciergerie")
    for number in range(4):
        begin("conciergerie", number=number)
    found = board(COORDINATION, today=DAY + days(60), most=3)
    assert len(found.lines) == 3
    total = sum(counts(COORDINATION, today=DAY + days(60)).values())
    assert found.left_out == total - 3 > 0


@pytest.mark.parametrize("many", [2, 9])
def test_more_dossiers_ask_no_more_queries(app: Flask, many: int) -> None:
    in_service("accompagnement")
    for number in range(many):
        begin("accompagnement", number=number)
    db.session.expire_all()
    asked: list[str] = []

    def count(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", count)
    found = board(COORDINATION, today=DAY + days(7))
    sa.event.remove(db.engine, "before_cursor_execute", count)
    assert len(found.lines) == many
    assert len(asked) <= 14, asked


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("working", [True, False])
@pytest.mark.parametrize("offset", ["P1D", "P15D", "P1M", "P60D"])
def test_a_reminder_reaches_the_same_deadlines_in_one_query(
    before: bool, working: bool, offset: str
) -> None:
    if working and offset == "P1M":
        pytest.skip("working days are counted, months are not")
    reminder = Reminder(parse_duration(offset), before, (Actor.COORDINATION,))
    calendar = Calendar() if working else None
    shift = subtract if before else add
    for today in (DAY + days(count) for count in range(0, 120, 7)):
        last = _last(reminder, today, calendar)
        for on in (today + days(count) for count in range(-100, 100)):
            come = shift(on, reminder.offset, calendar) <= today
            assert (on <= last) is come, (today, on)
