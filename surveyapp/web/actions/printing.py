"""Before the download: what is missing; then the Word file or the PDF."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from surveyapp.core import budget as budgets
from surveyapp.models import Bilan, now
from surveyapp.reports.bilan_form import bilan_form
from surveyapp.services import actions as service
from surveyapp.store import actions as store
from surveyapp.web.actions.blueprint import author, blueprint, the_action
from surveyapp.web.actions.shown import page_states


@blueprint.get("/<slug>/verification")
def check(slug: str) -> str:
    """What is still to be completed, with links, and the downloads."""
    action = the_action(slug)
    values = service.values_of(action)
    return render_template(
        "actions/check.html",
        action=action,
        states=page_states(action),
        warnings=budgets.checks(bilan_form().chart, values.budget, values.money("grant")),
        bilans=store.bilans(action.id),
    )


@blueprint.post("/<slug>/bilan")
def issue(slug: str) -> Response:
    """Freeze the bilan as it stands and go to its file."""
    bilan = service.current_bilan(slug, user_id=author(), now=now())
    if request.form.get("format") == "pdf":
        return _pdf(bilan)
    return redirect(url_for("documents.download", document_id=bilan.document_id))


@blueprint.post("/<slug>/bilan/<int:number>/pdf")
def pdf(slug: str, number: int) -> Response:
    """The PDF of an issued bilan: there already, or made by the worker."""
    wanted = [b for b in store.bilans(the_action(slug).id) if b.number == number]
    return _pdf(wanted[0] if wanted else abort(404))


def _pdf(bilan: Bilan) -> Response:
    if bilan.pdf_id is not None:
        return redirect(url_for("documents.download", document_id=bilan.pdf_id))
    job = service.request_pdf(bilan.id, user_id=author())
    return redirect(url_for("tasks.show", job_id=job.id))
