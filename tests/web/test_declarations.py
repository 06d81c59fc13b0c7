"""Pages of declarations and of the files of a dossier, as each role has them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.models import Dossier, DossierFile, Event, Structure, User, db, now
from surveyapp.services.transaction import transaction
from tests import dossiers
from tests.declaring import TRIPS, declare, mandate, rates
from tests.samples import pdf
from tests.web.checking import Browser

HOME = "/coordination/dossiers/declarations"
TODAY = now().date()
AddUser = Callable[..., User]
SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def ambassador(app: Flask) -> int:
    rates(3000, 600, on=TODAY)
    dossiers.in_service("ambassadeur", on=TODAY)
    return mandate(on=TODAY)


def test_a_declaration_is_looked_at_and_validated(
    ambassador: int, coordination: FlaskClient
) -> None:
    key = declare(ambassador, 95, on=TODAY, trajets=TRIPS)
    browser = Browser(coordination)
    page = browser.get(HOME)
    assert "À traiter (1)" in page.text
    assert "85,20 €" in page.text
    page = browser.get(f"{HOME}/{key}")
    assert page.heading == "Déclaration de Personne-Demo Prénom1"
    assert "1 h 35, à 30,00 € l’heure : 47,50 €" in page.text
    assert "Transport en commun" in page.text
    page = page.send("Valider", {})
    assert "est validée" in page.text
    assert "Aucune déclaration n’attend." in page.text
    assert "85,20 €" in page.text, "now in the statement of the month"
    page = browser.get(f"{HOME}/{key}").send("Revenir sur la décision", {})
    assert page.status == 422
    assert [name for name, _ in page.errors()] == ["reason"]
    page = page.send("Revenir sur la décision", {"reason": "Erreur de ligne."})
    assert "attend de nouveau" in page.text


def test_a_declaration_is_sent_back_with_a_message(
    ambassador: int, coordination: FlaskClient
) -> None:
    key = declare(ambassador, 95, on=TODAY)
    page = Browser(coordination).get(f"{HOME}/{key}").send("Renvoyer avec ce message", {})
    assert page.status == 422
    assert [name for name, _ in page.errors()] == ["message"]
    page = page.send("Renvoyer avec ce message", {"message": "Quel trajet ?"})
    assert "renvoyée à" in page.text
    page = Browser(coordination).get(f"{HOME}/{key}")
    assert "Quel trajet ?" in page.text
    assert coordination.post(f"{HOME}/{key}/valider").status_code == 302
    assert "déjà été traitée" in Browser(coordination).get(f"{HOME}/{key}").text


def test_statements_are_asked_for(ambassador: int, coordination: FlaskClient) -> None:
    month = f"{TODAY:%Y-%m}"
    asked = {"periode": month, "format": "xlsx"}
    answer = coordination.post(f"{HOME}/releve", data=asked)
    assert "/coordination/taches/" in answer.location
    answer = coordination.post(f"{HOME}/releve", data={**asked, "format": "exe"})
    assert "Choisissez un mois" in coordination.get(answer.location).text
    for dossier in ("9" * 25, "x", "-1"):
        answer = coordination.post(f"{HOME}/releve", data={**asked, "dossier": dossier})
        assert answer.status_code == 302
        assert "Ce dossier n’existe pas" in coordination.get(answer.location).text
    answer = coordination.post(f"{HOME}/releve", data={**asked, "dossier": str(ambassador)})
    assert "/coordination/taches/" in answer.location
    page = Browser(coordination).get(f"{HOME}?periode=2020")
    assert "Aucune déclaration validée sur cette période." in page.text
    assert Browser(coordination).get(f"{HOME}?periode=x").status == 200
    assert coordination.get(f"{HOME}/1").status_code == 404


def test_settings_hold_the_rates_and_the_territory(admin: FlaskClient) -> None:
    page = Browser(admin).get("/coordination/reglages")
    page = page.send(
        "Enregistrer",
        {
            "name": "CPTS du Val-Fictif",
            "territory": "alsace-moselle",
            "hour_cents": "30",
            "kilometre_mills": "0,529",
        },
    )
    assert page.status == 200
    row = db.session.get_one(Structure, 1)
    assert (row.territory, row.hour_cents, row.kilometre_mills) == ("alsace-moselle", 3000, 529)
    page = Browser(admin).get("/coordination/reglages")
    assert page.find("kilometre_mills").get("value") == "0,529"
    page = page.send("Enregistrer", {"name": "CPTS", "hour_cents": "3000"})
    assert [name for name, _ in page.errors()] == ["hour_cents"]
    page.send("Enregistrer", {"name": "CPTS", "territory": "", "hour_cents": ""})
    row = db.session.get_one(Structure, 1)
    assert (row.territory, row.hour_cents) == (None, None)
    kinds = db.session.scalars(sa.select(Event.data).where(Event.kind == "structure.described"))
    assert [data["rates"] for data in kinds if "rates" in data][-1]["hour_cents"] == 3000


def upload(client: FlaskClient, address: str, data: bytes, **more: str) -> int:
    """Send a file as a browser does; the test client leaves large ones open."""
    parts = [('file"; filename="Signé.pdf', data), *((k, v.encode()) for k, v in more.items())]
    body = b"".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value + b"\r\n"
        for name, value in parts
    )
    kind = "multipart/form-data; boundary=x"
    return client.post(address, data=body + b"--x--\r\n", content_type=kind).status_code


def test_a_file_is_dropped_taken_home_and_taken_away(
    ambassador: int, coordination: FlaskClient
) -> None:
    address = f"/coordination/dossiers/{ambassador}/fichiers/"
    page = Browser(coordination).get(address)
    assert "Aucun fichier" in page.text
    assert upload(coordination, address, b"MZ programme") == 422
    assert upload(coordination, address, pdf() + bytes(10_500_000)) == 422
    assert upload(coordination, address, bytes(13_000_000)) == 413
    assert upload(coordination, address, pdf(), label="Lettre signée") == 302
    page = Browser(coordination).get(address)
    assert "Lettre signée" in page.text
    assert "la coordination seule" in page.text
    file = db.session.scalars(sa.select(DossierFile)).one()
    number, document_id = file.id, file.document_id
    answer = coordination.get(f"{address}{number}")
    assert answer.data == pdf()
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    answer = coordination.get(f"/coordination/documents/{document_id}")
    assert answer.location.endswith(f"{address}{number}")
    page = Browser(coordination).get(f"{address}{number}/retirer").send("Retirer le fichier", {})
    assert "Aucun fichier" in page.text
    assert coordination.get(f"{address}{number}").status_code == 404


def test_other_uploads_stay_small(ambassador: int, coordination: FlaskClient) -> None:
    assert upload(coordination, "/coordination/annuaire/import", bytes(3_000_000)) == 413


def test_nobody_reads_the_files_of_other_peoples_dossiers(
    ambassador: int, add_user: AddUser, sign_in: SignIn
) -> None:
    coordination = sign_in(add_user("coordination"))
    address = f"/coordination/dossiers/{ambassador}/fichiers/"
    for number, shared in (("1", ""), ("2", "y")):
        upload(coordination, address, pdf(), label=number, **({"shared": shared} if shared else {}))
    files = {f.label: f for f in db.session.scalars(sa.select(DossierFile))}
    assert (files["1"].shared, files["2"].shared) == (False, True)
    owner, stranger = add_user("ambassadeur"), add_user("ambassadeur", "autre@demo.example")
    with transaction() as session:
        person_id = session.get_one(Dossier, ambassador).person_id
        session.get_one(User, owner.id).person_id = person_id
    expected = {
        sign_in(owner): (200, 404, 404),  # what others dropped is for those who follow them
        sign_in(stranger): (404, 404, 404),
        sign_in(add_user("partenaire")): (404, 404, 404),
        sign_in(add_user("lecture")): (404, 404, 404),
        sign_in(add_user("referent")): (200, 404, 200),
    }
    for client, codes in expected.items():
        paths = (address, f"{address}{files['1'].id}", f"{address}{files['2'].id}")
        assert tuple(client.get(path).status_code for path in paths) == codes
    mine = sign_in(owner)
    assert upload(mine, address, pdf(), label="Justificatif") == 302
    page = Browser(mine).get(address)
    assert "Justificatif" in page.text
    assert mine.post(f"{address}{files['2'].id}/retirer").status_code == 404
    assert db.session.get(DossierFile, files["2"].id) is not None
    assert mine.post(f"{address}{files['2'].id}/refaire").status_code == 404
    assert mine.get(HOME).status_code == 403
