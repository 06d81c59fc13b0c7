"""``surveyapp run`` and ``surveyapp demo``: start, survive, stop, say what is wrong."""

from __future__ import annotations

import os
import re
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.processes import Installation, alive, children, installation, wait_until


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path / "instance") as made:
        yield made


def test_it_starts_serves_and_stops_without_a_trace(site: Installation) -> None:
    site.start()
    assert re.search(rf"{site.url}/compte/premier/\S{{40,}}", site.welcome)
    assert site.url + "/" in site.welcome
    assert str(site.folder / "mails") in site.welcome, "without SMTP it says where mails go"
    wait_until(
        lambda: len(site.family()) == 5, "supervisor, web server and its two processes, worker"
    )
    family = site.family()
    _memory_is_small(site)
    _served_once(site)
    request = urllib.request.Request(site.url + "/nulle-part", headers={"User-Agent": "Zorglub"})
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(request)
    output = site.stop(signal.SIGINT)
    assert site.process is not None
    assert site.process.returncode == 0
    assert not [pid for pid in family if alive(pid)]
    assert "Traceback" not in output
    for word in ("127.0.0.1 -", "Zorglub", "nulle-part"):
        assert word not in output, "who visits what is written nowhere"


def _memory_is_small(site: Installation) -> None:
    for pid in [site.web, site.worker, *children(site.web)]:
        status = Path(f"/proc/{pid}/status").read_text()
        resident = re.search(r"VmRSS:\s+(\d+)", status)
        assert resident
        assert int(resident[1]) < 130 * 1024, (pid, resident)


def _served_once(site: Installation) -> None:
    elsewhere = {**site.environment, "SURVEYAPP_BIND": "127.0.0.1:1"}
    done = Installation(site.folder, 1, elsewhere).command("run")
    assert done.returncode == 1
    assert "déjà servie" in done.stderr


def test_whoever_dies_is_replaced(site: Installation) -> None:
    site.start()
    for name in ("worker", "web"):
        dead = getattr(site, name)
        os.killpg(dead, signal.SIGKILL)
        wait_until(
            lambda name=name, dead=dead: getattr(site, name) not in {0, dead},  # type: ignore[misc]
            f"a new {name}",
        )
    wait_until(site.ready, "the site to be ready again")
    family = site.family()
    assert "Traceback" not in site.stop(signal.SIGTERM)
    assert not [pid for pid in family if alive(pid)]


def test_nobody_outlives_a_supervisor_that_was_killed(site: Installation) -> None:
    site.start()
    family = site.family()
    assert site.process is not None
    site.process.kill()
    site.process.communicate()
    wait_until(lambda: not any(alive(pid) for pid in family), "the orphans to leave")


def test_inline_the_web_server_works_alone(tmp_path: Path) -> None:
    with installation(tmp_path, SURVEYAPP_WORKER="inline") as site:
        site.start()
        assert len(site.family()) == 3, "supervisor, web server and its one process"
        assert site.ready(), "the worker gives signs of life"
        assert "Traceback" not in site.stop()


def test_a_port_in_use_is_said_in_one_sentence(site: Installation) -> None:
    with socket.create_server(("127.0.0.1", site.port)):
        done = site.command("run")
    assert done.returncode == 1
    assert "SURVEYAPP_BIND" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
