"""Questionnaires, dossiers and bilans d'action for French health-professional communities."""

from __future__ import annotations

import os

import orjson
from flask import Flask

from surveyapp.config import Config


def create_app(config: Config | None = None) -> Flask:
    """Wire the application. ``config`` is read from the environment when not given."""
    from surveyapp.keys import prepare_instance

    config = prepare_instance(config or Config.from_environment(os.environ))
    app = Flask(__name__)
    app.config.from_mapping(
        SURVEYAPP=config,
        SECRET_KEY=config.secret_key,
        TESTING=config.testing,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(config),
        BABEL_DEFAULT_LOCALE="fr_FR",
    )
    _init_database(app)
    _init_extensions(app, config)
    _register(app, config)
    return app


def _engine_options(config: Config) -> dict[str, object]:
    options: dict[str, object] = {
        "json_serializer": lambda o: orjson.dumps(o).decode(),
        "json_deserializer": orjson.loads,
        "hide_parameters": True,  # an error in the log must not quote somebody's answers
    }
    if not config.sqlite:  # a connection that the server closed is replaced, not raised
        options |= {"pool_pre_ping": True, "pool_size": config.web_threads + 2}
    return options


def _init_database(app: Flask) -> None:
    from surveyapp.models import db
    from surveyapp.services.transaction import prepare_engine

    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)


def _init_extensions(app: Flask, config: Config) -> None:
    from flask_babel import Babel

    from surveyapp import mail
    from surveyapp.web import errors, security

    Babel(app)
    mail.init_mail(app, config)
    security.init_security(app, config)
    errors.register(app)


def _register(app: Flask, config: Config) -> None:
    from surveyapp.links import absolute_url
    from surveyapp.permissions import can, may
    from surveyapp.web import BLUEPRINTS, layout, security
    from surveyapp.web.tasks import register as register_tasks

    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    layout.register(app)
    app.jinja_env.globals.update(absolute_url=absolute_url, can=can, may=may)
    register_tasks(app)
    security.init_limits(app, config)
