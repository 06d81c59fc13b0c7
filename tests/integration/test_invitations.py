"""1,000 invitations through a mail server that fails, by workers that are killed.

One mail in ten is put off or cut in the middle; the worker is killed twice with SIGKILL.
Nobody is forgotten, nobody gets two mails but the same one, which its Message-ID tells; then
three waves of reminders reach only those who have not answered.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
import sqlalchemy as sa
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

from surveyapp import create_app, migrate
from surveyapp.config import Config
from surveyapp.core.personal import token_hash, token_of
from surveyapp.models import (
    Campaign,
    Invitation,
    Job,
    Message,
    Person,
    Reminder,
    ReminderState,
    WorkState,
    db,
    now,
)
from surveyapp.services.invite import personal, reminders, sending
from surveyapp.services.people.cards import add_person
from surveyapp.services.transaction import transaction
from surveyapp.store.invitations import answered as has_answered
from tests.answering import NOMINATIVE, opened
from tests.conftest import start_smtp
from tests.integration.processes import ROOT, Installation, installation, wait_until

INVITED = 1_000
#: How many have answered before each wave of reminders.
ANSWERED = (600, 200, 100)
#: How long each stage may take on a machine that does other things; idle, all take a minute.
PATIENCE = 240.0


@dataclass
class Moody:
    """A mail server that fails one time in ten: it puts off, or it hangs up; what it has
    taken and not yet acknowledged when it hangs up, it delivers all the same."""

    delivered: list[tuple[str, str]] = field(default_factory=list)
    asked: int = 0
    doubtful: set[str] = field(default_factory=set)
    well: bool = False

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.asked += 1
        trouble = 0 if self.well else self.asked % 30
        if trouble in (7, 17):
            return "451 4.7.1 greylisted, come back later"
        assert isinstance(envelope.content, bytes)
        identifier = message_from_bytes(envelope.content)["Message-ID"]
        if trouble == 27:  # hangs up before or after having taken the mail, in turn
            if self.asked % 60 == 27:
                self.delivered.append((envelope.rcpt_tos[0], identifier))
                self.doubtful.add(identifier)
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "421 4.3.0 bye"
        self.delivered.append((envelope.rcpt_tos[0], identifier))
        return "250 OK"


@pytest.fixture
def server() -> Iterator[tuple[Moody, int]]:
    moody = Moody()
    controller = start_smtp(moody)
    yield moody, controller.port
    controller.stop()


@pytest.fixture
def site(tmp_path: Path, server: tuple[Moody, int]) -> Iterator[Installation]:
    with installation(
        tmp_path / "instance",
        SURVEYAPP_MAIL_SERVER="127.0.0.1",
        SURVEYAPP_MAIL_PORT=str(server[1]),
        SURVEYAPP_MAIL_FROM="contact@demo.example",
        SURVEYAPP_SOLICITATIONS_PER_MONTH="0",
    ) as made:
        yield made


@pytest.fixture
def app(site: Installation) -> Iterator[Flask]:
    """The same installation, seen from the test."""
    app = create_app(Config.from_environment(site.environment))
    with app.app_context():
        migrate.upgrade(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()


class Worker:
    """``surveyapp worker``, that can be killed and started again."""

    def __init__(self, site: Installation) -> None:
        self.site = site
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "surveyapp.cli", "worker"],
            cwd=ROOT,
            env=self.site.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill_and_restart(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        take_over()
        self.process = self._start()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


def take_over() -> None:
    """What a killed worker held is free at once, as if its lease were over."""
    past = now() - timedelta(minutes=1)
    with transaction() as session:
        for model in (Job, Message):
            held = sa.update(model).where(model.state == WorkState.RUNNING)
            session.execute(held.values(lease_until=past))


def hurry() -> None:
    """What was put off is tried again at once; a day and a half is long for a test."""
    later = sa.and_(Message.state == WorkState.PENDING, Message.run_at > now())
    if db.session.scalar(sa.select(Message.id).where(later).limit(1)) is None:
        return
    with transaction() as session:
        session.execute(sa.update(Message).where(later).values(run_at=now()))


def prepare() -> int:
    campaign = opened(NOMINATIVE)
    campaign_id = campaign.id
    with transaction() as session:
        for number in range(INVITED):
            add_person(
                session,
                last_name=f"Exemple{number:04d}",
                first_name="Ana",
                email=f"ana.{number}@demo.example",
            )
    return campaign_id


def ask(campaign_id: int) -> None:
    """The click of the coordinatrice."""
    people = list(db.session.scalars(sa.select(Person.id)))
    with transaction() as session:
        campaign = session.get_one(Campaign, campaign_id)
        sending._ask(session, campaign, people, author_id=None)


def left() -> int:
    """Mails and tasks that are not finished."""
    db.session.rollback()
    states = (WorkState.PENDING, WorkState.RUNNING)
    return sum(
        db.session.scalar(sa.select(sa.func.count(model.id)).where(model.state.in_(states))) or 0
        for model in (Job, Message)
    )


def finished() -> bool:
    if time.monotonic() - finished_at[0] < 0.5:
        return False
    finished_at[0] = time.monotonic()
    hurry()
    return left() == 0


#: When the outbox was last looked at: looking all the time would slow down the worker.
finished_at = [0.0]


def answered(campaign_id: int, count: int) -> set[str]:
    """So many more people answer; their addresses."""
    silent = (
        sa.select(Invitation.id, Person.email)
        .join(Person)
        .where(Invitation.campaign_id == campaign_id, sa.not_(has_answered))
        .order_by(Invitation.id)
        .limit(count)
    )
    rows = db.session.execute(silent).all()
    with transaction() as session:
        for number, _ in rows:
            found = personal.of_token(
                session, campaign_id, token_hash(token_of(personal.key(), number))
            )
            assert found == number
            personal.participate(session, found, None)
    return {email for _, email in rows}


def wave(campaign_id: int) -> int:
    """A reminder whose time has come."""
    with transaction() as session:
        early = now().date() - timedelta(days=10)
        session.execute(sa.update(Invitation).values(mailed_on=early))
        reminder = Reminder(campaign_id=campaign_id, rule="date", due_at=now())
        session.add(reminder)
    return reminder.id


def test_a_thousand_are_invited_once_and_reminded_while_silent(
    site: Installation, app: Flask, server: tuple[Moody, int]
) -> None:
    moody, _ = server
    campaign_id = prepare()
    ask(campaign_id)
    worker = Worker(site)
    killed = 0
    try:
        for reached in (INVITED // 5, INVITED // 2):
            wait_until(lambda: len(moody.delivered) >= reached, "the mails to leave", PATIENCE)  # noqa: B023
            worker.kill_and_restart()
            killed += 1
        wait_until(finished, "the last invitation", PATIENCE)
        assert moody.asked > INVITED, "the failures were felt"
        _one_mail_each(moody, killed=killed)
        moody.well = True
        _three_waves(campaign_id, moody)
    finally:
        worker.stop()


def _one_mail_each(moody: Moody, *, killed: int) -> None:
    """Everybody has one mail; a second copy is the same mail, of which nobody could know
    that it had arrived: the server hung up, or the worker was killed, at that very moment."""
    identifiers: dict[str, set[str]] = {}
    for address, identifier in moody.delivered:
        identifiers.setdefault(address, set()).add(identifier)
    assert set(identifiers) == {f"ana.{n}@demo.example" for n in range(INVITED)}
    assert all(len(found) == 1 for found in identifiers.values()), "two different mails"
    copies = Counter(identifier for _, identifier in moody.delivered)
    doubled = {identifier for identifier, count in copies.items() if count > 1}
    assert len(doubled - moody.doubtful) <= killed
    db.session.rollback()
    logged = set(db.session.scalars(sa.select(Message.message_id)))
    assert {identifier for _, identifier in moody.delivered} == logged
    assert db.session.scalar(sa.select(sa.func.count(Invitation.id))) == INVITED


def _three_waves(campaign_id: int, moody: Moody) -> None:
    silent = {f"ana.{n}@demo.example" for n in range(INVITED)}
    for count in ANSWERED:
        silent -= answered(campaign_id, count)
        before = len(moody.delivered)
        number = wave(campaign_id)
        reminders.wake(now())  # the worker would see it within fifteen seconds
        wait_until(lambda: _sent(number), "the wave to leave", PATIENCE)  # noqa: B023
        wait_until(finished, "its last mail", PATIENCE)
        reached = [address for address, _ in moody.delivered[before:]]
        assert sorted(reached) == sorted(silent)


def _sent(number: int) -> bool:
    db.session.rollback()
    return db.session.get_one(Reminder, number).state is ReminderState.SENT
