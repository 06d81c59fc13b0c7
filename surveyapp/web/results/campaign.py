"""The campaign that an address names."""

from __future__ import annotations

from flask import abort

from surveyapp.models import Campaign
from surveyapp.permissions import can
from surveyapp.services.campaigns import results_permission
from surveyapp.store.campaigns import campaign_by_slug


def campaign_or_404(slug: str) -> Campaign:
    """The campaign, for whoever may see its results (:data:`Campaign.visibility`)."""
    campaign = campaign_by_slug(slug)
    if campaign is None:
        abort(404)
    if not can(results_permission(campaign)):
        abort(403)
    return campaign
