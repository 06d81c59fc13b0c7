"""The directory in a browser: a file is imported on a phone, without a script; every page sound."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.audit import check_page

Open = Callable[..., Page]
Picture = Callable[[Page, str], None]
HOME = "/coordination/annuaire/"
BOTH = pytest.mark.parametrize("scripts", [True, False])


@pytest.mark.parametrize("width", ["320", "1280"])
def test_list_card_and_preview(width: str, colleague: Open, picture: Picture) -> None:
    page = colleague("coordination", width)
    page.goto(HOME)
    expect(page.locator("h1")).to_have_text("Annuaire")
    check_page(page)
    picture(page, "list")
    page.get_by_label("Cotisation", exact=True).select_option("a-jour")
    page.get_by_role("button", name="Filtrer").click()
    page.wait_for_url("**cotisation=a-jour**")
    page.locator("tbody th a").first.click()
    expect(page.locator(".facts .tag-good").first).to_have_text("à jour")
    check_page(page)
    picture(page, "card")
    page.get_by_role("link", name="Modifier").click()
    check_page(page)
    picture(page, "form")
    page.go_back()
    page.get_by_role("link", name="Supprimer", exact=True).click()
    check_page(page)
    picture(page, "delete")
    page.goto(f"{HOME}import")
    check_page(page)
    picture(page, "imports")
    page.get_by_role("link", name="Import de inscriptions-soiree.csv").click()
    expect(page.locator("h1")).to_have_text("Ce que ferait l’import")
    check_page(page)
    picture(page, "preview")
    page.get_by_role("link", name="À trancher").click()
    check_page(page)
    picture(page, "doubtful")
    page.get_by_role("link", name="Corriger les colonnes").click()
    check_page(page)
    picture(page, "columns")
    page.goto(f"{HOME}doublons")
    check_page(page)
    picture(page, "duplicates")
    page.get_by_role("link", name="Comparer").first.click()
    check_page(page)
    picture(page, "merge")
    page.goto(f"{HOME}import")
    page.get_by_role("link", name="Import de annuaire-2025.csv").click()
    expect(page.locator("h1")).to_have_text("Import terminé")
    check_page(page)
    picture(page, "report")
    page.get_by_role("link", name="Annuler cet import").click()
    check_page(page)
    picture(page, "undo")


@pytest.mark.parametrize("width", ["320", "1280"])
def test_an_answer_says_what_the_directory_knows(
    width: str, colleague: Open, picture: Picture
) -> None:
    page = colleague("coordination", width)
    page.goto("/coordination/collectes/devenir-ambassadeur/reponses")
    page.locator("tbody th a").first.click()
    expect(page.locator(".facts").first).to_contain_text("Dans l’annuaire")
    check_page(page)
    picture(page, "answer")


@BOTH
def test_a_file_is_imported_and_the_import_undone(
    scripts: bool, colleague: Open, tmp_path: Path
) -> None:
    name = "Avec" if scripts else "Sans"
    file = tmp_path / "nouveaux.csv"
    file.write_text(
        f"Nom;Prénom;Courriel;Métier;Ville\nImportée-Demo;{name};{name}.importee@demo.example;"
        "Orthophoniste;Val-Fictif\n",
        "cp1252",
    )
    page = colleague("coordination", "320", scripts=scripts)
    page.goto(HOME)
    page.get_by_role("link", name="Importer un fichier").click()
    page.get_by_label("Fichier à importer").set_input_files(file)
    page.get_by_role("button", name="Lire le fichier").click()
    expect(page.get_by_label("Colonne 4")).to_have_value("profession")
    page.get_by_role("button", name="Voir ce que deviendrait chaque ligne").click()
    expect(page.locator("main")).to_contain_text("1 fiche sera créée")
    page.get_by_role("button", name="Importer", exact=True).click()
    expect(page.locator("h1")).to_have_text("Import terminé")
    page.goto(f"{HOME}?q={name}+importee")
    expect(page.locator("tbody tr")).to_have_count(1)
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSV").click()
    assert "Orthophoniste" in Path(saved.value.path()).read_text("utf-8-sig")
    page.goto(f"{HOME}import")
    page.get_by_role("link", name="Import de nouveaux.csv").first.click()
    page.get_by_role("link", name="Annuler cet import").click()
    page.get_by_role("button", name="Annuler cet import").click()
    expect(page.locator("h1")).to_have_text("Import annulé")
    page.goto(f"{HOME}?q={name}+importee")
    expect(page.locator(".empty-state")).to_be_visible()
