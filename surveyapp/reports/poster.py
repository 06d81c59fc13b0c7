"""Poster and flyer of a campaign: title, QR code, address in words, closing date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from surveyapp.core.colour import theme
from surveyapp.core.french import NBSP, typeset
from surveyapp.qr import qr_svg
from surveyapp.reports.paper import pdf
from surveyapp.store.structure import StructureInfo

CONTENT_TYPE = "application/pdf"
#: An A4 poster; two half pages on one A4 sheet.
TEMPLATES = {"affiche": "poster/poster.typ", "tract": "poster/flyer.typ"}


@dataclass(frozen=True, slots=True)
class Notice:
    """What a poster says. ``text`` and ``facts`` may be empty; ``until`` is a French sentence."""

    title: str
    text: str
    facts: tuple[str, ...]
    url: str
    until: str


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Everything that the templates lay out."""

    title: str
    structure: str
    description: str
    accent: str
    text: str
    facts: str
    qr: str
    qr_alt: str
    call: str
    address: str
    until: str
    contact: str


def poster_pdf(kind: str, notice: Notice, structure: StructureInfo, *, on: date) -> bytes:
    """The sheet ``kind`` (a key of :data:`TEMPLATES`) as PDF/UA-1."""
    return pdf(TEMPLATES[kind], _sheet(notice, structure), on=on)


def _sheet(notice: Notice, structure: StructureInfo) -> _Sheet:
    said = notice.url.partition("://")[2]
    reach = " – ".join(text for text in (structure.email, structure.phone) if text)
    return _Sheet(
        title=notice.title,
        structure=structure.name,
        description=f"Invitation à répondre au questionnaire «{NBSP}{notice.title}{NBSP}»",
        accent=theme(structure.color).link,
        text=typeset(" ".join(notice.text.split())),
        facts=" · ".join(notice.facts),
        qr=qr_svg(notice.url).decode(),
        qr_alt=f"QR code de l’adresse {said}",
        call="Scannez ce code, ou tapez cette adresse dans un navigateur",
        address=said,
        until=notice.until,
        contact=f"Une question{NBSP}? {reach}" if reach else "",
    )
