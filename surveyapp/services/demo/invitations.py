"""Invitations of the demonstration: some have answered, one wave has left, others will."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from surveyapp.core.personal import token_hash, token_of
from surveyapp.core.reminders import due_at
from surveyapp.models import (
    Campaign,
    Invitation,
    Participation,
    Person,
    Reminder,
    ReminderState,
    Response,
    ResponseStatus,
    random_key,
)
from surveyapp.models.base import db
from surveyapp.services.demo.collect import ZONE
from surveyapp.services.invite.personal import key
from surveyapp.services.transaction import transaction

_CAMPAIGN = "devenir-ambassadeur"
_INVITED = 24
_ANSWERED = 6
#: How many days ago they were invited.
_AGO = 10


def play_invitations(*, today: date, now: datetime) -> None:
    """Invite members to become ambassadors, unless somebody was invited already."""
    campaign = db.session.scalar(sa.select(Campaign).where(Campaign.slug == _CAMPAIGN))
    if campaign is None or db.session.scalar(sa.select(sa.func.count(Invitation.id))):
        return
    people = sa.select(Person.id).where(Person.email != "").order_by(Person.sort_key, Person.id)
    members = list(db.session.scalars(people.limit(_INVITED)))
    sent = list(db.session.scalars(_sent(campaign.id)))
    invited_on, closes_at, campaign_id = today - timedelta(_AGO), campaign.closes_at, campaign.id
    with transaction() as session:
        for rank, person_id in enumerate(members):
            row = _invitation(campaign_id, person_id, invited_on)
            row.reminders = int(rank >= len(sent))
            if rank == len(sent):
                row.called_on, row.call_note = today - timedelta(1), "Rappeler jeudi matin"
            session.add(row)
            session.flush()
            if rank < len(sent):
                session.add(
                    Participation(invitation_id=row.id, anonymous=False, response_id=sent[rank])
                )
        for rule in ("J+7", "J+14", "C-3"):
            due = due_at(rule, invited_on=invited_on, closes_at=closes_at, zone=ZONE)
            if due is not None:
                session.add(_wave(campaign_id, rule, due, now=now))


def _sent(campaign_id: int) -> sa.Select[int]:
    """Answers that came in by a personal link."""
    sent = (Response.campaign_id == campaign_id, Response.status == ResponseStatus.SUBMITTED)
    return sa.select(Response.id).where(*sent).order_by(Response.id).limit(_ANSWERED)


def _invitation(campaign_id: int, person_id: int, day: date) -> Invitation:
    number = random_key()
    return Invitation(
        id=number,
        campaign_id=campaign_id,
        person_id=person_id,
        token_hash=token_hash(token_of(key(), number)),
        mailed_on=day,
    )


def _wave(campaign_id: int, rule: str, due: datetime, *, now: datetime) -> Reminder:
    left = due < now
    return Reminder(
        campaign_id=campaign_id,
        rule=rule,
        due_at=due,
        state=ReminderState.SENT if left else ReminderState.PLANNED,
        recipients=_INVITED - _ANSWERED if left else None,
        done_at=due if left else None,
    )
