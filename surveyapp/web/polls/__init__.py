"""Live polls: the telephone's pages (``/s/…``) and the presenter's (``/coordination/seances``)."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask
from flask.blueprints import BlueprintSetupState

blueprint = Blueprint("polls", __name__, url_prefix="/coordination/seances")
phone_blueprint = Blueprint("room", __name__, url_prefix="/s")

from surveyapp.web.polls import phone, presenter  # noqa: E402, F401 - routes
from surveyapp.web.polls.view import meeting_of  # noqa: E402


@phone_blueprint.record_once
def _own_proof(state: BlueprintSetupState) -> None:
    """A telephone has no session: its pages carry a proof of their own (``visit``)."""
    app = cast(Flask, state.app)
    app.add_template_global(meeting_of)
    if csrf := app.extensions.get("csrf"):
        csrf.exempt(phone_blueprint)
