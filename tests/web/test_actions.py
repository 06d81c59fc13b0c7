"""Pages of the actions, as the coordinatrice uses them, without JavaScript."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveyapp import jobs
from surveyapp.cli import main
from surveyapp.models import Action, db
from surveyapp.reports.bilan_form import bilan_form
from surveyapp.services import actions as service
from tests import documents
from tests.web.checking import Browser, Page, words

FORM = bilan_form()
ADD = "Ajouter une étape"
BASE = "/coordination/actions"


@pytest.fixture
def browser(coordination: FlaskClient) -> Browser:
    return Browser(coordination)


@pytest.fixture
def first(browser: Browser) -> Page:
    """The first page of a new action."""
    page = browser.get(f"{BASE}/nouvelle")
    return page.send(
        "Créer l’action",
        {"title": "Accueil", "period-start": "01/2025", "period-end": "12/2025"},
    )


def calendar(browser: Browser) -> Page:
    return browser.get(f"{BASE}/accueil-2025/saisie/avancement")


def stored(slug: str = "accueil-2025") -> Action:
    db.session.rollback()
    return service.find_action(slug)


# -- list and creation --------------------------------------------------------------------


def test_an_empty_list_says_what_to_do(browser: Browser) -> None:
    page = browser.get(BASE)
    assert "Aucune action pour le moment" in page.text
    assert page.follow("Créer une action").heading == "Créer une action"


def test_an_action_is_created_and_its_bilan_begins(first: Page) -> None:
    assert first.heading == "Identification"
    assert "L’action est créée" in first.text
    assert first.find("title").get("value") == "Accueil"
    assert first.find("period-end").get("value") == "12/2025"


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(browser: Browser) -> None:
    page = browser.get(f"{BASE}/nouvelle").send(
        "Créer l’action", {"title": "", "grant": "beaucoup", "convention": "FIR"}
    )
    assert page.status == 422
    assert page.title.startswith("Erreur")
    assert [place for place, _ in page.errors()] == ["title", "grant"]
    assert page.find("grant").get("value") == "beaucoup"
    assert page.find("convention").get("value") == "FIR"


def test_the_list_shows_period_grant_and_what_is_missing(browser: Browser, first: Page) -> None:
    first.send("Enregistrer", {"grant": "45 000,50"})
    text = browser.get(BASE).text
    assert "45 000,50 €" in text
    assert "janvier à décembre 2025" in text
    assert "à compléter" in text


# -- pages --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [page.name for page in FORM.pages])
def test_every_page_opens_says_where_one_is_and_saves(
    browser: Browser, first: Page, name: str
) -> None:
    page = browser.get(f"{BASE}/accueil-2025/saisie/{name}")
    assert f"Page {[p.name for p in FORM.pages].index(name) + 1} sur 10" in page.text
    saved = page.send("Enregistrer", {})
    assert "C’est enregistré" in saved.text
    assert saved.heading == page.heading


def test_pages_follow_each_other_to_the_verification(browser: Browser, first: Page) -> None:
    page, seen = first, []
    for _ in FORM.pages[:-1]:
        seen.append(page.heading)
        page = page.send("Enregistrer et continuer", {})
    seen.append(page.heading)
    assert len(set(seen)) == 10
    assert page.send("Enregistrer et vérifier", {}).heading == "Champs à compléter"


def test_every_kind_of_field_comes_back_as_it_was_entered(browser: Browser, first: Page) -> None:
    first.send(
        "Enregistrer",
        {
            "structure": "CPTS des Exemples",
            "address": "1 place\n97400 Saint-Exemple",
            "themes": ["femme", "cancer"],
            "themes-text-autres": "Vue",
            "grant": "1 234,50 €",
        },
    )
    page = browser.get(f"{BASE}/accueil-2025/saisie/identification")
    assert page.find("address").text == "1 place\n97400 Saint-Exemple"
    ticked = {o.name for o in FORM.field("themes").options if _ticked(page, f"themes-{o.name}")}
    assert ticked == {"femme", "cancer", "autres"}
    assert page.find("themes-text-autres").get("value") == "Vue"
    assert page.find("grant").get("value") == "1234,50"


def _ticked(page: Page, identifier: str) -> bool:
    return page.find(identifier).get("checked") is not None


def test_yes_no_can_be_left_without_an_answer_again(browser: Browser, first: Page) -> None:
    page = browser.get(f"{BASE}/accueil-2025/saisie/modalites")
    assert _ticked(page, "relevant-vide")
    page = page.send("Enregistrer", {"relevant": "non", "relevant-follow": "trop tôt"})
    assert _ticked(page, "relevant-non")
    page = page.send("Enregistrer", {"relevant": ""})
    assert _ticked(page, "relevant-vide")
    assert page.find("relevant-follow").text == "trop tôt"


def test_errors_stand_beside_their_field_with_what_was_typed(first: Page) -> None:
    page = first.send("Enregistrer", {"email": "contact", "grant": "x", "structure": "Ma CPTS"})
    assert page.status == 422
    assert page.title.startswith("Erreur")
    assert [place for place, _ in page.errors()] == ["email", "grant"]
    for name in ("email", "grant"):
        control = page.find(name)
        assert control.get("aria-invalid") == "true"
        assert f"{name}-erreur" in (control.get("aria-describedby") or "").split()
    assert page.find("structure").get("value") == "Ma CPTS"
    assert stored().revision == 0


def test_what_is_missing_is_marked_on_its_page(first: Page) -> None:
    filled = first.send("Enregistrer", {"referent": "Camille"})
    before, after = first.text.count("à compléter"), filled.text.count("à compléter")
    assert after == before - 1


def test_an_unknown_action_or_page_is_not_found(browser: Browser, first: Page) -> None:
    assert browser.get(f"{BASE}/rien").status == 404
    assert browser.get(f"{BASE}/accueil-2025/saisie/rien").status == 404
    assert browser.get(f"{BASE}/accueil-2025/indicateurs/99").status == 404


# -- rows ---------------------------------------------------------------------------------


def test_rows_are_added_moved_and_removed_and_nothing_typed_is_lost(
    browser: Browser, first: Page
) -> None:
    page = calendar(browser).send(ADD, {"calendar-0-step": "un", "progress_reasons": "bla"})
    assert browser.visited[-1].endswith("#calendar-1")
    page = page.send(ADD, {"calendar-1-step": "deux"})
    page = page.send("Enregistrer", {"calendar-2-step": "trois"})
    assert _steps(page) == ["un", "deux", "trois"]
    page = page.send("Monter étape 3", {})
    assert _steps(page) == ["un", "trois", "deux"]
    page = page.send("Descendre étape 1", {})
    assert _steps(page) == ["trois", "un", "deux"]
    assert page.find("progress_reasons").text == "bla"


def _steps(page: Page) -> list[str]:
    count = int(
        next(e for e in page.tree.iter("input") if e.get("name") == "calendar-rows").get("value")
        or 0
    )
    return [page.find(f"calendar-{n}-step").text or "" for n in range(count)]


def test_a_row_that_holds_something_is_asked_about_before_it_goes(
    browser: Browser, first: Page
) -> None:
    page = calendar(browser).send(ADD, {"calendar-0-step": "un"})
    page = page.send("Enregistrer", {"calendar-1-step": "deux"})
    asked = page.send("Retirer étape 1", {"calendar-1-comment": "tapé"})
    said = asked.text.replace("\u202f", " ").replace("\u00a0", " ")
    assert "Étape 1 « un » : faut-il retirer cette ligne ?" in said
    assert len(stored().content["calendar"]) == 2
    kept = asked.send("Non, garder", {})
    assert _steps(kept) == ["un", "deux"]
    assert kept.find("calendar-1-comment").text == "tapé"
    gone = asked.send("Oui, retirer", {})
    assert _steps(gone) == ["deux"]
    assert stored().content["calendar"] == [{"step": "deux", "comment": "tapé"}]


def test_an_empty_row_goes_without_a_word(browser: Browser, first: Page) -> None:
    page = calendar(browser).send(ADD, {"calendar-0-step": "un"})
    assert _steps(page.send("Retirer étape 2", {})) == ["un"]


def test_a_row_added_beside_an_error_is_there_with_what_was_typed(
    browser: Browser, first: Page
) -> None:
    page = browser.get(f"{BASE}/accueil-2025/saisie/moyens")
    page = page.send("Ajouter une fonction", {"team-0-role": "Coordinatrice", "team-0-hours": "x"})
    assert page.status == 422
    assert [place for place, _ in page.errors()] == ["team-0-hours"]
    assert page.find("team-0-hours").get("value") == "x"
    assert page.find("team-0-role").text == "Coordinatrice"
    assert page.has("team-1-role")


def test_objectives_and_their_indicators(browser: Browser, first: Page) -> None:
    page = browser.get(f"{BASE}/accueil-2025/saisie/objectifs")
    page = page.send(
        "Ajouter un objectif",
        {"objectives-0-label": "Accueillir", "objectives-0-process-0-label": "Kit"},
    )
    page = page.send(
        "Enregistrer",
        {"objectives-1-label": "Fidéliser", "objectives-1-result-0-label": "Restés"},
    )
    assert page.find("objectives-1-result-0-label").text == "Restés"
    labels = [(o.label, [i.label for i in o.indicators]) for o in stored().objectives]
    assert labels == [("Accueillir", ["Kit"]), ("Fidéliser", ["Restés"])]


# -- two people ---------------------------------------------------------------------------


def test_a_conflict_shows_both_texts_and_loses_none(browser: Browser, first: Page) -> None:
    mine = browser.get(f"{BASE}/accueil-2025/saisie/synthese")
    theirs = browser.get(f"{BASE}/accueil-2025/saisie/synthese")
    theirs.send("Enregistrer", {"impact": "le sien"})
    page = mine.send("Enregistrer", {"impact": "le mien", "lasting": "durable"})
    assert page.status == 409
    assert page.find("impact").text == "le mien"
    assert page.find("lasting").text == "durable"
    assert "le sien" in words(page.find("erreurs"))
    assert page.send("Enregistrer", {}).status == 200
    assert stored().content["impact"] == "le mien"


def test_after_a_fault_the_other_persons_text_is_still_seen(browser: Browser, first: Page) -> None:
    """The page keeps the revision that it was opened with, through its own faults."""
    mine = browser.get(f"{BASE}/accueil-2025/saisie/moyens")
    theirs = browser.get(f"{BASE}/accueil-2025/saisie/moyens")
    theirs.send("Enregistrer", {"means": "les siens"})
    wrong = mine.send("Enregistrer", {"means": "les miens", "team-0-hours": "x"})
    assert wrong.status == 422
    conflict = wrong.send("Enregistrer", {"team-0-hours": "5"})
    assert conflict.status == 409
    assert "les siens" in words(conflict.find("erreurs"))


# -- verification and download ------------------------------------------------------------


def test_the_verification_leads_to_each_thing_missing(browser: Browser, first: Page) -> None:
    page = browser.get(f"{BASE}/accueil-2025/verification")
    assert page.heading == "Champs à compléter"
    links = [link for item in page.tree.iter("li") for link in item.iter("a")]
    gaps = [a.get("href") or "" for a in links if "/saisie/" in (a.get("href") or "")]
    assert len(gaps) == len(service.view_of(stored()).missing)
    for address in gaps:
        place, _, anchor = address.partition("#")
        assert browser.get(place).has(anchor), address


def test_the_word_file_is_downloaded_and_listed(
    browser: Browser, first: Page, coordination: FlaskClient
) -> None:
    issued = coordination.post(f"{BASE}/accueil-2025/bilan", data={"format": "docx"})
    with coordination.get(issued.location) as response:
        assert "bilan-action-2025-accueil-n1.docx" in response.headers["Content-Disposition"]
        assert "Accueil" in documents.lines(response.data)
    page = browser.get(f"{BASE}/accueil-2025")
    assert "Bilans établis" in page.text
    assert page.link("DOCX du bilan n° 1").startswith("/coordination/documents/")


def test_the_pdf_is_made_by_the_worker_and_then_downloaded(
    browser: Browser, first: Page, coordination: FlaskClient
) -> None:
    page = browser.get(f"{BASE}/accueil-2025/verification").submit("Télécharger le bilan (PDF)")
    assert "/coordination/taches/" in browser.visited[-1]
    assert page.status == 200
    run = jobs.claim()
    assert run is not None
    jobs.run(run)
    link = browser.get(f"{BASE}/accueil-2025").link("PDF du bilan n° 1")
    with coordination.get(link) as response:
        assert response.data.startswith(b"%PDF")
    again = coordination.post(f"{BASE}/accueil-2025/bilan", data={"format": "pdf"})
    assert again.location.endswith(link)


def test_an_imbalance_of_the_budget_is_said_and_blocks_nothing(
    browser: Browser, first: Page
) -> None:
    page = browser.get(f"{BASE}/accueil-2025/saisie/budget")
    page = page.send("Enregistrer", {"budget-65-actual": "100"})
    assert "diffèrent de 100,00 €" in page.text
    assert "diffèrent de 100,00 €" in browser.get(f"{BASE}/accueil-2025/verification").text


def test_proposals_are_taken_by_a_button(browser: Browser, first: Page) -> None:
    first.send("Enregistrer", {"grant": "45 000"})
    page = browser.get(f"{BASE}/accueil-2025/saisie/budget")
    assert "45 000,00 €" in page.text
    page = page.submit("Reprendre ces propositions")
    assert page.find("budget-74_ars-actual").get("value") == "45000"
    assert "Reprendre ces propositions" not in page.text


# -- who may ------------------------------------------------------------------------------


def test_readers_read_and_download_but_do_not_write(
    browser: Browser, first: Page, reader: FlaskClient
) -> None:
    service.issue_bilan("accueil-2025", user_id=None, now=datetime(2026, 1, 1, tzinfo=UTC))
    visitor = Browser(reader)
    page = visitor.get(f"{BASE}/accueil-2025")
    assert not any("/saisie/" in (a.get("href") or "") for a in page.tree.iter("a"))
    with reader.get(page.link("DOCX du bilan n° 1")) as response:
        assert response.status_code == 200
    assert reader.get(f"{BASE}/accueil-2025/saisie/budget").status_code == 403
    assert reader.post(f"{BASE}/accueil-2025/bilan", data={"format": "docx"}).status_code == 403
    assert (
        "Télécharger le bilan (DOCX)" not in visitor.get(f"{BASE}/accueil-2025/verification").text
    )


# -- command line -------------------------------------------------------------------------


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as leaving:
        main(arguments)
    return int(leaving.value.code or 0)


def test_the_command_lists_actions_and_writes_bilans(
    app: Flask, first: Page, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("action", "list") == 0
    assert capsys.readouterr().out.split("\t")[0] == "accueil-2025"
    for extension, start in (("docx", b"PK"), ("pdf", b"%PDF")):
        path = tmp_path / f"bilan.{extension}"
        assert run("bilan", "accueil-2025", "-o", str(path)) == 0
        assert path.read_bytes().startswith(start)
        assert "bilan n°\u00a01" in capsys.readouterr().out
    assert "Accueil" in documents.lines((tmp_path / "bilan.docx").read_bytes())


@pytest.mark.parametrize(
    ("action", "name", "code", "said"),
    [
        ("inconnue", "b.docx", 1, "Aucune action"),
        ("accueil-2025", "b.odt", 2, ".docx ou .pdf"),
        ("accueil-2025", "nulle/part/b.pdf", 2, "n’existe pas"),
    ],
)
def test_an_error_of_the_command_is_one_french_sentence(
    first: Page,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    action: str,
    name: str,
    code: int,
    said: str,
) -> None:
    assert run("bilan", action, "-o", str(tmp_path / name)) == code
    assert said in capsys.readouterr().err
