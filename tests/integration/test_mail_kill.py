"""The worker is killed with SIGKILL between the server's « 250 » and its own note of it.

The mail left, and nothing says so: it leaves again, under the same Message-ID, and is the
only one that does. The allowance of the minute survives the death of the worker.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

import pytest
import sqlalchemy as sa
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

from surveyapp import create_app, mail, migrate
from surveyapp.config import Config
from surveyapp.mail.limits import MINUTE
from surveyapp.models import Message, WorkState, db, now
from surveyapp.services.transaction import transaction
from tests.conftest import Mailbox, start_smtp
from tests.integration.processes import ROOT, Installation, installation

MAILS = 6


@dataclass
class Killer(Mailbox):
    """Takes a mail, kills who sent it before saying so, ``blows`` times."""

    victim: subprocess.Popen[bytes] | None = None
    deadly: tuple[int, ...] = (2, 5)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.envelopes.append(envelope)
        if len(self.envelopes) in self.deadly and self.victim is not None:
            os.kill(self.victim.pid, signal.SIGKILL)
            self.victim.wait()
        return "250 OK"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Installation, Killer, Flask]]:
    box = Killer()
    server = start_smtp(box)
    with installation(
        tmp_path / "instance",
        SURVEYAPP_MAIL_SERVER="127.0.0.1",
        SURVEYAPP_MAIL_PORT=str(server.port),
        SURVEYAPP_MAIL_FROM="contact@demo.example",
    ) as made:
        app = create_app(Config.from_environment(made.environment))
        with app.app_context():
            migrate.upgrade(db.engine)
            with transaction() as session:
                for n in range(MAILS):
                    to = f"p{n}@demo.example"
                    mail.post(session, to=to, subject=to, text="x", html="x", kind="test")
            yield made, box, app
            db.session.remove()
            db.engine.dispose()
    server.stop()


def work(site: Installation, box: Killer) -> int:
    """``surveyapp worker --once``; how it ended."""
    box.victim = subprocess.Popen(
        [sys.executable, "-m", "surveyapp.cli", "worker", "--once"],
        cwd=ROOT,
        env=site.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return box.victim.wait(timeout=120)


def states() -> Counter[str]:
    db.session.rollback()
    return Counter(str(state) for state in db.session.scalars(sa.select(Message.state)))


def end_leases() -> None:
    with transaction() as session:
        running = sa.update(Message).where(Message.state == WorkState.RUNNING)
        session.execute(running.values(lease_until=now().replace(year=2020)))


def test_a_mail_in_doubt_leaves_again_as_a_copy_of_itself(
    site: tuple[Installation, Killer, Flask],
) -> None:
    served, box, _ = site
    deaths = 0
    while states()["done"] < MAILS:
        deaths += work(served, box) == -signal.SIGKILL
        end_leases()
        assert deaths <= len(box.deadly)
    assert deaths == 2
    sent: dict[str, list[str]] = {}
    for envelope in box.envelopes:
        assert isinstance(envelope.content, bytes)
        identifier = message_from_bytes(envelope.content)["Message-ID"]
        sent.setdefault(envelope.rcpt_tos[0], []).append(identifier)
    assert set(sent) == {f"p{n}@demo.example" for n in range(MAILS)}, "nobody is forgotten"
    assert all(len(set(identifiers)) == 1 for identifiers in sent.values())
    assert sorted(map(len, sent.values())) == [1] * (MAILS - 2) + [2, 2]
    doubtful = [to for to, identifiers in sent.items() if len(identifiers) == 2]
    rows = db.session.execute(sa.select(Message.recipient, Message.attempts))
    attempts = {recipient: count for recipient, count in rows}  # noqa: C416 - rows, not pairs
    assert all(attempts[to] > 1 for to in doubtful), "the outbox shows why there are two"


@pytest.mark.parametrize(("deadly", "sent"), [((), 4), ((2,), 2)])
def test_the_allowance_of_the_minute_survives_the_worker(
    site: tuple[Installation, Killer, Flask], deadly: tuple[int, ...], sent: int
) -> None:
    """What a dead worker held counts until its lease is over: it may have left."""
    served, box, _ = site
    box.deadly = deadly
    served.environment["SURVEYAPP_MAIL_PER_MINUTE"] = "4"
    work(served, box)
    work(served, box)
    first, last = db.session.execute(
        sa.select(sa.func.min(Message.tried_at), sa.func.max(Message.tried_at))
    ).one()
    if last - first < MINUTE:  # on a machine that is not asleep
        assert len(box.envelopes) == sent
