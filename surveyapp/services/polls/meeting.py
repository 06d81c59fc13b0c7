"""The presenter's side: open, drive, moderate, finish."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from surveyapp.core.answers import clean
from surveyapp.core.poll import (
    ALPHABET,
    CODE_LENGTH,
    Act,
    PollRefusal,
    PollState,
    after,
    document_of,
)
from surveyapp.models import (
    Campaign,
    CampaignState,
    Event,
    Poll,
    PollVote,
    PollWord,
    Response,
    ResponseStatus,
    random_key,
)
from surveyapp.services.polls.board import Room, room_of, stage_of
from surveyapp.services.publish import definition_of
from surveyapp.services.transaction import AnySession, empty_log, insert_into, transaction
from surveyapp.store import polls as store
from surveyapp.store.campaigns import campaign_by_slug

#: A meeting lasts a day at most; the evening after, its votes are kept all the same.
FORGOTTEN = timedelta(days=2)
_word: Any = PollWord.__table__


def open_meeting(slug: str, *, author_id: int | None, now: datetime) -> str:
    """Open the poll of a campaign, once; return its code.

    :raises PollRefusal: the campaign is not one that is put in a meeting, or it is closed.
    """
    with transaction() as session:
        campaign = campaign_by_slug(slug)
        if campaign is None or not definition_of(campaign.version).live:
            raise PollRefusal("Cette collecte n’est pas un sondage en séance.")
        # Who opens it at the same moment waits here.
        session.execute(sa.select(Campaign.id).where(Campaign.id == campaign.id).with_for_update())
        session.refresh(campaign, ["state"])
        existing = store.poll_of(campaign.id)
        if existing is not None:
            return existing.code
        if campaign.state not in (CampaignState.DRAFT, CampaignState.OPEN):
            raise PollRefusal("Cette collecte est fermée : créez-en une autre pour cette séance.")
        poll = Poll(code=_free_code(), campaign_id=campaign.id)
        session.add(poll)
        campaign.state = CampaignState.OPEN
        campaign.opens_at = now.replace(second=0, microsecond=0)
        campaign.closes_at = None
        _note(session, campaign.id, "opened", author_id=author_id, now=now)
        return poll.code


def act(room: Room, what: Act, *, seen: str = "", target: str = "") -> None:
    """Do what the presenter asks.

    ``seen`` is :attr:`surveyapp.services.polls.Board.seen` of the page that was looked at: a
    button pressed twice, or on two screens at once, counts once.

    :raises PollRefusal: it cannot be done now.
    """
    with transaction() as session:
        poll = _locked(session, room)
        moving = what in (Act.NEXT, Act.PREVIOUS, Act.FREEZE)
        if moving and seen and seen != f"{poll.question}.{poll.state.value}":
            return
        stage = after(stage_of(poll), what, room.names, target=target)
        poll.state, poll.question = stage.state, stage.question
        poll.hide_until_voted, poll.moderated = stage.hide_until_voted, stage.moderated
        poll.results_shown = stage.results_shown
        poll.revision += 1


def decide_word(room: Room, question: str, term: str, *, accepted: bool) -> None:
    """Let a term be shown, or never; it holds for everybody who gives it.

    :raises PollRefusal: the meeting is over.
    """
    with transaction() as session:
        poll = _locked(session, room)
        if poll.state is PollState.DONE:
            raise PollRefusal("Cette séance est terminée : ses résultats sont enregistrés.")
        row = {"poll_id": room.id, "question": question[:40], "term": term[:80]}
        insert = insert_into(session, _word).values(**row, accepted=accepted)
        session.connection().execute(
            insert.on_conflict_do_update(index_elements=list(row), set_={"accepted": accepted})
        )
        poll.revision += 1


def finish(room: Room, *, author_id: int | None, now: datetime, today: date) -> int:
    """Turn the votes into answers of the campaign, one per telephone, and close it.

    The answers are written in random order under random keys; what told one telephone from
    another is deleted. Return how many answers there are; a second call does nothing.
    """
    with transaction() as session:
        poll = _locked(session, room)
        if poll.state is PollState.DONE:
            return 0
        campaign = session.get_one(Campaign, poll.campaign_id)
        documents = _documents(room, today=today)
        rows = [_row(campaign, document, today) for document in documents]
        if rows:
            session.execute(sa.insert(Response), rows)
        session.execute(sa.delete(PollVote).where(PollVote.poll_id == room.id))
        session.execute(sa.delete(PollWord).where(PollWord.poll_id == room.id))
        poll.state, poll.question = PollState.DONE, ""
        poll.revision += 1
        campaign.state = CampaignState.CLOSED
        campaign.closes_at = now.replace(second=0, microsecond=0)
        _note(session, campaign.id, "finished", author_id=author_id, now=now, answers=len(rows))
    empty_log()
    return len(rows)


def finish_forgotten(*, now: datetime, today: date) -> int:
    """Finish the meetings that nobody has ended :data:`FORGOTTEN` after their opening: what
    tells one telephone from another is not kept for ever. Return how many."""
    count = 0
    for code in store.codes_opened_before(now - FORGOTTEN):
        room = room_of(code)
        if room is not None:
            finish(room, author_id=None, now=now, today=today)
            count += 1
    return count


def _documents(room: Room, *, today: date) -> list[dict[str, Any]]:
    """What each telephone answered, in an order that says nothing."""
    refused = store.refused_words(room.id)
    found = []
    for votes in store.votes_by_voter(room.id).values():
        raw = document_of(room.definition, votes, refused)
        values = clean(room.definition, raw, today=today).values
        if values:
            found.append(values)
    secrets.SystemRandom().shuffle(found)
    return found


def _row(campaign: Campaign, document: dict[str, Any], today: date) -> dict[str, Any]:
    return {
        "id": random_key(),
        "campaign_id": campaign.id,
        "version_id": campaign.version_id,
        "anonymous": True,
        "status": ResponseStatus.SUBMITTED,
        "document": document,
        "saved_on": today,
        "submitted_on": today,
    }


def _locked(session: AnySession, room: Room) -> Poll:
    return session.scalars(sa.select(Poll).where(Poll.id == room.id).with_for_update()).one()


def _free_code() -> str:
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        if not store.code_taken(code):
            return code


def _note(
    session: AnySession,
    campaign_id: int,
    what: str,
    *,
    author_id: int | None,
    now: datetime,
    answers: int | None = None,
) -> None:
    session.add(
        Event(
            kind=f"poll.{what}",
            subject="campaign",
            subject_id=campaign_id,
            user_id=author_id,
            at=now,
            data={} if answers is None else {"answers": answers},
        )
    )
