"""The results report: accessible, complete, the same bytes for the same results."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject

from surveyapp.core.definition import FormDefinition
from surveyapp.core.french import NBSP, THIN
from surveyapp.core.loader import load
from surveyapp.core.summary import Reason
from surveyapp.reports.results_pdf import TEXTS, Subject, results_pdf
from surveyapp.store import StructureInfo
from tests import summaries

FORMS = Path(__file__).parents[2] / "forms"
TODAY = date(2026, 4, 2)
CPTS = StructureInfo(
    name="CPTS des Trois Vallées", address="12 rue des Lilas", email="contact@demo.example"
)


@pytest.fixture(scope="module")
def form() -> FormDefinition:
    return load(FORMS / "satisfaction-evenement.yaml")


@pytest.fixture(scope="module")
def subject(form: FormDefinition) -> Subject:
    made = [make() for make in summaries.EVERY.values()]
    return Subject(
        title="Votre avis sur la soirée",
        period="du 1er mars au 31 mars 2026",
        definition=form,
        n=1234,
        invited=None,
        k=5,
        summaries=(*made, summaries.texts(), summaries.withheld()),
    )


@pytest.fixture(scope="module")
def report(subject: Subject) -> bytes:
    return results_pdf(subject, CPTS, TODAY)


@pytest.fixture(scope="module")
def reader(report: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(report))


@pytest.fixture(scope="module")
def text(reader: PdfReader) -> str:
    return words(reader)


def words(reader: PdfReader) -> str:
    """All the text, on one line, with ordinary spaces."""
    pages = " ".join(page.extract_text() for page in reader.pages)
    return " ".join(pages.replace(NBSP, " ").replace(THIN, " ").replace("\u00ad", "").split())


def read(subject: Subject) -> str:
    return words(PdfReader(io.BytesIO(results_pdf(subject, CPTS, TODAY))))


def elements(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every element of the structure tree."""
    root = reader.trailer["/Root"]
    assert isinstance(root, DictionaryObject)
    waiting = [root["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop()
        node = node.get_object() if isinstance(node, IndirectObject) else node
        if isinstance(node, DictionaryObject):
            yield node
            waiting.append(node.get("/K", []))
        elif isinstance(node, list):
            waiting.extend(node)


def test_report_is_tagged_with_title_and_language(reader: PdfReader) -> None:
    root = reader.trailer["/Root"]
    assert isinstance(root, DictionaryObject)
    assert root["/Lang"] == "fr-FR"
    assert root["/MarkInfo"]["/Marked"].value  # type: ignore[index,attr-defined]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value  # type: ignore[index,attr-defined]
    assert reader.metadata is not None
    assert reader.metadata.title == "Votre avis sur la soirée"
    assert b"pdfuaid:part" in (
        reader.xmp_metadata.stream.get_data() if reader.xmp_metadata else b""
    )


def test_every_chart_has_its_alternative_text(reader: PdfReader, subject: Subject) -> None:
    alternatives = [str(e["/Alt"]) for e in elements(reader) if e.get("/S") == "/Figure"]
    assert len(alternatives) == len(summaries.EVERY)
    assert any(
        "Souvent" in text and "28 réponses" in text.replace(NBSP, " ") for text in alternatives
    )


def test_every_figure_stands_in_a_table_with_headers(reader: PdfReader) -> None:
    tags = [str(e.get("/S")) for e in elements(reader)]
    assert tags.count("/Table") == len(summaries.EVERY)
    assert tags.count("/TH") >= 3 * len(summaries.EVERY)
    assert {"/H1", "/H2", "/TOC"} <= set(tags)


def test_cover_and_method(text: str) -> None:
    assert "Rapport de résultats Votre avis sur la soirée CPTS des Trois Vallées" in text
    assert "Réponses 1 234" in text
    assert "du 1er mars au 31 mars 2026" in text
    assert "Date du rapport 2 avril 2026" in text
    assert "1 234 réponses comptées" in text
    assert "Le nombre de personnes invitées n’est pas connu" in text
    assert "Chaque pourcentage et chaque moyenne porte sur 5 réponses au moins" in text


def test_participation_is_computed_when_the_number_of_invited_is_known(subject: Subject) -> None:
    said = read(replace(subject, n=28, invited=140, summaries=()))
    assert "28 réponses comptées pour 140 personnes invitées, soit un taux de" in said
    assert "participation de 20 %" in said


def test_rules_that_no_question_needs_are_left_out(subject: Subject) -> None:
    said = read(replace(subject, summaries=(summaries.partly_withheld(),)))
    assert "Les petits effectifs" in said
    assert "Les repères nationaux" not in said
    assert "Les réponses libres" not in said


def test_each_question_shows_its_figures(text: str) -> None:
    assert "28 réponses, 3 sans réponse" in text
    assert "Souvent 12 43 %" in text
    assert "40 réponses, moyenne 6,4, médiane 7" in text
    assert "Soirées thématiques 1,3 40" in text


def test_reference_figures_come_with_source_and_doubt(text: str) -> None:
    assert "Repère national : 64 % « se sentent fatigués » ; cette collecte : 75 %." in text
    assert "Rapport fictif sur la santé des soignants, 2023, N = 48 985, à vérifier." in text
    assert "moyenne nationale" not in text


def test_withheld_results_say_why_and_show_nothing(text: str) -> None:
    assert "Avez-vous subi des violences ? Résultat non montré : moins de 10 réponses" in text
    assert "L’accueil non affiché non affiché" in text


def test_only_published_open_answers_and_their_number(text: str, subject: Subject) -> None:
    assert "Le lieu & l’accueil <vraiment> #bien." in text
    assert "2 réponses publiées après relecture." in text
    many = replace(summaries.texts(), texts=tuple(f"Avis {i}." for i in range(TEXTS + 5)))
    said = read(replace(subject, summaries=(many,)))
    assert f"Avis {TEXTS - 1}." in said
    assert f"Avis {TEXTS}." not in said
    assert "205 réponses publiées après relecture, dont les 200 premières ici" in said


def test_other_please_specify_is_printed_once_published(subject: Subject) -> None:
    """Most questions have such a text; a page of « non montré » would help nobody."""
    other = replace(summaries.texts(), question="epuise_other", label="Vos autres raisons")
    assert "Vos autres raisons" in read(replace(subject, summaries=(other,)))
    unread = replace(other, texts=())
    assert "Vos autres raisons" not in read(replace(subject, summaries=(unread,)))


def test_notice_names_the_structure(text: str) -> None:
    assert "Annexe : information donnée aux personnes interrogées" in text
    assert "CPTS des Trois Vallées, 12 rue des Lilas" in text
    assert "{structure}" not in text
    assert "contact@demo.example" in text


def test_pages_are_numbered(reader: PdfReader) -> None:
    last = len(reader.pages)
    assert f"Page 2 sur {last}" in reader.pages[1].extract_text().replace(NBSP, " ")
    assert "Page" not in reader.pages[0].extract_text()


def test_same_results_and_day_give_the_same_bytes(subject: Subject, report: bytes) -> None:
    assert results_pdf(subject, CPTS, TODAY) == report


def test_report_before_anything_may_be_shown(subject: Subject) -> None:
    hidden = replace(summaries.withheld(), withheld=Reason.WAIT)
    said = read(replace(subject, n=None, summaries=(hidden,)))
    assert "Réponses non affichées" in said
    assert "ne peut pas encore être affiché" in said
    assert "après la fermeture de la collecte" in said
