"""The plan of reminders through closings, reopenings and extensions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp import worker
from surveyapp.core.address import address_hash
from surveyapp.core.instant import closing
from surveyapp.core.reminders import on_day
from surveyapp.models import Campaign, Reminder, ReminderState, db, now
from surveyapp.services import addresses, campaigns
from surveyapp.services.invite import reminders
from surveyapp.services.invite.reminders import ReminderError, Spared, recipients
from surveyapp.services.transaction import transaction
from surveyapp.store.structure import structure
from tests.answering import NOMINATIVE, opened
from tests.inviting import invited, mails, people

DAY = timedelta(days=1)


def today() -> date:
    return now().astimezone(structure().zone).date()


def at(days: int) -> datetime:
    """The end of a day, counted from today."""
    return closing(today() + days * DAY, None, structure().zone)


def collecting(closes_in: int, *, invited_ago: int = 0) -> int:
    """A campaign whose invitations have left, with the plan proposed at that time."""
    campaign = opened(NOMINATIVE, closes_at=at(closes_in))
    number = campaign.id
    day = today() - invited_ago * DAY
    invited(campaign, people(1)[0], mailed_on=day)
    reminders.propose_plan(number, now=on_day(day, structure().zone))
    return number


def plan() -> dict[str, tuple[int, str]]:
    """Each rule with the days until it leaves, and its state."""
    db.session.rollback()
    zone = structure().zone
    rows = db.session.scalars(sa.select(Reminder).order_by(Reminder.due_at)).all()
    return {
        row.rule: ((row.due_at.astimezone(zone).date() - today()).days, row.state.value)
        for row in rows
    }


def stop(rule: str) -> None:
    number = db.session.scalars(sa.select(Reminder.id).where(Reminder.rule == rule)).one()
    reminders.stop(number, author_id=None, now=now())


def step(name: str) -> None:
    campaigns.move("avis", name, author_id=None, now=now())


def extend(days: int) -> None:
    campaigns.extend("avis", at(days), author_id=None, now=now())


def work() -> None:
    worker.run_once()
    db.session.rollback()


FULL = {"J+7": (7, "planned"), "J+14": (14, "planned"), "C-3": (36, "planned")}


def test_closing_reopening_and_extending_lose_no_wave(app: Flask) -> None:
    collecting(39)
    assert plan() == FULL
    step("fermer")
    work()
    assert plan() == FULL, "the close moves nothing and misses nothing"
    step("rouvrir")
    work()
    assert plan() == FULL
    extend(49)
    assert plan() == {**FULL, "C-3": (46, "planned")}
    assert not [m for m in mails() if m.kind == "reminder"]


def test_what_a_date_made_missed_is_planned_again(app: Flask) -> None:
    collecting(30, invited_ago=1)
    with transaction() as session:
        row = session.scalars(sa.select(Reminder).where(Reminder.rule == "C-3")).one()
        row.due_at, row.state, row.done_at = now() - 3 * DAY, ReminderState.MISSED, now()
        row.recipients = 0
    extend(40)
    assert plan()["C-3"] == (37, "planned")


def test_an_edited_date_plans_again_what_an_earlier_one_made_missed(app: Flask) -> None:
    number = collecting(30, invited_ago=6)
    edit(number, 0)
    work()
    assert plan()["C-3"] == (-3, "missed")
    edit(number, 30)
    assert plan()["C-3"] == (27, "planned")


def edit(number: int, days: int) -> None:
    wanted = replace(campaigns.plan_of(db.session.get_one(Campaign, number)), closes_at=at(days))
    campaigns.edit("avis", wanted, author_id=None, now=now())


def test_a_wave_whose_day_passed_while_closed_does_not_surprise(app: Flask) -> None:
    collecting(30, invited_ago=8)
    step("fermer")
    work()
    assert plan()["J+7"] == (-1, "planned")
    step("rouvrir")
    work()
    assert plan()["J+7"] == (-1, "missed")
    assert not [m for m in mails() if m.kind == "reminder"]


def test_a_short_campaign_that_is_extended_gets_its_plan(app: Flask) -> None:
    collecting(2)
    assert plan() == {}
    extend(20)
    assert plan() == {"J+7": (7, "planned"), "J+14": (14, "planned"), "C-3": (17, "planned")}
    extend(30)
    assert plan() == {"J+7": (7, "planned"), "J+14": (14, "planned"), "C-3": (27, "planned")}


def test_nothing_is_planned_before_invitations_have_left(app: Flask) -> None:
    opened(NOMINATIVE, closes_at=at(2))
    extend(20)
    assert plan() == {}


def test_what_was_stopped_stays_stopped(app: Flask) -> None:
    collecting(10)
    assert plan() == {"C-3": (7, "planned")}, "J+7 is the same day"
    stop("C-3")
    extend(30)
    assert plan() == {
        "C-3": (7, "stopped"),
        "J+7": (7, "planned"),
        "J+14": (14, "planned"),
    }


def test_a_wave_that_was_moved_is_not_proposed_again(app: Flask) -> None:
    collecting(39)
    number = db.session.scalars(sa.select(Reminder.id).where(Reminder.rule == "J+14")).one()
    reminders.move(number, today() + 20 * DAY, author_id=None, now=now())
    extend(60)
    assert plan() == {
        "J+7": (7, "planned"),
        "date:J+14": (20, "planned"),
        "C-3": (57, "planned"),
    }


def test_a_missing_rule_keeps_its_distance_to_what_was_added_by_hand(app: Flask) -> None:
    number = collecting(5)
    extend(6)
    reminders.add(number, today() + 5 * DAY, author_id=None, now=now())
    extend(30)
    assert "J+7" not in plan()
    assert plan()["J+14"] == (14, "planned")


def test_a_day_at_which_nobody_could_receive_it_is_refused(app: Flask) -> None:
    number = collecting(30)
    with pytest.raises(ReminderError, match=r"Personne ne recevrait.*ou plus tard"):
        reminders.add(number, today() + DAY, author_id=None, now=now())
    reminders.add(number, today() + 3 * DAY, author_id=None, now=now())


def test_a_closing_too_near_for_any_reminder_is_told(app: Flask) -> None:
    number = collecting(2)
    with pytest.raises(ReminderError, match="prolongez-la"):
        reminders.add(number, today() + DAY, author_id=None, now=now())


def test_somebody_who_unsubscribed_is_not_counted_as_just_invited(app: Flask) -> None:
    number = collecting(30)
    with transaction() as session:
        addresses.decline(session, address_hash("ana.1@demo.example"), today=today())
    assert recipients(number, day=today() + DAY).spared == {Spared.DECLINED: 1}
