"""Keeps the web server and the worker running until told to stop.

A small process of its own: it opens the port, so that a web server that is restarted
refuses nobody, starts both, restarts the one that dies, and stops both together.
"""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from surveyapp.config import Config, ConfigError
from surveyapp.core.french import typeset

ROOT = Path(__file__).parent.parent
#: A process that lived shorter than this did not start properly.
SHORT_LIFE = 5.0
MAX_SHORT_LIVES = 5
STOP_PATIENCE = 25.0


class ServeError(Exception):
    """The site cannot be served; one French sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(typeset(message))


@dataclass(slots=True)
class Child:
    """A process to keep alive."""

    name: str
    command: list[str]
    pass_fds: tuple[int, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    short_lives: int = 0

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - our own commands
            self.command,
            cwd=ROOT,
            env={**os.environ, **self.environment},
            pass_fds=self.pass_fds,
            stdin=subprocess.DEVNULL,
            process_group=0,  # Ctrl-C reaches us alone; we stop the others in order
        )

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        if self.process is not None and self.running:
            os.killpg(self.process.pid, number)


class Supervisor:
    """Runs until SIGINT or SIGTERM; a second one kills."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self._asked = 0
        self._socket = open_port(config.bind)
        alive, self._lifeline = os.pipe()
        os.set_inheritable(self._lifeline, False)
        fds = {"_SURVEYAPP_LIFELINE": str(alive)}
        web = {**fds, "_SURVEYAPP_SOCKET": str(self._socket.fileno())}
        python = sys.executable
        self.children = [
            Child(
                "web",
                [python, "-m", "gunicorn", "-c", "python:surveyapp.gunicorn_conf", "wsgi:app"],
                (self._socket.fileno(), alive),
                web,
            )
        ]
        if config.worker == "process":
            command = [python, "-m", "surveyapp.cli", "worker", "--quiet"]
            self.children.append(Child("worker", command, (alive,), fds))

    def run(self, when_ready: Callable[[], None]) -> None:
        """Serve; call ``when_ready`` once the first page answers. Returns after a clean stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)
        try:
            for child in self.children:
                child.start()
            self._wait_ready(when_ready)
            while not self._asked:
                for child in self.children:
                    self._keep(child)
                time.sleep(0.2)
        finally:
            self._stop()

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked += 1

    def _wait_ready(self, when_ready: Callable[[], None]) -> None:
        limit = time.monotonic() + 60
        while not self._asked and time.monotonic() < limit:
            if not self.children[0].running:
                raise ServeError("Le serveur web n’a pas démarré : voyez le message ci-dessus.")
            if answers(self._socket):
                when_ready()
                return
            time.sleep(0.1)
        if not self._asked:
            raise ServeError("Le serveur web n’a pas répondu en une minute.")

    def _keep(self, child: Child) -> None:
        if child.running:
            return
        lived = time.monotonic() - child.started
        child.short_lives = child.short_lives + 1 if lived < SHORT_LIFE else 0
        if child.short_lives >= MAX_SHORT_LIVES:
            raise ServeError(f"Le processus « {child.name} » s’arrête sans cesse ; abandon.")
        child.start()

    def _stop(self) -> None:
        for child in self.children:
            if child.process is not None and child.running:
                child.process.terminate()
        limit = time.monotonic() + STOP_PATIENCE
        asked = self._asked
        while any(c.running for c in self.children) and time.monotonic() < limit:
            if self._asked > max(asked, 1):
                break
            time.sleep(0.05)
        for child in self.children:
            child.signal(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()
        os.close(self._lifeline)
        self._socket.close()


def answers(server: socket.socket) -> bool:
    """Whether the site behind ``server`` answers."""
    host, port = server.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    if ":" in host:
        host = f"[{host}]"
    try:
        with urllib.request.urlopen(f"http://{host}:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def open_port(bind: str) -> socket.socket:
    """Listen on ``host:port``; :raises ServeError: taken or forbidden."""
    host, _, port = bind.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    server = socket.socket(family, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server.bind((host, int(port)))
        server.listen(2048)
    except (OSError, UnicodeError) as error:
        server.close()
        reason = {
            errno.EADDRINUSE: "déjà prise par un autre programme",
            errno.EACCES: "interdite à ce compte",
        }.get(getattr(error, "errno", 0) or 0, "inutilisable sur cette machine")
        raise ServeError(
            f"L’adresse {bind} est {reason} ; donnez-en une autre avec SURVEYAPP_BIND, par "
            "exemple SURVEYAPP_BIND=127.0.0.1:8001."
        ) from None
    server.set_inheritable(True)
    return server


def lock_instance(config: Config) -> int:
    """Make sure that one ``surveyapp run`` serves this folder; the lock ends with us."""
    path = config.instance / "run.lock"
    try:
        config.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise ConfigError(
            f"Le dossier « {config.instance} » ne peut pas être utilisé ({error.strerror}) ; "
            "donnez à SURVEYAPP_INSTANCE un dossier où le programme peut écrire."
        ) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise ServeError(
            f"L’installation « {config.instance} » est déjà servie par un autre processus ; "
            "arrêtez-le, ou donnez un autre dossier avec SURVEYAPP_INSTANCE."
        ) from None
    return descriptor
