"""The blueprint, and what its pages share."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, abort, request
from flask_login import current_user

from surveyapp.models import Action
from surveyapp.services.actions import ActionNotFoundError, find_action

blueprint = Blueprint("actions", __name__, url_prefix="/coordination/actions")


def the_action(slug: str) -> Action:
    """The action of this address; 404 without one."""
    try:
        return find_action(slug)
    except ActionNotFoundError:
        abort(404)


def author() -> int | None:
    """Whose act it is."""
    return current_user.id if current_user.is_authenticated else None


def typed_inputs() -> dict[str, Sequence[str]]:
    """What the form sent."""
    return {name: request.form.getlist(name) for name in request.form}
