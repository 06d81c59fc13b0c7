"""The one way to write: one at a time on SQLite, all or nothing everywhere."""

from __future__ import annotations

import importlib
import subprocess
import sys
import threading

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp.models import Event, Structure, db
from surveyapp.services.transaction import transaction, write_connection

HOLD = """
import fcntl, sys
file = open(sys.argv[1], "a")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def sqlite(app: Flask) -> str:
    """Path of the database."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL lets several writers in")
    return str(db.engine.url.database)


def names() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Structure.name)))


def test_what_is_written_is_kept(app: Flask) -> None:
    with transaction() as session:
        session.add(Structure(name="CPTS des Exemples"))
    assert names() == ["CPTS des Exemples"]


def test_an_exception_undoes_everything(app: Flask) -> None:
    with pytest.raises(ValueError, match="assez"), transaction() as session:
        session.add(Structure(name="CPTS des Exemples"))
        session.flush()
        raise ValueError("assez")
    assert names() == []
    with transaction() as session:
        session.add(Structure(name="Une autre"))
    assert names() == ["Une autre"]


def test_transactions_do_not_nest(app: Flask) -> None:
    with transaction(), pytest.raises(RuntimeError, match="nest"), transaction():
        pass


def test_only_what_may_be_lost_does_not_wait_for_the_disk(sqlite: str) -> None:
    levels = []
    for durable in (True, False, True):
        with transaction(durable=durable) as session:
            levels.append(session.execute(sa.text("PRAGMA synchronous")).scalar())
    with write_connection() as connection:
        levels.append(connection.execute(sa.text("PRAGMA synchronous")).scalar())
    full, normal = 2, 1
    assert levels == [full, normal, full, full]


def test_another_process_is_waited_for_without_polling(app: Flask, sqlite: str) -> None:
    entered = threading.Event()

    def write() -> None:
        with app.app_context(), transaction() as session:
            entered.set()
            session.add(Structure(name="CPTS des Exemples"))

    command = [sys.executable, "-c", HOLD, f"{sqlite}-queue"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        writer = threading.Thread(target=write)
        writer.start()
        assert not entered.wait(0.2)
        other.communicate("")
    assert entered.wait(10)
    writer.join()
    assert names() == ["CPTS des Exemples"]


def test_threads_write_one_after_the_other(app: Flask) -> None:
    def write(number: int) -> None:
        with app.app_context():
            for _ in range(5):
                with transaction() as session:
                    session.add(Event(kind="essai", subject="essai", subject_id=number))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    count = sa.select(sa.func.count()).where(Event.kind == "essai")
    assert db.session.scalar(count) == 40


def test_a_write_that_cannot_read_the_structure_fails_as_a_whole(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Elsewhere a page is still shown; here what was written before would be lost in silence."""
    module = importlib.import_module("surveyapp.store.structure")
    monkeypatch.setattr(module, "_ROW", sa.text("SELECT name FROM no_such_table"))
    assert module.structure() == module.StructureInfo()
    with pytest.raises(sa.exc.DBAPIError, match="no_such_table"), transaction() as session:
        session.add(Event(kind="test.kept", subject="instance", subject_id=0))
        session.flush()
        module.structure()
    kept = sa.select(sa.func.count()).where(Event.kind == "test.kept")
    assert db.session.scalar(kept) == 0
