"""The blueprint of the page of a dossier, and what its routes share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, flash, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from surveyapp.core.french import typeset
from surveyapp.models import db, now
from surveyapp.services.dossiers.access import Sight, Viewer, sight, viewer_of
from surveyapp.services.dossiers.errors import DossierError, DossierGone
from surveyapp.services.dossiers.reading import Opened, opened
from surveyapp.store import structure

blueprint = Blueprint("dossiers", __name__, url_prefix="/coordination/dossiers")

Page = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Seen:
    """A dossier and whoever looks at it."""

    opened: Opened
    viewer: Viewer
    sight: Sight
    today: date


def today() -> date:
    """The day where the CPTS is."""
    return now().astimezone(structure().zone).date()


def viewer_or_404() -> Viewer:
    """In which part whoever is signed in acts."""
    found = viewer_of(current_user)
    if found is None:
        abort(404)
    return found


def seen_or_404(dossier_id: int) -> Seen:
    """The dossier, when there is one and it is theirs."""
    viewer, day = viewer_or_404(), today()
    try:
        found = opened(db.session, dossier_id)
    except DossierGone:
        abort(404)
    allowed = sight(viewer, found, day)
    if allowed is None:
        abort(404)
    return Seen(found, viewer, allowed, day)


def back(dossier_id: int, message: str = "", kind: str = "success") -> Response:
    """To the page of the dossier, with something to say there."""
    if message:
        flash(typeset(message), kind)
    return redirect(url_for("dossiers.show", dossier_id=dossier_id))


def refused(dossier_id: int, error: DossierError) -> Response:
    """Back to the page with what prevents it; a dossier that is not theirs is not there."""
    if isinstance(error, DossierGone):
        abort(404)
    return back(dossier_id, str(error), "error")
