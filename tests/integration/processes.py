"""A real ``surveyapp run``, with its web server and its worker, that tests may kill."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


def wait_until(condition: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Poll until ``condition`` holds; fail after a minute."""
    limit = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < limit, f"waited in vain for {what}"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def children(pid: int) -> list[int]:
    try:
        return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


@dataclass
class Installation:
    """A folder, a port and the environment of its processes."""

    folder: Path
    port: int
    environment: dict[str, str]
    process: subprocess.Popen[str] | None = None
    #: What was printed until the site was ready.
    welcome: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the product to its end."""
        return subprocess.run(
            [sys.executable, "-m", "surveyapp.cli", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def start(self, *arguments: str) -> None:
        """Serve, and wait until the site can do its work."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "surveyapp.cli", *(arguments or ("run",))],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        wait_until(self.ready, "the site to be ready")
        self.welcome = "".join(iter(self._line_before_the_last, ""))

    def _line_before_the_last(self) -> str:
        assert self.process is not None
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        return "" if "Ctrl-C" in line else line

    def ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.process.communicate()[0]
        try:
            with urllib.request.urlopen(self.url + "/readyz", timeout=2) as answer:
                return bool(json.load(answer)["status"] == "ok")
        except OSError:
            return False

    def child(self, word: str) -> int:
        """The process of the supervisor whose command holds ``word``."""
        assert self.process is not None
        found = [p for p in children(self.process.pid) if word in command_of(p)]
        return found[0] if found else 0

    @property
    def web(self) -> int:
        return self.child("gunicorn")

    @property
    def worker(self) -> int:
        return self.child(" worker ")

    def family(self) -> set[int]:
        """Every process of the installation, the supervisor included."""
        assert self.process is not None
        found, left = set(), [self.process.pid]
        while left:
            pid = left.pop()
            found.add(pid)
            left += children(pid)
        return found

    def stop(self, number: signal.Signals = signal.SIGTERM) -> str:
        """Ask to stop; return what was printed since the site was ready."""
        assert self.process is not None
        self.process.send_signal(number)
        output, _ = self.process.communicate(timeout=PATIENCE)
        return output


@contextmanager
def installation(folder: Path, **settings: str) -> Iterator[Installation]:
    """An installation on a free port; whatever still runs at the end is killed."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SURVEYAPP_")}
    environment |= {
        "SURVEYAPP_INSTANCE": str(folder),
        "SURVEYAPP_BIND": f"127.0.0.1:{port}",
        "SURVEYAPP_MIN_FILL_SECONDS": "0",
        "SURVEYAPP_MAIL_PER_MINUTE": "0",
        **settings,
    }
    made = Installation(folder, port, environment)
    try:
        yield made
    finally:
        if made.process is not None and made.process.poll() is None:
            for pid in made.family():
                os.kill(pid, signal.SIGKILL)
            made.process.communicate()
