"""The journeys, and one of them: put it into service, pause it."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from surveyapp.core.issues import DefinitionError
from surveyapp.models import now
from surveyapp.services.dossiers import installed, journeys
from surveyapp.services.dossiers.errors import DossierError
from surveyapp.web.journeys.blueprint import (
    blueprint,
    genuine,
    journey_or_404,
    refuse,
    said,
    today,
    viewer,
)


@blueprint.get("")
def index() -> str:
    """Every journey that is installed or in service."""
    return render_template("journeys/index.html", entries=installed.every())


@blueprint.get("/<name>")
def show(name: str) -> str:
    """One journey: its state, how people enter it, its stages, what its file would change."""
    entry = journey_or_404(name)
    in_service = entry.use is not None
    return render_template(
        "journeys/show.html",
        entry=entry,
        journey=entry.journey,
        doors=installed.doors(name) if in_service else (),
        form=installed.entry_form(name) if in_service else "",
        waiting=len(installed.waiting(name)) if in_service else 0,
        history=list(installed.history(name)),
    )


@blueprint.post("/<name>/service")
def start(name: str) -> Response:
    """« Mettre en service », the first time or in a new version."""
    entry, page = journey_or_404(name), url_for("journeys.show", name=name)
    if entry.file is None:
        abort(404)
    if not genuine():
        return redirect(page, 303)
    try:
        version = journeys.put_into_service(
            name, author_id=viewer().user_id, today=today(), now=now()
        )
    except DefinitionError:
        return redirect(page, 303)  # the page tells every fault
    said(f"La version {version.label} est en service : les prochains dossiers la suivront.")
    return redirect(page, 303)


@blueprint.post("/<name>/pause")
def pause(name: str) -> Response:
    """Open no more dossiers, or open them again."""
    journey_or_404(name)
    page = url_for("journeys.show", name=name)
    if not genuine():
        return redirect(page, 303)
    stop = request.form.get("pause") == "oui"
    try:
        journeys.pause(name, stop, author_id=viewer().user_id, now=now())
    except DossierError as error:
        return refuse(error, page)
    said(
        "Le parcours est en pause : les réponses n’ouvrent plus de dossier."
        if stop
        else "Le parcours reprend : chaque réponse au formulaire d’entrée ouvre un dossier."
    )
    return redirect(page, 303)
