"""The mean note of the campaigns of a questionnaire, as it may leave the house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

import sqlalchemy as sa

from surveyapp.core.programme import Figure, IndicatorSpec, Period
from surveyapp.models import Campaign, CampaignState, Form, FormVersion
from surveyapp.models.base import db
from surveyapp.services.measure import Measure, Measured, MeasureError, MeasureKind, measure
from surveyapp.services.reports import period_of
from surveyapp.store import structure


@dataclass(frozen=True, slots=True)
class Survey:
    """A figure of campaigns. ``reason``: why nothing is shown; ``source``: which campaigns."""

    figure: Figure
    source: str = ""
    reason: str = ""


def survey(spec: IndicatorSpec, period: Period, *, today: date, now: datetime) -> Survey:
    """The mean over the campaigns that ran in the period, weighted by their answers.

    Each campaign gives what :func:`measure` lets it publish: all its answers, never those of
    some days only, so that no difference of two figures rests on fewer than k answers.
    """
    measured = [
        (campaign, found)
        for campaign in _campaigns(spec.form, period)
        if (found := _measured(campaign, spec, today=today, now=now)) is not None
    ]
    shown = [(c, m.value, m.n) for c, m in measured if m.value is not None and m.n]
    source = " ; ".join(_source(campaign, now) for campaign, _, _ in shown)
    total = sum(n for _, _, n in shown)
    if total:
        mean = sum(value * n for _, value, n in shown) / total
        return Survey(Figure(mean, total), source)
    reason = next((m.withheld for _, m in measured if m.withheld), "")
    return Survey(Figure(None, 0, withheld=bool(reason)), reason=reason)


def _measured(
    campaign: Campaign, spec: IndicatorSpec, *, today: date, now: datetime
) -> Measured | None:
    wanted = Measure(MeasureKind.MEAN, spec.question)
    try:
        return measure(campaign, wanted, today=today, at=now)
    except MeasureError:
        return None


def _source(campaign: Campaign, now: datetime) -> str:
    """« Satisfaction, depuis le 3 mars 2026 »."""
    return ", ".join(filter(None, (campaign.title, period_of(campaign, now))))


def _campaigns(form: str, period: Period) -> list[Campaign]:
    """Those of a questionnaire that were open at some moment of the period."""
    zone = structure().zone
    first = datetime.combine(period.first, time.min, zone)
    last = datetime.combine(period.last, time.max, zone)
    return list(
        db.session.scalars(
            sa.select(Campaign)
            .join(FormVersion, FormVersion.id == Campaign.version_id)
            .join(Form, Form.id == FormVersion.form_id)
            .where(
                Form.name == form,
                Campaign.state != CampaignState.DRAFT,
                sa.or_(Campaign.opens_at.is_(None), Campaign.opens_at <= last),
                sa.or_(Campaign.closes_at.is_(None), Campaign.closes_at >= first),
            )
            .order_by(Campaign.id)
        )
    )
