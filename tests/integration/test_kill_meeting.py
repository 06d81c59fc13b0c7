"""A room votes while web processes are killed with SIGKILL: what a telephone was told is
counted is there, once."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

from surveyapp import create_app, migrate
from surveyapp.config import Config
from surveyapp.core.loader import load
from surveyapp.core.poll import Act
from surveyapp.models import db, now
from surveyapp.services import campaigns, polls
from surveyapp.services.publish import publish
from tests.bench.client import Browser
from tests.integration.processes import ROOT, Installation, children, installation
from tests.integration.test_kill import Crowd

PHONES = 240
#: Votes before each blow, and who is hit.
BLOWS = ((60, "one web process"), (150, "web server"))


def _prepare(site: Installation) -> str:
    """A meeting at its last question; the code."""
    app = create_app(Config.from_environment(site.environment))
    with app.app_context():
        migrate.upgrade(db.engine)
        publish(load(ROOT / "forms" / "sondage-seance.yaml"))
        plan = campaigns.Plan(title="Séance", slug="seance")
        campaigns.create("sondage-seance", plan, author_id=None, now=now())
        room = polls.room_of(polls.open_meeting("seance", author_id=None, now=now()))
        assert room is not None
        polls.act(room, Act.SHOW, target="mots")
        db.session.remove()
        db.engine.dispose()
        return room.code


async def _vote(crowd: Crowd, code: str, number: int) -> None:
    browser = Browser("127.0.0.1", crowd.port)
    page = await crowd.ask(browser, "GET", f"/s/{code}")
    proof = re.search(rb'data-proof="([^"]+)"', page.body)
    assert proof is not None
    fields = {"csrf_token": proof[1].decode(), "question": "mots", "reponse": f"mot{number}"}
    reply = await crowd.ask(browser, "POST", f"/s/{code}", urlencode(fields))
    assert reply.status == 303, reply.status
    crowd.acknowledged.append(f"mot{number}")
    browser.close()


async def _everybody(site: Installation, crowd: Crowd, code: str) -> None:
    queue = iter(range(PHONES))

    async def one_after_the_other() -> None:
        for number in queue:
            await _vote(crowd, code, number)

    async def strike() -> None:
        for votes, target in BLOWS:
            while len(crowd.acknowledged) < votes:
                await asyncio.sleep(0.02)
            if target == "web server":
                os.killpg(site.web, signal.SIGKILL)
            else:
                os.kill(children(site.web)[0], signal.SIGKILL)

    await asyncio.gather(strike(), *(one_after_the_other() for _ in range(16)))


def test_no_acknowledged_vote_is_lost_or_doubled(tmp_path: Path) -> None:
    with installation(tmp_path / "instance") as site:
        code = _prepare(site)
        site.start()
        crowd = Crowd(site.port)
        asyncio.run(_everybody(site, crowd, code))
        assert crowd.retries, "the blows were felt"
        assert "Traceback" not in site.stop()
        with closing(sqlite3.connect(site.folder / "surveyapp.sqlite")) as database:
            rows = database.execute("SELECT value FROM poll_vote").fetchall()
    assert sorted(json.loads(value)[0][0] for (value,) in rows) == sorted(crowd.acknowledged)
    assert len(rows) == PHONES
