"""The blueprint of the coordinatrice's pages, and what its routes share."""

from __future__ import annotations

from flask import Blueprint, abort, url_for
from flask_login import current_user

from surveyapp.core.outline import outline
from surveyapp.core.trend import describe
from surveyapp.models import Campaign
from surveyapp.services.structure import TIMEZONES
from surveyapp.services.todo import Todo
from surveyapp.store import structure
from surveyapp.store.campaigns import campaign_by_slug
from surveyapp.web.manage.links import public_url

blueprint = Blueprint("manage", __name__, url_prefix="/coordination")


@blueprint.context_processor
def _helpers() -> dict[str, object]:
    zone = structure().timezone
    return {
        "todo_url": todo_url,
        "zone_name": TIMEZONES.get(zone, zone),
        "outline": outline,
        "describe": describe,
        "public_url": public_url,
    }


def todo_url(todo: Todo) -> str:
    """Where the button of a thing to do leads."""
    if todo.endpoint == "tasks.show":
        return url_for(todo.endpoint, job_id=todo.subject_id)
    return url_for(todo.endpoint, slug=todo.slug) if todo.slug else url_for(todo.endpoint)


def author() -> int:
    """Who is signed in; read before a transaction begins."""
    return int(current_user.id)


def campaign_or_404(slug: str) -> Campaign:
    campaign = campaign_by_slug(slug)
    if campaign is None:
        abort(404)
    return campaign
