"""Erase a dossier, when the person asks for it."""

from __future__ import annotations

from flask import flash, redirect, render_template

from surveyapp.models import now
from surveyapp.services.dossiers import erasing as service
from surveyapp.services.dossiers.errors import DossierError
from surveyapp.web.dossiers.blueprint import Page, blueprint, refused, seen_or_404
from surveyapp.web.dossiers.inputs import WithdrawalForm
from surveyapp.web.layout import home_url


@blueprint.route("/<int:dossier_id>/effacement", methods=["GET", "POST"])
def erase(dossier_id: int) -> Page:
    """Ask, say what goes away with it, then erase."""
    seen, form = seen_or_404(dossier_id), WithdrawalForm()
    if not form.validate_on_submit():
        page = render_template("dossiers/erase.html", row=seen.opened.row, form=form)
        return page, 422 if form.errors else 200
    try:
        service.erase(
            dossier_id,
            viewer=seen.viewer,
            reason=form.reason.data,
            today=seen.today,
            now=now(),
        )
    except DossierError as error:
        return refused(dossier_id, error)
    flash("Le dossier est effacé.", "success")
    return redirect(home_url())
