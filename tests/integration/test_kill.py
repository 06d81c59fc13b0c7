"""2,000 people answer over HTTP while web server and worker are killed with SIGKILL.

What a respondent saw acknowledged (the redirection to the thank-you page) is in the
database once, and each mail leaves once or is recognisable as a copy of itself.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from urllib.parse import urlencode

import pytest

from surveyapp import create_app, migrate
from surveyapp.config import Config
from surveyapp.core.loader import load
from surveyapp.models import db, now
from surveyapp.services import campaigns
from surveyapp.services.publish import publish
from tests.bench.client import Browser, Reply, hidden_values
from tests.conftest import Mailbox, start_smtp
from tests.integration.processes import Installation, children, installation, wait_until

ANONYMOUS, NOMINATIVE = 1_800, 200
AT_ONCE = 24
#: Share of the answers sent before each blow, and who is hit.
BLOWS = ((0.2, "worker"), (0.35, "one web process"), (0.55, "web server"), (0.75, "worker"))

NOTICE = """
notice:
  controller: "CPTS des Exemples"
  purpose: "Essai"
  legal_basis: "Intérêt légitime"
  recipients: "La coordination"
  retention: "Un mois"
  rights: "Écrire à la coordination"
"""
ANONYMOUS_FORM = f"""
name: essai-anonyme
title: "Essai anonyme"
version: "1"
mode: anonymous
retention_months: unlimited
k: 5
{NOTICE}
survey:
  - type: group
    name: essai
    label: "Essai"
    items:
      - {{type: text, name: code, label: "Code", required: true}}
"""
NOMINATIVE_FORM = f"""
name: essai-nominatif
title: "Essai nominatif"
version: "1"
mode: nominative
k: 5
email_question: courriel
identity_questions: [code]
retention_months: 12
{NOTICE}
survey:
  - type: group
    name: essai
    label: "Essai"
    items:
      - {{type: text, name: code, label: "Code", required: true}}
      - {{type: email, name: courriel, label: "Votre adresse", required: true}}
"""


@dataclass
class Crowd:
    """Everybody who answers; ``acknowledged`` are the codes whose sending was confirmed."""

    port: int
    acknowledged: list[str] = field(default_factory=list)
    retries: int = 0

    async def ask(self, browser: Browser, method: str, path: str, body: str | None = None) -> Reply:
        """Send a request as a patient person would: again, when nothing came back."""
        for _ in range(400):
            try:
                # Not ``request``: it tries again by itself, and we count.
                reply = await browser._send(method, path, body)
            except (OSError, asyncio.IncompleteReadError):
                browser.close()
            else:
                if reply.status < 500:
                    return reply
            self.retries += 1
            await asyncio.sleep(0.1)
        raise AssertionError(f"{method} {path}: no answer")

    async def answer(self, slug: str, code: str) -> None:
        """Fill in the page, review it if asked to, and wait for the thank-you page."""
        browser = Browser("127.0.0.1", self.port)
        path = f"/q/{slug}/essai"
        fields = {"code": code, "courriel": f"{code}@demo.example"}
        reply = await self.ask(browser, "GET", path)
        for _ in range(6):
            assert reply.status == 200, (path, reply.status)
            body = urlencode([*hidden_values(reply.body), *fields.items()])
            reply = await self.ask(browser, "POST", path, body)
            if reply.status in {302, 303}:
                path = reply.location
                if path.endswith("/merci"):
                    self.acknowledged.append(code)
                    break
                reply = await self.ask(browser, "GET", path)
        else:
            raise AssertionError(f"{code} never reached the thank-you page")
        browser.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Installation, Mailbox]]:
    box = Mailbox()
    server = start_smtp(box)
    with installation(
        tmp_path / "instance",
        SURVEYAPP_MAIL_SERVER="127.0.0.1",
        SURVEYAPP_MAIL_PORT=str(server.port),
        SURVEYAPP_MAIL_FROM="contact@demo.example",
    ) as made:
        _prepare(made, tmp_path)
        made.start()
        yield made, box
    server.stop()


def _prepare(site: Installation, folder: Path) -> None:
    """Two open campaigns in the database of the installation."""
    app = create_app(Config.from_environment(site.environment))
    with app.app_context():
        migrate.upgrade(db.engine)
        for name, text in (("anonyme", ANONYMOUS_FORM), ("nominatif", NOMINATIVE_FORM)):
            path = folder / f"essai-{name}.yaml"
            path.write_text(text, encoding="utf-8")
            publish(load(path))
            plan = campaigns.Plan(title=name, slug=name)
            campaigns.create(f"essai-{name}", plan, author_id=None, now=now())
            campaigns.move(name, "ouvrir", author_id=None, now=now(), force=True)
        db.session.remove()
        db.engine.dispose()


def _succeed(site: Installation, *arguments: str) -> None:
    done = site.command(*arguments)
    assert done.returncode == 0, done.stderr


async def _all_answer(site: Installation, crowd: Crowd) -> None:
    codes = [("anonyme", f"a{n}") for n in range(ANONYMOUS)]
    codes += [("nominatif", f"n{n}") for n in range(NOMINATIVE)]
    # Both kinds mixed, the same way each time.
    codes.sort(key=lambda pair: (int(pair[1][1:]) * 7919) % 2003)
    queue = iter(codes)

    async def one_after_the_other() -> None:
        for slug, code in queue:
            await crowd.answer(slug, code)

    blows = asyncio.create_task(_strike(site, crowd))
    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
    await blows


async def _strike(site: Installation, crowd: Crowd) -> None:
    for share, target in BLOWS:
        while len(crowd.acknowledged) < share * (ANONYMOUS + NOMINATIVE):
            await asyncio.sleep(0.02)
        if target == "worker":
            os.kill(site.worker, signal.SIGKILL)
        elif target == "web server":
            os.killpg(site.web, signal.SIGKILL)
        else:
            os.kill(children(site.web)[0], signal.SIGKILL)


def test_no_acknowledged_answer_is_lost_or_doubled(site: tuple[Installation, Mailbox]) -> None:
    served, box = site
    crowd = Crowd(served.port)
    asyncio.run(_all_answer(served, crowd))
    assert len(crowd.acknowledged) == ANONYMOUS + NOMINATIVE
    assert crowd.retries, "the blows were felt"
    assert "Traceback" not in served.stop()

    with closing(sqlite3.connect(served.folder / "surveyapp.sqlite")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        stored = [
            code
            for (code,) in database.execute(
                "SELECT document ->> 'code' FROM response WHERE status = 'submitted'"
            )
        ]
        assert sorted(stored) == sorted(crowd.acknowledged)
        # What a killed worker held is sent once its lease is over.
        held = database.execute(
            "UPDATE message SET lease_until = '2020-01-01' WHERE state = 'running'"
        )
        doubtful = held.rowcount
        database.commit()
    _succeed(served, "worker", "--once")
    _mails_left_once(box, doubtful=doubtful)


def _mails_left_once(box: Mailbox, *, doubtful: int) -> None:
    """One mail for each nominative answer; a copy only of what a killed worker was sending."""
    wait_until(lambda: len({e.rcpt_tos[0] for e in box.envelopes}) >= NOMINATIVE, "the mails", 10)
    sent: dict[str, set[str]] = {}
    copies: Counter[str] = Counter()
    for envelope in box.envelopes:
        assert isinstance(envelope.content, bytes)
        identifier = message_from_bytes(envelope.content)["Message-ID"]
        sent.setdefault(envelope.rcpt_tos[0], set()).add(identifier)
        copies[identifier] += 1
    assert set(sent) == {f"n{n}@demo.example" for n in range(NOMINATIVE)}
    assert all(len(identifiers) == 1 for identifiers in sent.values()), "one mail for each"
    workers_killed = sum(target == "worker" for _, target in BLOWS)
    doubled = [identifier for identifier, count in copies.items() if count > 1]
    assert len(doubled) <= min(workers_killed, doubtful), doubled
    assert not list(itertools.filterfalse(lambda i: copies[i] == 2, doubled))
