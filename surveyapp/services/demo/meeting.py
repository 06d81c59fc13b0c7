"""Two meetings of the demonstration: one that is over, one that is about to begin."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa

from surveyapp.models import PollVote
from surveyapp.services import campaigns, catalogue, polls
from surveyapp.services.polls import Room
from surveyapp.services.transaction import transaction
from surveyapp.store.campaigns import slug_taken

FORM = "sondage-seance"
OVER, SOON = "colloque-de-printemps", "assemblee-generale"
_DAYS = 52
_VOTERS = 64
_ENGAGED = ("en_route",) * 5 + ("bientot",) * 4 + ("non", "ne_sait_pas")
_WISHES = ("acces", "parcours", "prevention", "accueil", "liens", "outils")
_WORDS = (
    *("lien", "lien", "liens", "le lien", "Réseau", "réseaux", "réseau", "entraide", "entraide"),
    *("confiance", "écoute", "du temps", "temps", "projets", "projet", "moins d’isolement"),
    *("formation", "formations", "coordination", "coordination", "soutien", "solidarité"),
)


def play_meetings(*, today: date, author_id: int | None, now: datetime) -> None:
    """Hold the first meeting, open the second, unless they exist."""
    if slug_taken(OVER):
        return
    catalogue.publish_file(FORM, author_id=author_id)
    day, then = today - timedelta(days=_DAYS), now - timedelta(days=_DAYS)
    room = _opened("Colloque de printemps : le sondage", OVER, author_id=author_id, now=then)
    _vote(room, Random(OVER))  # noqa: S311 - an invention, no secret
    polls.finish(room, author_id=author_id, now=then + timedelta(hours=2), today=day)
    _opened("Assemblée générale : le sondage", SOON, author_id=author_id, now=now)


def _opened(title: str, slug: str, *, author_id: int | None, now: datetime) -> Room:
    plan = campaigns.Plan(title=title, slug=slug, listed=False)
    campaigns.create(FORM, plan, author_id=author_id, now=now - timedelta(days=1))
    room = polls.room_of(polls.open_meeting(slug, author_id=author_id, now=now))
    if room is None:
        raise RuntimeError(f"the meeting {slug} was not opened")
    return room


def _vote(room: Room, chance: Random) -> None:
    rows = [
        {
            "poll_id": room.id,
            "question": question,
            "voter_hash": hashlib.sha256(f"{room.code}:{number}".encode()).hexdigest(),
            "value": [value],
        }
        for number in range(_VOTERS)
        for question, value in _votes(chance).items()
    ]
    with transaction() as session:
        session.execute(sa.insert(PollVote), rows)


def _votes(chance: Random) -> dict[str, Any]:
    """What one telephone votes; some people skip a question."""
    votes = {
        "engagement": chance.choice(_ENGAGED),
        "priorites": [w for w in _WISHES if chance.random() < 0.3 + 0.06 * len(w) / 6],
        "utilite": min(6, max(1, round(chance.gauss(4.7, 1)))),
        "mots": chance.sample(_WORDS, k=chance.choice((1, 1, 2, 3))),
    }
    return {name: value for name, value in votes.items() if value and chance.random() < 0.92}
