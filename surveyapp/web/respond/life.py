"""How long a draft is of use: its own time, or less where the campaign closes before."""

from __future__ import annotations

from datetime import timedelta

from surveyapp.core.french import plural
from surveyapp.models import now
from surveyapp.services.respond import CampaignInfo
from surveyapp.web.layout import datetime_long


def draft_life(campaign: CampaignInfo) -> str:
    """« pendant 90 jours », or « jusqu’à la fermeture, le… » when that comes first."""
    days = campaign.definition.draft_retention_days
    if campaign.closes_at is not None and campaign.closes_at < now() + timedelta(days=days):
        return f"jusqu’à la fermeture, le {datetime_long(campaign.closes_at)}"
    return f"pendant {plural(days, 'jour', 'jours')}"
