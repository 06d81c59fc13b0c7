"""The blueprint of the lists of dossiers, and what its routes share."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort
from flask_login import current_user

from surveyapp.core.journey.definition import Journey
from surveyapp.models import now
from surveyapp.permissions import Permission, can
from surveyapp.services.dossiers.access import Viewer, viewer_of
from surveyapp.services.dossiers.register import journey_for
from surveyapp.services.people.professions import profession_label
from surveyapp.store import structure

blueprint = Blueprint("register", __name__, url_prefix="/coordination/dossiers")


@blueprint.context_processor
def _helpers() -> dict[str, object]:
    return {
        "profession_label": profession_label,
        "follows": can(Permission.FOLLOW),
        "can_people": can(Permission.PEOPLE),
    }


def viewer() -> Viewer:
    """Who is signed in, as dossiers know them; read before a transaction begins."""
    found = viewer_of(current_user)
    if found is None:
        abort(403)
    return found


def today() -> date:
    """The day where the CPTS is."""
    return now().astimezone(structure().zone).date()


def journey_or_404(name: str, looking: Viewer) -> Journey:
    """The latest version of a journey in service that is their business."""
    found = journey_for(looking, name)
    if found is None:
        abort(404)
    return found
