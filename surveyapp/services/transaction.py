"""The one way to write to the database."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import sqlalchemy as sa
from flask_sqlalchemy.session import Session
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import scoped_session

from surveyapp.models.base import db

#: What a transaction hands out; services take it as their first argument.
AnySession: TypeAlias = scoped_session[Session]

_write_lock = threading.RLock()
#: The file that processes queue at: (process, path of the database) and its descriptor.
_queue: dict[tuple[int, str], int] = {}


@contextmanager
def _alone(engine: sa.Engine) -> Iterator[None]:
    """Wait for one's turn to write on SQLite, which lets one writer in.

    SQLite's own way is to sleep up to 100 ms and try again: the disk is idle while everybody
    sleeps (32 respondents at once: a third fewer answers, p95 doubled). Here threads queue at
    a lock, processes at a locked file, and the next one starts at once.
    """
    path = engine.url.database
    if engine.dialect.name != "sqlite" or not path or path == ":memory:":
        yield
        return
    with _write_lock:
        queue = _queue_at(path)
        fcntl.flock(queue, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(queue, fcntl.LOCK_UN)


def _queue_at(path: str) -> int:
    """Descriptor of the queue file, opened anew after a fork: a child would share the lock."""
    key = (os.getpid(), path)
    if key not in _queue:
        for former in _queue.values():
            os.close(former)
        _queue.clear()
        _queue[key] = os.open(f"{path}-queue", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    return _queue[key]


@contextmanager
def transaction(*, durable: bool = True) -> Iterator[AnySession]:
    """Open a write transaction, commit it at the end, roll back on any exception.

    On SQLite it begins IMMEDIATE: a deferred begin that later writes fails with
    "database is locked" under load. A read transaction that is under way ends first, so
    objects that were loaded before are refreshed. Validate before you enter: keep it short.

    Not ``durable``: the commit does not wait for the disk. Killing the programs loses
    nothing; a power cut may lose the last seconds, without harm to what was there before.
    Only for what nobody was told is stored (docs/decisions/0003-drafts-and-the-disk.md).
    """
    session = db.session
    if session.info.get("writing"):
        raise RuntimeError("transactions do not nest")
    session.rollback()
    with _alone(db.engine):
        session.info["writing"] = True
        try:
            session.connection(
                execution_options={"surveyapp_write": True, "surveyapp_durable": durable}
            )
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.pop("writing", None)


@contextmanager
def write_connection() -> Iterator[sa.Connection]:
    """A short write beside the session (signs of life, progress), in its own transaction."""
    with db.engine.execution_options(surveyapp_write=True).begin() as connection:
        yield connection


def insert_into(session: AnySession, table: Any) -> Any:
    """An ``INSERT`` that can say what to do when the row is there already."""
    dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    return dialect.insert(table)


def empty_log() -> None:
    """Bring the log of SQLite into the database and cut it to nothing.

    The log holds the last pages written in the order of their writing, deleted drafts
    included: on a quiet site it would tell for days who answered after whom. When somebody
    is reading it, the next turn will do. Nothing to do on PostgreSQL.
    """
    if db.engine.dialect.name != "sqlite":
        return
    connection = db.engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def prepare_engine(engine: sa.Engine) -> None:
    """Attach the pragmas and the begin rule that SQLite needs; nothing on PostgreSQL."""
    if engine.dialect.name != "sqlite":
        return

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=10000",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        options = connection.get_execution_options()
        raw: Any = connection.connection.dbapi_connection
        if options.get("surveyapp_write"):
            wait = "FULL" if options.get("surveyapp_durable", True) else "NORMAL"
            raw.execute(f"PRAGMA synchronous={wait}")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            raw.execute("BEGIN")
