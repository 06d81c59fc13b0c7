"""Queries about forms and campaigns, but for those that dossiers keep to themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from surveyapp.core.campaign import Phase, phase, reach
from surveyapp.core.definition import Mode
from surveyapp.models import (
    Access,
    Campaign,
    CampaignState,
    Event,
    Form,
    FormVersion,
    Invitation,
    Response,
    ResponseStatus,
)
from surveyapp.models.base import db


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """A campaign in a list, with its number of submitted answers.

    ``reach`` is how many people it is put to; ``None`` when nobody can tell.
    """

    campaign: Campaign
    answers: int
    phase: Phase
    reach: int | None


@dataclass(frozen=True, slots=True)
class DayCount:
    """Answers submitted on one day."""

    day: date
    count: int


def phase_of(campaign: Campaign, *, now: datetime) -> Phase:
    """What the campaign is at ``now``, its dates included."""
    return phase(campaign.state, opens_at=campaign.opens_at, closes_at=campaign.closes_at, now=now)


def campaign_by_slug(slug: str) -> Campaign | None:
    """The campaign with its version and form."""
    return db.session.scalars(_with_form(Campaign.slug == slug)).one_or_none()


def campaign_for_update(slug: str) -> Campaign | None:
    """The same, held until the transaction ends: two acts on one campaign follow each other."""
    held = _with_form(Campaign.slug == slug).with_for_update(of=Campaign)
    return db.session.scalars(held.execution_options(populate_existing=True)).one_or_none()


def slug_taken(slug: str) -> bool:
    return db.session.scalar(sa.select(Campaign.id).where(Campaign.slug == slug)) is not None


def campaign_lines(*, now: datetime, form_id: int | None = None) -> list[CampaignLine]:
    """Every campaign, the latest first, with its count."""
    counts = (
        sa.select(Response.campaign_id, sa.func.count().label("answers"))
        .where(Response.status == ResponseStatus.SUBMITTED)
        .group_by(Response.campaign_id)
        .subquery()
    )
    held = sa.select(sa.func.count()).where(Invitation.campaign_id == Campaign.id).scalar_subquery()
    statement = (
        sa.select(Campaign, sa.func.coalesce(counts.c.answers, 0), held)
        .outerjoin(counts, counts.c.campaign_id == Campaign.id)
        .where(Campaign.internal.is_(False))
        .options(joinedload(Campaign.version).joinedload(FormVersion.form))
        .order_by(Campaign.created_at.desc(), Campaign.id.desc())
    )
    if form_id is not None:
        statement = statement.join(Campaign.version).where(FormVersion.form_id == form_id)
    return [
        CampaignLine(
            campaign,
            answers,
            phase_of(campaign, now=now),
            reach(campaign.audience, invited, by_link=campaign.access is not Access.INVITED),
        )
        for campaign, answers, invited in db.session.execute(statement)
    ]


def count_answers(campaign_id: int, status: ResponseStatus = ResponseStatus.SUBMITTED) -> int:
    """How many answers of a campaign are in ``status``."""
    return (
        db.session.scalar(
            sa.select(sa.func.count()).where(
                Response.campaign_id == campaign_id, Response.status == status
            )
        )
        or 0
    )


def count_invitations(campaign_id: int) -> int:
    """How many people hold a personal link that was not stopped."""
    held = sa.select(sa.func.count()).where(
        Invitation.campaign_id == campaign_id, Invitation.stopped.is_(False)
    )
    return db.session.scalar(held) or 0


def closing_replaced(campaign: Campaign) -> datetime | None:
    """The closing date that the campaign had before somebody closed it; ``None`` when it had
    none, or when its present date does not come from that."""
    closings = (
        sa.select(Event.data)
        .where(
            Event.kind == "campaign.fermer",
            Event.subject == "campaign",
            Event.subject_id == campaign.id,
        )
        .order_by(Event.id.desc())
        .limit(1)
    )
    data = db.session.scalar(closings) or {}
    before, after = data.get("closes_at", (None, None))
    if before is None or after is None or datetime.fromisoformat(after) != campaign.closes_at:
        return None
    return datetime.fromisoformat(before)


def previous_wave(campaign: Campaign) -> Campaign | None:
    """The campaign that this one repeats, with its version and form."""
    if campaign.previous_id is None:
        return None
    return db.session.scalars(_with_form(Campaign.id == campaign.previous_id)).one_or_none()


def next_waves(campaign_id: int) -> Sequence[Campaign]:
    """The campaigns that repeat this one, the oldest first."""
    later = _with_form(Campaign.previous_id == campaign_id)
    return db.session.scalars(later.order_by(Campaign.created_at, Campaign.id)).all()


def _with_form(condition: sa.ColumnElement[bool]) -> sa.Select[Campaign]:
    return (
        sa.select(Campaign)
        .where(condition, Campaign.internal.is_(False))
        .options(joinedload(Campaign.version).joinedload(FormVersion.form))
    )


def daily_counts(campaign_id: int) -> list[DayCount]:
    """Submitted answers per day, the days without any left out."""
    rows = db.session.execute(
        sa.select(Response.submitted_on, sa.func.count())
        .where(
            Response.campaign_id == campaign_id,
            Response.status == ResponseStatus.SUBMITTED,
        )
        .group_by(Response.submitted_on)
        .order_by(Response.submitted_on)
    )
    return [DayCount(day, count) for day, count in rows if day is not None]


def forms() -> Sequence[Form]:
    """Every questionnaire with its versions, by title.

    Those that only stages of dossiers ask for are left out: an internal campaign takes them,
    and they bear no name, so that no dossier begins with one.
    """
    of_stages = (
        sa.select(FormVersion.form_id)
        .join(Campaign, Campaign.version_id == FormVersion.id)
        .where(Campaign.internal, FormVersion.mode != Mode.NOMINATIVE)
    )
    found = sa.select(Form).where(Form.id.not_in(of_stages)).options(joinedload(Form.versions))
    return db.session.scalars(found.order_by(Form.title)).unique().all()


def form_by_name(name: str) -> Form | None:
    return db.session.scalars(sa.select(Form).where(Form.name == name)).one_or_none()


def latest_version(form_id: int) -> FormVersion | None:
    """The version that a new campaign takes."""
    return db.session.scalars(
        sa.select(FormVersion)
        .where(FormVersion.form_id == form_id)
        .order_by(FormVersion.number.desc())
        .limit(1)
    ).one_or_none()


def open_campaigns() -> Sequence[Campaign]:
    """Campaigns in state « open », whatever their dates."""
    return db.session.scalars(sa.select(Campaign).where(Campaign.state == CampaignState.OPEN)).all()
