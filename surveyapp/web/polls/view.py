"""What pages show of a board, and the JSON that brings a part of a page up to date."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

import orjson
from flask import render_template, request
from werkzeug.wrappers import Response

from surveyapp.core.answers.types import steps
from surveyapp.core.cloud import Placed, place
from surveyapp.core.definition import Kind, Question
from surveyapp.core.french import number
from surveyapp.core.poll import PollState, most_terms
from surveyapp.core.words import Term
from surveyapp.links import absolute_url
from surveyapp.models import Campaign
from surveyapp.services.polls import Board, Room
from surveyapp.services.publish import definition_of
from surveyapp.store.polls import poll_of

#: The picture of a cloud, in units of its own.
CLOUD_WIDTH, CLOUD_HEIGHT = 1000, 620
#: Words of the list beside the cloud; the others can be unfolded.
LISTED = 8


@dataclass(frozen=True, slots=True)
class Meeting:
    """What the page of a campaign says of its meeting; ``code`` is empty before it is opened."""

    code: str
    done: bool


def meeting_of(campaign: Campaign) -> Meeting | None:
    """The meeting of a campaign; ``None`` when its questionnaire is not put in one."""
    if not definition_of(campaign.version).live:
        return None
    poll = poll_of(campaign.id)
    if poll is None:
        return Meeting("", done=False)
    return Meeting(poll.code, done=poll.state is PollState.DONE)


def short_address(room: Room) -> str:
    """The address of a meeting as people type it: without scheme."""
    parts = urlsplit(absolute_url("room.phone", code=room.code))
    return f"{parts.netloc}{parts.path}"


def entrance() -> str:
    """The page where a code is typed, without scheme."""
    parts = urlsplit(absolute_url("room.entrance"))
    return f"{parts.netloc}{parts.path}"


@lru_cache(maxsize=64)
def cloud(terms: tuple[Term, ...]) -> tuple[Placed, ...]:
    """Where the words stand; the same words are placed once."""
    return place(terms, width=CLOUD_WIDTH, height=CLOUD_HEIGHT)


def options(question: Question) -> list[tuple[str, str]]:
    """(value, label) of what can be chosen."""
    if question.kind is Kind.RANGE:
        return [(number(note), number(note)) for note in steps(question)]
    return [(choice.name, choice.label) for choice in question.choices]


def chosen(question: Question | None, own: object) -> list[str]:
    """What a telephone voted, as the values of its controls."""
    if own is None or question is None:
        return []
    values = own if isinstance(own, list) else [own]
    return [number(value) if isinstance(value, int | float) else str(value) for value in values]


def seen_by_all(board: Board) -> bool:
    """Whether telephones that have not voted see the results too."""
    stage = board.stage
    return stage.results_shown and (not stage.hide_until_voted or stage.state is PollState.FROZEN)


def phone_body(board: Board, *, results: bool) -> bytes:
    """What a telephone asks for every other second: the same bytes for all of them."""
    key = f"phone:{results}"
    if key not in board.notes:
        board.notes[key] = _packed(
            {
                "key": board.seen,
                "done": board.done,
                "question": render_template("polls/_question.html", **question_context(board)),
                "results": render_template("polls/_phone_results.html", board=board)
                if results
                else "",
            }
        )
    return board.notes[key]


def question_context(board: Board, *, own: object = None, word: str = "") -> dict[str, object]:
    """What the question of a telephone is rendered with."""
    question = board.question
    return {
        "board": board,
        "question": question,
        "options": options(question) if question else [],
        "chosen": chosen(question, own),
        "terms": most_terms(question) if question and question.words else 0,
        "proof": word,
    }


def screen_context(board: Board) -> dict[str, object]:
    """What the screen and the desk are rendered with."""
    terms = board.tally.terms
    return {
        "board": board,
        "room": board.room,
        "address": short_address(board.room),
        "entrance": entrance(),
        "cloud": cloud(terms) if terms and board.stage.results_shown else (),
        "cloud_size": (CLOUD_WIDTH, CLOUD_HEIGHT),
        "listed": terms[:LISTED],
        "unlisted": terms[LISTED:],
    }


def screen_body(board: Board, template: str) -> bytes:
    """A part of the presenter's pages, with the number of votes in it."""
    html = render_template(template, **screen_context(board))
    return _packed({"votes": board.tally.votes, "done": board.done, "html": html})


def answer(body: bytes) -> Response:
    """The JSON, or 204 when the page has it already (``?v=``)."""
    if request.args.get("v") == orjson.loads(body)["v"]:
        return Response(status=204)
    return Response(body, content_type="application/json")


def _packed(content: dict[str, object]) -> bytes:
    tag = hashlib.blake2b(orjson.dumps(content), digest_size=8).hexdigest()
    return orjson.dumps({"v": tag, **content})
