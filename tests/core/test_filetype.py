"""What a file is, told from its content; what could harm is refused."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from surveyapp.core import filetype
from surveyapp.core.filetype import FileTypeError, recognised, safe_name
from tests.samples import archive, pdf, picture, sheet, with_part, word

OPEN_TEXT = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}
OPEN_OBJECT = (
    b'<m:manifest xmlns:m="u"><m:file-entry m:media-type="application/vnd.sun.star.oleobject"/>'
    b"</m:manifest>"
)
MACRO_TYPES = (
    b'<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled"/></Types>'
)
TEMPLATE = (
    b'<Relationship Type="http://x/attachedTemplate" Target="https://x" TargetMode="External"/>'
)


def rels(kind: str, attributes: str) -> bytes:
    inner = f"<Relationship Type='http://x/{kind}' {attributes}/>"
    return f"<Relationships>{inner}</Relationships>".encode()


def typed(kind: str) -> bytes:
    """The types of a Word file, one more after a great many blanks that change nothing."""
    with zipfile.ZipFile(io.BytesIO(word())) as source:
        types = source.read("[Content_Types].xml")
    more = f"<Default Extension='zz' ContentType='{kind}'/></Types>".encode()
    return with_part(word(), "[Content_Types].xml", types.replace(b"</Types>", more))


def heavy_types() -> bytes:
    with zipfile.ZipFile(io.BytesIO(word())) as source:
        types = source.read("[Content_Types].xml")
    blanks = types.replace(b"</Types>", b" " * 1024 * 1024 + b"</Types>")
    return with_part(word(), "[Content_Types].xml", blanks)


def broken(data: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The first part overwritten, or announced as compressed in another way."""
    out = bytearray(data)
    if method != zipfile.ZIP_DEFLATED:
        for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
            start = out.index(mark) + place
            out[start : start + 2] = struct.pack("<H", method)
        return bytes(out)
    name, more = struct.unpack("<HH", out[26:30])
    out[30 + name + more : 90 + name + more] = b"\xff" * 60
    return bytes(out)


def shifted(data: bytes) -> bytes:
    """A central directory that is not where its end says it is."""
    out = bytearray(data)
    end = out.rindex(b"PK\x05\x06")
    out[end + 16 : end + 20] = struct.pack("<I", 0x7FFFFFFF)
    return bytes(out)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, 99])
def test_a_damaged_office_file_is_said_to_be(method: int) -> None:
    for data in (word(), sheet(), archive(OPEN_TEXT)):
        with pytest.raises(FileTypeError, match="abîmé"):
            recognised(broken(data, method))


def test_any_byte_of_an_office_file_can_be_wrong() -> None:
    data = archive({"[Content_Types].xml": MACRO_TYPES, "word/document.xml": b"<x/>" * 50})
    for place in range(4, len(data)):
        changed = bytearray(data)
        changed[place] ^= 0xFF
        with pytest.raises(FileTypeError):
            recognised(bytes(changed))


def test_documents_inside_a_document_are_looked_at_too() -> None:
    place = "word/embeddings/Classeur1.xlsx"
    assert recognised(with_part(word(), place, sheet())) is filetype.DOCX
    for inside in (with_part(sheet(), "xl/vbaProject.bin", b"x"), archive({"a.txt": b"x"})):
        with pytest.raises(FileTypeError):
            recognised(with_part(word(), place, inside))
    nested = word()
    for _ in range(4):
        nested = with_part(word(), "word/embeddings/a.docx", nested)
    with pytest.raises(FileTypeError, match="objet incorporé"):
        recognised(nested)


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
        (
            with_part(
                word(),
                "word/_rels/settings.xml.rels",
                rels("attachedTemplate", "Target='https://x' TargetMode = 'External'"),
            ),
            "modèle",
        ),
        (with_part(word(), "word/_rels/x.rels", rels("vbaProject", "Target='rien.bin'")), "macros"),
        (
            with_part(word(), "word/_rels/x.rels", rels("oleObject", "Target='rien.bin'")),
            "objet incorporé",
        ),
        (
            with_part(word(), "word/rien.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1x"),
            "objet incorporé",
        ),
        (with_part(word(), "word/embeddings/jeu.exe", b"x"), "objet incorporé"),
        (with_part(word(), "word/embeddings/objet.ole", b"x"), "objet incorporé"),
        (with_part(word(), "word/embeddings/texte.txt", b"x"), "objet incorporé"),
        (with_part(word(), "word/rien.png", b"MZ\x90\0"), "objet incorporé"),
        (typed("application/vnd.ms-word.document.macroEnabled.main+xml"), "macros"),
        (typed("application/vnd.ms-office.vbaProject"), "macros"),
        (typed("application/vnd.openxmlformats-officedocument.oleObject"), "objet incorporé"),
        (heavy_types(), "volumineux"),
        (
            with_part(word(), "word/_rels/x.rels", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
            "abîmé",
        ),
        (
            archive(OPEN_TEXT | {"META-INF/manifest.xml": OPEN_OBJECT}),
            "objet incorporé",
        ),
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
