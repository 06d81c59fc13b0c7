"""Letters of a dossier as files: a template, a format and the fields in, bytes out.

Nothing here reads the database or the clock: the same fields give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from surveyapp.reports.letters_docx import CONTENT_TYPE as DOCX_TYPE
from surveyapp.reports.letters_docx import letter_docx
from surveyapp.reports.letters_pdf import CONTENT_TYPE as PDF_TYPE
from surveyapp.reports.letters_pdf import letter_pdf
from surveyapp.reports.letters_text import LETTERS, Letter, LetterFields

__all__ = ["FORMATS", "TEMPLATES", "LetterFields", "Rendered", "render_document"]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A file that was made."""

    data: bytes
    content_type: str


_WRITERS: dict[str, tuple[Callable[[Letter, LetterFields], bytes], str]] = {
    "pdf": (letter_pdf, PDF_TYPE),
    "docx": (letter_docx, DOCX_TYPE),
}
#: Formats and templates that a journey may name.
FORMATS = tuple(_WRITERS)
TEMPLATES = tuple(LETTERS)


def render_document(template: str, format: str, fields: LetterFields) -> Rendered:
    """Make the letter ``template`` (of :data:`TEMPLATES`) as one of :data:`FORMATS`.

    :raises KeyError: no such template or format.
    """
    write, content_type = _WRITERS[format]
    return Rendered(write(LETTERS[template](fields), fields), content_type)
