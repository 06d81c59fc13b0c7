"""Who was invited to a campaign, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from surveyapp.models import Invitation, Message, Participation, WorkState
from surveyapp.models.base import db

#: Kinds of the mails that carry a personal link.
INVITATION, REMINDER = "invitation", "reminder"


@dataclass(frozen=True, slots=True)
class InvitationCounts:
    """How many people of a campaign are where.

    ``invited`` is everybody with a personal link. Each of them is either ``waiting`` (the
    mail has not left), ``mailed`` or ``refused`` (the mail was given up). ``stopped`` get no
    reminder any more. ``answered`` are those whose participation is written: in an anonymous
    campaign it follows by batches, so that it may lag behind the answers.
    """

    invited: int = 0
    waiting: int = 0
    mailed: int = 0
    refused: int = 0
    stopped: int = 0
    answered: int = 0


def _first_mail(*states: WorkState) -> sa.ColumnElement[bool]:
    """Whether the invitation's own mail is in one of ``states``."""
    return sa.exists().where(
        Message.invitation_id == Invitation.id,
        Message.kind == INVITATION,
        Message.state.in_(states),
    )


refused = _first_mail(WorkState.FAILED)
waiting = sa.and_(
    sa.not_(refused),
    sa.or_(
        Invitation.mailed_on.is_(None),
        _first_mail(WorkState.PENDING, WorkState.RUNNING),
    ),
)
answered = sa.exists().where(Participation.invitation_id == Invitation.id)


def counts(campaign_id: int) -> InvitationCounts:
    """How many people of a campaign are where."""

    def many(condition: sa.ColumnExpressionArgument[bool]) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)

    statement = sa.select(
        sa.func.count(Invitation.id),
        many(waiting),
        many(refused),
        many(Invitation.stopped),
        many(answered),
    ).where(Invitation.campaign_id == campaign_id)
    invited, still, gone, stopped, done = db.session.execute(statement).one()
    return InvitationCounts(invited, still, invited - still - gone, gone, stopped, done)
