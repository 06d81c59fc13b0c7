"""Documents: stored once, downloaded by whoever may, gone on time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.models import Document, Event, db, now
from surveyapp.services import documents
from surveyapp.services.transaction import transaction


def store(permission: str = "read", **options: object) -> int:
    with transaction() as session:
        return documents.store_document(
            session,
            filename="Résultats 2024.csv",
            content_type="text/csv",
            data=options.pop("data", b"a;b\r\n"),  # type: ignore[arg-type]
            permission=permission,
            **options,  # type: ignore[arg-type]
        ).id


def test_a_document_is_downloaded_under_its_name(app: Flask, coordination: FlaskClient) -> None:
    answer = coordination.get(f"/coordination/documents/{store()}")
    assert answer.data == b"a;b\r\n"
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "R%C3%A9sultats%202024.csv" in answer.headers["Content-Disposition"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_history_tells_who_took_it(app: Flask, coordination: FlaskClient) -> None:
    document_id = store()
    coordination.get(f"/coordination/documents/{document_id}")
    event = db.session.scalars(sa.select(Event).where(Event.kind == "document.download")).one()
    assert event.subject_id == document_id
    assert event.user_id is not None


def test_each_document_asks_for_its_own_permission(reader: FlaskClient) -> None:
    assert reader.get(f"/coordination/documents/{store('read')}").status_code == 200
    assert reader.get(f"/coordination/documents/{store('export')}").status_code == 403


def test_an_expired_or_missing_document_is_said_kindly(app: Flask, reader: FlaskClient) -> None:
    old = store(expires_at=now() - timedelta(seconds=1))
    assert reader.get(f"/coordination/documents/{old}").status_code == 410
    lost = store()
    document = db.session.get_one(Document, lost)
    documents.file_of(document).unlink()
    assert reader.get(f"/coordination/documents/{lost}").status_code == 410
    assert reader.get("/coordination/documents/1").status_code == 404


def test_a_file_is_moved_into_the_folder_for_our_eyes_only(app: Flask, tmp_path: Path) -> None:
    source = tmp_path / "large.csv"
    source.write_bytes(b"x" * 1000)
    document = db.session.get_one(Document, store(data=source))
    stored = documents.file_of(document)
    assert not source.exists()
    assert stored.parent == app.config["SURVEYAPP"].documents
    assert stored.stat().st_mode & 0o777 == 0o600
    assert document.size == 1000
    assert len(document.sha256) == 64
    assert "large" not in stored.name


def test_a_file_whose_transaction_failed_is_swept(app: Flask) -> None:
    kept = store()
    with pytest.raises(ZeroDivisionError), transaction() as session:
        documents.store_document(
            session, filename="x", content_type="x/x", data=b"", permission="read"
        )
        raise ZeroDivisionError
    folder = app.config["SURVEYAPP"].documents
    assert len(list(folder.iterdir())) == 2
    with transaction() as session:
        assert documents.sweep(session, now() - timedelta(days=1)) == 0, "it may be in the making"
        assert documents.sweep(session, now() + timedelta(seconds=5)) == 1
    assert documents.file_of(db.session.get_one(Document, kept)).exists()
