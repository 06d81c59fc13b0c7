"""Who was invited to a campaign, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from surveyapp.core.campaign import reach
from surveyapp.core.definition import Mode
from surveyapp.models import (
    Access,
    Campaign,
    ContactBy,
    FormVersion,
    Invitation,
    Message,
    Participation,
    Person,
    Reminder,
    WorkState,
)
from surveyapp.models.base import db

#: Kinds of the mails that carry a personal link.
INVITATION, REMINDER = "invitation", "reminder"


@dataclass(frozen=True, slots=True)
class InvitationCounts:
    """How many people of a campaign are where.

    ``invited`` is everybody with a personal link. Each of them is either ``waiting`` (the
    mail has not left), ``mailed`` or ``refused`` (the mail was given up). ``stopped`` get no
    reminder any more. ``answered`` are those whose participation is written: in an anonymous
    campaign it follows by batches, so that it may lag behind the answers. ``deleted`` are
    those whose nominative answer was deleted since; they are not among the answered.
    """

    invited: int = 0
    waiting: int = 0
    mailed: int = 0
    refused: int = 0
    stopped: int = 0
    answered: int = 0
    deleted: int = 0


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
#: Whether the link served; it stays so when the answer is deleted, so that no reminder leaves.
answered = sa.exists().where(Participation.invitation_id == Invitation.id)
#: Whether it served for a nominative answer that is there no more.
deleted = sa.exists().where(
    Participation.invitation_id == Invitation.id,
    Participation.response_id.is_(None),
    Campaign.id == Invitation.campaign_id,
    FormVersion.id == Campaign.version_id,
    FormVersion.mode == Mode.NOMINATIVE,
)


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
        many(deleted),
    ).where(Invitation.campaign_id == campaign_id)
    invited, still, gone, stopped, done, lost = db.session.execute(statement).one()
    return InvitationCounts(
        invited, still, invited - still - gone, gone, stopped, done - lost, lost
    )


def reach_of(campaign: Campaign) -> int | None:
    """How many people the campaign is put to; ``None`` when nobody can tell."""
    held = sa.select(sa.func.count()).where(Invitation.campaign_id == campaign.id)
    by_link = campaign.access is not Access.INVITED
    return reach(campaign.audience, db.session.scalar(held) or 0, by_link=by_link)


class Standing(StrEnum):
    """What became of one invitation; the values are those of the address."""

    ANSWERED = "repondu"
    DELETED = "supprimee"
    STOPPED = "arretee"
    REFUSED = "refusee"
    WAITING = "attente"
    SILENT = "sans-reponse"


#: What an invitation is, the first that holds.
_standing = sa.case(
    (deleted, Standing.DELETED.value),
    (answered, Standing.ANSWERED.value),
    (Invitation.stopped, Standing.STOPPED.value),
    (refused, Standing.REFUSED.value),
    (waiting, Standing.WAITING.value),
    else_=Standing.SILENT.value,
)


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """An invitation in a list, with its person and what became of it."""

    invitation: Invitation
    standing: Standing


def standings(campaign_id: int) -> dict[Standing, int]:
    """How many invitations are in each standing; those without any are left out."""
    statement = (
        sa.select(_standing, sa.func.count())
        .where(Invitation.campaign_id == campaign_id)
        .group_by(_standing)
    )
    found = {Standing(name): count for name, count in db.session.execute(statement)}
    return {standing: found[standing] for standing in Standing if standing in found}


def lines(
    campaign_id: int, standing: Standing | None, *, offset: int, limit: int
) -> list[InvitationLine]:
    """A slice of the invitations, by name of the person."""
    statement = (
        sa.select(Invitation, _standing)
        .join(Person)
        .options(contains_eager(Invitation.person))
        .where(Invitation.campaign_id == campaign_id)
        .order_by(Person.sort_key, Invitation.id)
    )
    if standing is not None:
        statement = statement.where(_standing == standing.value)
    rows = db.session.execute(statement.offset(offset).limit(limit))
    return [InvitationLine(row, Standing(name)) for row, name in rows]


def to_call(campaign_id: int) -> Sequence[Invitation]:
    """Who has not answered and can be called: those not called yet first, and among them
    those who prefer the telephone."""
    return db.session.scalars(
        sa.select(Invitation)
        .join(Person)
        .options(contains_eager(Invitation.person))
        .where(
            Invitation.campaign_id == campaign_id,
            Invitation.mailed_on.is_not(None),
            sa.not_(Invitation.stopped),
            sa.not_(answered),
            Person.phone != "",
        )
        .order_by(
            Invitation.called_on.is_not(None),
            Person.contact_by != ContactBy.PHONE,
            Person.sort_key,
            Invitation.id,
        )
    ).all()


def reminders_of(campaign_id: int) -> Sequence[Reminder]:
    """The waves of a campaign, in the order of their leaving."""
    return db.session.scalars(
        sa.select(Reminder)
        .where(Reminder.campaign_id == campaign_id)
        .order_by(Reminder.due_at, Reminder.id)
    ).all()
