"""Invitations: rows and mails, a batch at a time, so that a click for 1,000 people is short.

A batch is one transaction. Whatever stops the worker between two batches, the job goes on
where it was: an invitation exists once per person, its mail once per invitation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from surveyapp.core.campaign import Phase
from surveyapp.core.french import plural, typeset
from surveyapp.core.personal import token_hash, token_of
from surveyapp.jobs import JobError, JobRun, enqueue, handler
from surveyapp.models import (
    Campaign,
    Event,
    Invitation,
    Job,
    Person,
    WorkState,
    db,
    now,
    random_key,
)
from surveyapp.services.invite import reminders
from surveyapp.services.invite.personal import key
from surveyapp.services.invite.writing import Written, post, write
from surveyapp.services.transaction import AnySession, insert_into, transaction
from surveyapp.store.campaigns import phase_of
from surveyapp.store.invitations import INVITATION
from surveyapp.store.structure import structure

KIND = "invite"
BATCH = 25


class InviteError(Exception):
    """The demand cannot be met; the message is a French sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(typeset(message))


def start(slug: str, people: Sequence[int], *, author_id: int, now: datetime) -> int:
    """Ask the worker to invite these people; the number of its task.

    :raises InviteError: nobody is left to invite, or the campaign is over.
    """
    with transaction() as session:
        campaign = session.scalars(sa.select(Campaign).where(Campaign.slug == slug)).one()
        _check(campaign, people, now)
        session.add(
            Event(
                kind="campaign.invited",
                subject="campaign",
                subject_id=campaign.id,
                user_id=author_id,
                at=now,
                data={"count": len(people)},
            )
        )
        job = _ask(session, campaign, people, author_id=author_id)
    return job.id


def _check(campaign: Campaign, people: Sequence[int], at: datetime) -> None:
    if phase_of(campaign, now=at) in (Phase.CLOSED, Phase.ARCHIVED):
        raise InviteError("La collecte est fermée : rouvrez-la avant d’inviter.")
    if not people:
        raise InviteError("Il n’y a personne à inviter : changez les filtres.")


def _ask(
    session: AnySession, campaign: Campaign, people: Sequence[int], *, author_id: int | None
) -> Job:
    what = plural(len(people), "personne", "personnes")
    label = f"Inviter {what} : {campaign.title}" if people else f"Invitations : {campaign.title}"
    return enqueue(
        session,
        KIND,
        {"campaign": campaign.id, "people": list(people)},
        label=typeset(label)[:300],
        owner_id=author_id,
    )


def wake(at: datetime) -> None:
    """Have the worker send what was prepared, in campaigns that have opened since."""
    for campaign_id in _prepared_and_open(at):
        with transaction() as session:
            campaign = session.get(Campaign, campaign_id, with_for_update=True)
            if campaign is not None and not _under_way(session, campaign_id, at):
                _ask(session, campaign, (), author_id=None)


def _prepared_and_open(at: datetime) -> list[int]:
    waiting = sa.exists().where(_unsent(Campaign.id))
    found = db.session.scalars(sa.select(Campaign).where(Campaign.state == "open", waiting)).all()
    return [campaign.id for campaign in found if phase_of(campaign, now=at) is Phase.OPEN]


def _under_way(session: AnySession, campaign_id: int, at: datetime) -> bool:
    """Whether a task will see to it; after one that failed, the next comes an hour later."""
    active = sa.or_(
        Job.state.in_((WorkState.PENDING, WorkState.RUNNING)),
        sa.and_(Job.state == WorkState.FAILED, Job.done_at > at - timedelta(hours=1)),
    )
    jobs = session.scalars(sa.select(Job).where(Job.kind == KIND, active))
    return any(job.payload.get("campaign") == campaign_id for job in jobs)


def _unsent(campaign_id: Any) -> sa.ColumnElement[bool]:
    return sa.and_(
        Invitation.campaign_id == campaign_id,
        Invitation.mailed_on.is_(None),
        sa.not_(Invitation.stopped),
    )


@handler(KIND)
def invite_job(job: JobRun) -> None:
    """Invite the people of the payload; then send what was prepared before, if it is open."""
    campaign_id, people = int(job.payload["campaign"]), list(job.payload["people"])
    for done, batch in _batches(people):
        _invite(campaign_id, batch)
        job.progress(done / len(people), f"{done} sur {len(people)}")
    sent = 0
    while _opened(campaign_id) and (waiting := _waiting(campaign_id)):
        _send_prepared(campaign_id, waiting)
        sent += len(waiting)
        job.progress(0.99, f"{plural(sent, 'mail préparé', 'mails préparés')}")
    if _opened(campaign_id):
        reminders.propose_plan(campaign_id, now=now())


def _batches(people: list[int]) -> Iterator[tuple[int, list[int]]]:
    for start in range(0, len(people), BATCH):
        batch = people[start : start + BATCH]
        yield start + len(batch), batch


def _opened(campaign_id: int) -> bool:
    db.session.rollback()
    campaign = db.session.get(Campaign, campaign_id)
    if campaign is None:
        raise JobError("La collecte a été supprimée.")
    return phase_of(campaign, now=now()) is Phase.OPEN


def _invite(campaign_id: int, ids: Sequence[int]) -> None:
    """One batch: the rows and, when the campaign is open, the mails with them."""
    is_open = _opened(campaign_id)
    campaign = db.session.get_one(Campaign, campaign_id)
    known = sa.select(Invitation.person_id).where(Invitation.campaign_id == campaign_id)
    people = db.session.scalars(
        sa.select(Person).where(Person.id.in_(ids), Person.id.not_in(known))
    ).all()
    pairs = [(random_key(), person) for person in people]
    written = write(INVITATION, campaign, pairs) if is_open else {}
    rows = [_row(campaign_id, number, person.id) for number, person in pairs]
    if not rows:
        return
    with transaction() as session:
        insert = insert_into(session, Invitation).on_conflict_do_nothing()
        added = set(session.scalars(insert.returning(Invitation.id), rows))
        _post(session, campaign_id, [w for number, w in written.items() if number in added])


def _row(campaign_id: int, number: int, person_id: int) -> dict[str, Any]:
    return {
        "id": number,
        "campaign_id": campaign_id,
        "person_id": person_id,
        "token_hash": token_hash(token_of(key(), number)),
        "reminders": 0,
        "stopped": False,
        "call_note": "",
    }


def _waiting(campaign_id: int) -> list[int]:
    statement = sa.select(Invitation.id).where(_unsent(campaign_id)).limit(BATCH)
    return list(db.session.scalars(statement))


def _send_prepared(campaign_id: int, ids: Sequence[int]) -> None:
    campaign = db.session.get_one(Campaign, campaign_id)
    rows = db.session.scalars(sa.select(Invitation).where(Invitation.id.in_(ids)))
    written = write(INVITATION, campaign, [(row.id, row.person) for row in rows])
    with transaction() as session:
        _post(session, campaign_id, list(written.values()))


def _post(session: AnySession, campaign_id: int, batch: Sequence[Written]) -> None:
    """Post the mails of a batch. Who can no longer be written to is asked nothing more."""
    today = today_there()
    for written in batch:
        mine = sa.update(Invitation).where(
            Invitation.id == written.invitation_id, Invitation.mailed_on.is_(None)
        )
        if written.letter is None:
            session.execute(mine.values(stopped=True))
            continue
        value = {"mailed_on": today, "token_hash": _current_hash(written.invitation_id)}
        if session.execute(mine.values(**value).returning(Invitation.id)).first():
            post(session, INVITATION, campaign_id, written)


def _current_hash(invitation_id: int) -> str:
    """The key may have changed since the invitation was prepared."""
    return token_hash(token_of(key(), invitation_id))


def today_there() -> date:
    """The day it is where the CPTS is."""
    return now().astimezone(structure().zone).date()
