"""Files of a dossier: looked at before they are kept, given back to whoever may see them."""

from __future__ import annotations

import io
import socket
import socketserver
import struct
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from docx import Document as WordFile
from flask import Flask
from openpyxl import Workbook
from PIL import Image
from pypdf import PdfWriter

from surveyapp.core import filetype
from surveyapp.core.filetype import FileTypeError, recognised, safe_name
from surveyapp.core.journey.definition import Actor
from surveyapp.links import settings
from surveyapp.models import Document, DossierFile, Event, db
from surveyapp.services import documents
from surveyapp.services.dossiers import files, scanner
from surveyapp.services.dossiers.access import Viewer
from surveyapp.services.dossiers.errors import DossierError, DossierGone
from tests.dossiers import COORDINATION, DAY, at, begin, in_service

NOW = at(DAY + timedelta(days=1))
STRANGER = Viewer(Actor.AMBASSADOR, 7, 42)


def pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def word() -> bytes:
    out = io.BytesIO()
    WordFile().save(out)
    return out.getvalue()


def sheet() -> bytes:
    out = io.BytesIO()
    Workbook().save(out)
    return out.getvalue()


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, kind)
    return out.getvalue()


def archive(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return out.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        parts = {part: source.read(part) for part in source.namelist()}
    return archive(parts | {name: content})


OPEN_TEXT = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}
MACRO_TYPES = (
    b'<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled"/></Types>'
)
TEMPLATE = (
    b'<Relationship Type="http://x/attachedTemplate" Target="https://x" TargetMode="External"/>'
)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (pdf(), filetype.PDF),
        (word(), filetype.DOCX),
        (sheet(), filetype.XLSX),
        (picture("JPEG"), filetype.JPEG),
        (picture("PNG"), filetype.PNG),
        (picture("WEBP"), filetype.WEBP),
        (b"\0\0\0\x18ftypheic" + bytes(20), filetype.HEIC),
        (archive(OPEN_TEXT), filetype.ODT),
    ],
    ids=lambda value: value.extension if isinstance(value, filetype.FileType) else "",
)
def test_the_type_is_told_from_the_content(data: bytes, kind: filetype.FileType) -> None:
    assert recognised(data) is kind


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "vide"),
        (b"MZ\x90\0programme", "Ce type de fichier"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "Ce type de fichier"),
        (b"<html>%PDF-1.7</html>", "Ce type de fichier"),
        (b"%PDF-1.7 coup\xc3\xa9", "incomplet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "ancien format"),
        (b"PK\x03\x04abim\xc3\xa9", "abîmé"),
        (archive({"photo.jpg": b"x"}), "archives"),
        (archive({"[Content_Types].xml": MACRO_TYPES}), "macros"),
        (with_part(word(), "word/vbaProject.bin", b"x"), "macros"),
        (archive(OPEN_TEXT | {"Basic/Standard/Module1.xml": b"x"}), "macros"),
        (with_part(word(), "word/embeddings/oleObject1.bin", b"x"), "objet incorporé"),
        (with_part(word(), "word/_rels/settings.xml.rels", TEMPLATE), "modèle"),
        (archive(OPEN_TEXT | {"bombe": bytes(301 * 1024 * 1024)}), "décompressé"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_could_harm_is_refused_with_what_to_do(data: bytes, message: str) -> None:
    with pytest.raises(FileTypeError, match=message):
        recognised(data)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("engagement signé.PDF", "engagement signé.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Documents\\scan.pdf", "scan.pdf"),
        ("facture\u202efdp.exe", "facturefdp.exe.pdf"),
        ('a\r\nb;"c".docx', "ab; c.pdf"),
        ("...", "document.pdf"),
        ("", "document.pdf"),
        ("é" * 300, "é" * 100 + ".pdf"),
    ],
)
def test_a_name_holds_no_path_and_no_trick(name: str, safe: str) -> None:
    assert safe_name(name, filetype.PDF) == safe


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
