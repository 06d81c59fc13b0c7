"""Migrations make the tables that the models describe, up and down, on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from surveyapp import migrate
from surveyapp.models import db
from surveyapp.services.transaction import prepare_engine


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """A database without tables."""
    if request.param == "sqlite":
        engine = sa.create_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    else:
        engine = sa.create_engine(request.getfixturevalue("postgres_url"))
        _empty_schema(engine)
    prepare_engine(engine)
    yield engine
    if request.param == "postgresql":  # the other tests of this process want their tables back
        _empty_schema(engine)
        db.metadata.create_all(engine)
    engine.dispose()


def _empty_schema(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def test_models_and_migrations_describe_the_same_tables(empty: sa.Engine) -> None:
    assert migrate.upgrade(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, db.metadata) == []


def test_checks_and_keys_are_those_of_the_models(empty: sa.Engine) -> None:
    """Alembic does not compare CHECK constraints, and anonymity rests on some of them."""
    migrate.upgrade(empty)
    migrated = _constraints(empty)
    migrate.downgrade(empty, "base")
    db.metadata.create_all(empty)
    assert migrated == _constraints(empty)
    db.metadata.drop_all(empty)


def test_every_migration_can_be_undone_and_done_again(empty: sa.Engine) -> None:
    migrate.upgrade(empty)
    migrate.downgrade(empty, "base")
    assert set(sa.inspect(empty).get_table_names()) <= {"alembic_version"}
    assert not migrate.at_head(empty)
    migrate.upgrade(empty)
    assert migrate.at_head(empty)


def test_a_database_that_is_up_to_date_is_left_alone(empty: sa.Engine) -> None:
    assert migrate.upgrade(empty)
    assert not migrate.upgrade(empty)


def test_migrations_are_numbered_in_one_line() -> None:
    numbers = sorted(path.name[:4] for path in (migrate.SCRIPTS / "versions").glob("*.py"))
    assert numbers == [f"{n:04}" for n in range(1, len(numbers) + 1)]
    assert migrate.head() == numbers[-1]


def test_the_foreign_keys_of_sqlite_are_enforced_after_a_migration(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'keys.sqlite'}")
    prepare_engine(engine)
    migrate.upgrade(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()
    shutil.rmtree(tmp_path, ignore_errors=True)


def _constraints(engine: sa.Engine) -> dict[str, object]:
    inspector = sa.inspect(engine)
    return {
        table: (
            sorted(
                (check["name"] or "", _flat(check["sqltext"]))
                for check in inspector.get_check_constraints(table)
            ),
            sorted(str(key) for key in inspector.get_foreign_keys(table)),
            inspector.get_pk_constraint(table),
        )
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


def _flat(sql: str) -> str:
    return " ".join(sql.split())
