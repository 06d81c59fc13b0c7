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
import random
import shutil
import sqlite3
import tarfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp import worker
from surveyapp.core.definition import Mode
from surveyapp.core.personal import draft_token, spent_mark, token_hash, token_of
from surveyapp.keys import INVITATION_KEY
from surveyapp.models import Message, Participation, SpentToken, db
from surveyapp.services.backup import backup
from surveyapp.services.invite import batches, personal
from surveyapp.services.transaction import empty_log, transaction
from tests.inviting import mails
from tests.services import attacks
from tests.services.attacks import ANSWERS, LUCK, World, agreement, answers_by, dump
from tests.web.checking import Browser

K = 5
#: Beyond this, an order of 40 is no accident (five standard deviations).
ORDERED = 0.55


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


# Joining by order


Order = Callable[[], list[str]]
ORDERS: dict[str, Order] = {
    "as the answers lie": answers_by,
    "by their keys": lambda: answers_by(lambda row: row.id),
    "by day": lambda: answers_by(lambda row: row.submitted_on),
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_nobody_is_found_by_the_order_of_the_rows(village: World, order: Order) -> None:
    if db.engine.dialect.name == "postgresql" and order is not ORDERS["by their keys"]:
        pytest.skip("PostgreSQL keeps the order of the answers (docs/anonymat.md), not of people")
    everybody_answers(village)
    by_mail = list(village.truth)
    assert village.score(list(zip(by_mail, order(), strict=True))) <= LUCK
    by_participation = attacks.participants()
    assert len(by_participation) == ANSWERS
    assert village.score(list(zip(by_participation, order(), strict=True))) <= LUCK


def test_growing_keys_would_be_caught(village: World, monkeypatch: pytest.MonkeyPatch) -> None:
    growing = itertools.count(1)
    monkeypatch.setattr("surveyapp.services.respond.sending.random_key", lambda: next(growing))
    everybody_answers(village)
    guesses = list(zip(village.truth, answers_by(lambda row: row.id), strict=True))
    assert village.score(guesses) == ANSWERS


def test_participations_lie_in_no_order(village: World) -> None:
    """Not even where the database keeps them in the order of their writing."""
    everybody_answers(village)
    arrival = {number: rank for rank, number in enumerate(village.truth)}
    assert abs(agreement([arrival[n] for n in attacks.participants()])) < ORDERED


def test_a_batch_in_the_order_of_the_answers_would_be_caught(
    village: World, monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    """The file is looked at: rows lie in the order of their keys, but not their bytes."""

    def leaky(session: Any, campaign_id: int, token: str) -> None:
        number = personal.of_token(session, campaign_id, token_hash(token))
        session.execute(sa.insert(Participation).values(invitation_id=number, anonymous=True))

    monkeypatch.setattr(personal, "spend", leaky)
    village.answer(ANSWERS)
    assert abs(agreement(places_of_participations(file, village))) > ORDERED


def places_of_participations(file: Path, village: World) -> list[int]:
    """Where the participation of each person lies in the file, in the order of the answers.

    A key of 62 bits stands there as it is; its last copy is the one in ``participation``,
    which is the last table that was written.
    """
    db.session.remove()
    empty_log()
    content = file.read_bytes()
    pages = page_of_table(file, "participation")
    return [
        next(
            place
            for place in _all_places(content, number.to_bytes(8, "big"))
            if place // 4096 + 1 in pages
        )
        for number in village.truth
    ]


def page_of_table(file: Path, name: str) -> set[int]:
    """The pages that hold a table; found by their kind and by what they hold."""
    with sqlite3.connect(file) as connection:
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)
        ).fetchone()
    content = file.read_bytes()
    start = (root - 1) * 4096
    if content[start] != 2:  # not an inner page of an index tree: the table fits in its root
        return {root}
    count = int.from_bytes(content[start + 3 : start + 5], "big")
    cells = [
        int.from_bytes(content[start + 12 + 2 * i : start + 14 + 2 * i], "big")
        for i in range(count)
    ]
    below = [int.from_bytes(content[start + c : start + c + 4], "big") for c in cells]
    return {root, *below, int.from_bytes(content[start + 8 : start + 12], "big")}


def _all_places(content: bytes, what: bytes) -> list[int]:
    found, start = [], content.find(what)
    while start >= 0:
        found.append(start)
        start = content.find(what, start + 1)
    return found


def test_the_file_does_not_keep_the_order_of_the_people(village: World, file: Path) -> None:
    everybody_answers(village)
    assert abs(agreement(places_of_participations(file, village))) < ORDERED


# Backups


def saved(app: Flask, folder: Path, number: int) -> Path:
    """A backup of tonight, opened."""
    db.session.remove()
    archive, target = folder / f"nuit-{number}.tar.gz", folder / f"nuit-{number}"
    backup(app.config["SURVEYAPP"], archive)
    with tarfile.open(archive) as files:
        files.extractall(target, filter="data")
    return target


def test_a_backup_does_not_hold_the_key(village: World, app: Flask, file: Path) -> None:
    secret = app.config["SURVEYAPP"].invitation_key
    assert (app.config["SURVEYAPP"].instance / INVITATION_KEY).read_text() == secret
    village.answer()
    folder = saved(app, file.parent, 1)
    assert INVITATION_KEY not in {path.name for path in folder.rglob("*")}
    assert secret.encode() not in b"".join(p.read_bytes() for p in folder.iterdir() if p.is_file())


def test_a_backup_keeps_the_order_of_nothing(village: World, app: Flask, file: Path) -> None:
    village.answer(ANSWERS)
    database = saved(app, file.parent, 1) / "surveyapp.sqlite"
    order = attacks.places(database, list(village.truth.values()))
    assert abs(agreement(order)) < ORDERED


def test_a_copy_of_the_pages_would_be_caught(village: World, file: Path) -> None:
    village.answer(ANSWERS)
    db.session.remove()
    empty_log()
    copy = shutil.copy(file, file.with_name("copie"))
    order = attacks.places(Path(copy), list(village.truth.values()))
    assert abs(agreement(order)) > ORDERED


def nights(village: World, answers: list[int]) -> list[tuple[set[int], set[str]]]:
    """What each night's backup shows more than the one before: people, and answers."""
    found, people, known = [], set[int](), set[str]()
    for count in answers:
        village.answer(count)
        batches.write_batch(village.campaign_id)
        now_people, now_answers = set(attacks.participants()), set(answers_by())
        found.append((now_people - people, now_answers - known))
        people, known = now_people, now_answers
    return found


def exposed(found: list[tuple[set[int], set[str]]]) -> int:
    """The smallest group of people that two backups set apart, and their answers with it."""
    return min(len(people) for people, _ in found if people)


@pytest.mark.parametrize("seed", range(3))
def test_two_backups_never_set_fewer_than_k_apart(village: World, seed: int) -> None:
    draw = random.Random(seed)
    answers = [draw.choice([0, 1, 1, 2, 3]) for _ in range(14)]
    found = nights(village, answers)
    assert sum(len(people) for people, _ in found) >= K
    assert exposed(found) >= K


def test_the_last_one_to_answer_is_not_given_away_at_the_closing(village: World) -> None:
    found = nights(village, [6, 1])
    with transaction() as session:
        session.execute(sa.text("UPDATE campaign SET state = 'closed'"))
    batches.write_batch(village.campaign_id)
    assert [len(people) for people, _ in found] == [6, 0]
    assert len(attacks.participants()) == 6


def test_smaller_batches_would_be_caught(village: World, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = batches._Subject(village.campaign_id, Mode.ANONYMOUS, 1)
    monkeypatch.setattr(batches, "_subject", lambda _: subject)
    assert exposed(nights(village, [6, 1])) == 1


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
