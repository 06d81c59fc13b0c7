"""Fixtures shared by every test.

``app`` comes twice: on SQLite, and on PostgreSQL when ``SURVEYAPP_TEST_POSTGRES_URL`` names
an empty database (always in CI).
"""

from __future__ import annotations

import os
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from hypothesis import settings
from werkzeug.test import TestResponse

from surveyapp import create_app
from surveyapp.config import Config
from surveyapp.models import User, db
from surveyapp.services import accounts
from surveyapp.services.transaction import transaction

# What else the machine does must not decide whether a test passes.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

POSTGRES_URL = os.environ.get("SURVEYAPP_TEST_POSTGRES_URL", "")
IN_CI = os.environ.get("CI", "").lower() == "true"
PASSWORD = "un mot de passe de test"
BACKENDS = ["sqlite", "postgresql"]


@pytest.fixture(scope="session", autouse=True)
def _no_settings_of_the_machine() -> None:
    """Tests do not depend on the settings of whoever runs them."""
    for name in list(os.environ):
        if name.startswith("SURVEYAPP_") and not name.startswith("SURVEYAPP_TEST_"):
            del os.environ[name]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with all its tables, to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    engine = sa.create_engine(f"sqlite:///{path}")
    db.metadata.create_all(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL database of this test process, with all its tables."""
    if not POSTGRES_URL:
        if IN_CI:
            pytest.fail("SURVEYAPP_TEST_POSTGRES_URL must be set in CI")
        pytest.skip("PostgreSQL: set SURVEYAPP_TEST_POSTGRES_URL to run this on it")
    url = sa.make_url(POSTGRES_URL).set(drivername="postgresql+psycopg")
    name = f"{url.database}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    server = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    yield url.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    server.dispose()


@pytest.fixture(scope="session")
def postgres_tables(postgres_url: str) -> Iterator[str]:
    """Address of the PostgreSQL database, its tables created."""
    engine = sa.create_engine(postgres_url)
    db.metadata.create_all(engine)
    yield postgres_url
    engine.dispose()


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a database with all its tables and no row."""
    if request.param == "sqlite":
        path = tmp_path / "test.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    url = request.getfixturevalue("postgres_tables")
    yield url
    engine = sa.create_engine(url)
    names = ", ".join(f'"{table.name}"' for table in db.metadata.sorted_tables)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
    engine.dispose()


class Visitor(FlaskClient):
    """A browser. Each request has an application context, hence a session, of its own.

    The session of the test is refreshed afterwards, so that it sees what the request wrote.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("buffered", True)  # closes the file of a download
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        if has_app_context():
            db.session.rollback()
        return response


@pytest.fixture
def app(tmp_path: Path, database_url: str) -> Iterator[Flask]:
    """An empty application on a database of its own."""
    config = Config(
        instance=tmp_path,
        database_url=database_url,
        base_url="http://localhost",
        secret_key="test" * 8,
        password_salt="salt" * 8,
        worker="none",
        testing=True,
    )
    app = create_app(config)
    app.test_client_class = Visitor
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor who is not signed in."""
    return app.test_client()


@pytest.fixture
def add_user(app: Flask) -> Callable[..., User]:
    """Create an account: ``add_user("coordination")``."""

    def add(role: str, email: str | None = None) -> User:
        hashed = accounts.hashed_password(PASSWORD)
        with transaction() as session:
            return accounts.add_user(
                session,
                email=email or f"{role}@demo.example",
                name=f"Personne {role}",
                role=role,
                hashed=hashed,
            )

    return add


@pytest.fixture
def sign_in(app: Flask) -> Callable[[User], FlaskClient]:
    """A client whose session is that of an account."""

    def sign(user: User) -> FlaskClient:
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = user.fs_uniquifier
            session["_fresh"] = True
            session["fs_cc"] = "set"
            session["fs_paa"] = time.time()
            session["identity.id"] = user.fs_uniquifier
        return client

    return sign


@pytest.fixture
def admin(add_user: Callable[..., User], sign_in: Callable[[User], FlaskClient]) -> FlaskClient:
    """Somebody who administers, signed in."""
    return sign_in(add_user("admin"))


@pytest.fixture
def coordination(
    add_user: Callable[..., User], sign_in: Callable[[User], FlaskClient]
) -> FlaskClient:
    """The coordinatrice, signed in."""
    return sign_in(add_user("coordination"))


@pytest.fixture
def reader(add_user: Callable[..., User], sign_in: Callable[[User], FlaskClient]) -> FlaskClient:
    """Somebody who may only read results, signed in."""
    return sign_in(add_user("lecture"))


@dataclass
class Mailbox:
    """What the SMTP server of the tests received; answers can be set per recipient."""

    port: int = 0
    envelopes: list[Envelope] = field(default_factory=list)
    sessions: set[int] = field(default_factory=set)
    #: recipient → reply, such as "550 no such user"
    replies: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.replies:
            return self.replies[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.sessions.add(id(session))
        self.envelopes.append(envelope)
        return "250 OK"


def start_smtp(handler: object, **options: Any) -> Controller:
    """An SMTP server on a free port of this machine; to be stopped by the caller."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port, **options)
    controller.start()
    return controller


@pytest.fixture
def mailbox(app: Flask) -> Iterator[Mailbox]:
    """A real SMTP server on this machine, set in the configuration of ``app``."""
    box = Mailbox()
    controller = start_smtp(box)
    box.port = controller.port
    app.config["SURVEYAPP"] = replace(
        app.config["SURVEYAPP"],
        mail_server="127.0.0.1",
        mail_port=box.port,
        mail_from="CPTS des Exemples <contact@demo.example>",
        mail_timeout=5,
    )
    yield box
    controller.stop()
