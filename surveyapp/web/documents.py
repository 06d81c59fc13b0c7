"""Download of the files that tasks made."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, send_file, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from surveyapp.models import Document, db, now
from surveyapp.permissions import can
from surveyapp.services import documents
from surveyapp.services.dossiers import files

blueprint = Blueprint("documents", __name__, url_prefix="/coordination/documents")


@blueprint.get("/<int:document_id>")
def download(document_id: int) -> Response:
    """Send a file to whoever holds the permission it was stored with."""
    document = db.session.get(Document, document_id)
    if document is None:
        abort(404)
    if document.permission == files.PERMISSION:
        return _of_a_dossier(document_id)
    if not can(document.permission):
        abort(403)
    path = documents.file_of(document)
    if (document.expires_at and document.expires_at <= now()) or not path.exists():
        abort(410)
    name, kind = document.filename, document.content_type
    documents.note_download(document_id, user_id=current_user.id)
    response = send_file(path, mimetype=kind, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _of_a_dossier(document_id: int) -> Response:
    """On to where it is asked whose dossier it is."""
    file = files.file_of_document(document_id)
    if file is None:
        abort(404)
    return redirect(url_for("files.download", dossier_id=file.dossier_id, file_id=file.id))
