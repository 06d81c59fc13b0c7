"""Files of a dossier: drop one, take it home, take it away. Never shown in the browser."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, send_file, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, FileField, StringField
from wtforms.validators import InputRequired, Length

from surveyapp.core.filetype import ACCEPTED
from surveyapp.core.french import number
from surveyapp.models import Document, db, now
from surveyapp.services import documents
from surveyapp.services.dossiers import files as service
from surveyapp.services.dossiers.errors import DossierError, DossierGone
from surveyapp.web.dossiers.blueprint import Page, Seen, seen_or_404, viewer_or_404

blueprint = Blueprint(
    "files", __name__, url_prefix="/coordination/dossiers/<int:dossier_id>/fichiers"
)

_SIZE = service.MAX_SIZE // service.MEGABYTE


class DropForm(FlaskForm):  # type: ignore[misc] # WTForms has no type hints
    """A file to keep in a dossier."""

    file = FileField(
        "Fichier à déposer",
        [InputRequired("Choisissez un fichier.")],
        description=f"PDF, image (JPEG, PNG, WebP, HEIC) ou document bureautique sans macros, "
        f"{_SIZE} Mo au plus.",
        render_kw={"accept": ",".join(kind.extension for kind in ACCEPTED)},
    )
    label = StringField(
        "Intitulé",
        [Length(max=200, message="Cet intitulé est trop long : 200 signes au plus.")],
        description="Par exemple : engagement d’adhésion signé.",
        render_kw={"autocomplete": "off"},
    )
    shared = BooleanField("Montrer ce fichier à toutes les personnes qui voient ce dossier")


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """A page that only asks to confirm."""


@blueprint.route("/", methods=["GET", "POST"])
def index(dossier_id: int) -> Page:
    """What is there, and a form to add a file."""
    seen, form = seen_or_404(dossier_id), DropForm()
    if form.validate_on_submit():
        error = _drop(seen, form)
        if not error:
            return redirect(url_for("files.index", dossier_id=dossier_id))
        form.file.errors = [error]
    return _page(dossier_id, form), 422 if form.errors or form.file.errors else 200


def _drop(seen: Seen, form: DropForm) -> str:
    """Keep the file; what prevents it, if something does."""
    file = form.file.data
    try:
        service.upload(
            seen.opened.row.id,
            filename=file.filename or "",
            data=file.read(service.MAX_SIZE + 1),
            label=form.label.data or "",
            shared=bool(form.shared.data),
            viewer=seen.viewer,
            now=now(),
        )
    except DossierError as error:
        return str(error)
    flash("Le fichier est déposé.", "success")
    return ""


def _page(dossier_id: int, form: DropForm) -> str:
    seen = seen_or_404(dossier_id)
    row = seen.opened.row
    return render_template(
        "files/index.html",
        form=form,
        row=row,
        whole=seen.sight.whole,
        files=service.lines_of(row.id, seen.sight, seen.viewer),
        used=service.used(db.session, row.id),
        size_in_words=size_in_words,
    )


@blueprint.get("/<int:file_id>")
def download(dossier_id: int, file_id: int) -> Response:
    """The file, as a download under its name."""
    file = _file_or_404(dossier_id, file_id)
    document = db.session.get_one(Document, file.document_id)
    path, name, kind = documents.file_of(document), document.filename, document.content_type
    if not path.exists():
        abort(410)
    documents.note_download(document.id, user_id=current_user.id)
    response = send_file(path, mimetype=kind, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@blueprint.route("/<int:file_id>/retirer", methods=["GET", "POST"])
def remove(dossier_id: int, file_id: int) -> Page:
    """Ask, then take a file away for good."""
    file, form = _file_or_404(dossier_id, file_id), ConfirmForm()
    if not form.validate_on_submit():
        row = seen_or_404(dossier_id).opened.row
        return render_template("files/remove.html", row=row, label=file.label, form=form)
    try:
        service.remove(file_id, viewer=viewer_or_404(), now=now())
        flash("Le fichier est retiré.", "success")
    except DossierError as error:
        flash(str(error), "error")
    return redirect(url_for("files.index", dossier_id=dossier_id))


@blueprint.post("/<int:file_id>/refaire")
def make_again(dossier_id: int, file_id: int) -> Response:
    """Make a letter once more, as the dossier is today."""
    file = _file_or_404(dossier_id, file_id)
    try:
        job = service.make_again(
            dossier_id, file.name, file.mark_id or 0, viewer=viewer_or_404(), now=now()
        )
    except DossierError as error:
        flash(str(error), "error")
        return redirect(url_for("files.index", dossier_id=dossier_id))
    return redirect(url_for("tasks.show", job_id=job))


def _file_or_404(dossier_id: int, file_id: int) -> Any:
    try:
        return service.file_for(dossier_id, file_id, viewer=viewer_or_404(), now=now())
    except DossierGone:
        abort(404)


def size_in_words(size: int) -> str:
    """« 340 ko », « 2,4 Mo »."""
    if size < service.MEGABYTE:
        return f"{max(1, round(size / 1024))}\u00a0ko"
    return f"{number(size / service.MEGABYTE, 1)}\u00a0Mo"
