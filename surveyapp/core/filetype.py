"""What a file really is, told from its bytes and never from its name.

Accepted: PDF, JPEG, PNG, WebP and HEIC pictures, and office files without macros (Word, Excel
and PowerPoint since 2007, OpenDocument). Refused with a sentence that says what to do: macros,
embedded programs, templates fetched from elsewhere, passwords, the binary formats from before
2007, and archives that would unpack to something huge (:mod:`surveyapp.core.package`).
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

from surveyapp.core.package import FileTypeError, content_types, small, with_object

#: How deep documents may lie inside documents.
_DEPTH = 2
_LONGEST_NAME = 100
_ZIP = b"PK\x03\x04"

_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"


@dataclass(frozen=True, slots=True)
class FileType:
    """``extension`` with its dot, ``content_type`` as sent to browsers."""

    label: str
    extension: str
    content_type: str


PDF = FileType("PDF", ".pdf", "application/pdf")
JPEG = FileType("image JPEG", ".jpg", "image/jpeg")
PNG = FileType("image PNG", ".png", "image/png")
WEBP = FileType("image WebP", ".webp", "image/webp")
HEIC = FileType("photo HEIC", ".heic", "image/heic")
DOCX = FileType("Word", ".docx", f"{_OFFICE}.wordprocessingml.document")
XLSX = FileType("Excel", ".xlsx", f"{_OFFICE}.spreadsheetml.sheet")
PPTX = FileType("PowerPoint", ".pptx", f"{_OFFICE}.presentationml.presentation")
ODT = FileType("OpenDocument texte", ".odt", f"{_OPEN}.text")
ODS = FileType("OpenDocument tableau", ".ods", f"{_OPEN}.spreadsheet")
ODP = FileType("OpenDocument présentation", ".odp", f"{_OPEN}.presentation")

#: Every type that is accepted, for the « accept » of a file field and its hint.
ACCEPTED = (PDF, JPEG, PNG, WEBP, HEIC, DOCX, XLSX, PPTX, ODT, ODS, ODP)

#: The main part of each kind of package.
_MAIN = {f"{kind.content_type}.main+xml": kind for kind in (DOCX, XLSX)} | {
    f"{_OFFICE}.presentationml.presentation.main+xml": PPTX
}
_OPEN_KINDS = {kind.content_type: kind for kind in (ODT, ODS, ODP)}
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1")


def recognised(data: bytes) -> FileType:
    """The type of a file. :raises FileTypeError: it is not accepted."""
    return _recognised(data, _DEPTH)


def _recognised(data: bytes, depth: int) -> FileType:
    if not data:
        raise FileTypeError("Ce fichier est vide : choisissez-en un autre.")
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    if data.startswith(_ZIP):
        return _package(data, depth)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise FileTypeError(
            "Ce fichier vient d’un ancien format bureautique ou il est protégé par un mot de "
            "passe : enregistrez-le au format .docx, .xlsx ou PDF, sans mot de passe."
        )
    picture = _picture(data)
    if picture is None:
        raise FileTypeError(
            "Ce type de fichier n’est pas accepté : déposez un PDF, une image (JPEG, PNG) ou un "
            "document bureautique (.docx, .xlsx, .odt…)."
        )
    return picture


def safe_name(filename: str, kind: FileType) -> str:
    """The name under which the file is given back: no path, no trick, its true extension."""
    name = unicodedata.normalize("NFC", filename).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(c for c in name if c.isprintable() and unicodedata.category(c) != "Cf")
    path = PurePosixPath(name.strip(". ") or "document")
    known = {accepted.extension for accepted in ACCEPTED} | {".jpeg"}
    stem = path.stem if path.suffix.lower() in known else path.name
    cleaned = re.sub(r'[<>:"|?*\s]+', " ", stem).strip(". ")
    return f"{cleaned[:_LONGEST_NAME] or 'document'}{kind.extension}"


def _picture(data: bytes) -> FileType | None:
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
        return PNG
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return WEBP
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        return HEIC
    return None


def _pdf(data: bytes) -> FileType:
    if b"%%EOF" not in data[-2048:]:
        raise FileTypeError("Ce PDF est incomplet : enregistrez-le de nouveau, puis déposez-le.")
    return PDF


def _package(data: bytes, depth: int) -> FileType:
    """An office file, which is a zip archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            types = content_types(package, lambda inside: _embedded(inside, depth - 1))
            mimetype = small(package, "mimetype").decode("ascii", "replace").strip()
    except FileTypeError:
        raise
    except Exception as error:  # a damaged archive fails in as many ways as it has bytes
        raise FileTypeError(
            "Ce fichier est abîmé ou protégé : enregistrez-le de nouveau sans mot de passe."
        ) from error
    office = (kind for main, kind in _MAIN.items() if main in types)
    kind = _OPEN_KINDS.get(mimetype) or next(office, None)
    if kind is None:
        raise FileTypeError(
            "Les archives ne sont pas acceptées : déposez un à un les fichiers qu’elle contient."
        )
    return kind


def _embedded(data: bytes, depth: int) -> None:
    """:raises FileTypeError: it is neither an office file nor a picture, or lies too deep."""
    if depth < 0 or (not data.startswith(_ZIP) and _picture(data) is None):
        raise with_object()
    _recognised(data, depth)


__all__ = ["ACCEPTED", "FileType", "FileTypeError", "recognised", "safe_name"]
