"""Letters of dossiers: what they say, as PDF and Word, and when the worker makes them."""

from __future__ import annotations

import io
from datetime import date, timedelta
from itertools import product

import pytest
import sqlalchemy as sa
from docx import Document as WordFile
from flask import Flask
from pypdf import PdfReader

from surveyapp import worker
from surveyapp.core.journey.loader import loads
from surveyapp.jobs import JobRun
from surveyapp.models import Document, Dossier, DossierFile, DossierMark, Event, Job, db
from surveyapp.reports.letters import FORMATS, TEMPLATES, LetterFields, render_document
from surveyapp.services import documents
from surveyapp.services.dossiers import acts, files, making
from surveyapp.services.dossiers.errors import DossierError
from surveyapp.services.dossiers.journeys import FOLDER
from surveyapp.services.structure import Description, describe
from tests import dossiers
from tests.documents import in_order, lines
from tests.dossiers import COORDINATION, DAY, at

FIELDS = LetterFields(
    structure="CPTS du Val-Fictif",
    address="1 place de l’Exemple\n00000 Val-Fictif",
    contact="contact@demo.example – 02 61 91 00 00",
    signatory="Camille Demo, coordinatrice",
    holder="Ariane Exemple-Demo",
    reference="D-AAAA-0001",
    profession="Infirmière",
    commune="Val-Fictif",
    start=date(2027, 1, 4),
    end=date(2028, 1, 4),
    on=date(2027, 1, 5),
)
BARE = LetterFields(structure="Votre CPTS", holder="Zoé Modèle-Demo", on=date(2027, 1, 5))
SAID = {
    "lettre-mandat": [
        "Lettre de mandat",
        "Bonjour Ariane Exemple-Demo,",
        "La CPTS du Val-Fictif vous confie un mandat",
        "prend effet le 4 janvier 2027 et prend fin le 4 janvier 2028",
        "six premiers mois",
        "préavis de 15 jours",
        "Fait le 5 janvier 2027",
        "Pour la CPTS du Val-Fictif",
    ],
    "attestation-mandat": [
        "Attestation",
        "La CPTS du Val-Fictif atteste qu’Ariane Exemple-Demo, infirmière, commune",
        "Son mandat court du 4 janvier 2027 au 4 janvier 2028.",
        "Fait le 5 janvier 2027",
    ],
    "engagement-adhesion": [
        "Engagement d’adhésion",
        "soussignée Ariane Exemple-Demo, infirmière, prépare",
        "à adhérer à la CPTS du Val-Fictif dès que je serai installé ou installée",
        "Date et signature",
    ],
}


def text_of(data: bytes, format: str) -> list[str]:
    if format == "docx":
        found = lines(data)
    else:
        found = [" ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)]
    return [" ".join(line.replace("\u202f", " ").split()) for line in found]


@pytest.mark.parametrize(("template", "format"), list(product(TEMPLATES, FORMATS)))
def test_a_letter_says_what_it_must(template: str, format: str) -> None:
    found = text_of(render_document(template, format, FIELDS).data, format)
    if format == "pdf":
        assert [words for words in SAID[template] if words not in found[0]] == []
    else:
        assert in_order(SAID[template], found) is None
    assert ("Fait le" in " ".join(found)) is (template != "engagement-adhesion")


@pytest.mark.parametrize(("template", "format"), list(product(TEMPLATES, FORMATS)))
def test_what_is_not_known_leaves_no_hole(template: str, format: str) -> None:
    found = " ".join(text_of(render_document(template, format, BARE).data, format))
    assert "Zoé Modèle-Demo" in found
    for hole in ("None", ", ,", " ,", "()", "le .", "  ", "du  au"):
        assert hole not in found, hole


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_letter_is_one_accessible_page_and_always_the_same(template: str) -> None:
    data = render_document(template, "pdf", FIELDS).data
    assert data == render_document(template, "pdf", FIELDS).data
    reader = PdfReader(io.BytesIO(data))
    assert len(reader.pages) == 1
    assert str(reader.root_object["/Lang"]) == "fr-FR"
    assert "/StructTreeRoot" in reader.root_object
    assert reader.metadata is not None
    assert "Ariane Exemple-Demo" in str(reader.metadata.title)


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_word_file_has_real_styles_and_french(template: str) -> None:
    data = render_document(template, "docx", FIELDS).data
    assert data == render_document(template, "docx", FIELDS).data
    document = WordFile(io.BytesIO(data))
    assert [p.style.name for p in document.paragraphs if p.style.name == "Title"] == ["Title"]
    assert document.sections[0].page_width.cm == pytest.approx(21, abs=0.01)
    assert document.core_properties.author == "CPTS du Val-Fictif"
    assert 'w:val="fr-FR"' in document.styles.element.xml


def test_every_template_that_the_journeys_name_is_there() -> None:
    named = {
        (document.template, format)
        for path in FOLDER.glob("*.yaml")
        for journey in [loads(path.read_text("utf-8"))]
        for document in journey.documents
        for format in document.formats
    }
    assert named <= set(product(TEMPLATES, FORMATS))
    assert {template for template, _ in named} == set(TEMPLATES)


@pytest.fixture
def mandate(app: Flask) -> int:
    """A dossier of an ambassador whose mandate has just begun."""
    describe(
        Description("CPTS du Val-Fictif", "", "", "", "", "", "Europe/Paris", "#1d5c63"),
        author_id=None,
        now=at(DAY),
    )
    dossiers.in_service("ambassadeur")
    key = dossiers.begin("ambassadeur", entretien="non")
    return to_mandate(key)


def to_mandate(key: int) -> int:
    dossiers.know(key, on=DAY, adhesion_a_jour="oui")
    dossiers.move(key, "instruire", on=DAY)
    dossiers.fill(key, "avis_referent", on=DAY, avis="favorable")
    dossiers.move(key, "decider_sans_entretien", on=DAY)
    dossiers.move(key, "accepter", on=DAY)
    dossiers.fill(key, "session", on=DAY, kit=True, aides=True, situations=True)
    dossiers.move(key, "donner_mandat", on=DAY)
    return key


def made(key: int) -> dict[str, DossierFile]:
    """The files of a dossier by name and format."""
    db.session.rollback()
    statement = (
        sa.select(DossierFile, Document.filename)
        .join(Document, Document.id == DossierFile.document_id)
        .where(DossierFile.dossier_id == key)
        .order_by(DossierFile.at)
    )
    return {f"{f.name}.{name.rpartition('.')[2]}": f for f, name in db.session.execute(statement)}


def content(file: DossierFile) -> bytes:
    return documents.file_of(db.session.get_one(Document, file.document_id)).read_bytes()


def test_a_mandate_brings_its_letter_and_its_certificate(mandate: int) -> None:
    worker.run_once()
    found = made(mandate)
    assert set(found) == {
        *("lettre_mandat.pdf", "lettre_mandat.docx"),
        *("attestation_mandat.pdf", "attestation_mandat.docx"),
    }
    text = text_of(content(found["lettre_mandat.pdf"]), "pdf")[0]
    assert "Bonjour Prénom1 Personne-Demo," in text
    assert "prend effet le 5 janvier 2026 et prend fin le 5 janvier 2027" in text
    assert "Lons-Demo" in text
    assert all(file.shared for file in found.values()), "the ambassador reads them"
    kinds = db.session.scalars(sa.select(Event.kind).where(Event.subject_id == mandate))
    assert list(kinds).count("dossier.document_made") == 2


def test_a_job_that_runs_twice_makes_its_letter_once(mandate: int) -> None:
    job = db.session.scalars(sa.select(Job).where(Job.kind == "dossier_document")).first()
    assert job is not None
    run = JobRun(job.id, job.kind, dict(job.payload), 1)
    making.make_letters(run)
    making.make_letters(run)
    assert len(made(mandate)) == 2
    worker.run_once()
    assert len(made(mandate)) == 4
    count = db.session.scalar(sa.select(sa.func.count(DossierFile.id)))
    assert count == 4


def test_a_letter_is_made_again_beside_the_former_one(mandate: int) -> None:
    worker.run_once()
    former = made(mandate)["lettre_mandat.pdf"]
    mark = former.mark_id or 0
    begun = db.session.get_one(DossierMark, mark)
    later = DAY + timedelta(days=3)
    acts.correct_date(
        mandate, begun.id, later, viewer=COORDINATION, reason="Erreur.", today=later, now=at(later)
    )
    job = files.make_again(mandate, "lettre_mandat", mark, viewer=COORDINATION, now=at(later))
    worker.run_once()
    assert db.session.get_one(Job, job).state.value == "done"
    text = text_of(content(made(mandate)["lettre_mandat.pdf"]), "pdf")[0]
    assert "prend effet le 8 janvier 2026" in text
    count = db.session.scalar(
        sa.select(sa.func.count(DossierFile.id)).where(DossierFile.name == "lettre_mandat")
    )
    assert count == 4
    with pytest.raises(DossierError):
        files.make_again(mandate, "inconnu", mark, viewer=COORDINATION, now=at(later))


def test_a_dossier_that_is_gone_asks_for_nothing(mandate: int) -> None:
    acts.erase(mandate, viewer=COORDINATION, reason="Demande.", today=DAY, now=at(DAY))
    worker.run_once()
    states = set(db.session.scalars(sa.select(Job.state).where(Job.kind == "dossier_document")))
    assert {state.value for state in states} <= {"done"}
    assert db.session.scalar(sa.select(sa.func.count(Document.id))) == 0


def test_a_commitment_is_offered_to_whoever_is_no_member(app: Flask) -> None:
    dossiers.in_service("conciergerie")
    candidate = dossiers.begin("conciergerie", qualite="candidat")
    member = dossiers.begin("conciergerie", number=2)
    for key in (candidate, member):
        dossiers.move(key, "prendre_en_charge", on=DAY)
    worker.run_once()
    assert set(made(candidate)) == {"engagement_adhesion.pdf", "engagement_adhesion.docx"}
    assert made(member) == {}
    row = db.session.get_one(Dossier, candidate)
    text = text_of(content(made(candidate)["engagement_adhesion.pdf"]), "pdf")[0]
    assert row.reference in text
