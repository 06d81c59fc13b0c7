"""Files of a dossier and declarations of time, on a phone and on a desk, without a script."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from surveyapp import worker
from surveyapp.models import now
from tests import dossiers
from tests.browser.audit import check_page
from tests.browser.office import Office
from tests.declaring import TRIPS, declare, mandate
from tests.samples import pdf

Open = Callable[..., Page]
Picture = Callable[[Page, str], None]
WHO = "Déclarante-Demo Prénom701"
HOME = "/coordination/dossiers/declarations"


@pytest.fixture(scope="module")
def ambassador(office: Office) -> int:
    """An ambassador in mandate since today, whose letters are ready."""
    with office.site.app.app_context():
        today = now().date()
        dossiers.in_service("ambassadeur", on=today)
        key = mandate(701, on=today, name="Déclarante-Demo")
        worker.run_once()
    return key


@pytest.mark.parametrize("width", ["320", "1280"])
def test_a_signed_letter_is_kept_and_given_back(
    width: str, ambassador: int, colleague: Open, picture: Picture, tmp_path: Path
) -> None:
    page = colleague("coordination", width, scripts=False)
    page.goto(f"/coordination/dossiers/{ambassador}/fichiers/")
    expect(page.locator("li.file")).to_have_count(4)
    paper = tmp_path / "Lettre signée.pdf"
    paper.write_bytes(b"MZ programme")
    page.get_by_label("Fichier à déposer").set_input_files(paper)
    page.get_by_role("button", name="Déposer", exact=True).click()
    expect(page.locator(".error-summary")).to_contain_text("Ce type de fichier n’est pas accepté")
    paper.write_bytes(pdf())
    page.get_by_label("Fichier à déposer").set_input_files(paper)
    page.get_by_label("Intitulé").fill("Lettre de mandat signée")
    page.get_by_role("button", name="Déposer", exact=True).click()
    expect(page.locator(".alert-success")).to_have_text("Le fichier est déposé.")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Lettre de mandat signée", exact=True).click()
    assert Path(saved.value.path()).read_bytes() == pdf()
    assert saved.value.suggested_filename == "Lettre signée.pdf"
    with page.expect_download() as saved:
        page.get_by_role("link", name="Lettre de mandat (PDF)", exact=True).click()
    text = PdfReader(io.BytesIO(Path(saved.value.path()).read_bytes())).pages[0].extract_text()
    assert "Déclarante-Demo" in text
    with_script = colleague("coordination", width)
    with_script.goto(f"/coordination/dossiers/{ambassador}/fichiers/")
    check_page(with_script)
    picture(with_script, "files")
    page.get_by_role("link", name="Retirer Lettre de mandat signée").click()
    page.get_by_role("button", name="Retirer le fichier").click()
    expect(page.locator("li.file")).to_have_count(4)


@pytest.mark.parametrize("width", ["320", "1280"])
def test_a_declaration_goes_to_the_treasurer(
    width: str, office: Office, ambassador: int, colleague: Open, picture: Picture
) -> None:
    with office.site.app.app_context():
        today = now().date()
        declare(ambassador, 95, on=today, trajets=TRIPS, remarque="Deux visites")
        declare(ambassador, 60, on=today)
    page = colleague("coordination", width)
    page.goto(HOME)
    check_page(page)
    picture(page, "declarations")
    page.get_by_role("link", name=f"Examiner la déclaration de {WHO}").first.click()
    check_page(page)
    picture(page, "declaration")
    page.get_by_role("button", name="Valider").click()
    expect(page.locator(".alert-success")).to_contain_text("est validée")
    page.get_by_role("link", name=f"Examiner la déclaration de {WHO}").first.click()
    page.get_by_role("button", name="Renvoyer avec ce message").click()
    expect(page.locator(".error-summary")).to_contain_text("Écrivez ce qui est à corriger")
    page.get_by_label("Ce qui est à corriger").fill("Quel jour ?")
    page.get_by_role("button", name="Renvoyer avec ce message").click()
    expect(page.locator(".alert-success")).to_contain_text("renvoyée à")
    check_page(page)
    picture(page, "statement")
    page.get_by_role("button", name="Relevé PDF").click()
    with office.site.app.app_context():
        worker.run_once()
    page.reload()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Télécharger").first.click()
    text = PdfReader(io.BytesIO(Path(saved.value.path()).read_bytes())).pages[0].extract_text()
    assert "Déclarante-Demo" in text
