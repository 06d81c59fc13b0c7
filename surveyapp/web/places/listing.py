"""The register: list, add, change, retire."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from surveyapp.models import Place, now
from surveyapp.services import places as service
from surveyapp.web.places.blueprint import Page, author, blueprint, place_or_404
from surveyapp.web.places.inputs import PlaceForm


@blueprint.get("/lieux")
def index() -> str:
    """The places of the register."""
    text, retired = request.args.get("q", "").strip(), request.args.get("etat") == "retires"
    active, gone = service.counts()
    return render_template(
        "places/index.html",
        places=service.register(text, retired=retired),
        text=text,
        retired=retired,
        active=active,
        gone=gone,
    )


@blueprint.route("/lieux/nouveau", methods=["GET", "POST"])
def new() -> Page:
    """Add a place."""
    return _edit(PlaceForm(), None)


@blueprint.route("/lieux/<int:place_id>/modifier", methods=["GET", "POST"])
def edit(place_id: int) -> Page:
    """Change a place, or retire it."""
    row = place_or_404(place_id)
    return _edit(PlaceForm(row), row)


@blueprint.post("/lieux/<int:place_id>/retirer")
def retire(place_id: int) -> Response:
    """Retire a place, or take it back."""
    row, active = place_or_404(place_id), "reprendre" in request.form
    name = row.name
    service.set_active(place_id, active, author_id=author(), now=now())
    flash(f"{name} {'est de nouveau proposé' if active else 'n’est plus proposé'}.", "success")
    return redirect(url_for("places.index"))


def _edit(form: PlaceForm, row: Place | None) -> Page:
    if form.validate_on_submit():
        place_id = None if row is None else row.id
        service.save(form.card(), place_id=place_id, author_id=author(), now=now())
        message = "Le lieu est ajouté." if row is None else "Les changements sont enregistrés."
        flash(message, "success")
        return redirect(url_for("places.index"))
    page = render_template("places/form.html", form=form, row=row)
    return page, 422 if form.errors else 200
