"""What a telephone holds: one random word per meeting, in a cookie that only its pages get.

There is no session. The word tells the votes of one telephone from those of another until the
end of the meeting; a page proves with a signature of it that it was given to this telephone.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from flask import current_app, request
from werkzeug.wrappers import Response

from surveyapp.links import settings
from surveyapp.services.polls import Room, new_word

COOKIE = "voix"
#: As long as a day of meetings.
_LIFE_SECONDS = 12 * 3600
_WORD = re.compile(r"[A-Za-z0-9_-]{20,40}")


def word_of() -> str:
    """The word of this telephone; empty when it holds none."""
    word = request.cookies.get(COOKIE, "")
    return word if _WORD.fullmatch(word) else ""


def hold(response: Response, room: Room, word: str) -> Response:
    """Let the telephone keep its word, for the pages of this meeting alone."""
    response.set_cookie(
        COOKIE,
        word,
        max_age=_LIFE_SECONDS,
        path=f"/s/{room.code}",
        secure=settings().secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def begin() -> str:
    """The word of this telephone, a new one if it has none."""
    return word_of() or new_word()


def proof(room: Room, word: str) -> str:
    """What the pages of a telephone carry; nobody else can make it."""
    return _signed(f"page:{room.code}:{word}")


def genuine(room: Room, word: str) -> bool:
    """Whether a vote comes from a page that this telephone was given."""
    sent = request.form.get("csrf_token", "")
    return bool(word) and hmac.compare_digest(sent.encode(), proof(room, word).encode())


def voted_proof(room: Room, question: str) -> str:
    """What a telephone shows to see results that are hidden from who has not voted."""
    return _signed(f"voted:{room.code}:{question}")[:20]


def shows_vote(room: Room, question: str) -> bool:
    """Whether the request carries :func:`voted_proof`."""
    sent = request.args.get("preuve", "")
    return hmac.compare_digest(sent.encode(), voted_proof(room, question).encode())


def _signed(text: str) -> str:
    key = str(current_app.config["SECRET_KEY"])
    return hmac.new(key.encode(), f"poll:{text}".encode(), hashlib.sha256).hexdigest()
