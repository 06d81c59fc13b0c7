"""The bilan d'action as an accessible PDF: the view laid out by ``bilan.typ``."""

from __future__ import annotations

from datetime import date

from surveyapp.core.bilan import BilanView
from surveyapp.reports.bilan_docx import foot, mark, title_of
from surveyapp.reports.paper import pdf

CONTENT_TYPE = "application/pdf"


def bilan_pdf(view: BilanView, *, number: int | None = None, issued_on: date) -> bytes:
    """Lay the view out as PDF/UA-1. The same view, number and day give the same bytes."""
    data = {
        "view": view,
        "title": title_of(view),
        "foot": foot(view),
        "mark": mark(number, issued_on),
    }
    return pdf("bilan_action/bilan.typ", data, on=issued_on)
