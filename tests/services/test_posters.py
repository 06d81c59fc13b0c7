"""Poster and flyer: what they say, on how many pages, for eyes, phones and screen readers."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from pypdf import PdfReader

from surveyapp.core.instant import closing
from surveyapp.models import Structure
from surveyapp.reports.poster import TEMPLATES, Notice, poster_pdf
from surveyapp.services import posters
from surveyapp.services.transaction import transaction
from surveyapp.store import StructureInfo
from tests.answering import ANONYMOUS, opened
from tests.services.test_results_pdf import elements

GOLDEN = Path(__file__).parents[1] / "golden" / "posters"
CPTS = StructureInfo(name="CPTS des Exemples", email="contact@demo.example", phone="0262 00 00 00")
NOTICE = Notice(
    title="Le bien-être des soignants en 2026",
    text="Dix minutes pour dire comment vous allez, et ce qui vous aiderait.",
    facts=("8 minutes", "Anonyme"),
    url="https://enquetes.demo.example/q/bien-etre-2026",
    until="Jusqu’au 30 juin 2026 inclus",
)
LONGEST = Notice(
    title="Un titre long " * 21,
    text="Un mot de plus " * 20,
    facts=NOTICE.facts,
    url="https://un-nom-de-domaine-tres-long.exemples.demo.example/q/" + "a" * 60,
    until="Jusqu’au 30 septembre 2026 à 18 h 30",
)
ON = date(2026, 6, 1)


def _alternatives(data: bytes) -> set[str]:
    """The texts that stand for pictures."""
    return {
        str(found["/Alt"]) for found in elements(PdfReader(io.BytesIO(data))) if "/Alt" in found
    }


def text_of(data: bytes) -> list[str]:
    reader = PdfReader(io.BytesIO(data))
    assert len(reader.pages) == 1
    return [line for line in reader.pages[0].extract_text().splitlines() if line.strip()]


@pytest.mark.parametrize("kind", TEMPLATES)
def test_the_text_of_a_sheet_is_the_golden_one(kind: str) -> None:
    found = "\n".join(text_of(poster_pdf(kind, NOTICE, CPTS, on=ON))) + "\n"
    golden = GOLDEN / f"{kind}.txt"
    if not golden.exists():  # delete the file to accept a new text
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(found, encoding="utf-8")
        pytest.fail(f"{golden.name} is new: read it, then run this again")
    assert found == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", TEMPLATES)
def test_the_longest_words_still_hold_on_one_sheet(kind: str) -> None:
    words = " ".join(text_of(poster_pdf(kind, LONGEST, CPTS, on=ON)))
    copies = 2 if kind == "tract" else 1
    assert words.count("à 18 h 30") == copies
    assert words.replace(" ", "").count("a" * 60) == copies


@pytest.mark.parametrize("kind", TEMPLATES)
def test_a_sheet_is_read_aloud_and_always_the_same(kind: str) -> None:
    data = poster_pdf(kind, NOTICE, CPTS, on=ON)
    root = PdfReader(io.BytesIO(data)).root_object
    assert str(root["/Lang"]) == "fr-FR"
    assert "/StructTreeRoot" in root
    assert "QR code de l’adresse enquetes.demo.example/q/bien-etre-2026" in _alternatives(data)
    assert data == poster_pdf(kind, NOTICE, CPTS, on=ON)


def test_a_campaign_without_words_date_or_contact_has_a_poster_too(app: Flask) -> None:
    with transaction() as session:
        session.add(Structure(name="CPTS des Exemples"))
    found = opened(ANONYMOUS, messages={"poster": "Venez à {structure} :  merci !"})
    url, now = "https://demo.example/q/avis", datetime(2026, 6, 1, tzinfo=UTC)
    words = " ".join(text_of(posters.make(found, "affiche", url=url, now=now)))
    assert "Venez à CPTS des Exemples\u00a0: merci\u202f!" in words
    assert "3\u00a0minutes · Anonyme" in words
    assert "demo.example/q/avis" in words
    assert "Jusqu’au" not in words
    assert "Une question" not in words


@pytest.mark.parametrize("name", ["Europe/Paris", "Indian/Reunion", "America/Cayenne"])
def test_a_day_without_an_hour_is_included(name: str) -> None:
    zone = ZoneInfo(name)
    assert posters.until(closing(ON, None, zone), zone) == "Jusqu’au 1er\u00a0juin\u00a02026 inclus"
    six = closing(ON, datetime(2026, 6, 1, 18, tzinfo=UTC).time(), zone)
    assert posters.until(six, zone) == "Jusqu’au 1er\u00a0juin\u00a02026 à 18\u00a0h"
