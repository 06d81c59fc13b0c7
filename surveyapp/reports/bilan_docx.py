"""The bilan d'action as a Word file: the view laid into ``template.docx``."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import Environment, StrictUndefined, Template

from surveyapp.core import french
from surveyapp.core.bilan import BilanView, FieldView
from surveyapp.core.bilan.document import BoxView
from surveyapp.reports.bilan_form import TEMPLATE
from surveyapp.reports.docx_bytes import reproducible

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

#: Longest text that a property of the file may hold.
_PROPERTY = 255
_DOTS = "……………………………………………………"


def bilan_docx(view: BilanView, *, number: int | None = None, issued_on: date) -> bytes:
    """Fill the template. The same view, number and day give the same bytes.

    :param number: number of the issued bilan; ``None`` marks the file as a draft.
    """
    template = DocxTemplate(TEMPLATE)
    year = int(view.year) if view.year else None
    context = {
        "f": {field.name: field for field in view.fields()},
        "n": "N" if year is None else str(year),
        "n1": "N+1" if year is None else str(year + 1),
        "foot": foot(view),
        "mark": mark(number, issued_on),
        "dots": _DOTS,
    }
    template.render(context, jinja_env=_environment(), autoescape=True)
    properties = template.docx.core_properties  # get_docx() would reload the empty template
    properties.title = title_of(view)[:_PROPERTY]
    properties.author = view.structure[:_PROPERTY]
    day = datetime(issued_on.year, issued_on.month, issued_on.day, tzinfo=UTC)
    properties.created = properties.modified = day.replace(tzinfo=None)
    out = io.BytesIO()
    template.save(out)
    return reproducible(out.getvalue())


def title_of(view: BilanView) -> str:
    """« Bilan d’action 2022 – Intitulé »."""
    return " – ".join(filter(None, (f"{view.title} {view.year}".strip(), view.action)))


def foot(view: BilanView) -> str:
    """« Bilan d’action 2022 – Structure », at the foot of each page."""
    return " – ".join(filter(None, (f"{view.title} {view.year}".strip(), view.structure)))


def mark(number: int | None, issued_on: date) -> str:
    """What the foot of the page says of this copy."""
    name = "Projet" if number is None else f"Bilan n°{french.NBSP}{number}"
    return f"{name} du {french.date_long(issued_on)}"


class _Remembering(Environment):
    """The parts of the template never change: compiling them takes most of the time."""

    @lru_cache(maxsize=16)  # noqa: B019 - there is one environment, kept for ever
    def from_string(self, source: str, *args: Any, **kwargs: Any) -> Template:  # type: ignore[override]
        return super().from_string(source, *args, **kwargs)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = _Remembering(autoescape=True, undefined=StrictUndefined)
    environment.filters["glyph"] = _glyph
    environment.filters["lines"] = _lines
    return environment


def _glyph(box: BoxView) -> str:
    return "☒" if box.ticked else "☐"


def _lines(field: FieldView) -> str:
    """Rows of a small table as lines of text."""
    return "\n".join(
        f"{french.NBSP}: ".join(cell.text or cell.todo for cell in row) for row in field.rows
    )
