"""The calendar of deadlines, at a secret address that its owner can change."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Redirection

from surveyapp.models import now
from surveyapp.services.dossiers import feed
from surveyapp.services.dossiers.access import viewer_of
from surveyapp.web.board import sent
from surveyapp.web.parties import today

blueprint = Blueprint("feed", __name__)


@blueprint.get("/agenda/<token>.ics")
def calendar(token: str) -> Response:
    """The calendar itself, for the program that subscribes to it."""
    text = feed.calendar(token, today=today(), now=now())
    if text is None:
        abort(404)
    answer = Response(text, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="dossiers.ics"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.get("/compte/agenda")
def show() -> str:
    """One's own address, and how to use it."""
    return render_template(
        "account/calendar.html",
        address=feed.address(current_user.id),
        concerned=viewer_of(current_user) is not None,
    )


@blueprint.post("/compte/agenda")
def change() -> Redirection:
    """Make an address, another one, or take it away."""
    sent()
    number, at = int(current_user.id), now()
    if request.form.get("action") == "stop":
        feed.stop(number)
        flash("L’adresse ne fonctionne plus.", "success")
    else:
        feed.renew(number, now=at)
        flash("Votre adresse est prête. Une adresse précédente ne fonctionne plus.", "success")
    return redirect(url_for("feed.show"))
