"""Download of the files that tasks made."""

from __future__ import annotations

from flask import Blueprint, abort, send_file
from flask_login import current_user
from werkzeug.wrappers import Response

from surveyapp.models import Document, db, now
from surveyapp.permissions import can
from surveyapp.services import documents

blueprint = Blueprint("documents", __name__, url_prefix="/coordination/documents")


@blueprint.get("/<int:document_id>")
def download(document_id: int) -> Response:
    """Send a file to whoever holds the permission it was stored with."""
    document = db.session.get(Document, document_id)
    if document is None:
        abort(404)
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
