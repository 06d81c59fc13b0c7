"""Nobody is found by the order of rows and bytes, nor by comparing backups.

Each attack has its leaky variant, which must be caught. What this does not cover is said in
docs/anonymat.md.
"""

from __future__ import annotations

import itertools
import random
import shutil
import sqlite3
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp.core.definition import Mode
from surveyapp.core.personal import token_hash
from surveyapp.keys import INVITATION_KEY
from surveyapp.models import Participation, db
from surveyapp.services.backup import backup
from surveyapp.services.invite import batches, personal
from surveyapp.services.transaction import empty_log, transaction
from tests.services import attacks
from tests.services.attacks import ANSWERS, LUCK, World, agreement, answers_by

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
