"""Errors in French, headers on every answer, health for whoever watches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import pytest
import sqlalchemy as sa
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from surveyapp import create_app, migrate, worker
from surveyapp.config import Config
from surveyapp.models import Heartbeat, db, now
from surveyapp.permissions import ENDPOINTS, Permission
from surveyapp.services.transaction import transaction
from surveyapp.web.errors import PAGES
from tests.conftest import Visitor


@pytest.fixture
def production(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    """Not a test application: what goes wrong becomes a page."""
    app = create_app(Config(instance=tmp_path, database_url=database_url, worker="process"))
    app.test_client_class = Visitor

    def fail(code: int) -> NoReturn:
        if code == 1:
            raise RuntimeError("mot-de-passe-du-serveur")
        if code == 2:
            raise OperationalError("SELECT secret", {"nom": "Exemple"}, Exception("locked"))
        abort(code)

    app.add_url_rule("/panne/<int:code>", "panne", fail)
    monkeypatch.setitem(ENDPOINTS, "panne", Permission.PUBLIC)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("code", [400, 403, 404, 405, 410, 413, 429])
def test_each_error_says_what_to_do(production: Flask, code: int) -> None:
    answer = production.test_client().get(f"/panne/{code}")
    assert answer.status_code == code
    assert f"<h1>{PAGES[code].title}</h1>" in answer.text
    assert '<html lang="fr">' in answer.text


def test_an_accident_shows_nothing_of_the_machine(
    production: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    answer = production.test_client().get("/panne/1")
    assert answer.status_code == 500
    assert "Une erreur s’est produite" in answer.text
    assert "mot-de-passe-du-serveur" not in answer.text
    assert "RuntimeError" not in answer.text
    assert "mot-de-passe-du-serveur" in caplog.text, "but whoever repairs it can read it"


def test_a_database_that_does_not_answer_asks_for_patience(
    production: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    answer = production.test_client().get("/panne/2")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "Rien n’est perdu" in answer.text
    assert "Exemple" not in caplog.text, "no answer of anybody in the log"


def test_an_error_of_the_database_quotes_nobody(production: Flask) -> None:
    with pytest.raises(sa.exc.DatabaseError) as caught, db.engine.connect() as connection:
        connection.execute(sa.text("SELECT * FROM nowhere WHERE x = :x"), {"x": "une réponse"})
    assert "une réponse" not in str(caught.value)


def test_a_script_gets_json(production: Flask) -> None:
    client = production.test_client()
    answer = client.get("/panne/404", headers={"Accept": "application/json"})
    assert answer.json is not None
    assert "error" in answer.json
    refused = client.get("/coordination/", headers={"Accept": "application/json"})
    assert refused.status_code == 401


def test_a_broken_error_page_is_still_a_page(
    production: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> NoReturn:
        raise RuntimeError

    monkeypatch.setattr("surveyapp.web.errors.render_template", broken)
    answer = production.test_client().get("/panne/404")
    assert answer.status_code == 404
    assert "Page introuvable" in answer.text


def test_the_wrong_method_and_too_much_are_refused(production: Flask) -> None:
    client = production.test_client()
    answer = client.post("/healthz")
    assert answer.status_code in {400, 405}
    production.config["MAX_CONTENT_LENGTH"] = 1000
    assert client.post("/compte/connexion", data={"email": "x" * 5000}).status_code == 413


@pytest.mark.parametrize("path", ["/", "/compte/connexion", "/nulle-part", "/healthz"])
def test_every_answer_is_hardened(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers, "not over http"


def test_over_https_browsers_are_told_to_stay_there(production: Flask) -> None:
    config: Config = production.config["SURVEYAPP"]
    production.config["SURVEYAPP"] = replace(config, base_url="https://enquetes.demo.example")
    assert "Strict-Transport-Security" in production.test_client().get("/healthz").headers


def test_addresses_of_proxies_are_believed_only_when_there_are_some(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ENDPOINTS, "ou", Permission.PUBLIC)
    for proxies, expected in ((0, "http://localhost/"), (1, "https://enquetes.demo.example/")):
        app = create_app(
            Config(instance=tmp_path, database_url=database_url, proxies=proxies, testing=True)
        )
        app.add_url_rule("/ou", "ou", _here)
        answer = app.test_client().get(
            "/ou",
            headers={
                "X-Forwarded-Proto": "https",
                "X-Forwarded-Host": "enquetes.demo.example",
                "X-Forwarded-For": "203.0.113.9",
            },
        )
        assert answer.text == expected
        with app.app_context():
            db.engine.dispose()


def _here() -> str:
    from flask import request

    return request.host_url


def ready(app: Flask) -> TestResponse:
    return app.test_client().get("/readyz")


def test_health_tells_what_is_wrong(production: Flask) -> None:
    assert production.test_client().get("/healthz").json == {"status": "ok"}
    checks = (ready(production).json or {})["checks"]
    assert checks == {"database": True, "migrations": False, "outbox": True, "worker": False}
    assert ready(production).status_code == 503
    with db.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.execute(
            sa.text("INSERT INTO alembic_version VALUES (:v)"), {"v": migrate.head()}
        )
    worker.beat()
    assert ready(production).status_code == 200
    with transaction() as session:
        session.execute(sa.update(Heartbeat).values(at=now() - timedelta(minutes=10)))
    assert (ready(production).json or {})["checks"]["worker"] is False
    with db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")


def test_health_survives_a_database_that_is_gone(tmp_path: Path) -> None:
    app = create_app(
        Config(instance=tmp_path, database_url="postgresql+psycopg://x@127.0.0.1:9/x", testing=True)
    )
    answer = ready(app)
    assert answer.status_code == 503
    assert (answer.json or {})["checks"]["database"] is False
    with app.app_context():
        db.engine.dispose()
