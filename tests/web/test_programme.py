"""The pages of the programme: figures, targets, review, volumes, meetings, a figure in a bilan."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.core.french import date_short
from surveyapp.models import Document, Indicator, MeetingDay, db
from surveyapp.services.reports import today
from surveyapp.worker import run_once
from tests import dossiers as world
from tests.web.checking import Browser, Page, words

HOME = "/coordination/dossiers/indicateurs"
CALENDAR = "/coordination/dossiers/calendrier"


@pytest.fixture
def browser(coordination: FlaskClient) -> Browser:
    return Browser(coordination)


@pytest.fixture
def programme(app: Flask) -> None:
    """Journeys in service since last new year; an accompaniment, two requests of this month."""
    start = today().replace(month=1, day=1)
    world.in_service("accompagnement", "ambassadeur", "installation", "conciergerie", on=start)
    key = world.begin("accompagnement", on=start, number=1)
    world.know(key, on=start)
    world.begin("conciergerie", on=today(), number=2, categories=["logement", "ecole"])
    world.begin("conciergerie", on=today(), number=3, categories=["logement"])


def test_without_a_journey_the_pages_say_what_to_do(app: Flask, browser: Browser) -> None:
    assert "Aucun parcours n’est en service" in browser.get(HOME).text
    assert "Aucun parcours n’est en service" in browser.get(CALENDAR).text
    assert "Aucune demande" in browser.get(f"{HOME}/conciergerie/volumes").text


def test_the_figures_have_a_period_a_target_and_a_page(programme: None, browser: Browser) -> None:
    page = browser.get(HOME)
    assert f"Année {today().year}" in page.text
    assert "Cible : plus de 5" in page.text
    assert "Logement : recherche, visites, présélection : 2 (100 %) masqué ailleurs" in page.text
    page = page.follow("Contacts traités par les ambassadeurs")
    assert "Ce qui est compté" in page.text
    assert "Parcours accompagnement" in page.text
    spring = browser.get(f"{HOME}/contacts?du=01/03/2026&au=31/03/2026")
    assert "du 1er mars 2026 au 31 mars 2026" in spring.text
    assert "choisissez une année" in spring.text


@pytest.mark.parametrize("wrong", ["annee=abc", "du=01/03/2026", "du=2/3/2026&au=1/3/2026"])
def test_a_wrong_period_is_said(programme: None, browser: Browser, wrong: str) -> None:
    for path in (HOME, f"{HOME}/contacts", f"{HOME}/conciergerie/volumes"):
        page = browser.get(f"{path}?{wrong}")
        assert page.status == 422
        assert page.errors()[0][0] == "du"


def test_a_target_changes_with_a_date_and_a_reason(programme: None, browser: Browser) -> None:
    page = browser.get(f"{HOME}/ambassadeurs").follow("Changer la cible")
    assert page.find("commitment").get("value") == "3"
    wrong = page.submit("Enregistrer la cible", commitment="4", reason="")
    assert wrong.status == 422
    assert [place for place, _ in wrong.errors()] == ["reason"]
    alone = page.submit("Enregistrer la cible", commitment="", ambition="9", reason="x")
    assert [place for place, _ in alone.errors()] == ["commitment"]
    nothing = page.submit("Enregistrer la cible", commitment="quatre", reason="x")
    assert [place for place, _ in nothing.errors()] == ["commitment"]
    undated = page.submit("Enregistrer la cible", commitment="4", on="", reason="x")
    assert [place for place, _ in undated.errors()] == ["on"]
    page = page.submit("Enregistrer la cible", commitment="4", ambition="6", reason="Décision.")
    assert "La cible est changée" in page.text
    assert "au moins 3 → au moins 4, ambition 6. Décision." in page.text
    page = browser.get(f"{HOME}/croisement").follow("Changer la cible")
    page = page.submit("Enregistrer la cible", commitment="80", ambition="90", reason="CA.")
    assert "au moins 80 %, ambition 90 %" in page.text


def test_an_indicator_is_abandoned_and_taken_up(programme: None, browser: Browser) -> None:
    page = browser.get(f"{HOME}/suivi_12").follow("Abandonner l’indicateur")
    assert page.submit("Abandonner", reason="").status == 422
    page = page.submit("Abandonner", reason="Trop tôt.")
    assert "Abandonné" in page.text
    assert "Indicateurs abandonnés" in browser.get(HOME).text
    page = page.follow("Suivre de nouveau").submit("Suivre de nouveau", reason="Un an passé.")
    assert "suivi de nouveau" in page.text
    assert "Indicateurs abandonnés" not in browser.get(HOME).text


def test_reading_shows_no_name_and_changes_nothing(programme: None, reader: FlaskClient) -> None:
    page = Browser(reader).get(f"{HOME}/contacts")
    assert page.status == 200
    assert "Changer la cible" not in page.text
    for path in (HOME, f"{HOME}/conciergerie"):
        page = Browser(reader).get(path)
        assert "Logement : recherche, visites, présélection" in page.text
        assert "moins de 5" in page.text
        assert "2 (100 %)" not in page.text
    assert reader.get(f"{HOME}/contacts/cible").status_code == 403
    assert "Fixer la date" not in Browser(reader).get(CALENDAR).text


def test_unknown_things_are_not_found(programme: None, browser: Browser) -> None:
    for path in ("inconnu", "inconnu/cible", "inconnu/suivi"):
        assert browser.client.get(f"{HOME}/{path}").status_code == 404
    for path in (
        "installation/x",
        "x/meeting:copil_cls:2026-01-01",
        "installation/x:2026-01-01",
        "installation/x:9999-12-31",  # there is no day after it
        "installation/x:0001-01-01",
    ):
        assert browser.client.get(f"{CALENDAR}/{path}").status_code == 404
    token = browser.get(HOME).fields("PDF de la revue, " + f"année {today().year}")
    token["format"] = "exe"
    assert browser.client.post(f"{HOME}/revue", data=token).status_code == 404


@pytest.mark.parametrize(("button", "ending"), [("PDF", ".pdf"), ("Word", ".docx")])
def test_the_review_comes_with_one_click(
    programme: None, browser: Browser, button: str, ending: str
) -> None:
    page = browser.get(HOME).submit(f"{button} de la revue, année {today().year}")
    assert "Revue du dispositif" in page.text
    run_once()
    document = db.session.query(Document).one()
    assert document.filename.endswith(ending)
    answer = browser.client.get(f"/coordination/documents/{document.id}")
    assert answer.status_code == 200
    assert len(answer.data) > 10_000


def test_volumes_are_by_category_and_month(programme: None, browser: Browser) -> None:
    page = browser.get(HOME).follow("Demandes à la conciergerie, mois par mois")
    assert "2 demandes reçues" in page.text
    assert "Logement" in page.text
    assert "École" in page.text
    assert "0 résolue, 0 non aboutie, 2 en cours" in page.text
    heads = [words(cell) for cell in page.tree.iter("th") if cell.get("scope") == "col"]
    assert heads[:2] == ["Catégorie", "Total"]
    assert heads[-1] == f"{today().month:02}/{today().year}"  # no month to come
    assert len(heads) == 2 + today().month
    answer = browser.client.get(f"{HOME}/conciergerie/volumes.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == heads
    assert rows[-1][:2] == ["Demandes", 2]
    wrong = browser.client.get(f"{HOME}/conciergerie/volumes.xlsx?annee=abc")
    assert wrong.status_code == 302


def test_reading_sees_no_category_of_few_requests(programme: None, reader: FlaskClient) -> None:
    page = Browser(reader).get(f"{HOME}/conciergerie/volumes")
    assert "Logement" in page.text
    assert page.text.count("moins de 5") == 3  # two rows and the sentence below
    assert "Télécharger" not in page.text
    assert reader.get(f"{HOME}/conciergerie/volumes.xlsx").status_code == 403


# -- meetings --------------------------------------------------------------------------------


def first_meeting(browser: Browser) -> Page:
    page = browser.get(CALENDAR)
    link = next(a for a in page.tree.iter("a") if "Fixer la date" in "".join(a.itertext()))
    return browser.get(link.get("href") or "")


def test_a_meeting_gets_its_day_and_is_held(programme: None, browser: Browser) -> None:
    page = first_meeting(browser)
    late = page.submit("Enregistrer", on=date_short(today() + timedelta(days=1500)))
    assert [place for place, _ in late.errors()] == ["on"]
    early = page.submit("Enregistrer", on=date_short(today() + timedelta(days=1)), held="y")
    assert [place for place, _ in early.errors()] == ["held"]
    assert [p for p, _ in page.submit("Enregistrer", on="").errors()] == ["on"]
    page = page.submit("Enregistrer", on=date_short(today()), held="y", note="Salle verte.")
    assert "La réunion est enregistrée" in page.text
    assert "Tenue" in page.text
    assert "Salle verte." in page.text
    assert db.session.query(MeetingDay).one().held


def test_the_figures_of_a_meeting_hold_on_one_page(programme: None, browser: Browser) -> None:
    page = browser.get(CALENDAR)
    form = next(f for f in page.tree.iter("form") if "/chiffres" in (f.get("action") or ""))
    shown = page.submit(words(next(form.iter("button"))))
    assert "Chiffres" in shown.text
    run_once()
    assert db.session.query(Document).one().filename.startswith("chiffres-")


# -- in a bilan ------------------------------------------------------------------------------


def test_a_figure_of_the_programme_feeds_a_bilan(programme: None, browser: Browser) -> None:
    base = "/coordination/actions"
    page = browser.get(f"{base}/nouvelle")
    page.send("Créer l’action", {"title": "Accueil", "period-end": "12/2026"})
    page = browser.get(f"{base}/accueil-2026/saisie/objectifs")
    given = {"objectives-0-label": "Loger", "objectives-0-result-0-label": "Demandes"}
    page = page.send("Enregistrer", given)
    page = page.follow("Cible et source de l’indicateur « Demandes »")
    bare = page.send("Afficher les réglages de ce choix", {"campaign": "dispositif:ambassadeurs"})
    assert "La cible ci-dessus est celle du dispositif, au moins 3" in bare.text
    assert bare.find("commitment").get("value") == "3"
    page = page.send(
        "Afficher les réglages de ce choix",
        {"campaign": "dispositif:conciergerie", "commitment": "2", "comparison": ">="},
    )
    assert "celle du dispositif" not in page.text
    assert page.find("au").get("value") == "31/12/2026"
    wrong = page.send("Enregistrer et calculer", {"du": "", "au": "31/12/2026"})
    assert [place for place, _ in wrong.errors()] == ["du"]
    year = today().year
    days = {"du": f"01/01/{year}", "au": f"31/12/{year}"}
    page = page.send("Enregistrer et calculer", days)
    assert "2 demandes" in page.text
    assert "cible atteinte" in page.text
    assert "Parcours conciergerie" in page.text
    assert page.find("du").get("value") == f"01/01/{year}"
    assert "Prendre la valeur calculée" not in page.text
    goals = browser.get(f"{base}/accueil-2026/saisie/objectifs")
    goals.send("Enregistrer", {"objectives-0-result-0-typed": "7"})
    page = browser.get(goals.path).follow("Cible et source de l’indicateur « Demandes »")
    assert "la valeur que vous avez saisie, 7, et non la valeur calculée, 2 demandes" in page.text
    page = page.send("Prendre la valeur calculée", {})
    assert "La valeur calculée remplace la valeur saisie" in page.text
    assert db.session.query(Indicator).one().typed is None
    assert "Prendre la valeur calculée" not in page.text
