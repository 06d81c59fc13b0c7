"""Declarations of time and expenses: decided once, counted once, paid at the rate of that day."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from pypdf import PdfReader

from surveyapp import worker
from surveyapp.core.declarations import Amounts, State
from surveyapp.core.journey.definition import Actor
from surveyapp.models import Document, DossierTerm, Event, Job, User, db
from surveyapp.services import documents
from surveyapp.services.dossiers import declarations as service
from surveyapp.services.dossiers import statements
from surveyapp.services.dossiers.access import Viewer
from surveyapp.services.dossiers.errors import DossierError, DossierGone
from tests import dossiers
from tests.declaring import TRIPS, declare, mandate, rates
from tests.dossiers import COORDINATION, DAY, at

LATER = DAY + timedelta(days=5)
AddUser = Callable[..., User]


@pytest.fixture
def ambassador(app: Flask) -> int:
    rates(3000, 600)
    dossiers.in_service("ambassadeur")
    return mandate()


def states(dossier_id: int) -> dict[int, State]:
    db.session.rollback()
    return {
        line.id: line.state for line in service.all_declarations() if line.dossier_id == dossier_id
    }


def running(dossier_id: int) -> int:
    """How many deadlines run for declarations to treat."""
    db.session.rollback()
    mine = (DossierTerm.dossier_id == dossier_id, DossierTerm.name == "traiter_declaration")
    return db.session.scalar(sa.select(sa.func.count()).select_from(DossierTerm).where(*mine)) or 0


def test_only_what_was_validated_counts(ambassador: int) -> None:
    first = declare(ambassador, 95, trajets=TRIPS, remarque="Rien de plus")
    second = declare(ambassador, 60)
    assert states(ambassador) == {first: State.WAITING, second: State.WAITING}
    assert running(ambassador) == 2
    assert service.statement_of("2026-01").shares == ()
    service.validate(first, viewer=COORDINATION, now=at(LATER))
    assert states(ambassador) == {first: State.VALIDATED, second: State.WAITING}
    assert running(ambassador) == 1
    found = service.statement_of("2026-01")
    assert found.amounts == Amounts(95, 42, 4750, 2520, 1250)
    assert (found.amounts.total_cents, found.waiting) == (8520, 1)
    assert found.shares[0].holder == service.declaration(first).holder
    assert found.declarations[0].content.trips[1].means == "Transport en commun"
    assert found.declarations[0].decided_on == LATER
    assert service.statement_of("2026-02").shares == ()


def test_one_that_is_sent_back_is_corrected_and_counted_once(ambassador: int) -> None:
    wrong = declare(ambassador, 600)
    with pytest.raises(DossierError, match="Écrivez ce qui est à corriger"):
        service.send_back(wrong, "  ", viewer=COORDINATION, now=at(LATER))
    service.send_back(wrong, "Dix heures ?", viewer=COORDINATION, now=at(LATER))
    line = service.declaration(wrong)
    assert (line.state, line.message) == (State.SENT_BACK, "Dix heures ?")
    right = dossiers.fill(
        ambassador,
        "declaration",
        on=LATER,
        actor=Actor.PERSON,
        corrects_id=wrong,
        mois="2026-01-05",
        activites=[{"activite": "formation", "minutes": 60}],
    )
    assert states(ambassador) == {wrong: State.REPLACED, right: State.WAITING}
    assert running(ambassador) == 1
    service.validate(right, viewer=COORDINATION, now=at(LATER))
    found = service.statement_of("2026-01")
    assert [line.id for line in found.declarations] == [right]
    assert found.amounts.minutes == 60
    assert running(ambassador) == 0


def test_a_correction_of_what_was_validated_never_pays_twice(ambassador: int) -> None:
    first = declare(ambassador, 60)
    service.validate(first, viewer=COORDINATION, now=at(DAY))
    second = dossiers.fill(
        ambassador, "declaration", on=LATER, corrects_id=first, mois="2026-01-05",
        activites=[{"minutes": 90}],
    )  # fmt: skip
    assert service.statement_of("2026-01").amounts.minutes == 60, "until it is looked at"
    service.validate(second, viewer=COORDINATION, now=at(LATER))
    assert states(ambassador) == {first: State.REPLACED, second: State.VALIDATED}
    assert service.statement_of("2026-01").amounts.minutes == 90


def test_a_decision_is_taken_once_and_can_be_taken_back(ambassador: int) -> None:
    key = declare(ambassador, 60)
    with pytest.raises(DossierError, match="pas encore été traitée"):
        service.reopen(key, "Erreur.", viewer=COORDINATION, now=at(DAY))
    service.validate(key, viewer=COORDINATION, now=at(DAY))
    for act in (service.validate, lambda *a, **k: service.send_back(*a, "Non", **k)):
        with pytest.raises(DossierError, match="déjà été traitée"):
            act(key, viewer=COORDINATION, now=at(DAY))
    service.reopen(key, "Validée par erreur.", viewer=COORDINATION, now=at(LATER))
    assert states(ambassador) == {key: State.WAITING}
    assert running(ambassador) == 1
    assert service.statement_of("2026-01").shares == ()
    kinds = list(db.session.scalars(sa.select(Event.kind).where(Event.subject_id == ambassador)))
    assert "dossier.withdrawn" in kinds
    service.validate(key, viewer=COORDINATION, now=at(LATER))
    assert states(ambassador) == {key: State.VALIDATED}


def test_only_the_coordination_decides(ambassador: int) -> None:
    key = declare(ambassador, 60)
    with pytest.raises(DossierError):
        service.validate(key, viewer=Viewer(Actor.REFERENT, None), now=at(DAY))
    with pytest.raises(DossierGone):
        service.validate(key, viewer=Viewer(Actor.AMBASSADOR, None, 1), now=at(DAY))
    with pytest.raises(DossierGone):
        service.validate(12, viewer=COORDINATION, now=at(DAY))
    assert states(ambassador) == {key: State.WAITING}


def test_a_new_rate_does_not_change_what_was_validated(ambassador: int) -> None:
    first, second = declare(ambassador, 60), declare(ambassador, 60)
    service.validate(first, viewer=COORDINATION, now=at(DAY, 10))
    rates(4000, 600, on=DAY, hour_of_day=11)
    service.validate(second, viewer=COORDINATION, now=at(DAY, 12))
    paid = {
        line.id: line.amounts.time_cents
        for line in service.all_declarations()
        if line.dossier_id == ambassador
    }
    assert paid == {first: 3000, second: 4000}


def test_an_anonymised_dossier_keeps_its_figures_and_no_name(ambassador: int) -> None:
    from surveyapp.models import Dossier, DossierMark, Response
    from surveyapp.services.transaction import transaction

    key = declare(ambassador, 60, trajets=TRIPS)
    with transaction() as session:
        mark = session.get_one(DossierMark, key)
        response = session.get_one(Response, mark.response_id)
        mark.answers, mark.response_id = {"activites": [{"minutes": 60}]}, None
        session.flush()
        session.delete(response)
        session.get_one(Dossier, ambassador).title = ""
    line = service.declaration(key)
    assert (line.holder, line.content.minutes) == ("Dossier anonymisé", 60)
    assert service.answers_in_words(key) == ()


def made(kind: str, owner: int, dossier_id: int | None = None) -> bytes:
    job = statements.request_statement(
        "2026-01", kind, dossier_id=dossier_id, owner_id=owner, today=LATER
    )
    worker.run_once()
    document = db.session.get_one(Document, db.session.get_one(Job, job).document_id)
    assert (document.permission, document.expires_at is not None) == ("follow", True)
    return documents.file_of(document).read_bytes()


@pytest.fixture
def two(ambassador: int, add_user: AddUser) -> tuple[int, int]:
    """Two ambassadors, one validated declaration each, a third one that waits."""
    other = mandate(2, name="Autre-Demo")
    for key in (declare(ambassador, 95, trajets=TRIPS), declare(other, 61)):
        service.validate(key, viewer=COORDINATION, now=at(LATER))
    declare(other, 600)
    return ambassador, other


def test_the_statement_is_an_accessible_pdf(two: tuple[int, int], add_user: AddUser) -> None:
    owner = add_user("coordination").id
    reader = PdfReader(io.BytesIO(made("pdf", owner)))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for words in (
        *("Relevé de temps et de frais – janvier 2026", "Personne-Demo", "Autre-Demo"),
        *("47,50 €", "25,20 €", "12,50 €", "85,20 €", "30,50 €", "115,70 €", "1 h 35"),
        *("1 déclaration de cette période attend encore", "30,00 € l’heure, 0,60 € le kilomètre"),
        *("Camille Demo, coordinatrice", "Établi le 10 janvier 2026"),
    ):
        assert words in text, words
    assert "/StructTreeRoot" in reader.root_object
    alone = PdfReader(io.BytesIO(made("pdf", owner, two[1])))
    text = " ".join(" ".join(page.extract_text() for page in alone.pages).split())
    assert "Autre-Demo" in text
    assert "Personne-Demo" not in text


def test_the_treasurer_gets_numbers(two: tuple[int, int], add_user: AddUser) -> None:
    owner = add_user("coordination").id
    book = openpyxl.load_workbook(io.BytesIO(made("xlsx", owner)))
    assert book.sheetnames == ["Totaux", "Déclarations", "Trajets"]
    sums = list(book["Totaux"].iter_rows(min_row=2, values_only=True))
    assert sums[-1][0] == "Total"
    assert sums[-1][2:] == (2, 156, 78, 42, 25.2, 12.5, 115.7)
    lines = list(book["Déclarations"].iter_rows(min_row=2, values_only=True))
    assert len(lines) == 2
    assert {line[4].date() for line in lines} == {LATER}
    assert list(book["Trajets"].iter_rows(min_row=2, values_only=True))[1][4:] == (
        *("Transport en commun", 0, 12.5),
    )
    csv = made("csv", owner).decode("utf-8-sig").splitlines()
    assert len(csv) == 3
    assert csv[1].endswith(";61;30,5;0;0,0;0,0;30,5")
    event = db.session.scalars(sa.select(Event).where(Event.kind == "declarations.exported"))
    assert {one.user_id for one in event} == {owner}


def test_a_statement_of_nothing_is_refused_or_empty(ambassador: int, add_user: AddUser) -> None:
    owner = add_user("coordination").id
    for period, kind in (("2026-13", "pdf"), ("2026-01", "exe")):
        with pytest.raises(DossierError):
            statements.request_statement(
                period, kind, dossier_id=None, owner_id=owner, today=date(2026, 2, 1)
            )
    assert b"%PDF" in made("pdf", owner)
    job = statements.request_statement(
        "2026-01", "pdf", dossier_id=ambassador, owner_id=owner, today=LATER
    )
    worker.run_once()
    assert "pas de déclaration validée" in (db.session.get_one(Job, job).error or "")
