"""Reminders: the plan, who gets a wave, and what keeps one from leaving twice or too late."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp import jobs, worker
from surveyapp.core.address import address_hash
from surveyapp.core.instant import closing
from surveyapp.core.personal import token_hash
from surveyapp.models import (
    Campaign,
    CampaignState,
    Invitation,
    Job,
    Message,
    Participation,
    Reminder,
    ReminderState,
    WorkState,
    db,
    now,
)
from surveyapp.services import addresses
from surveyapp.services.invite import batches, personal, reminders, writing
from surveyapp.services.invite.reminders import ReminderError, Spared, recipients
from surveyapp.services.transaction import transaction
from surveyapp.store.structure import structure
from tests.answering import ANONYMOUS, NOMINATIVE, change, opened
from tests.inviting import invited, mails, people

LONG_AGO = date(2026, 1, 5)


def work() -> None:
    worker.run_once()
    db.session.rollback()


def planned(campaign_id: int, *, due: timedelta = timedelta(minutes=-5), rule: str = "date") -> int:
    """A wave that is due, five minutes ago unless told otherwise."""
    with transaction() as session:
        reminder = Reminder(campaign_id=campaign_id, rule=rule, due_at=now() + due)
        session.add(reminder)
    return reminder.id


def wave(number: int) -> Reminder:
    db.session.rollback()
    return db.session.get_one(Reminder, number)


def take_part(*tokens: str) -> None:
    """As if these people had answered."""
    with transaction() as session:
        for token in tokens:
            found = sa.select(Invitation.id).where(Invitation.token_hash == token_hash(token))
            personal.participate(session, session.scalars(found).one(), None)


def reminded() -> list[str]:
    return sorted(m.recipient for m in mails() if m.kind == "reminder")


def three(body: str = NOMINATIVE, **columns: Any) -> tuple[int, list[str]]:
    """A campaign with three people who were invited long ago."""
    campaign = opened(body, **columns)
    number = campaign.id
    return number, [invited(campaign, who, mailed_on=LONG_AGO) for who in people(3)]


def test_a_wave_reaches_only_those_who_have_not_answered(app: Flask) -> None:
    campaign, tokens = three()
    take_part(tokens[0])
    number = planned(campaign)
    work()
    assert reminded() == ["ana.2@demo.example", "ana.3@demo.example"]
    assert (wave(number).state, wave(number).recipients) == (ReminderState.SENT, 2)
    assert wave(number).done_at is not None
    work()
    assert len(reminded()) == 2


def test_the_link_of_a_reminder_is_that_of_the_invitation(app: Flask) -> None:
    campaign, tokens = three()
    planned(campaign)
    work()
    assert all(any(token in m.text for m in mails()) for token in tokens)
    assert {m.dedupe_key for m in mails()} == {
        f"remind:1:{i.id}" for i in db.session.scalars(sa.select(Invitation))
    }


def test_waves_reach_fewer_and_fewer(app: Flask) -> None:
    campaign, tokens = three()
    for answered in range(3):
        if answered:
            take_part(tokens[answered - 1])
        before = len(reminded())
        planned(campaign)
        work()
        assert len(reminded()) - before == 3 - answered


def test_who_is_spared_and_why(app: Flask) -> None:
    campaign = opened(NOMINATIVE)
    who = people(6)
    today = now().astimezone(structure().zone).date()
    answered = invited(campaign, who[0], mailed_on=LONG_AGO)
    invited(campaign, who[1], mailed_on=LONG_AGO, stopped=True)
    invited(campaign, who[2], mailed_on=None)
    invited(campaign, who[3], mailed_on=today - timedelta(days=2))
    invited(campaign, who[4], mailed_on=LONG_AGO)
    invited(campaign, who[5], mailed_on=today - timedelta(days=3))
    take_part(answered)
    with transaction() as session:
        addresses.decline(session, address_hash("ana.5@demo.example"), today=today)
    found = recipients(campaign.id, day=today)
    assert [row.person.last_name for row in found.rows] == ["Exemple006"]
    assert found.spared == dict.fromkeys(Spared, 1)
    planned(campaign.id)
    work()
    assert "ana.6@demo.example" in reminded()
    assert len(reminded()) == 1


def test_whoever_answers_while_the_reminder_waits_gets_none(app: Flask) -> None:
    campaign, tokens = three()
    number = planned(campaign)
    worker.schedule()
    while (job := jobs.claim()) is not None:
        jobs.run(job)
    db.session.rollback()
    assert len(reminded()) == 3, "in the outbox, not sent"
    take_part(tokens[1])
    assert reminded() == ["ana.1@demo.example", "ana.3@demo.example"]
    work()
    assert reminded() == ["ana.1@demo.example", "ana.3@demo.example"]
    assert wave(number).recipients == 3


def test_whoever_answers_between_the_list_and_the_mail_gets_none(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign, tokens = three()
    planned(campaign)
    real = writing.write

    def slow(*arguments: Any) -> Any:
        written = real(*arguments)
        db.session.rollback()
        take_part(tokens[2])
        return written

    monkeypatch.setattr(reminders, "write", slow)
    work()
    assert reminded() == ["ana.1@demo.example", "ana.2@demo.example"]


def test_a_wave_that_is_interrupted_goes_on_where_it_was(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign, _ = three()
    number = planned(campaign)
    monkeypatch.setattr(reminders, "BATCH", 1)
    real, calls = reminders._post, 0

    def breaks(*arguments: Any) -> bool:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise RuntimeError("essai")
        return real(*arguments)

    monkeypatch.setattr(reminders, "_post", breaks)
    work()
    assert (len(reminded()), wave(number).state) == (2, ReminderState.PLANNED)
    with transaction() as session:
        session.execute(sa.update(Job).values(run_at=now() - timedelta(minutes=1)))
    work()
    assert len(reminded()) == len(set(reminded())) == 3
    assert (wave(number).state, wave(number).recipients) == (ReminderState.SENT, 3)


def test_a_wave_stopped_while_it_leaves_stops(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign, _ = three()
    number = planned(campaign)
    monkeypatch.setattr(reminders, "BATCH", 1)
    real = reminders._post

    def then_stopped(*arguments: Any) -> bool:
        done = real(*arguments)
        reminders.stop(number, author_id=None, now=now())
        return done

    monkeypatch.setattr(reminders, "_post", then_stopped)
    work()
    assert (len(reminded()), wave(number).state) == (1, ReminderState.STOPPED)


@pytest.mark.parametrize(
    ("late", "state"),
    [
        (timedelta(days=2, minutes=-5), ReminderState.SENT),
        (timedelta(days=2, minutes=5), ReminderState.MISSED),
    ],
)
def test_a_missed_day_is_made_up_for_until_it_is_too_late(
    app: Flask, late: timedelta, state: ReminderState
) -> None:
    campaign, _ = three()
    number = planned(campaign, due=-late)
    work()
    assert wave(number).state is state
    assert len(reminded()) == (3 if state is ReminderState.SENT else 0)


def test_a_clock_that_jumps_back_repeats_nothing(app: Flask) -> None:
    campaign, _ = three()
    number = planned(campaign)
    work()
    with transaction() as session:
        session.execute(sa.update(Reminder).values(due_at=now() + timedelta(hours=1)))
        session.execute(sa.delete(Job))
    work()
    with transaction() as session:
        session.execute(sa.update(Reminder).values(due_at=now() - timedelta(minutes=1)))
    work()
    assert (len(reminded()), wave(number).state) == (3, ReminderState.SENT)


@pytest.mark.parametrize("due", [timedelta(minutes=5), timedelta(days=3)])
def test_nothing_leaves_before_its_time(app: Flask, due: timedelta) -> None:
    campaign, _ = three()
    number = planned(campaign, due=due)
    work()
    assert (reminded(), wave(number).state) == ([], ReminderState.PLANNED)


def test_no_wave_leaves_once_the_campaign_is_closed(app: Flask) -> None:
    campaign, _ = three(state=CampaignState.CLOSED)
    number = planned(campaign)
    work()
    assert (reminded(), wave(number).state) == ([], ReminderState.PLANNED), "it waits"


def test_a_stopped_wave_does_not_leave(app: Flask) -> None:
    campaign, _ = three()
    number = planned(campaign)
    reminders.stop(number, author_id=None, now=now())
    work()
    assert not reminded()


def test_the_plan_is_proposed_when_the_invitations_leave(app: Flask) -> None:
    zone = structure().zone
    today = now().astimezone(zone).date()
    closes = closing(today + timedelta(days=30), None, zone)
    campaign = opened(NOMINATIVE, closes_at=closes)
    number = campaign.id
    reminders.propose_plan(number, now=now())
    assert not db.session.scalars(sa.select(Reminder)).all(), "nobody is invited yet"
    invited(campaign, people(1)[0], mailed_on=today)
    reminders.propose_plan(number, now=now())
    reminders.propose_plan(number, now=now())
    rows = db.session.scalars(sa.select(Reminder).order_by(Reminder.due_at)).all()
    assert [row.rule for row in rows] == ["J+7", "J+14", "C-3"]
    days = [(row.due_at.astimezone(zone).date() - today).days for row in rows]
    assert days == [7, 14, 27]


def test_the_last_call_follows_the_closing(app: Flask) -> None:
    zone = structure().zone
    today = now().astimezone(zone).date()
    campaign = opened(NOMINATIVE, closes_at=closing(today + timedelta(days=30), None, zone))
    invited(campaign, people(1)[0], mailed_on=today)
    reminders.propose_plan(campaign.id, now=now())
    change(campaign, closes_at=closing(today + timedelta(days=40), None, zone))
    reminders.wake(now())
    row = db.session.scalars(sa.select(Reminder).where(Reminder.rule == "C-3")).one()
    assert (row.due_at.astimezone(zone).date() - today).days == 37


def test_a_wave_can_be_moved_and_added(app: Flask) -> None:
    zone = structure().zone
    campaign, _ = three()
    number = planned(campaign, rule="C-3")
    day = now().astimezone(zone).date() + timedelta(days=4)
    reminders.move(number, day, author_id=None, now=now())
    local = wave(number).due_at.astimezone(zone)
    assert (local.date(), local.hour, wave(number).rule) == (day, 10, "date:C-3")
    reminders.add(campaign, day, author_id=None, now=now())
    assert len(db.session.scalars(sa.select(Reminder)).all()) == 2


def test_a_wave_that_was_missed_can_be_planned_again(app: Flask) -> None:
    campaign, _ = three()
    number = planned(campaign, due=-timedelta(days=5))
    work()
    day = now().date() + timedelta(days=4)
    reminders.move(number, day, author_id=None, now=now())
    assert wave(number).state is ReminderState.PLANNED


@pytest.mark.parametrize(
    ("days", "message"), [(-1, "à venir"), (40, "avant la fermeture")], ids=["past", "after"]
)
def test_a_wave_must_leave_while_people_can_answer(app: Flask, days: int, message: str) -> None:
    campaign, _ = three(closes_at=now() + timedelta(days=20))
    with pytest.raises(ReminderError, match=message):
        reminders.add(campaign, now().date() + timedelta(days=days), author_id=None, now=now())


def test_a_wave_that_has_left_is_not_changed(app: Flask) -> None:
    campaign, _ = three()
    number = planned(campaign)
    work()
    with pytest.raises(ReminderError, match="déjà partie"):
        reminders.stop(number, author_id=None, now=now())


def test_in_an_anonymous_campaign_a_batch_spares_those_who_answered(app: Flask) -> None:
    campaign = opened(ANONYMOUS)
    tokens = [invited(campaign, who, mailed_on=LONG_AGO) for who in people(8)]
    number = campaign.id
    with transaction() as session:
        for token in tokens[:4]:
            personal.spend(session, number, token)
    planned(number)
    work()
    assert len(reminded()) == 8, "four are fewer than k: nobody knows who they are"
    with transaction() as session:
        personal.spend(session, number, tokens[4])
    planned(number)
    work()
    assert len(reminded()) == 8 + 3


def test_one_person_can_be_left_in_peace(app: Flask) -> None:
    campaign, tokens = three()
    found = sa.select(Invitation.id).where(Invitation.token_hash == token_hash(tokens[0]))
    reminders.stop_person(campaign, db.session.scalars(found).one(), stopped=True)
    planned(campaign)
    work()
    assert "ana.1@demo.example" not in reminded()
    assert len(reminded()) == 2


def test_a_mail_being_sent_is_left_alone(app: Flask) -> None:
    """Only what has not begun is withdrawn: a mail on its way keeps its line in the log."""
    campaign, tokens = three()
    planned(campaign)
    worker.schedule()
    while (job := jobs.claim()) is not None:
        jobs.run(job)
    with transaction() as session:
        session.execute(
            sa.update(Message)
            .where(Message.recipient == "ana.1@demo.example")
            .values(state=WorkState.RUNNING, tried_at=now())
        )
        session.execute(
            sa.update(Message)
            .where(Message.recipient == "ana.2@demo.example")
            .values(state=WorkState.RUNNING)
        )
    take_part(tokens[0], tokens[1])
    assert reminded() == ["ana.1@demo.example", "ana.3@demo.example"]


def test_participation_is_written_by_batches_of_k(app: Flask) -> None:
    campaign = opened(ANONYMOUS)
    tokens = [invited(campaign, who) for who in people(12)]
    number = campaign.id

    def written(*more: str) -> int:
        with transaction() as session:
            for token in more:
                personal.spend(session, number, token)
        batches.write_batch(number)
        return len(db.session.scalars(sa.select(Participation)).all())

    assert written(*tokens[:4]) == 0
    assert written(tokens[4]) == 5
    assert written(*tokens[5:9]) == 5
    assert written(*tokens[9:11]) == 11
    change(db.session.get_one(Campaign, number), state=CampaignState.CLOSED)
    assert written() == 11
    assert written(tokens[11]) == 11, "one alone is never written, not even after the closing"


def test_the_batch_of_the_day_is_the_workers(app: Flask) -> None:
    campaign = opened(ANONYMOUS)
    tokens = [invited(campaign, who) for who in people(5)]
    with transaction() as session:
        for token in tokens:
            personal.spend(session, campaign.id, token)
    work()
    assert len(db.session.scalars(sa.select(Participation)).all()) == 5
