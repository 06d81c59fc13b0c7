"""Files that the product made: stored once, found by their row, thrown away on time."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from surveyapp.links import settings
from surveyapp.models import Document, Event, Job
from surveyapp.services.transaction import AnySession, transaction


def store_document(
    session: AnySession,
    *,
    filename: str,
    content_type: str,
    data: bytes | Path,
    permission: str,
    expires_at: datetime | None = None,
) -> Document:
    """Keep a file under an unguessable name; ``permission`` is asked of whoever downloads it.

    A :class:`~pathlib.Path` is moved when it can be, so that a large export is not copied
    through memory. The file is on disk before the row is written; a file without a row
    (the transaction failed) is swept by the purge.
    """
    folder = settings().documents
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = secrets.token_hex(16) + Path(filename).suffix
    target = folder / name
    if isinstance(data, Path):
        shutil.move(data, target)
    else:
        target.write_bytes(data)
    target.chmod(0o600)
    document = Document(
        filename=filename,
        content_type=content_type,
        path=name,
        permission=permission,
        expires_at=expires_at,
        **_measure(target),
    )
    session.add(document)
    session.flush()
    return document


def file_of(document: Document) -> Path:
    """Where the file of ``document`` lies (it may have been removed by hand)."""
    return settings().documents / document.path


def delete_expired(session: AnySession, at: datetime) -> list[Path]:
    """Delete the rows whose time is over; return the files to remove after the commit."""
    expired = session.scalars(sa.select(Document).where(Document.expires_at <= at)).all()
    paths = [file_of(document) for document in expired]
    for document in expired:
        session.delete(document)
    return paths


def sweep(session: AnySession, older_than: datetime) -> int:
    """Remove files that no row knows, left by a transaction that failed."""
    known = set(session.scalars(sa.select(Document.path)))
    removed = 0
    for path in settings().documents.iterdir():
        old = path.is_file() and path.stat().st_mtime < older_than.timestamp()
        if old and path.name not in known:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _measure(path: Path) -> dict[str, int | str]:
    """Size and digest, once the bytes are really on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"size": path.stat().st_size, "sha256": digest}


def note_download(document_id: int, *, user_id: int) -> None:
    """Keep in the history who took a file away (RGPD art. 33: know what left).

    Whoever had asked for it no longer needs the notice that it is ready.
    """
    with transaction() as session:
        session.execute(
            sa.update(Job)
            .where(Job.document_id == document_id, Job.owner_id == user_id)
            .values(seen=True)
        )
        document = session.get(Document, document_id)
        if document is not None:
            session.add(
                Event(
                    kind="document.download",
                    subject="document",
                    subject_id=document_id,
                    user_id=user_id,
                    data={"filename": document.filename},
                )
            )
