"""Every indicator over a period, each on its page, and the review with one click."""

from __future__ import annotations

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from surveyapp.models import now
from surveyapp.permissions import Permission, can, may
from surveyapp.services.dossiers.journeys import in_service
from surveyapp.services.programme import documents
from surveyapp.services.programme.papers import VERDICTS, first_months
from surveyapp.services.programme.results import result, results
from surveyapp.services.programme.targets import history
from surveyapp.web.programme.blueprint import (
    address,
    asked_period,
    author,
    blueprint,
    spec_or_404,
    today,
    years,
)


@blueprint.get("")
def index() -> tuple[str, int]:
    """The figures of the programme."""
    period, fault = asked_period()
    found = results(period, today=today(), now=now(), inside=can(Permission.FOLLOW))
    page = render_template(
        "programme/index.html",
        period=period,
        fault=fault,
        years=years(),
        results=[one for one in found if not one.state.abandoned],
        abandoned=[one for one in found if one.state.abandoned],
        journeys=in_service(),
        journeys_page="journeys.index" in current_app.view_functions and may("journeys.index"),
        begun=first_months(),
        verdicts=VERDICTS,
        address=address,
        today=today(),
    )
    return page, 422 if fault else 200


@blueprint.get("/<code>")
def show(code: str) -> tuple[str, int]:
    """One indicator: what it counts, its parts, its target and the history of this."""
    spec_or_404(code)
    period, fault = asked_period()
    page = render_template(
        "programme/show.html",
        one=result(code, period, today=today(), now=now(), inside=can(Permission.FOLLOW)),
        period=period,
        fault=fault,
        years=years(),
        history=history(code),
        verdicts=VERDICTS,
        address=address,
        today=today(),
    )
    return page, 422 if fault else 200


@blueprint.post("/revue")
def review() -> Response:
    """Ask for the review of a period, then show how far it is."""
    period, fault = asked_period()
    format = request.form.get("format", "")
    if format not in documents.FORMATS:
        abort(404)
    if fault:
        flash(fault, "error")
        return redirect(url_for("programme.index"))
    job = documents.request_review(period, format, owner_id=author(), today=today())
    return redirect(url_for("tasks.show", job_id=job))
