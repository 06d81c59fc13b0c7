"""Running dossiers taken to the version in service, one by one, after a look at each."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from surveyapp.core.french import plural
from surveyapp.models import now
from surveyapp.services.dossiers.errors import DossierError
from surveyapp.services.dossiers.versions import MOST, move_preview, move_to_latest
from surveyapp.web.journeys.blueprint import (
    blueprint,
    chosen,
    genuine,
    journey_or_404,
    refuse,
    said,
    today,
    viewer,
)


@blueprint.get("/<name>/versions")
def versions(name: str) -> str:
    """The dossiers that run in a former version, and what the one in service would do."""
    entry = journey_or_404(name)
    found = move_preview(name, today=today()) if entry.use else []
    return render_template("journeys/versions.html", entry=entry, previews=found)


@blueprint.post("/<name>/versions")
def take(name: str) -> Response:
    """Take the ticked ones there."""
    journey_or_404(name)
    page, ids = url_for("journeys.versions", name=name), chosen()
    if not genuine():
        return redirect(page, 303)
    if not ids:
        flash("Cochez au moins un dossier.", "error")
        return redirect(page, 303)
    try:
        count = move_to_latest(ids, viewer=viewer(), today=today(), now=now())
    except DossierError as error:
        return refuse(error, page)
    said(f"{plural(count, 'dossier suit', 'dossiers suivent')} maintenant la version en service.")
    return _onwards(name, asked=len(ids))


def _onwards(name: str, *, asked: int) -> Response:
    """To those that are left, if any; said when there were too many for one time."""
    if asked > MOST:
        left = plural(asked - MOST, "dossier coché attend", "dossiers cochés attendent")
        said(f"{left} encore : recommencez pour la suite.")
    if move_preview(name, today=today()):
        return redirect(url_for("journeys.versions", name=name), 303)
    return redirect(url_for("journeys.show", name=name), 303)
