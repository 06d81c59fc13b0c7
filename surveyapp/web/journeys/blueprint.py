"""The blueprint of the journeys, and what its routes share."""

from __future__ import annotations

from datetime import date
from typing import cast

from flask import Blueprint, abort, flash, redirect, request
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from surveyapp.core.french import typeset
from surveyapp.models import User, now
from surveyapp.services.dossiers.access import Viewer, viewer_of
from surveyapp.services.dossiers.errors import DossierError
from surveyapp.services.dossiers.installed import Installed, one
from surveyapp.store import structure
from surveyapp.web.manage.links import public_url

blueprint = Blueprint("journeys", __name__, url_prefix="/coordination/parcours")


@blueprint.context_processor
def _helpers() -> dict[str, object]:
    return {"public_url": public_url}


def viewer() -> Viewer:
    """Who is signed in, as dossiers know them; read before a transaction begins."""
    return viewer_of(cast(User, current_user)) or abort(403)


def today() -> date:
    """The day it is where the CPTS is."""
    return now().astimezone(structure().zone).date()


def journey_or_404(name: str) -> Installed:
    return one(name) or abort(404)


def genuine() -> bool:
    """Whether a button of one of our pages was pressed; says what to do when it was not."""
    if FlaskForm().validate_on_submit():
        return True
    flash("La page avait expiré\u00a0: appuyez de nouveau sur le bouton.", "error")
    return False


def refuse(error: DossierError, address: str) -> Response:
    """Back to a page that says why it was not done."""
    flash(str(error), "error")
    return redirect(address, 303)


def said(text: str) -> None:
    """It is done."""
    flash(typeset(text), "success")


def chosen() -> list[int]:
    """The dossiers that were ticked."""
    return [int(text) for text in request.form.getlist("dossier") if text.isdecimal()]
