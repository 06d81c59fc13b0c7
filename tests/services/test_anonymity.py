"""With the whole database and the logs in hand, nobody can tell who said what, or when.

What this proves, and what it cannot: see docs/anonymat.md.
"""

from __future__ import annotations

import logging
import re
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from surveyapp.models import Response, ResponseStatus, db, random_key
from surveyapp.services.respond.drafts import hashed
from surveyapp.services.transaction import empty_log, transaction
from tests.answering import ANONYMOUS, opened, sent
from tests.web.checking import Browser

ADDRESS = "203.0.113.77"
AGENT = "NavigateurTresRare/77.7"
SEND = "Envoyer mes réponses"
#: Tables that sending an anonymous answer may touch.
TOUCHED = {"response", "spent_token"}


def answer(app: Flask, secret: str) -> tuple[str, Browser]:
    """One person answers; their token and their browser."""
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = ADDRESS
    client.environ_base["HTTP_USER_AGENT"] = AGENT
    client.environ_base["HTTP_X_FORWARDED_FOR"] = ADDRESS
    browser = Browser(client)
    page = browser.get("/q/avis").follow("Commencer").submit("Continuer", liberal="oui")
    token = page.fields("Continuer")["_token"]
    page = page.submit("Continuer", libre=secret, stress="7").submit("Retour")
    page = page.submit("Continuer").submit(SEND)
    assert page.path == "/q/avis/fin/merci"
    return token, browser


def dump() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    db.session.rollback()
    found = {}
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            rows = connection.execute(sa.select(table)).all()
            found[table.name] = sorted((tuple(row) for row in rows), key=repr)
    return found


def test_sending_writes_an_answer_and_a_spent_token_and_nothing_else(app: Flask) -> None:
    campaign = opened(ANONYMOUS)
    expected = (campaign.id, campaign.version_id)
    before = dump()
    token, _ = answer(app, "Il fait trop chaud")
    after = dump()
    assert {name for name in after if after[name] != before[name]} == TOUCHED
    assert after["spent_token"] == [(hashed(token), expected[0])]
    (row,) = sent()
    filled = {c.name: getattr(row, c.name) for c in Response.__table__.columns}
    assert 0 < filled.pop("id") < 2**62 + 1
    assert {name: value for name, value in filled.items() if value not in (None, "")} == {
        "campaign_id": expected[0],
        "version_id": expected[1],
        "anonymous": True,
        "status": ResponseStatus.SUBMITTED,
        "document": {"liberal": "oui", "stress": 7, "libre": "Il fait trop chaud"},
        "saved_on": row.submitted_on,
        "submitted_on": row.submitted_on,
    }


def test_nothing_that_was_written_has_a_time(app: Flask) -> None:
    opened(ANONYMOUS)
    before = {repr(row) for rows in dump().values() for row in rows}
    answer(app, "Il fait trop chaud")
    after = dump()
    new = [row for rows in after.values() for row in rows if repr(row) not in before]
    for value in (value for row in new for value in row):
        assert not isinstance(value, datetime)
        assert not re.search(r"\d\d:\d\d", str(value))


def test_no_table_tells_the_order_in_which_answers_came(app: Flask) -> None:
    """12 answers in the order of their keys: one chance in 479,001,600."""
    opened(ANONYMOUS)
    tokens = [answer(app, f"Réponse {number:02d}")[0] for number in range(12)]
    told = [row.document["libre"] for row in sorted(sent(), key=lambda row: row.id)]
    assert told != sorted(told)
    with db.engine.connect() as connection:
        order = connection.exec_driver_sql("SELECT token_hash FROM spent_token").scalars().all()
    if db.engine.dialect.name == "sqlite":
        assert list(order) == sorted(hashed(token) for token in tokens)
        with pytest.raises(sa.exc.OperationalError, match="no such column: rowid"):
            db.session.execute(sa.text("SELECT rowid FROM spent_token"))


@pytest.fixture
def file(app: Flask) -> Path:
    """The database file; only SQLite has one that a test can read."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("the file of the database is SQLite's")
    return Path(str(db.engine.url.database))


def whole(file: Path) -> bytes:
    """Every byte that the database left on the disk, log included, once it is at rest."""
    db.session.remove()
    db.engine.dispose()
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return b"".join(path.read_bytes() for path in sorted(file.parent.glob(file.name + "*")))


def test_the_disk_keeps_no_trace_of_who_it_was(app: Flask, file: Path) -> None:
    opened(ANONYMOUS)
    token, browser = answer(app, "Il fait trop chaud")
    left = whole(file)
    with browser.client.session_transaction() as session:
        forgery = str(session["csrf_token"])
    for trace in (ADDRESS, AGENT, token, forgery):
        assert trace.encode() not in left


def test_the_disk_forgets_the_draft(app: Flask, file: Path) -> None:
    """The draft held the answers beside the hash of the token: that page must be blank."""
    opened(ANONYMOUS)
    token, _ = answer(app, "Il fait trop chaud")
    left = whole(file)
    assert left.count(b"Il fait trop chaud") == 1
    assert left.count(hashed(token).encode()) == 1
    assert b'"seen"' not in left


def test_the_log_of_the_database_is_cleared(app: Flask, file: Path) -> None:
    """It holds the last writings in their order, the draft that was deleted among them."""
    opened(ANONYMOUS)
    token, _ = answer(app, "Il fait trop chaud")
    log = file.with_name(file.name + "-wal")
    assert hashed(token).encode() in log.read_bytes()
    db.session.remove()
    empty_log()
    assert log.stat().st_size == 0
    assert len(sent()) == 1


def test_a_draft_that_is_discarded_leaves_nothing(app: Flask, file: Path) -> None:
    opened(ANONYMOUS)
    browser = Browser(app.test_client())
    page = browser.get("/q/avis/profil").submit("Continuer", liberal="oui")
    token = page.fields("Continuer")["_token"]
    page.submit("Retour", libre="Il fait trop chaud").submit("Retour").submit(
        "Effacer ces réponses et recommencer"
    )
    left = whole(file)
    assert b"Il fait trop chaud" not in left
    assert hashed(token).encode() not in left


def test_logs_keep_nothing(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    opened(ANONYMOUS)
    with caplog.at_level(logging.DEBUG):
        token, _ = answer(app, "Il fait trop chaud")
        Browser(app.test_client()).get("/q/avis/profil").submit("Continuer", annees="x")
    for trace in (ADDRESS, AGENT, token, hashed(token), "Il fait trop chaud"):
        assert trace not in caplog.text


def test_the_browser_keeps_one_cookie_until_it_closes(app: Flask) -> None:
    opened(ANONYMOUS)
    response = app.test_client().get("/q/avis/profil")
    (cookie,) = response.headers.getlist("Set-Cookie")
    assert cookie.startswith("session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires" not in cookie
    assert "Max-Age" not in cookie


def test_the_cookie_of_an_anonymous_answer_forgets_its_token(app: Flask) -> None:
    opened(ANONYMOUS)
    token, browser = answer(app, "Il fait trop chaud")
    with browser.client.session_transaction() as session:
        assert token not in str(dict(session))


@pytest.mark.parametrize(
    "column",
    [
        {"submitted_at": datetime(2026, 6, 27, 9, 30, tzinfo=UTC)},
        {"reference": "K7QF-2M9X"},
        {"token_hash": "0" * 64},
        {"title_key": "martin ana"},
        {"search": "martin ana"},
    ],
)
def test_the_database_itself_refuses_more(app: Flask, column: dict[str, Any]) -> None:
    campaign = opened(ANONYMOUS)
    day = date(2026, 6, 27)
    row = {
        "id": random_key(),
        "campaign_id": campaign.id,
        "version_id": campaign.version_id,
        "anonymous": True,
        "status": ResponseStatus.SUBMITTED,
        "document": {},
        "saved_on": day,
        "submitted_on": day,
    }
    with transaction() as session:
        session.execute(sa.insert(Response).values(**row))
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(sa.insert(Response).values(**row | {"id": random_key()} | column))
