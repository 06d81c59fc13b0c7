"""Poster and flyer of a campaign: what they say of it. Laid out at once: it takes no time."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from surveyapp.core.definition import FormDefinition, Mode
from surveyapp.core.french import date_long, datetime_long, plural
from surveyapp.core.instant import is_end_of_day
from surveyapp.models import Campaign
from surveyapp.reports.poster import Notice, poster_pdf
from surveyapp.services.publish import definition_of
from surveyapp.store import structure

_MODES = {Mode.ANONYMOUS: "Anonyme", Mode.CONFIDENTIAL: "Confidentiel", Mode.NOMINATIVE: ""}


def make(campaign: Campaign, kind: str, *, url: str, now: datetime) -> bytes:
    """The PDF of ``kind`` (« affiche », « tract ») that leads to ``url``."""
    described, definition = structure(), definition_of(campaign.version)
    notice = Notice(
        title=campaign.title,
        text=described.fill(campaign.messages.get("poster") or definition.description),
        facts=_facts(definition),
        url=url,
        until=until(campaign.closes_at, described.zone),
    )
    return poster_pdf(kind, notice, described, on=now.astimezone(described.zone).date())


def until(closes_at: datetime | None, zone: ZoneInfo) -> str:
    """« Jusqu’au 30 juin 2026 inclus », « Jusqu’au 30 juin 2026 à 18 h », or nothing."""
    if closes_at is None:
        return ""
    if is_end_of_day(closes_at, zone):
        return f"Jusqu’au {date_long(closes_at.astimezone(zone).date())} inclus"
    return f"Jusqu’au {datetime_long(closes_at, zone.key)}"


def _facts(definition: FormDefinition) -> tuple[str, ...]:
    minutes = definition.duration_minutes
    length = plural(minutes, "minute", "minutes") if minutes else ""
    return tuple(fact for fact in (length, _MODES[definition.mode]) if fact)
