"""A meeting: opened, driven, voted in, finished; on both databases."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp.charts import alternative_text, render
from surveyapp.core.poll import ALPHABET, Act, PollState
from surveyapp.core.summary import Shape, reason_text
from surveyapp.models import (
    Campaign,
    CampaignState,
    Event,
    PollVote,
    PollWord,
    Response,
    db,
)
from surveyapp.reports.figures import table_of
from surveyapp.reports.report_words import reading_rules
from surveyapp.services import polls, respond
from surveyapp.services.campaigns import CampaignError, can_extend, move, possible_steps
from surveyapp.services.polls import PollRefusal
from surveyapp.services.polls.votes import voter_hash
from surveyapp.services.purge import purge
from surveyapp.services.reports import report_pdf
from surveyapp.services.respond import Door
from surveyapp.services.results import results
from surveyapp.services.verbatims import open_questions
from surveyapp.store import polls as store
from surveyapp.store.campaigns import campaign_by_slug
from tests.answering import ANONYMOUS, opened
from tests.meeting import FORM, NOW, TODAY, documents, live_campaign, meeting, poll, votes

pytestmark = pytest.mark.usefixtures("app")


def campaign() -> Campaign:
    db.session.rollback()
    found = campaign_by_slug("colloque")
    assert found is not None
    return found


def test_opening_makes_a_code_that_is_easy_to_read_out_and_opens_the_collection() -> None:
    room = meeting()
    assert len(room.code) == 5
    assert set(room.code) <= set(ALPHABET)
    assert campaign().state is CampaignState.OPEN
    assert campaign().opens_at == NOW.replace(second=0)
    assert store.meetings()[0].poll is not None
    (event,) = db.session.scalars(sa.select(Event).where(Event.kind == "poll.opened"))
    assert event.subject_id == campaign().id


def test_opening_twice_gives_the_same_meeting() -> None:
    room = meeting()
    assert polls.open_meeting("colloque", author_id=None, now=NOW) == room.code


def test_only_a_live_questionnaire_is_put_in_a_meeting() -> None:
    opened(ANONYMOUS)
    with pytest.raises(PollRefusal, match="pas un sondage"):
        polls.open_meeting("avis", author_id=None, now=NOW)
    assert store.meetings() == []


def test_a_closed_collection_is_not_opened_again_for_a_meeting() -> None:
    live_campaign()
    found = campaign()
    found.state = CampaignState.CLOSED
    db.session.commit()
    with pytest.raises(PollRefusal, match="fermée"):
        polls.open_meeting("colloque", author_id=None, now=NOW)


def test_a_live_questionnaire_is_not_answered_by_the_ordinary_link() -> None:
    meeting(Act.NEXT)
    info = respond.find("colloque")
    assert info is not None
    assert info.door(NOW) is Door.UNKNOWN
    assert respond.listed(NOW) == []


def test_the_collection_opens_and_closes_with_its_meeting_alone() -> None:
    live_campaign()
    with pytest.raises(CampaignError, match="Séances"):
        move("colloque", "ouvrir", author_id=None, now=NOW)
    assert possible_steps(campaign(), now=NOW) == ()
    code = polls.open_meeting("colloque", author_id=None, now=NOW)
    room = polls.room_of(code)
    assert room is not None
    assert possible_steps(campaign(), now=NOW) == ()
    assert not can_extend(campaign(), now=NOW)
    polls.finish(room, author_id=None, now=NOW, today=TODAY)
    assert [step.name for step in possible_steps(campaign(), now=NOW)] == ["archiver"]


def test_a_vote_sent_twice_counts_once_and_can_be_changed() -> None:
    room = meeting(Act.NEXT)
    for choice in ("non", "non", "bientot"):
        polls.vote(room, "engagement", [choice], word="a")
    polls.vote(room, "engagement", ["bientot"], word="b")
    board = polls.board_of(room)
    assert votes() == 2
    assert board.voters == 2
    assert {bar.name: bar.count for bar in board.tally.bars if bar.count} == {"bientot": 2}
    assert polls.own_vote(room, "engagement", "a") == "bientot"
    assert polls.own_vote(room, "engagement", "c") is None


def test_a_stopped_question_takes_no_vote_but_thanks_who_sends_again() -> None:
    room = meeting(Act.NEXT)
    polls.vote(room, "engagement", ["non"], word="a")
    polls.act(room, Act.FREEZE)
    polls.vote(room, "engagement", ["non"], word="a")  # the first answer was lost on the way
    for word in ("a", "b"):
        with pytest.raises(PollRefusal, match="arrêté"):
            polls.vote(room, "engagement", ["bientot"], word=word)
    assert votes() == 1
    polls.act(room, Act.NEXT)
    with pytest.raises(PollRefusal, match="autre question"):
        polls.vote(room, "engagement", ["bientot"], word="b")
    with pytest.raises(PollRefusal, match="n’existe pas"):
        polls.vote(room, "inconnue", ["1"], word="b")


def test_a_button_pressed_twice_moves_once() -> None:
    room = meeting()
    seen = polls.board_of(room).seen
    polls.act(room, Act.NEXT, seen=seen)
    polls.act(room, Act.NEXT, seen=seen)
    assert poll().question == "engagement"
    assert poll().revision == 1


def test_a_kept_board_is_read_anew_after_half_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("surveyapp.services.polls.board.time.monotonic", lambda: clock[0])
    room = meeting(Act.NEXT)
    assert polls.kept_board(room).tally.votes == 0
    polls.vote(room, "engagement", ["non"], word="a")
    assert polls.kept_board(room).tally.votes == 0
    clock[0] += 0.6
    assert polls.kept_board(room).tally.votes == 1


def test_a_refused_word_disappears_for_everybody_and_from_the_answers() -> None:
    room = meeting(Act.NEXT, Act.NEXT, Act.NEXT, Act.NEXT, Act.MODERATE)
    polls.vote(room, "mots", ["Lien", "gros mot"], word="a")
    polls.vote(room, "mots", ["liens"], word="b")
    board = polls.board_of(room)
    assert board.tally.terms == ()
    assert [term.key for term in board.tally.waiting] == ["lien", "gros mot"]
    polls.decide_word(room, "mots", "lien", accepted=True)
    polls.decide_word(room, "mots", "gros mot", accepted=True)
    polls.decide_word(room, "mots", "gros mot", accepted=False)
    board = polls.board_of(room)
    assert [(term.text, term.count) for term in board.tally.terms] == [("liens", 2)]
    assert board.tally.waiting == ()
    polls.finish(room, author_id=None, now=NOW, today=TODAY)
    assert sorted(str(d["mots"]) for d in documents()) == ["Lien", "liens"]


def test_finishing_keeps_one_answer_per_telephone_and_nothing_that_tells_them_apart() -> None:
    room = meeting(Act.NEXT)
    for number in range(9):
        polls.vote(room, "engagement", ["non" if number % 3 else "bientot"], word=f"t{number}")
    polls.act(room, Act.NEXT)
    polls.vote(room, "priorites", ["acces", "liens"], word="t0")
    polls.vote(room, "priorites", ["outils"], word="nouveau")
    assert polls.finish(room, author_id=None, now=NOW, today=TODAY) == 10
    assert polls.finish(room, author_id=None, now=NOW, today=TODAY) == 0

    assert {"engagement": "bientot", "priorites": ["acces", "liens"]} in documents()
    assert len(documents()) == 10
    for table in (PollVote, PollWord):
        assert db.session.scalars(sa.select(table)).all() == []
    rows = db.session.scalars(sa.select(Response)).all()
    assert {
        (row.anonymous, row.submitted_on, row.submitted_at, row.token_hash) for row in rows
    } == {(True, TODAY, None, None)}
    assert campaign().state is CampaignState.CLOSED
    assert campaign().closes_at == NOW.replace(second=0)
    assert poll().state is PollState.DONE
    (event,) = db.session.scalars(sa.select(Event).where(Event.kind == "poll.finished"))
    assert event.data == {"answers": 10}


def test_nothing_of_the_telephones_stays_on_the_disk() -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("the file of the database is SQLite's")
    room = meeting(Act.NEXT)
    hashes = [voter_hash(room, f"t{number}").encode() for number in range(30)]
    for number in range(30):
        polls.vote(room, "engagement", ["non"], word=f"t{number}")
    file = Path(str(db.engine.url.database))
    files = [file, file.with_name(f"{file.name}-wal")]
    before = b"".join(path.read_bytes() for path in files if path.exists())
    assert all(one in before for one in hashes)
    polls.finish(room, author_id=None, now=NOW, today=TODAY)
    after = b"".join(path.read_bytes() for path in files if path.exists())
    assert not any(one in after for one in hashes)


def test_a_meeting_that_nobody_ends_is_finished_by_the_purge() -> None:
    room = meeting(Act.NEXT)
    polls.vote(room, "engagement", ["non"], word="a")
    purge(now=NOW + timedelta(days=1))
    assert votes() == 1
    purge(now=NOW + timedelta(days=3))
    assert votes() == 0
    assert documents() == [{"engagement": "non"}]
    assert poll().state is PollState.DONE


def test_after_the_end_nothing_moves() -> None:
    room = meeting(Act.NEXT)
    polls.finish(room, author_id=None, now=NOW, today=TODAY)
    with pytest.raises(PollRefusal, match="terminée"):
        polls.vote(room, "engagement", ["non"], word="a")
    with pytest.raises(PollRefusal, match="terminée"):
        polls.act(room, Act.NEXT)
    with pytest.raises(PollRefusal, match="terminée"):
        polls.decide_word(room, "mots", "lien", accepted=True)


def test_the_results_of_a_meeting_of_three_are_shown() -> None:
    room = meeting(Act.NEXT)
    for number in range(3):
        polls.vote(room, "engagement", ["non"], word=f"t{number}")
    polls.finish(room, author_id=None, now=NOW, today=TODAY)
    found = results(campaign(), today=TODAY)
    assert found.n == 3
    assert found.summaries[0].n == 3
    assert found.summaries[0].withheld is None
    assert found.summaries[1].withheld is not None
    assert reason_text(found.summaries[1].withheld, found.k).startswith("Personne")
    (rules,) = [r for r in reading_rules(FORM, found.summaries, k=1) if "séance" in r[0]]
    assert "même quand ils portent sur peu" in rules[1][0]


def test_the_words_of_a_meeting_are_counted_in_its_results() -> None:
    room = meeting(Act.NEXT, Act.NEXT, Act.NEXT, Act.NEXT)
    for number, text in enumerate(("lien", "Liens, temps", "gros mot")):
        polls.vote(room, "mots", [text], word=f"t{number}")
    polls.decide_word(room, "mots", "gros mot", accepted=False)
    polls.finish(room, author_id=None, now=NOW, today=TODAY)
    summary = results(campaign(), today=TODAY).summaries[-1]
    assert summary.shape is Shape.WORDS
    assert [(cell.label, cell.count) for cell in summary.rows[0].cells] == [
        ("lien", 2),
        ("temps", 1),
    ]
    assert summary.n == 2
    table = table_of(summary)
    assert table is not None
    assert [row[:2] for row in table.rows] == [("lien", "2"), ("temps", "1")]
    assert "lien" in alternative_text(summary)
    assert b">temps<" in render(summary).replace(b"\n", b"")
    assert open_questions(campaign()) == ()
    assert report_pdf(campaign(), on=TODAY).startswith(b"%PDF")


def test_a_telephone_is_another_one_in_another_meeting() -> None:
    first, second = meeting(slug="un"), meeting(slug="deux")
    assert voter_hash(first, "mot") != voter_hash(second, "mot")


def test_a_vote_holds_neither_time_nor_order() -> None:
    room = meeting(Act.NEXT)
    for number in range(12):
        polls.vote(room, "engagement", ["non"], word=f"t{number}")
    row: Any
    rows = db.session.execute(sa.select(PollVote.__table__)).all()
    for row in rows:
        assert not any(isinstance(value, datetime) for value in row)
    if db.engine.dialect.name == "sqlite":
        hashes = [row.voter_hash for row in rows]
        assert hashes == sorted(hashes)
        with pytest.raises(sa.exc.OperationalError, match="no such column: rowid"):
            db.session.execute(sa.text("SELECT rowid FROM poll_vote"))
        db.session.rollback()


def test_many_at_once_none_is_lost(app: Flask) -> None:
    room = meeting(Act.NEXT)
    faults: list[Exception] = []

    def telephone(number: int) -> None:
        with app.app_context():
            try:
                for _ in range(2):
                    polls.vote(room, "engagement", ["non"], word=f"t{number}")
            except Exception as error:
                faults.append(error)

    threads = [threading.Thread(target=telephone, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert votes() == 16
