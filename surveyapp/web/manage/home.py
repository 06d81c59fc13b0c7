"""« À faire »: what needs the coordinatrice now."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from surveyapp.models import now
from surveyapp.permissions import Permission, can
from surveyapp.services import todo
from surveyapp.services.dossiers.board import most_overdue
from surveyapp.web.manage.blueprint import author, blueprint
from surveyapp.web.manage.inputs import ChoiceForm
from surveyapp.web.parties import today, viewer


@blueprint.get("/")
def home() -> str:
    """What to do, the most pressing first, and the campaigns under way."""
    board = todo.board(now=now(), user_id=current_user.id, allowed=set(filter(can, Permission)))
    late = most_overdue(viewer(), today=today()) if can(Permission.DOSSIERS) else ()
    return render_template(
        "manage/home.html", board=board, late=late, today=today(), form=ChoiceForm()
    )


@blueprint.post("/vu")
def dismiss() -> Response:
    """Take a notice off the home page."""
    kind = request.form.get("kind", "")
    subject_id = request.form.get("id", type=int)
    if not ChoiceForm().validate_on_submit() or subject_id is None:
        abort(400)
    if todo.dismiss(kind, subject_id, author_id=author(), now=now()):
        flash("C’est noté.", "success")
    return redirect(url_for("manage.home"))
