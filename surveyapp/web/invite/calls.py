"""« À relancer par téléphone »."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from surveyapp.services.invite import calls
from surveyapp.store import invitations as store
from surveyapp.web.invite.blueprint import blueprint, nominative_or_404, today
from surveyapp.web.invite.inputs import CallForm


@blueprint.get("/telephone")
def phone(slug: str) -> str:
    """Who has not answered, with their telephone."""
    return _phone(slug)


@blueprint.post("/telephone/<int:invitation_id>")
def called(slug: str, invitation_id: int) -> tuple[str, int] | Response:
    """This person was called."""
    campaign, form = nominative_or_404(slug), CallForm()
    if not form.validate_on_submit():
        flash(f"Écrivez une note de {calls.NOTE_LENGTH} caractères au plus.", "error")
        return _phone(slug), 422
    if not calls.note_call(campaign.id, invitation_id, form.note.data or "", today=today()):
        abort(404)
    flash("L’appel est noté.", "success")
    return redirect(url_for("invite.phone", slug=slug))


def _phone(slug: str) -> str:
    campaign = nominative_or_404(slug)
    return render_template(
        "invite/phone.html",
        campaign=campaign,
        rows=store.to_call(campaign.id),
        counts=store.counts(campaign.id),
        length=calls.NOTE_LENGTH,
    )
