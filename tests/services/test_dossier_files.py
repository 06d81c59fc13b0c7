"""Files of a dossier: looked at before they are kept, given back to whoever may see them."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp.core.journey.definition import Actor
from surveyapp.links import settings
from surveyapp.models import Document, DossierFile, Event, db
from surveyapp.services import accounts, documents
from surveyapp.services.dossiers import acts, files, scanner
from surveyapp.services.dossiers.access import Viewer
from surveyapp.services.dossiers.errors import DossierError, DossierGone
from surveyapp.services.dossiers.page.sheet import Sheet
from surveyapp.services.dossiers.page.sheet import sheet as sheet_of
from surveyapp.services.dossiers.reading import opened
from surveyapp.services.transaction import transaction
from tests.dossiers import COORDINATION, DAY, at, begin, in_service
from tests.samples import pdf, picture

NOW = at(DAY + timedelta(days=1))
STRANGER = Viewer(Actor.AMBASSADOR, 7, 42)


def drop(dossier_id: int, data: bytes | None = None, **more: Any) -> int:
    told: dict[str, Any] = {
        "filename": "Engagement signé.pdf",
        "data": data if data is not None else pdf(),
        "label": "Engagement d’adhésion signé",
        "shared": False,
        "viewer": COORDINATION,
        "now": NOW,
        **more,
    }
    return files.upload(dossier_id, **told)


@pytest.fixture
def dossier(app: Flask) -> int:
    in_service("conciergerie")
    return begin("conciergerie")


def allowing(app: Flask, **values: Any) -> None:
    """The same installation with other settings."""
    app.config["SURVEYAPP"] = replace(settings(), **values)


def test_a_file_lies_under_a_random_name_and_the_history_knows_it(dossier: int) -> None:
    key = drop(dossier)
    file = db.session.get_one(DossierFile, key)
    document = db.session.get_one(Document, file.document_id)
    path = documents.file_of(document)
    assert path.read_bytes() == pdf()
    assert "ngagement" not in path.name
    assert path.stat().st_mode & 0o777 == 0o600
    assert (document.filename, document.permission) == ("Engagement signé.pdf", "dossier")
    event = db.session.scalars(sa.select(Event).where(Event.kind == "dossier.file_added")).one()
    assert (event.subject_id, event.data["filename"]) == (dossier, "Engagement signé.pdf")


def test_the_extension_is_that_of_the_content(dossier: int) -> None:
    file = db.session.get_one(DossierFile, drop(dossier, picture("PNG"), filename="photo.pdf"))
    document = db.session.get_one(Document, file.document_id)
    assert (document.filename, document.content_type) == ("photo.png", "image/png")


def test_nothing_is_kept_of_what_is_refused(dossier: int) -> None:
    before = sorted(settings().documents.glob("*")) if settings().documents.exists() else []
    for data in (b"MZ programme", pdf() + bytes(files.MAX_SIZE)):
        with pytest.raises(DossierError):
            drop(dossier, data)
    with pytest.raises(DossierGone):
        drop(dossier, viewer=STRANGER)
    after = sorted(settings().documents.glob("*")) if settings().documents.exists() else []
    assert after == before
    assert db.session.scalar(sa.select(sa.func.count(DossierFile.id))) == 0


def test_there_is_a_quota_per_dossier_and_one_for_all(app: Flask, dossier: int) -> None:
    other = begin("conciergerie", number=2)
    heavy = pdf() + bytes(600_000) + b"%%EOF"
    allowing(app, dossier_quota=1)
    drop(dossier, heavy)
    with pytest.raises(DossierError, match="Ce dossier a atteint 1 Mo"):
        drop(dossier, heavy)
    allowing(app, dossier_quota=50, uploads_quota=1)
    with pytest.raises(DossierError, match="épuisée"):
        drop(other, heavy)
    drop(other)
    assert files.used(db.session, dossier) == len(heavy)
    assert files.used(db.session) == len(heavy) + len(pdf())


def test_whoever_is_not_the_coordination_shows_what_they_drop(app: Flask) -> None:
    from surveyapp.models import Dossier

    in_service("ambassadeur")
    key = begin("ambassadeur")
    person = db.session.get_one(Dossier, key).person_id
    owner = Viewer(Actor.AMBASSADOR, None, person)
    internal, mine = drop(key), drop(key, viewer=owner)
    shown = files.lines_of(key, files.seen(db.session, key, owner, NOW), owner)
    assert [line.id for line in shown] == [mine]
    assert files.file_for(key, mine, viewer=owner, now=NOW).shared
    for number in (internal, mine + 1):
        with pytest.raises(DossierGone):
            files.file_for(key, number, viewer=owner, now=NOW)
    with pytest.raises(DossierGone):
        files.file_for(begin("ambassadeur", number=2), mine, viewer=COORDINATION, now=NOW)


def test_the_person_reads_nothing_that_colleagues_keep_about_them(app: Flask) -> None:
    from surveyapp.models import Dossier

    in_service("ambassadeur")
    key = begin("ambassadeur")
    person = db.session.get_one(Dossier, key).person_id
    with transaction() as session:
        roles = ("ambassadeur", "referent")
        mine, theirs = (
            accounts.add_user(session, email=f"{r}@demo.example", name=r, role=r, hashed=None).id
            for r in roles
        )
    owner, referent = Viewer(Actor.AMBASSADOR, mine, person), Viewer(Actor.REFERENT, theirs)
    files_seen = [drop(key, viewer=viewer) for viewer in (owner, referent)]
    drop(key, shared=True)
    for viewer, text in ((owner, "De moi"), (referent, "Sur toi")):
        acts.add_note(key, text, shared=True, viewer=viewer, now=NOW)

    def read_by(viewer: Viewer) -> Sheet:
        seen = files.seen(db.session, key, viewer, NOW)
        return sheet_of(opened(db.session, key), viewer, seen, today=NOW.date(), zone=UTC)

    page = read_by(owner)
    assert [note.text for note in page.notes] == ["De moi"]
    assert [line.id for line in page.files] == files_seen[:1]
    with pytest.raises(DossierGone):
        files.file_for(key, files_seen[1], viewer=owner, now=NOW)
    assert {note.text for note in read_by(referent).notes} == {"De moi", "Sur toi"}
    assert len(read_by(referent).files) == 3


def test_a_file_that_is_taken_away_leaves_the_disk_and_its_name(dossier: int) -> None:
    key = drop(dossier, shared=True)
    document = db.session.get_one(Document, db.session.get_one(DossierFile, key).document_id)
    path = documents.file_of(document)
    with pytest.raises(DossierGone):
        files.remove(key, viewer=STRANGER, now=NOW)
    files.remove(key, viewer=COORDINATION, now=NOW)
    assert not path.exists()
    assert db.session.scalar(sa.select(sa.func.count(Document.id))) == 0
    event = db.session.scalars(sa.select(Event).where(Event.kind == "dossier.file_removed")).one()
    assert event.data["label"] == "Engagement d’adhésion signé"


class Clamd(socketserver.BaseRequestHandler):
    """What clamd says to INSTREAM: it reads the stream and knows one bad word."""

    def handle(self) -> None:
        command = self.request.recv(10)
        assert command == b"zINSTREAM\0"
        data = b""
        while size := struct.unpack("!I", self._exactly(4))[0]:
            data += self._exactly(size)
        found = b"stream: Eicar-Test FOUND" if b"EICAR" in data else b"stream: OK"
        self.request.sendall((b"" if b"MUET" in data else found) + b"\0")

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            data += self.request.recv(size - len(data))
        return data


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(params=["tcp", "unix"])
def clamd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of an antivirus."""
    if request.param == "unix":
        address = str(tmp_path / "clamd")[-90:]
        server: socketserver.BaseServer = socketserver.UnixStreamServer(address, Clamd)
    else:
        server = socketserver.TCPServer(("127.0.0.1", 0), Clamd)
        host, port = server.server_address[:2]
        address = f"{host}:{port}"  # type: ignore[str-bytes-safe]
    with serving(server):
        yield address


def test_the_antivirus_reads_each_file(clamd: str) -> None:
    scanner.check(pdf() + bytes(200_000), clamd)
    with pytest.raises(DossierError, match="malveillant"):
        scanner.check(bytes(100_000) + b"EICAR" + bytes(100_000), clamd)
    with pytest.raises(DossierError, match="ne répond pas"):
        scanner.check(b"MUET", clamd)


def test_without_its_answer_nothing_is_kept(app: Flask, dossier: int) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{closed.getsockname()[1]}"
    allowing(app, clamav=address)
    with pytest.raises(DossierError, match="ne répond pas"):
        drop(dossier)
    assert db.session.scalar(sa.select(sa.func.count(DossierFile.id))) == 0


def test_an_infected_file_is_not_kept(app: Flask, dossier: int) -> None:
    server = socketserver.TCPServer(("127.0.0.1", 0), Clamd)
    with serving(server):
        allowing(app, clamav=f"127.0.0.1:{server.server_address[1]}")
        with pytest.raises(DossierError, match="malveillant"):
            drop(dossier, pdf() + b"EICAR %%EOF")
        drop(dossier)
    assert db.session.scalar(sa.select(sa.func.count(DossierFile.id))) == 1
