"""« Avant d’ouvrir », with a link to where each thing is corrected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from surveyapp.core.preflight import Finding, Place, Weight
from surveyapp.models import Campaign
from surveyapp.permissions import may
from surveyapp.services.campaigns import before_opening
from surveyapp.store import campaigns as store

#: Where a person goes from a finding: the page, and what its link says.
_PLACES: dict[Place, tuple[str, str]] = {
    Place.SETTINGS: ("manage.settings", "Décrire la structure"),
    Place.CAMPAIGN: ("manage.edit_campaign", "Modifier la collecte"),
    Place.INVITATIONS: ("invite.index", "Préparer les invitations"),
    Place.PREVIOUS: ("manage.campaign", "Voir la vague précédente"),
}


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding; ``url`` is empty when this person cannot correct it."""

    weight: Weight
    text: str
    url: str
    action: str


def shown_findings(campaign: Campaign, *, now: datetime) -> list[ShownFinding]:
    """What is missing or risky before this campaign opens, what blocks first."""
    return [_shown(campaign, finding) for finding in before_opening(campaign, now=now)]


def _shown(campaign: Campaign, finding: Finding) -> ShownFinding:
    endpoint, action = _PLACES.get(finding.place, ("", ""))
    if not endpoint or not may(endpoint):
        return ShownFinding(finding.weight, finding.text, "", "")
    return ShownFinding(finding.weight, finding.text, _address(campaign, endpoint), action)


def _address(campaign: Campaign, endpoint: str) -> str:
    if endpoint == _PLACES[Place.SETTINGS][0]:
        return url_for(endpoint)
    previous = store.previous_wave(campaign) if endpoint == "manage.campaign" else None
    return url_for(endpoint, slug=(previous or campaign).slug)
