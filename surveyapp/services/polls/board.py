"""What the room sees at a moment: read from the database, or kept for half a second.

300 telephones that ask every two to three seconds are 120 requests a second. They are
answered from the memory of the process; each process reads the database twice a second.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from flask import current_app

from surveyapp.core.definition import FormDefinition, Question
from surveyapp.core.poll import PollState, Stage, Tally, questions_of, tally
from surveyapp.models import Poll, db
from surveyapp.services.publish import definition_of
from surveyapp.store import polls as store

#: How old what a telephone is told may be, in seconds.
KEPT_SECONDS = 0.5
_EXTENSION = "polls"
#: Rooms of which a process remembers something: more are people who try codes.
_MOST = 200


@dataclass(frozen=True, slots=True)
class Room:
    """What never changes of a poll, free of the session."""

    id: int
    code: str
    slug: str
    title: str
    definition: FormDefinition

    @property
    def questions(self) -> tuple[Question, ...]:
        return questions_of(self.definition)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(question.name for question in self.questions)


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """A poll as it is now. ``place`` is the rank of the question from 1, 0 before the first.

    ``notes`` holds what pages derive from it.
    """

    room: Room
    stage: Stage
    question: Question | None
    place: int
    tally: Tally
    voters: int
    notes: dict[str, bytes] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        return self.stage.state is PollState.OPEN

    @property
    def done(self) -> bool:
        return self.stage.state is PollState.DONE

    @property
    def seen(self) -> str:
        """Question and state: what an act of the presenter starts from."""
        return f"{self.stage.question}.{self.stage.state.value}"


class _Memory:
    """What one process remembers of the rooms of one installation."""

    def __init__(self) -> None:
        self.rooms: dict[str, Room] = {}
        self.boards: dict[str, tuple[float, Board]] = {}
        self.reading = threading.Lock()


def room_of(code: str) -> Room | None:
    """The poll of a code; ``None`` when there is none."""
    memory = _memory()
    if code not in memory.rooms:
        poll = store.poll_by_code(code)
        if poll is None:
            return None
        _forget_some(memory)
        memory.rooms[code] = _room(poll)
    return memory.rooms[code]


def board_of(room: Room) -> Board:
    """The poll as the database has it now."""
    poll = db.session.get_one(Poll, room.id)
    stage = stage_of(poll)
    names = room.names
    place = names.index(stage.question) + 1 if stage.question in names else 0
    question = room.questions[place - 1] if place else None
    counted = Tally(0)
    if question is not None:
        counted = tally(
            question,
            store.votes_on(room.id, question.name),
            decided=store.decided_words(room.id, question.name),
            moderated=stage.moderated,
        )
    return Board(room, stage, question, place, counted, store.count_voters(room.id))


def kept_board(room: Room) -> Board:
    """The same, :data:`KEPT_SECONDS` old at most unless somebody is reading it just now."""
    memory = _memory()
    found = memory.boards.get(room.code)
    if found is not None and found[0] > time.monotonic():
        return found[1]
    if not memory.reading.acquire(blocking=found is None):
        return found[1] if found is not None else board_of(room)
    try:
        found = memory.boards.get(room.code)
        if found is None or found[0] <= time.monotonic():
            db.session.rollback()
            board = board_of(room)
            found = memory.boards[room.code] = (time.monotonic() + KEPT_SECONDS, board)
            db.session.rollback()  # give the connection back before anything is rendered
        return found[1]
    finally:
        memory.reading.release()


def stage_of(poll: Poll) -> Stage:
    """The stage of a row."""
    return Stage(
        state=poll.state,
        question=poll.question,
        hide_until_voted=poll.hide_until_voted,
        moderated=poll.moderated,
        results_shown=poll.results_shown,
    )


def _room(poll: Poll) -> Room:
    campaign = poll.campaign
    return Room(poll.id, poll.code, campaign.slug, campaign.title, definition_of(campaign.version))


def _memory() -> _Memory:
    memory: _Memory = current_app.extensions.setdefault(_EXTENSION, _Memory())
    return memory


def _forget_some(memory: _Memory) -> None:
    if len(memory.rooms) >= _MOST:
        memory.rooms.clear()
        memory.boards.clear()
