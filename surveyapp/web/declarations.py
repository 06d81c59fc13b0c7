"""Declarations of time and expenses: what waits, one of them, statements to download."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from surveyapp.core.declarations import (
    Declaration,
    State,
    duration,
    is_period,
    period_label,
    statement,
)
from surveyapp.models import now
from surveyapp.services.dossiers import declarations as service
from surveyapp.services.dossiers import statements
from surveyapp.services.dossiers.errors import DossierError, DossierGone
from surveyapp.store import structure
from surveyapp.store.dossiers import is_key
from surveyapp.web.dossiers.blueprint import Page, today, viewer_or_404

blueprint = Blueprint("declarations", __name__, url_prefix="/coordination/dossiers/declarations")

#: Months and years that are offered, newest first.
_OFFERED = 36


@blueprint.context_processor
def _helpers() -> dict[str, object]:
    return {"duration": duration, "period_label": period_label, "State": State}


class MessageForm(FlaskForm):  # type: ignore[misc] # WTForms has no type hints
    """What is to be corrected."""

    message = TextAreaField(
        "Ce qui est à corriger",
        [
            InputRequired("Écrivez ce qui est à corriger."),
            Length(max=2000, message="Ce message est trop long : 2 000 signes au plus."),
        ],
        description="L’ambassadeur ou l’ambassadrice lira ce message dans son espace.",
        render_kw={"rows": 4},
    )


class ReopenForm(FlaskForm):  # type: ignore[misc]
    """Why a decision is taken back."""

    reason = TextAreaField(
        "Pourquoi revenir sur cette décision",
        [
            InputRequired("Indiquez en quelques mots pourquoi."),
            Length(max=500, message="Ce motif est trop long : 500 signes au plus."),
        ],
        render_kw={"rows": 2},
    )


@blueprint.get("")
def index() -> str:
    """What waits for a decision, then the statement of a month or a year."""
    lines = service.all_declarations()
    offered = _offered(lines)
    asked = request.args.get("periode", "")
    period = asked if is_period(asked) else offered[0]
    return render_template(
        "declarations/index.html",
        waiting=[line for line in lines if line.state is State.WAITING],
        offered=offered if period in offered else [period, *offered],
        statement=statement(lines, period),
        unpaid=structure().hour_cents is None or structure().kilometre_mills is None,
    )


def _offered(lines: list[Declaration]) -> list[str]:
    """The months for which something was declared, and their years; else the present month."""
    months = {f"{line.content.month:%Y-%m}" for line in lines} or {f"{today():%Y-%m}"}
    newest = sorted(months, reverse=True)[:_OFFERED]
    return newest + sorted({month[:4] for month in newest}, reverse=True)


@blueprint.get("/<int:mark_id>")
def show(mark_id: int) -> Page:
    """One declaration, all that it says, and what to do with it."""
    return _show(mark_id, MessageForm(), ReopenForm())


def _show(mark_id: int, form: MessageForm, undo: ReopenForm) -> Page:
    page = render_template(
        "declarations/show.html",
        line=_declaration_or_404(mark_id),
        sections=service.answers_in_words(mark_id),
        form=form,
        undo=undo,
    )
    return page, 422 if form.errors or undo.errors else 200


@blueprint.post("/<int:mark_id>/valider")
def validate(mark_id: int) -> Response:
    """Accept it; on to the next one."""
    found = _declaration_or_404(mark_id)
    try:
        service.validate(mark_id, viewer=viewer_or_404(), now=now())
        flash(f"La déclaration de {found.holder} est validée.", "success")
    except DossierError as error:
        flash(str(error), "error")
        return redirect(url_for("declarations.show", mark_id=mark_id))
    return redirect(url_for("declarations.index"))


@blueprint.post("/<int:mark_id>/renvoyer")
def send_back(mark_id: int) -> Page:
    """Send it back with a message."""
    found, form = _declaration_or_404(mark_id), MessageForm()
    if not form.validate_on_submit():
        return _show(mark_id, form, ReopenForm(formdata=None))
    try:
        service.send_back(mark_id, form.message.data, viewer=viewer_or_404(), now=now())
        flash(f"La déclaration est renvoyée à {found.holder}, avec votre message.", "success")
    except DossierError as error:
        flash(str(error), "error")
        return redirect(url_for("declarations.show", mark_id=mark_id))
    return redirect(url_for("declarations.index"))


@blueprint.post("/<int:mark_id>/reprendre")
def reopen(mark_id: int) -> Page:
    """Take the decision back."""
    form = ReopenForm()
    _declaration_or_404(mark_id)
    if not form.validate_on_submit():
        return _show(mark_id, MessageForm(formdata=None), form)
    try:
        service.reopen(mark_id, form.reason.data, viewer=viewer_or_404(), now=now())
        flash("La déclaration attend de nouveau une décision.", "success")
    except DossierError as error:
        flash(str(error), "error")
    return redirect(url_for("declarations.show", mark_id=mark_id))


@blueprint.post("/releve")
def export() -> Response:
    """Have a statement made: PDF, XLSX or CSV, of one ambassador or of all."""
    chosen, whose = request.form, request.form.get("dossier", "")
    if whose and not is_key(whose):
        flash("Ce dossier n’existe pas : choisissez l’ambassadeur dans la liste.", "error")
        return redirect(url_for("declarations.index"))
    try:
        job = statements.request_statement(
            chosen.get("periode", ""),
            chosen.get("format", ""),
            dossier_id=int(whose) if whose else None,
            owner_id=current_user.id,
            today=today(),
        )
    except DossierError as error:
        flash(str(error), "error")
        return redirect(url_for("declarations.index"))
    return redirect(url_for("tasks.show", job_id=job))


def _declaration_or_404(mark_id: int) -> Declaration:
    try:
        return service.declaration(mark_id)
    except DossierGone:
        abort(404)
