"""Bring the database to the tables that this version of the program expects."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

SCRIPTS = Path(__file__).parent.parent / "migrations"


def upgrade(engine: sa.Engine, revision: str = "head") -> bool:
    """Apply what is missing, in one transaction; tell whether there was something to do.

    To be called once before the processes start, never by several of them.
    """
    if revision == "head" and at_head(engine):
        return False
    with _migrating(engine) as config:
        command.upgrade(config, revision)
    return True


def downgrade(engine: sa.Engine, revision: str) -> None:
    """Undo migrations down to ``revision`` (``base`` for an empty database)."""
    with _migrating(engine) as config:
        command.downgrade(config, revision)


def at_head(engine: sa.Engine) -> bool:
    """Whether every migration of this version has been applied."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head()


@lru_cache(maxsize=1)
def head() -> str | None:
    """The newest migration of this version."""
    return ScriptDirectory(str(SCRIPTS)).get_current_head()


@contextmanager
def _migrating(engine: sa.Engine) -> Iterator[AlembicConfig]:
    """An Alembic configuration on a transaction of ``engine``.

    SQLite rebuilds a table to change it; with foreign keys enforced, dropping the old one
    would empty the tables that point to it. The pragma only works outside a transaction.
    """
    config = AlembicConfig()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        sqlite = engine.dialect.name == "sqlite"
        if sqlite and driver is not None:
            driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.execution_options(surveyapp_write=True).begin():
                config.attributes["connection"] = connection
                yield config
        finally:
            if sqlite and driver is not None:
                driver.execute("PRAGMA foreign_keys=ON")
