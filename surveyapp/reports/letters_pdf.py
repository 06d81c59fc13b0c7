"""A letter as an accessible PDF, laid out by ``letters/letter.typ``."""

from __future__ import annotations

from surveyapp.reports.letters_text import Letter, LetterFields, made_on
from surveyapp.reports.paper import pdf

CONTENT_TYPE = "application/pdf"


def letter_pdf(letter: Letter, fields: LetterFields) -> bytes:
    """Lay the letter out as PDF/UA-1."""
    data = {
        "letter": letter,
        "title": f"{letter.title} – {fields.holder}",
        "structure": fields.structure,
        "sender": [line.strip() for line in fields.address.splitlines() if line.strip()],
        "contact": fields.contact,
        "accent": fields.accent,
        "reference": fields.reference,
        "day": made_on(letter, fields),
    }
    return pdf("letters/letter.typ", data, on=fields.on)
