"""« À faire » of the dossiers: what is overdue, of today and of the week, each with its button."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NoReturn

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from surveyapp.models import now
from surveyapp.services.dossiers import acts, stage_forms
from surveyapp.services.dossiers.access import Viewer, viewer_of
from surveyapp.services.dossiers.board import When, board
from surveyapp.services.dossiers.errors import DossierError, DossierGone
from surveyapp.store import structure
from surveyapp.web.manage.inputs import ChoiceForm

blueprint = Blueprint("board", __name__, url_prefix="/coordination/dossiers/a-faire")


def viewer() -> Viewer:
    """Who is signed in, as dossiers know them; whoever has no part finds nothing."""
    found = viewer_of(current_user)
    if found is None:
        abort(404)
    return found


def today() -> date:
    """The day where the CPTS is."""
    return now().astimezone(structure().zone).date()


def sent() -> None:
    """Refuse a form that was forged elsewhere."""
    if not ChoiceForm().validate_on_submit():
        abort(400)


def attempt(act: Callable[[], object], *, done: str) -> bool:
    """Do something; say that it is done, or why it is not. A dossier not theirs is not found."""
    try:
        act()
    except DossierGone:
        _gone()
    except DossierError as error:
        flash(str(error), "error")
        return False
    flash(done, "success")
    return True


def to_form(dossier_id: int, task: str, *, back: str, corrects_id: int | None = None) -> Response:
    """Lead to a form of a dossier, or back with the reason why not."""
    try:
        url = stage_forms.ask(dossier_id, task, viewer=viewer(), now=now(), corrects_id=corrects_id)
    except DossierGone:
        _gone()
    except DossierError as error:
        flash(str(error), "error")
        return redirect(back)
    return redirect(url)


def _gone() -> NoReturn:
    abort(404)


@blueprint.get("")
def show() -> str:
    """Everything that waits for this person."""
    found = board(viewer(), today=today())
    return render_template("board/show.html", board=found, sections=list(When), today=today())


@blueprint.post("/<int:dossier_id>/formulaire")
def fill(dossier_id: int) -> Response:
    """Open a form that meets a deadline."""
    sent()
    return to_form(dossier_id, request.form.get("name", ""), back=url_for("board.show"))


@blueprint.post("/<int:dossier_id>/evenement")
def note(dossier_id: int) -> Response:
    """Note that something happened today."""
    sent()
    event, who, at, day = request.form.get("name", ""), viewer(), now(), today()
    attempt(
        lambda: acts.note_event(dossier_id, event, viewer=who, on=day, today=day, now=at),
        done="C’est noté, à la date d’aujourd’hui.",
    )
    return redirect(url_for("board.show"))
