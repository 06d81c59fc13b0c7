"""The blueprint of the invitations of a campaign, and what its routes share."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort
from flask_login import current_user

from surveyapp.core.definition import Mode
from surveyapp.core.reminders import label
from surveyapp.models import Campaign, now
from surveyapp.services.people.professions import professions
from surveyapp.store import structure
from surveyapp.store.campaigns import campaign_by_slug

blueprint = Blueprint("invite", __name__, url_prefix="/coordination/collectes/<slug>/invitations")


@blueprint.context_processor
def _helpers() -> dict[str, object]:
    labels = professions()
    return {
        "profession_label": lambda code: labels.get(code, code),
        "rule_label": label,
    }


def author() -> int:
    """Who is signed in; read before a transaction begins."""
    return int(current_user.id)


def today() -> date:
    """The day where the CPTS is."""
    return now().astimezone(structure().zone).date()


def campaign_or_404(slug: str) -> Campaign:
    found = campaign_by_slug(slug)
    if found is None:
        abort(404)
    return found


def nominative_or_404(slug: str) -> Campaign:
    """A campaign in which it is known who has answered."""
    found = campaign_or_404(slug)
    if found.version.mode is not Mode.NOMINATIVE:
        abort(404)
    return found
