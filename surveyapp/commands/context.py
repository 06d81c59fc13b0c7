"""The application that a command works on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask, current_app, has_app_context


@contextmanager
def application(*, migrated: bool = True) -> Iterator[Flask]:
    """The application that is there, or one made from the environment.

    With ``migrated`` it is an error when the database is not up to date.
    """
    if has_app_context():
        yield current_app._get_current_object()  # type: ignore[attr-defined]
        return
    from surveyapp import create_app, migrate
    from surveyapp.models import db

    app = create_app()
    with app.app_context():
        if migrated and not migrate.at_head(db.engine):
            raise click.ClickException(
                "la base de données n’est pas à jour\u202f; lancez «\u00a0surveyapp migrate\u00a0»."
            )
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()
