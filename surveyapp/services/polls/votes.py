"""Votes: one row per telephone and question, however often it is sent."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from surveyapp.core.poll import PollRefusal, PollState, read_vote
from surveyapp.models import Poll, PollVote
from surveyapp.services.polls.board import Room
from surveyapp.services.transaction import AnySession, insert_into, transaction
from surveyapp.store import polls as store

_WORD_BYTES = 18
_vote: Any = PollVote.__table__


def new_word() -> str:
    """A word that only one telephone holds; it is never written down on the server."""
    return secrets.token_urlsafe(_WORD_BYTES)


def vote(room: Room, name: str, sent: Sequence[str], *, word: str) -> None:
    """Count the vote of a telephone on a question, or change it while the vote is open.

    The commit waits for the disk: the telephone says « envoyé ».

    :raises PollRefusal: it is no vote, or the question takes none any more. A vote that is
        sent again after the stop, because the first answer was lost, is not refused.
    """
    question = next((q for q in room.questions if q.name == name), None)
    if question is None:
        raise PollRefusal("Cette question n’existe pas : rechargez la page.")
    value, voter = read_vote(question, sent), voter_hash(room, word)
    with transaction() as session:
        refusal = _refusal(session, room, name)
        if refusal and store.vote_of(room.id, name, voter) != value:
            raise PollRefusal(refusal)
        if not refusal:
            _write(session, room, name, voter, value)


def own_vote(room: Room, name: str, word: str) -> Any:
    """What this telephone voted; ``None`` when it did not."""
    return store.vote_of(room.id, name, voter_hash(room, word)) if word else None


def voter_hash(room: Room, word: str) -> str:
    """What the database knows of a telephone: another thing in each poll."""
    return hashlib.sha256(f"{room.code}:{word}".encode()).hexdigest()


def _refusal(session: AnySession, room: Room, name: str) -> str:
    """Why the question takes no vote. The row is held: no stop comes between this and the vote."""
    columns = (Poll.state, Poll.question)
    held = sa.select(*columns).where(Poll.id == room.id).with_for_update(read=True)
    state, question = session.execute(held).one()
    if state is PollState.DONE:
        return "La séance est terminée : cette réponse n’a pas été comptée."
    if question != name:
        return "Une autre question est posée : cette réponse n’a pas été comptée."
    if state is PollState.FROZEN:
        return "Le vote est arrêté : cette réponse n’a pas été comptée."
    return ""


def _write(session: AnySession, room: Room, name: str, voter: str, value: Any) -> None:
    insert = insert_into(session, _vote).values(
        poll_id=room.id, question=name, voter_hash=voter, value=[value]
    )
    keys = ["poll_id", "question", "voter_hash"]
    session.connection().execute(
        insert.on_conflict_do_update(index_elements=keys, set_={"value": insert.excluded.value})
    )
