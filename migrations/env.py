"""Run by Alembic, with the connection that surveyapp.migrate opened."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from flask_security import AsaList

from surveyapp.models import UtcDateTime, db

#: A migration says what a column is in the database, whatever becomes of our classes.
PLAIN = {UtcDateTime: "sa.DateTime(timezone=True)", AsaList: "sa.UnicodeText()"}


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    return PLAIN.get(type(item), False) if kind == "type" else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=db.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=render_item,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
