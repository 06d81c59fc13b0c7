"""What a file really is, told from its bytes and never from its name.

Accepted: PDF, JPEG, PNG, WebP and HEIC pictures, and office files without macros (Word, Excel
and PowerPoint since 2007, OpenDocument). Refused with a sentence that says what to do: macros,
embedded programs, templates fetched from elsewhere, passwords, the binary formats from before
2007, and archives that would unpack to something huge. No part is unpacked but small ones that
say what the package is.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

from surveyapp.core.french import typeset

#: What an office file may unpack to, in bytes, and into how many parts.
_UNPACKED = 300 * 1024 * 1024
_PARTS = 5_000
#: Largest part that is read to learn what a package is.
_READ = 1024 * 1024
_LONGEST_NAME = 100

_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"


class FileTypeError(ValueError):
    """The file is not accepted; the message is a French sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(typeset(message))


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
_MACROS = re.compile(r"vba(project|data)|macrosheets/|activex/|^basic/|^scripts/", re.IGNORECASE)
_PROGRAMS = re.compile(r"embeddings/.*\.bin$|^object \d+/.*\.(exe|bat|js|vbs)$", re.IGNORECASE)
_TEMPLATE = re.compile(rb'attachedTemplate"[^>]*TargetMode="External"|'
                       rb'TargetMode="External"[^>]*attachedTemplate"')  # fmt: skip


def recognised(data: bytes) -> FileType:
    """The type of a file. :raises FileTypeError: it is not accepted."""
    if not data:
        raise FileTypeError("Ce fichier est vide : choisissez-en un autre.")
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    if data.startswith(b"PK\x03\x04"):
        return _package(data)
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


def _package(data: bytes) -> FileType:
    """An office file, which is a zip archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _refuse_dangerous(package)
            kind = _open_document(package) or _office(package)
            if kind is None:
                raise FileTypeError(
                    "Les archives ne sont pas acceptées : déposez un à un les fichiers qu’elle "
                    "contient."
                )
            return kind
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise FileTypeError(
            "Ce fichier est abîmé ou protégé : enregistrez-le de nouveau sans mot de passe."
        ) from error


def _refuse_dangerous(package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    if len(parts) > _PARTS or sum(part.file_size for part in parts) > _UNPACKED:
        raise FileTypeError(
            "Une fois décompressé, ce fichier serait trop volumineux : déposez-en une version plus "
            "légère ou un PDF."
        )
    if any(part.flag_bits & 0x1 for part in parts):
        raise FileTypeError("Ce fichier est protégé par un mot de passe : retirez-le d’abord.")
    if any(_MACROS.search(part.filename) for part in parts):
        raise _with_macros()
    if any(_PROGRAMS.search(part.filename) for part in parts):
        raise FileTypeError(
            "Ce document contient un objet incorporé qui pourrait être un programme : enregistrez-"
            "le en PDF, puis déposez le PDF."
        )


def _office(package: zipfile.ZipFile) -> FileType | None:
    types = _small(package, "[Content_Types].xml")
    if b"macroEnabled" in types:
        raise _with_macros()
    for name in package.namelist():
        if name.endswith("settings.xml.rels") and _TEMPLATE.search(_small(package, name)):
            raise FileTypeError(
                "Ce document va chercher un modèle sur une autre machine : enregistrez-le en PDF, "
                "puis déposez le PDF."
            )
    return next((kind for main, kind in _MAIN.items() if main.encode() in types), None)


def _open_document(package: zipfile.ZipFile) -> FileType | None:
    return _OPEN_KINDS.get(_small(package, "mimetype").decode("ascii", "replace").strip())


def _small(package: zipfile.ZipFile, name: str) -> bytes:
    """A part, as far as it is read; nothing when it misses."""
    try:
        with package.open(name) as part:
            return part.read(_READ)
    except KeyError:
        return b""


def _with_macros() -> FileTypeError:
    return FileTypeError(
        "Ce document contient des macros : enregistrez-le sans macros (.docx, .xlsx) ou en PDF, "
        "puis déposez-le."
    )
