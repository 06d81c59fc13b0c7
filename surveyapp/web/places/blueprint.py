"""The blueprint of the places of exercise, and what its routes share."""

from __future__ import annotations

from flask import Blueprint, abort
from flask_login import current_user
from werkzeug.wrappers import Response

from surveyapp.core import places as words
from surveyapp.models import Place
from surveyapp.services import places as service
from surveyapp.services.people.professions import profession_label

blueprint = Blueprint("places", __name__, url_prefix="/coordination/dossiers")

Page = str | Response | tuple[str, int]


@blueprint.context_processor
def _helpers() -> dict[str, object]:
    return {
        "kind_label": lambda code: words.KINDS.get(code, code),
        "practice_label": lambda code: words.PRACTICES.get(code, code),
        "channel_label": lambda code: words.CHANNELS.get(code, code),
        "answer_label": lambda code: words.ANSWERS.get(code, code),
        "criterion_label": lambda criterion: words.CRITERION_LABELS[criterion],
        "profession_label": profession_label,
    }


def author() -> int:
    """Who is signed in; read before a transaction begins."""
    return int(current_user.id)


def place_or_404(place_id: int) -> Place:
    try:
        return service.place(place_id)
    except service.PlaceGone:
        abort(404)
