"""Work that a request leaves to the worker, as rows written in the request's transaction.

A job survives a crash of the web server and of the worker: it is claimed with a lease, and
whoever finds an expired lease takes it over. ``attempts`` is the fencing token: a worker
that lost its lease can no longer write the outcome.
"""

from __future__ import annotations

import importlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from surveyapp.models import Job, WorkState, db, now
from surveyapp.services.transaction import (
    AnySession,
    insert_into,
    transaction,
    write_connection,
)

log = logging.getLogger(__name__)

#: How long a claim holds without a sign of life.
LEASE = timedelta(seconds=60)
#: Waiting time before the second, third… attempt; one more failure and the job is given up.
BACKOFF = (timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=5))
MAX_ATTEMPTS = len(BACKOFF) + 1

#: Which module registers the handler of each kind of job; imported when one is run.
HANDLERS: dict[str, str] = {
    "bilan_pdf": "surveyapp.services.actions.issue",
    "charts": "surveyapp.services.reports",
    "declarations": "surveyapp.services.dossiers.statements",
    "digest": "surveyapp.services.letters.digest",
    "dossier_document": "surveyapp.services.dossiers.making",
    "dossiers": "surveyapp.services.dossiers.daily",
    "invite": "surveyapp.services.invite.sending",
    "participation": "surveyapp.services.invite.batches",
    "programme_review": "surveyapp.services.programme.documents",
    "programme_sheet": "surveyapp.services.programme.documents",
    "purge": "surveyapp.services.purge",
    "remind": "surveyapp.services.invite.reminders",
    "results_csv": "surveyapp.services.exports",
    "results_pdf": "surveyapp.services.reports",
    "results_xlsx": "surveyapp.services.exports",
    "thanks": "surveyapp.services.letters.thanks",
    "week": "surveyapp.services.dossiers.week",
}

GIVEN_UP = (
    "La tâche a échoué plusieurs fois de suite. Réessayez plus tard\u202f; si cela "
    "recommence, signalez le numéro de la tâche à la personne qui administre le site."
)
INTERRUPTED = (
    "La tâche a été interrompue plusieurs fois (arrêt du serveur ou mémoire insuffisante). "
    "Réessayez plus tard."
)


class JobError(Exception):
    """The job cannot succeed; the message is a French sentence for its owner. No retry."""


@dataclass(slots=True)
class JobRun:
    """One attempt at a job, as its handler sees it."""

    job_id: int
    kind: str
    payload: dict[str, Any]
    attempt: int
    owner_id: int | None = None
    _last: float = field(default=0.0, repr=False)

    def progress(self, fraction: float, label: str = "") -> None:
        """Say how far the work is (ratio in [0, 1]) and what is being done.

        Cheap to call often: written at most three times a second, and not at all while
        the handler holds a write transaction.
        """
        at = time.monotonic()
        if at - self._last < 0.3 or db.session.info.get("writing"):
            return
        self._last = at
        with write_connection() as connection:
            connection.execute(
                _mine(self).values(
                    progress=min(max(fraction, 0.0), 1.0),
                    progress_label=label[:200],
                    lease_until=now() + LEASE,
                )
            )

    def beat(self) -> None:
        """Prolong the lease."""
        with write_connection() as connection:
            connection.execute(_mine(self).values(lease_until=now() + LEASE))


Handler = Callable[[JobRun], "int | None"]
_registry: dict[str, Handler] = {}


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register a function that runs jobs of ``kind`` and may return a document's id.

    It runs at least once, never twice at the same time, and must be idempotent.
    """

    def register(function: Handler) -> Handler:
        _registry[kind] = function
        return function

    return register


def enqueue(  # noqa: PLR0913 - each is a column of the job
    session: AnySession,
    kind: str,
    payload: dict[str, Any],
    *,
    label: str,
    dedupe_key: str | None = None,
    owner_id: int | None = None,
    run_at: datetime | None = None,
) -> Job:
    """Add a job in the transaction of ``session``.

    With ``dedupe_key`` the job that already bears it is returned; it starts again when it
    had failed or when the document it had made is gone.
    """
    values: dict[str, Any] = {
        "kind": kind,
        "payload": payload,
        "label": label,
        "owner_id": owner_id,
        "run_at": run_at or now(),
        "dedupe_key": dedupe_key,
    }
    if dedupe_key is None:
        job = Job(**values)
        session.add(job)
        session.flush()
        return job
    if insert_once(session, Job, values):
        return session.scalars(sa.select(Job).where(Job.dedupe_key == dedupe_key)).one()
    job = session.scalars(
        sa.select(Job).where(Job.dedupe_key == dedupe_key).with_for_update()
    ).one()
    lost = job.state is WorkState.DONE and job.document_id is None and job.made_document
    if job.state is WorkState.FAILED or lost:
        restart(job)
        job.payload, job.owner_id = payload, owner_id
    return job


def restart(job: Job) -> None:
    """Give a finished job a new life."""
    job.state, job.attempts, job.run_at, job.error = WorkState.PENDING, 0, now(), None
    job.progress, job.progress_label, job.seen, job.done_at = 0.0, "", False, None


def insert_once(session: AnySession, model: type[Any], values: dict[str, Any]) -> bool:
    """Insert a row unless its ``dedupe_key`` exists; tell whether it was inserted."""
    statement = insert_into(session, model).values(**values)
    statement = statement.on_conflict_do_nothing(index_elements=["dedupe_key"])
    return bool(session.execute(statement.returning(model.id)).all())


def due(model: type[Any], at: datetime) -> sa.ColumnElement[bool]:
    """Rows that can be claimed: their time has come, or whoever held them is dead."""
    return sa.or_(
        sa.and_(model.state == WorkState.PENDING, model.run_at <= at),
        sa.and_(model.state == WorkState.RUNNING, model.lease_until < at),
    )


def something_due(model: type[Any]) -> bool:
    """Whether a claim is worth a write transaction."""
    with db.engine.connect() as connection:
        return connection.scalar(sa.select(model.id).where(due(model, now())).limit(1)) is not None


def claim(at: datetime | None = None) -> JobRun | None:
    """Take the job that waits longest, or ``None``."""
    at = at or now()
    with transaction() as session:
        statement = sa.select(Job).where(due(Job, at)).order_by(Job.run_at, Job.id).limit(1)
        job = session.scalars(statement.with_for_update(skip_locked=True)).first()
        if job is None:
            return None
        if job.attempts >= MAX_ATTEMPTS:
            _give_up(job, INTERRUPTED)
            return None
        job.state, job.lease_until = WorkState.RUNNING, at + LEASE
        job.attempts += 1
        return JobRun(job.id, job.kind, dict(job.payload), job.attempts, job.owner_id)


def run(job: JobRun) -> None:
    """Execute a claimed job and write what came of it."""
    try:
        document_id = _find(job.kind)(job)
    except JobError as error:
        _settle(job, state=WorkState.FAILED, error=str(error), done_at=now())
    except Exception:
        db.session.rollback()
        log.exception("job %d (%s), attempt %d", job.job_id, job.kind, job.attempt)
        if job.attempt >= MAX_ATTEMPTS:
            _settle(job, state=WorkState.FAILED, error=GIVEN_UP, done_at=now())
        else:
            wait = BACKOFF[job.attempt - 1]
            _settle(job, state=WorkState.PENDING, run_at=now() + wait, progress=0.0)
    else:
        _settle(
            job,
            state=WorkState.DONE,
            progress=1.0,
            error=None,
            document_id=document_id,
            made_document=document_id is not None,
            done_at=now(),
        )


def _find(kind: str) -> Handler:
    if kind not in _registry and kind in HANDLERS:
        importlib.import_module(HANDLERS[kind])
    if kind not in _registry:
        raise JobError(f"Cette version du programme ne sait pas exécuter « {kind} ».")
    return _registry[kind]


def _mine(job: JobRun) -> sa.Update:
    """An update that only touches the job while this attempt still owns it."""
    return sa.update(Job).where(
        Job.id == job.job_id, Job.attempts == job.attempt, Job.state == WorkState.RUNNING
    )


def _settle(job: JobRun, **values: Any) -> None:
    db.session.rollback()
    with transaction() as session:
        session.execute(_mine(job).values(lease_until=None, **values))


def _give_up(job: Job, reason: str) -> None:
    job.state, job.error, job.done_at, job.lease_until = WorkState.FAILED, reason, now(), None


def unseen(session: Session | AnySession, owner_id: int) -> list[Job]:
    """Finished jobs whose owner has not looked at them yet, newest first."""
    statement = (
        sa.select(Job)
        .where(
            Job.owner_id == owner_id,
            Job.seen.is_(False),
            Job.state.in_([WorkState.DONE, WorkState.FAILED]),
        )
        .order_by(Job.done_at.desc())
        .limit(5)
    )
    return list(session.scalars(statement))
