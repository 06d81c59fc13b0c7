"""Invited people answer anonymously; with everything in hand, nobody can tell who said what.

Each attack gets what an administrator has: the rows, the file, the logs, backups, mails. It
must do no better than chance. Most come with a leaky variant, which must be caught: a test
that cannot fail proves nothing. What this does not cover is said in docs/anonymat.md.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import logging
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp import worker
from surveyapp.core.personal import draft_token, spent_mark, token_hash, token_of
from surveyapp.models import Message, SpentToken, db
from surveyapp.services.invite import batches, personal
from surveyapp.services.transaction import empty_log, transaction
from tests.inviting import mails
from tests.services import attacks
from tests.services.attacks import ANSWERS, World, dump
from tests.web.checking import Browser

K = 5


@pytest.fixture
def village(app: Flask) -> World:
    return attacks.world()


@pytest.fixture
def file(app: Flask) -> Path:
    """The database file; only SQLite has one that a test can read."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("the file of the database is SQLite's")
    return Path(str(db.engine.url.database))


def everybody_answers(village: World) -> None:
    village.answer(ANSWERS)
    batches.write_batch(village.campaign_id)


# What an answer writes


def test_an_answer_touches_answers_and_marks_only(village: World) -> None:
    before = dump()
    village.answer()
    after = dump()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"response", "spent_token"}
    assert len(after["spent_token"]) == 2, "the draft's mark and the invitation's"


def test_no_row_of_a_person_says_anything_finer_than_a_day(village: World) -> None:
    everybody_answers(village)
    rows = dump()
    for table in ("response", "participation", "invitation", "spent_token"):
        cells = [cell for row in rows[table] for cell in row]
        assert not [cell for cell in cells if isinstance(cell, datetime)]
        columns = db.metadata.tables[table].columns
        fine = [c.name for c in columns if isinstance(c.type, sa.DateTime) or "_at" in c.name]
        filled = [c for c in fine if any(row[list(columns.keys()).index(c)] for row in rows[table])]
        assert not filled


def test_no_word_of_an_answer_stands_beside_a_person(village: World) -> None:
    """Keys, hashes, tokens: what the answers hold and what the invitations hold share none."""
    everybody_answers(village)
    rows = dump()
    answers = attacks.strings_of({"response": rows["response"]})
    people = attacks.strings_of({t: rows[t] for t in ("invitation", "participation", "message")})
    keys = {row[0] for row in rows["response"]}
    assert not answers & people
    assert not keys & {cell for row in rows["invitation"] for cell in row}


# Marks


def test_no_mark_can_be_related_without_the_key(village: World, app: Flask) -> None:
    """The attacker has every token (the mails), every row, and the keys of the backup."""
    village.answer(K - 1)
    config = app.config["SURVEYAPP"]
    known = [config.secret_key, config.password_salt, str(village.campaign_id), ""]
    tokens = {token_of(config.invitation_key, number): number for number in village.truth}
    found = set(attacks.marks())
    assert not found & guesses(tokens, known)
    assert found & guesses(tokens, [*known, config.invitation_key]), "with the key they are"


def guesses(tokens: dict[str, int], keys: list[str]) -> set[str]:
    """Every mark that somebody who reads the program would try."""
    made = set[str]()
    for (token, number), key in itertools.product(tokens.items(), keys):
        for text in (token, f"spent:{token}", f"invitation:{number}", str(number)):
            made.add(hashlib.sha256((key + text).encode()).hexdigest())
            made.add(hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest())
        made |= {token_hash(token), spent_mark(key, token), token_hash(draft_token(key, token))}
    return made


def test_a_plain_hash_would_be_caught(
    village: World, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(personal, "spent_mark", lambda _, token: token_hash(token))
    village.answer(K - 1)
    key = app.config["SURVEYAPP"].invitation_key
    tokens = {token_of(key, number): number for number in village.truth}
    assert len(set(attacks.marks()) & guesses(tokens, [""])) == K - 1


def test_once_written_even_the_key_tells_nothing_more(village: World, app: Flask) -> None:
    everybody_answers(village)
    key = app.config["SURVEYAPP"].invitation_key
    marks = {spent_mark(key, token_of(key, number)) for number in village.truth}
    assert not marks & set(attacks.marks())
    for number in village.truth:
        link = personal.open_link(token_of(key, number))
        assert link is not None
        assert link.used, "the link has served all the same"


def test_a_new_key_does_not_open_a_used_link_again(village: World, app: Flask) -> None:
    """A backup is restored without the key: whoever has answered is still known."""
    everybody_answers(village)
    tokens = [token_of(app.config["SURVEYAPP"].invitation_key, n) for n in village.truth]
    app.config["SURVEYAPP"] = _with_key(app, "autre" * 8)
    for token in tokens:
        link = personal.open_link(token)
        assert link is not None
        assert link.used


def _with_key(app: Flask, key: str) -> Any:
    from dataclasses import replace

    return replace(app.config["SURVEYAPP"], invitation_key=key)


# Sequences


def test_no_sequence_moves_with_an_answer(village: World) -> None:
    """A number that an answer takes leaves a gap between two that carry a time."""
    village.answer()
    before = sequences()
    village.answer(3)
    assert sequences() == before


def sequences() -> dict[str, Any]:
    db.session.rollback()
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            rows = connection.execute(sa.text("SELECT sequencename, last_value FROM pg_sequences"))
            return {row[0]: row[1] for row in rows}
        counted = [t for t in db.metadata.sorted_tables if t.name not in BIG]
        return {
            t.name: connection.scalar(sa.select(sa.func.count()).select_from(t)) for t in counted
        }


#: Tables whose keys are drawn at random.
BIG = {"response", "spent_token"}


# Files, logs, sessions, drafts, mails


def test_no_file_but_the_database_is_touched(village: World, app: Flask, file: Path) -> None:
    folder = app.config["SURVEYAPP"].instance
    village.answer()
    before = _times(folder)
    village.answer(3)
    changed = {name for name, when in _times(folder).items() if before.get(name) != when}
    assert {name.split(file.name)[-1] for name in changed} <= {"", "-wal", "-shm", "-queue"}


def _times(folder: Path) -> dict[str, int]:
    return {str(p.relative_to(folder)): p.stat().st_mtime_ns for p in folder.rglob("*")}


def through_the_pages(app: Flask, village: World) -> tuple[str, Browser]:
    """Somebody follows their link and answers; the token of the link, and the browser."""
    number = village.waiting.pop(0)
    token = token_of(personal.key(), number)
    browser = Browser(app.test_client())
    page = browser.get(f"/i/{token}").follow("Commencer")
    page.submit("Continuer", liberal="non").submit("Envoyer mes réponses")
    return token, browser


def test_the_logs_name_nobody(village: World, app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        token, _ = through_the_pages(app, village)
    key = app.config["SURVEYAPP"].invitation_key
    for trace in (token, token_hash(token), spent_mark(key, token), "/i/", "Exemple0", "127.0.0.1"):
        assert trace not in caplog.text


def test_the_server_keeps_no_access_log() -> None:
    from surveyapp import serve

    source = Path(serve.__file__).read_text()
    assert "access" not in source.replace("no access log", "")


def test_the_session_forgets_the_link(village: World, app: Flask) -> None:
    before = dump()
    token, browser = through_the_pages(app, village)
    with browser.client.session_transaction() as session:
        assert token not in str(dict(session))
    after = dump()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"response", "spent_token"}, "no session is stored"


def test_a_draft_is_not_related_to_the_link(village: World, app: Flask, file: Path) -> None:
    """While it is being filled, and after it is sent."""
    number = village.waiting[0]
    token = token_of(personal.key(), number)
    browser = Browser(app.test_client())
    page = browser.get(f"/i/{token}").follow("Commencer").submit("Continuer", liberal="non")
    traces = guesses({token: number}, [personal.key(), ""]) | {token}
    (draft,) = dump()["response"]
    assert not traces & {str(cell) for cell in draft}
    page.submit("Envoyer mes réponses")
    db.session.remove()
    empty_log()
    left = file.read_bytes()
    assert token.encode() not in left
    assert b'"seen"' not in left


def test_the_log_of_the_mails_does_not_change_with_an_answer(village: World, app: Flask) -> None:
    """Nor does it hold links any more: whoever opens one learns whether it has served."""
    with transaction() as session:
        for number in village.waiting:
            session.add(
                Message(
                    kind="invitation",
                    recipient=f"{number}@demo.example",
                    subject="Votre avis",
                    text=personal.link_of(number),
                    html="",
                    address_hash=token_hash(str(number)),
                    message_id=f"<{number}@demo.example>",
                    solicitation=True,
                    campaign_id=village.campaign_id,
                    invitation_id=number,
                )
            )
    worker.run_once()
    before = dump()["message"]
    assert not any(message.text for message in mails())
    village.answer(K)
    batches.write_batch(village.campaign_id)
    assert dump()["message"] == before


def test_reminders_say_no_more_than_participations(village: World) -> None:
    """Who gets none is who is written as having answered: k at least, or nobody."""
    from surveyapp.services.invite.reminders import recipients

    everybody = len(village.waiting)
    for answered, reminded in ((K - 1, everybody), (1, everybody - K), (2, everybody - K)):
        village.answer(answered)
        batches.write_batch(village.campaign_id)
        found = recipients(village.campaign_id, day=date(2026, 6, 30))
        assert len(found.rows) == reminded


def test_marks_of_a_draft_and_of_a_link_look_alike(village: World) -> None:
    village.answer(K - 1)
    found = attacks.marks()
    assert len(found) == 2 * (K - 1)
    assert {len(mark) for mark in found} == {64}
    columns = {c.name for c in SpentToken.__table__.columns}
    assert columns == {"token_hash", "campaign_id"}
