"""The background process: one loop sends mail, one runs jobs, one says that both live."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from surveyapp import jobs, mail
from surveyapp.models import Heartbeat, Job, Message, db, now
from surveyapp.services.dossiers import daily, week
from surveyapp.services.invite import reminders, sending
from surveyapp.services.letters import digest, thanks
from surveyapp.services.transaction import empty_log, transaction, write_connection
from surveyapp.store.structure import structure

log = logging.getLogger(__name__)

#: Seconds between two looks at an empty queue.
IDLE = 0.5
#: Seconds between two signs of life.
BEAT = 15.0
#: Signs of life between two clearings of SQLite's log: five minutes.
CLEARING = 20
#: A worker silent for longer is considered dead.
SILENT = timedelta(seconds=90)
NAME = "worker"
#: Jobs of each day and what they are called.
DAILY = (("participation", "Participations du jour"), ("purge", "Purge du jour"))


class Worker:
    """Threads that share a stop signal. ``start`` returns at once, ``stop`` waits."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._stop = threading.Event()
        self._current: jobs.JobRun | None = None
        self._beats = 0
        self._threads = [
            threading.Thread(target=self._loop, args=(step, pause), name=name, daemon=True)
            for name, step, pause in (
                ("mail", self._mail, IDLE),
                ("jobs", self._job, IDLE),
                ("beat", self._beat, BEAT),
            )
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 20.0) -> None:
        """Finish what is under way; what does not end in time is taken over by its lease."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout)

    def wait(self) -> None:
        """Block until :meth:`stop` is called from a signal handler or another thread."""
        self._stop.wait()

    def ask_to_stop(self) -> None:
        self._stop.set()

    def _loop(self, step: Callable[[], bool], pause: float) -> None:
        with self.app.app_context():
            while not self._stop.is_set():
                try:
                    busy = step()
                except Exception:
                    log.exception("worker thread %s", threading.current_thread().name)
                    busy = False
                finally:
                    db.session.remove()
                if not busy:
                    self._stop.wait(pause)

    def _mail(self) -> bool:
        return jobs.something_due(Message) and mail.send_due() > 0

    def _job(self) -> bool:
        if not jobs.something_due(Job):
            return False
        self._current = jobs.claim()
        if self._current is None:
            return False
        try:
            jobs.run(self._current)
        finally:
            self._current = None
        return True

    def _beat(self) -> bool:
        beat()
        schedule()
        if self._beats % CLEARING == 0:
            empty_log()
        self._beats += 1
        current = self._current
        if current is not None:
            current.beat()
        return False


def run_once() -> int:
    """Do everything that is due now, in this thread; return how many jobs and mails."""
    done = 0
    beat()
    schedule()
    while handled := mail.send_due():
        done += handled
    while jobs.something_due(Job):
        job = jobs.claim()
        if job is None:
            continue
        jobs.run(job)
        done += 1
    while handled := mail.send_due():
        done += handled
    return done


def beat() -> None:
    """Note that the worker lives."""
    at = now()
    update = sa.update(Heartbeat).where(Heartbeat.name == NAME).values(at=at)
    # Two workers that start together may both insert; the loser's turn comes again.
    with suppress(sa.exc.IntegrityError), write_connection() as connection:
        if not connection.execute(update).rowcount:
            connection.execute(sa.insert(Heartbeat).values(name=NAME, at=at))


def alive() -> bool:
    """Whether a worker gave a sign of life lately."""
    statement = sa.select(Heartbeat.at).where(Heartbeat.name == NAME)
    with db.engine.connect() as connection:
        at = connection.scalar(statement)
    return at is not None and now() - at < SILENT


def schedule() -> None:
    """Put what is due in the queue; several workers may do it at once."""
    at = now()
    today = at.astimezone(structure().zone).date().isoformat()
    for kind, label in DAILY:
        _once(kind, label, f"{kind}:{today}")
    daily.wake(at)
    sending.wake(at)
    reminders.wake(at)
    digest.wake(at)
    thanks.wake(at)
    week.wake(at)
    db.session.rollback()  # what is still being read keeps the log from being emptied


def _once(kind: str, label: str, key: str) -> None:
    """Put a job in the queue unless it is there."""
    with db.engine.connect() as connection:
        if connection.scalar(sa.select(Job.id).where(Job.dedupe_key == key)) is not None:
            return
    with transaction() as session:
        jobs.enqueue(session, kind, {}, label=label, dedupe_key=key)
