"""« Avant d’ouvrir »: what the rules of :mod:`surveyapp.core.preflight` look at, gathered."""

from __future__ import annotations

from datetime import datetime

from surveyapp.core.campaign import Phase
from surveyapp.core.preflight import Finding, Readiness, blocking, findings
from surveyapp.links import settings
from surveyapp.models import Access, Campaign
from surveyapp.services.publish import definition_of
from surveyapp.store import campaigns as store
from surveyapp.store import structure
from surveyapp.store.structure import UNNAMED


def before_opening(campaign: Campaign, *, now: datetime) -> tuple[Finding, ...]:
    """What is missing or risky, what blocks first."""
    return findings(readiness(campaign, now=now))


def hindrances(campaign: Campaign, *, now: datetime) -> tuple[Finding, ...]:
    """What keeps the campaign from being opened."""
    return blocking(before_opening(campaign, now=now))


def readiness(campaign: Campaign, *, now: datetime) -> Readiness:
    """A campaign as the rules see it."""
    described, definition = structure(), definition_of(campaign.version)
    zone = described.zone
    opens_at, closes_at = (
        moment.astimezone(zone) if moment else None
        for moment in (campaign.opens_at, campaign.closes_at)
    )
    return Readiness(
        mode=definition.mode,
        k=definition.k,
        slug=campaign.slug,
        title=campaign.title,
        named=described.name != UNNAMED,
        reachable=bool(described.email or described.phone),
        now=now.astimezone(zone),
        opens_at=opens_at,
        closes_at=closes_at,
        audience=campaign.audience,
        capacity=campaign.capacity,
        by_link=campaign.access is not Access.INVITED,
        by_invitation=campaign.access is not Access.LINK,
        invitations=store.count_invitations(campaign.id),
        mail_ready=bool(settings().mail_server),
        minutes=definition.duration_minutes,
        previous_open=_previous_open(campaign, now),
    )


def _previous_open(campaign: Campaign, now: datetime) -> str:
    previous = store.previous_wave(campaign)
    if previous is None:
        return ""
    running = store.phase_of(previous, now=now) in (Phase.OPEN, Phase.SCHEDULED)
    return previous.title if running else ""
