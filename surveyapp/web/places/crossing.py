"""The « croisement » of a dossier: which places suit, which were asked, what they said."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from surveyapp.core.journey.definition import Task
from surveyapp.models import now
from surveyapp.services import places as service
from surveyapp.services.dossiers.errors import DossierError
from surveyapp.services.dossiers.stage_forms import ask, filling_awaits
from surveyapp.web.dossiers.blueprint import Seen, refused, seen_or_404
from surveyapp.web.places.blueprint import Page, blueprint, place_or_404
from surveyapp.web.places.inputs import AskedForm


@blueprint.get("/<int:dossier_id>/croisement")
def crossing(dossier_id: int) -> str:
    """The places, the most suitable first."""
    seen, task = _seen(dossier_id)
    lines = service.crossing(seen.opened, seen.today)
    return render_template(
        "places/crossing.html",
        row=seen.opened.row,
        task=task,
        asked=[line for line in lines if line.contact],
        left=[line for line in lines if not line.contact],
        waiting=filling_awaits(seen.opened, task),
        agreed=service.agreed(seen.opened, seen.today),
    )


@blueprint.route("/<int:dossier_id>/croisement/<int:place_id>", methods=["GET", "POST"])
def contact(dossier_id: int, place_id: int) -> Page:
    """Note that a place was asked, and what it said."""
    (seen, _), place = _seen(dossier_id), place_or_404(place_id)
    known, error = service.contact_of(dossier_id, place_id), ""
    form = AskedForm.of(known, on=seen.today)
    if form.validate_on_submit():
        try:
            return _asked(seen, place_id, form)
        except DossierError as problem:
            error = str(problem)
    page = render_template(
        "places/contact.html",
        row=seen.opened.row,
        place=place,
        known=known,
        form=form,
        error=error,
    )
    return page, 422 if form.errors else 409 if error else 200


@blueprint.post("/<int:dossier_id>/croisement/<int:place_id>/effacer")
def forget(dossier_id: int, place_id: int) -> Response:
    """A place was not asked after all."""
    seen, _ = _seen(dossier_id)
    try:
        service.forget_contact(dossier_id, place_id, viewer=seen.viewer, now=now())
        flash("Ce contact est effacé.", "success")
    except DossierError as error:
        flash(str(error), "error")
    return redirect(url_for("places.crossing", dossier_id=dossier_id))


@blueprint.post("/<int:dossier_id>/croisement/relever")
def report(dossier_id: int) -> Response:
    """Open the form of the crossing, with the places that were asked."""
    seen, task = _seen(dossier_id)
    try:
        return redirect(ask(dossier_id, task.name, viewer=seen.viewer, now=now()))
    except DossierError as error:
        return refused(dossier_id, error)


def _seen(dossier_id: int) -> tuple[Seen, Task]:
    """The dossier, when it is theirs and its journey compares with places."""
    seen = seen_or_404(dossier_id)
    return seen, service.crossing_task(seen.opened.journey) or abort(404)


def _asked(seen: Seen, place_id: int, form: AskedForm) -> Response:
    dossier_id = seen.opened.row.id
    service.ask_place(
        dossier_id, place_id, form.asked(), viewer=seen.viewer, today=seen.today, now=now()
    )
    flash("Ce contact est noté.", "success")
    return redirect(url_for("places.crossing", dossier_id=dossier_id))
