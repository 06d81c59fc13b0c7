"""The page of a dossier: what to do now, who it is, what was answered, what happened."""

from __future__ import annotations

from flask import redirect, render_template, request

from surveyapp.models import now
from surveyapp.services.dossiers import acts as service
from surveyapp.services.dossiers import stage_forms
from surveyapp.services.dossiers.errors import DossierError
from surveyapp.services.dossiers.page.sheet import sheet
from surveyapp.store import structure
from surveyapp.web.dossiers.blueprint import (
    Page,
    Seen,
    back,
    blueprint,
    refused,
    seen_or_404,
    viewer_or_404,
)
from surveyapp.web.dossiers.inputs import NoteForm


@blueprint.get("/<int:dossier_id>")
def show(dossier_id: int) -> Page:
    """The page, with what this person may see and do."""
    return _page(seen_or_404(dossier_id), NoteForm())


@blueprint.post("/<int:dossier_id>/notes")
def note(dossier_id: int) -> Page:
    """Add a note."""
    seen, form = seen_or_404(dossier_id), NoteForm()
    if not form.validate():
        return _page(seen, form), 422
    try:
        service.add_note(
            dossier_id,
            form.text.data,
            shared=form.shared.data,
            viewer=seen.viewer,
            now=now(),
            today=seen.today,
        )
    except DossierError as error:
        return refused(dossier_id, error)
    return back(dossier_id, "La note est enregistrée.")


@blueprint.post("/<int:dossier_id>/formulaires/<task>")
def fill(dossier_id: int, task: str) -> Page:
    """Open a form of the dossier, to fill it or to correct what was answered."""
    corrects = request.form.get("corrige", type=int)
    try:
        url = stage_forms.ask(
            dossier_id, task, viewer=viewer_or_404(), now=now(), corrects_id=corrects
        )
    except DossierError as error:
        return refused(dossier_id, error)
    return redirect(url)


def _page(seen: Seen, note_form: NoteForm) -> str:
    zone = structure().zone
    page = sheet(seen.opened, seen.viewer, seen.sight, today=seen.today, zone=zone)
    return render_template("dossiers/show.html", page=page, row=seen.opened.row, note=note_form)
