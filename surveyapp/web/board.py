"""« À faire » of the dossiers: what is overdue, of today and of the week, each with its button."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from surveyapp.models import now
from surveyapp.permissions import Permission, can, may
from surveyapp.services.dossiers import acts, stage_forms
from surveyapp.services.dossiers.board import When, board
from surveyapp.services.dossiers.errors import DossierError, DossierGone
from surveyapp.web.manage.inputs import ChoiceForm
from surveyapp.web.parties import today, viewer

#: « dossiers » in the address: those of which the reader is in charge.
MINE = "miens"

blueprint = Blueprint("board", __name__, url_prefix="/coordination/dossiers/a-faire")


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
    """Everything that waits for this person, or of the dossiers they are in charge of only."""
    filtered = can(Permission.FOLLOW)
    mine = filtered and request.args.get("dossiers") == MINE
    return render_template(
        "board/show.html",
        board=board(viewer(), today=today(), mine=mine),
        sections=list(When),
        today=today(),
        filtered=filtered,
        mine=mine,
    )


@blueprint.post("/<int:dossier_id>/formulaire")
def fill(dossier_id: int) -> Response:
    """Open a form that meets a deadline."""
    sent()
    return to_form(dossier_id, request.form.get("name", ""), back=_back())


@blueprint.post("/<int:dossier_id>/evenement")
def note(dossier_id: int) -> Response:
    """Note that something happened today."""
    sent()
    event, who, at, day = request.form.get("name", ""), viewer(), now(), today()
    attempt(
        lambda: acts.note_event(dossier_id, event, viewer=who, on=day, today=day, now=at),
        done="C’est noté, à la date d’aujourd’hui.",
    )
    return redirect(_back())


def _back() -> str:
    """The page of the button: the home page, or the list as it was filtered."""
    origin = request.form.get("retour", "")
    if origin == "accueil" and may("manage.home"):
        return url_for("manage.home")
    return url_for("board.show", dossiers=MINE if origin == MINE else None)
