"""Answering: the public side."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask
from flask.blueprints import BlueprintSetupState

blueprint = Blueprint("respond", __name__)

from surveyapp.web.respond import (  # noqa: E402, F401 - routes
    copies,
    doors,
    endings,
    later,
    pages,
    personal,
    trial,
)


@blueprint.record_once
def _prepare(state: BlueprintSetupState) -> None:
    """Check forged requests here, where what was typed can be shown again, and not before."""
    from surveyapp.core.answers.types import max_length
    from surveyapp.web import text
    from surveyapp.web.respond import errands, life, view

    app = cast(Flask, state.app)
    text.register(app)
    app.add_template_global(view.relevance)
    app.add_template_global(max_length)
    app.add_template_global(life.draft_life)
    app.add_template_global(errands.space_address)
    if csrf := app.extensions.get("csrf"):
        csrf.exempt(blueprint)
