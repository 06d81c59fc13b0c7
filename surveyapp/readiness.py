"""Whether an installation can do its work."""

from __future__ import annotations

import logging
from collections.abc import Callable

import sqlalchemy as sa

from surveyapp import mail, migrate, worker
from surveyapp.links import settings
from surveyapp.models import db

log = logging.getLogger(__name__)


def checks() -> dict[str, bool]:
    """Name of each check and whether it holds."""
    wanted: dict[str, Callable[[], bool]] = {
        "database": _database,
        "migrations": lambda: migrate.at_head(db.engine),
        "outbox": lambda: mail.stuck(db.session) == 0,
    }
    if settings().worker != "none":
        wanted["worker"] = worker.alive
    return {name: _holds(name, check) for name, check in wanted.items()}


def _database() -> bool:
    return db.session.scalar(sa.select(1)) == 1


def _holds(name: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception as error:
        db.session.rollback()
        log.warning("readiness: %s: %s", name, type(error).__name__)
        return False
