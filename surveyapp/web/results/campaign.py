"""The campaign that an address names."""

from __future__ import annotations

from flask import abort

from surveyapp.models import Campaign
from surveyapp.store.campaigns import campaign_by_slug


def campaign_or_404(slug: str) -> Campaign:
    campaign = campaign_by_slug(slug)
    if campaign is None:
        abort(404)
    return campaign
