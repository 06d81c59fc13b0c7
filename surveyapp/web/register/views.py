"""Saved views: keep the filters of the address, forget them."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from surveyapp.permissions import Permission, can
from surveyapp.services.dossiers import views
from surveyapp.services.dossiers.errors import DossierError
from surveyapp.web.register.asked import Asked
from surveyapp.web.register.blueprint import blueprint, journey_or_404, viewer


@blueprint.post("/parcours/<name>/vues")
def save_view(name: str) -> Response:
    """Keep what the address asks for, under a name."""
    looking = viewer()
    asked = Asked.read(request.args, journey_or_404(name, looking), looking)
    title = request.form.get("titre", "")
    shared = "partagee" in request.form and can(Permission.FOLLOW)
    try:
        views.save(
            name, title, urlencode(asked.to_args()), user_id=looking.user_id or 0, shared=shared
        )
        flash("La vue est enregistrée.", "success")
    except DossierError as error:
        flash(str(error), "error")
    return redirect(asked.url)


@blueprint.post("/vues/<int:view_id>/supprimer")
def delete_view(view_id: int) -> Response:
    """Forget a view; the dossiers stay."""
    try:
        name = views.remove(
            view_id, user_id=viewer().user_id or 0, any_shared=can(Permission.FOLLOW)
        )
    except DossierError:
        abort(404)
    flash("La vue est supprimée. Les dossiers restent.", "success")
    return redirect(url_for("register.journey", name=name))
