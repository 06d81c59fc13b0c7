"""How a dossier begins without the person: by the coordination, or from an earlier answer."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from surveyapp.core.french import plural
from surveyapp.models import now
from surveyapp.services.dossiers import installed
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
from surveyapp.web.respond import visit
from surveyapp.web.respond.errands import back_address, new_errand


@blueprint.get("/<name>/nouveau-dossier")
def new_dossier(name: str) -> str:
    """What the coordination is about to do: answer the entry form for somebody."""
    return render_template("journeys/new.html", entry=journey_or_404(name))


@blueprint.post("/<name>/nouveau-dossier")
def begin(name: str) -> Response:
    """Open the entry form, with a fresh draft."""
    journey_or_404(name)
    page = url_for("journeys.new_dossier", name=name)
    if not genuine():
        return redirect(page, 303)
    try:
        slug = installed.entry_slug(name, now=now())
    except DossierError as error:
        return refuse(error, page)
    visit.resume(slug, new_errand())
    return redirect(url_for("respond.start", slug=slug), 303)


@blueprint.post("/<name>/reponses")
def open_waiting(name: str) -> Response:
    """Open the dossiers of the answers received before the journey was in service."""
    journey_or_404(name)
    page = url_for("journeys.show", name=name)
    if not genuine():
        return redirect(page, 303)
    try:
        count = installed.open_waiting(name, viewer=viewer(), today=today(), now=now())
    except DossierError as error:
        return refuse(error, page)
    said(f"{plural(count, 'dossier est ouvert', 'dossiers sont ouverts')}.")
    return redirect(page, 303)


@blueprint.post("/reponses/<int:response_id>/dossier")
def open_answer(response_id: int) -> Response:
    """Open the dossier of one answer, from its page."""
    back = url_for("journeys.index")
    if not genuine():
        return redirect(back, 303)
    try:
        number = installed.open_answer(response_id, viewer=viewer(), today=today(), now=now())
    except DossierError as error:
        return refuse(error, back)
    flash("Le dossier est ouvert.", "success")
    return redirect(back_address(number) or back, 303)
