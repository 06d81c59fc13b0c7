"""What lies in an office file: nothing that runs, nothing that is fetched from elsewhere.

An office file is a zip archive of parts. What each part is stands in XML, which can be written
in many ways: it is parsed, never searched for a text, and what a part begins with is looked at
too, whatever it is called.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from xml.parsers import expat

from surveyapp.core.french import typeset

#: What an office file may unpack to, in bytes, and into how many parts.
_UNPACKED = 300 * 1024 * 1024
_PARTS = 5_000
#: Largest part that says what the others are, largest document inside a document.
_READ = 1024 * 1024
_EMBEDDED = 20 * 1024 * 1024

_MACRO_PARTS = re.compile(r"vba(project|data)|macrosheets/|activex/|^basic/|^scripts/")
_PROGRAMS = re.compile(r"\.(exe|dll|com|scr|msi|bat|cmd|ps1|vbs|vbe|js|jse|wsf|hta|lnk|jar|ole)$")
_MACRO_TYPES = ("macroenabled", "vbaproject", "vbadata", "macrosheet", "activex")
_MACRO_RELATIONS = frozenset(
    {"vbaproject", "wordvbadata", "control", "activexcontrolbinary", "attachedtoolbars"}
    | {"xlmacrosheet", "xlintlmacrosheet"}
)
#: What is opened with the document when it lies elsewhere.
_FETCHED = frozenset({"attachedtemplate", "oleobject", "frame", "subdocument", "package"})
#: How a program of Windows and an object of its applications begin.
_BEGINNINGS = (b"MZ", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


class FileTypeError(ValueError):
    """The file is not accepted; the message is a French sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(typeset(message))


def content_types(package: zipfile.ZipFile, accepted: Callable[[bytes], Any]) -> set[str]:
    """What the parts of a package are, once none of them can harm.

    ``accepted`` raises :class:`FileTypeError` about a document inside the document that is
    neither an office file nor a picture. :raises FileTypeError: something could harm.
    """
    _refuse_huge(package)
    types = {kind for kind in _types(package) if kind}
    if any(word in kind.casefold() for kind in types for word in _MACRO_TYPES):
        raise _with_macros()
    if any("oleobject" in kind.casefold() for kind in types):
        raise with_object()
    inside = set(_relations(package))
    for part in package.infolist():
        _refuse_program(package, part)
        folders = part.filename.casefold().split("/")[:-1]
        if not part.is_dir() and ("embeddings" in folders or part.filename in inside):
            if part.file_size > _EMBEDDED:
                raise with_object()
            accepted(package.read(part))
    return types


def small(package: zipfile.ZipFile, name: str) -> bytes:
    """A part that says what the others are; nothing when it misses."""
    try:
        part = package.getinfo(name)
    except KeyError:
        return b""
    if part.file_size > _READ:
        raise _too_heavy()
    return package.read(part)


def _refuse_huge(package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    if len(parts) > _PARTS or sum(part.file_size for part in parts) > _UNPACKED:
        raise _too_heavy()
    if any(part.flag_bits & 0x1 for part in parts):
        raise _locked()
    if len({part.filename.casefold() for part in parts}) < len(parts):
        raise zipfile.BadZipFile("two parts of the same name")
    if any(_MACRO_PARTS.search(part.filename.casefold()) for part in parts):
        raise _with_macros()


def _refuse_program(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    if _PROGRAMS.search(part.filename.casefold()):
        raise with_object()
    with package.open(part) as opened:
        if opened.read(8).startswith(_BEGINNINGS):
            raise with_object()


def _types(package: zipfile.ZipFile) -> Iterator[str]:
    """The types that a package gives its parts, in either family of formats."""
    for name, attributes in _elements(small(package, "[Content_Types].xml")):
        if name in ("Default", "Override"):
            yield attributes.get("ContentType", "").strip()
    for name, attributes in _elements(small(package, "META-INF/manifest.xml")):
        if name == "encryption-data":
            raise _locked()
        if name == "file-entry":
            yield attributes.get("media-type", "").strip()


def _relations(package: zipfile.ZipFile) -> Iterator[str]:
    """Documents inside the document; :raises FileTypeError: something is fetched elsewhere."""
    for part in package.namelist():
        if not part.casefold().endswith(".rels"):
            continue
        folder = posixpath.dirname(posixpath.dirname(part))
        for name, attributes in _elements(small(package, part)):
            if name != "Relationship":
                continue
            kind = attributes.get("Type", "").strip().rpartition("/")[2].casefold()
            outside = attributes.get("TargetMode", "").strip().casefold() == "external"
            _refuse_relation(kind, outside=outside)
            if kind == "package":
                target = attributes.get("Target", "").strip()
                yield posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def _refuse_relation(kind: str, *, outside: bool) -> None:
    if kind in _MACRO_RELATIONS:
        raise _with_macros()
    if kind in _FETCHED and outside:
        raise FileTypeError(
            "Ce document va chercher un modèle ou un objet sur une autre machine : enregistrez-le "
            "en PDF, puis déposez le PDF."
        )
    if kind == "oleobject":
        raise with_object()


def _elements(data: bytes) -> list[tuple[str, dict[str, str]]]:
    """The elements of a part and their attributes, without the prefixes of their names.

    An entity could stand for anything, even for a part that never ends: there is none.
    """
    found: list[tuple[str, dict[str, str]]] = []

    def begun(name: str, attributes: dict[str, str]) -> None:
        named = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        found.append((name.rpartition(" ")[2], named))

    def entity(*_declared: Any) -> None:
        raise zipfile.BadZipFile("an entity is declared")

    if data:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = begun
        parser.EntityDeclHandler = entity
        parser.Parse(data, True)
    return found


def _too_heavy() -> FileTypeError:
    return FileTypeError(
        "Une fois décompressé, ce fichier serait trop volumineux : déposez-en une version plus "
        "légère ou un PDF."
    )


def _locked() -> FileTypeError:
    return FileTypeError("Ce fichier est protégé par un mot de passe : retirez-le d’abord.")


def _with_macros() -> FileTypeError:
    return FileTypeError(
        "Ce document contient des macros : enregistrez-le sans macros (.docx, .xlsx) ou en PDF, "
        "puis déposez-le."
    )


def with_object() -> FileTypeError:
    """What is said of a document inside the document that is not accepted."""
    return FileTypeError(
        "Ce document contient un objet incorporé qui pourrait être un programme : enregistrez-"
        "le en PDF, puis déposez le PDF."
    )
