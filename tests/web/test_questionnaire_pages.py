"""Questionnaires on the coordinatrice's side: publish, read, preview."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.core.loader import load
from surveyapp.models import (
    Event,
    FormVersion,
    db,
)
from surveyapp.services import catalogue
from surveyapp.services.publish import publish
from tests.answering import ANONYMOUS
from tests.core.samples import form
from tests.web.checking import Browser
from tests.web.coordination import NAME, describe_structure


@pytest.fixture
def structure(app: Flask) -> None:
    describe_structure()


@pytest.fixture
def browser(coordination: FlaskClient, structure: None) -> Browser:
    return Browser(coordination)


def test_installed_questionnaires_are_published_with_one_button(browser: Browser) -> None:
    page = browser.get("/coordination/questionnaires")
    assert page.text.count("Pas encore publié") == 8
    title = load(catalogue.FORMS / "satisfaction-evenement.yaml").title
    page = page.submit(f"Publier « {title} »")
    assert page.heading == title
    assert "La version 2026.1 est publiée." in page.text
    version = db.session.scalars(sa.select(FormVersion)).one()
    event = db.session.scalars(sa.select(Event).where(Event.kind == "form.published")).one()
    assert event.subject_id == version.id
    assert event.user_id is not None


def test_all_of_them_are_published_at_once(browser: Browser) -> None:
    page = browser.get("/coordination/questionnaires").submit("Publier les 8 questionnaires")
    assert "8 questionnaires publiés." in page.text
    assert "Pas encore publié" not in page.text
    assert "Publier" not in page.text


def test_a_questionnaire_says_what_it_asks(browser: Browser) -> None:
    publish(form(ANONYMOUS))
    page = browser.get(f"/coordination/questionnaires/{NAME}")
    assert "Aucun résultat n’est montré sous 5 réponses." in page.text
    assert "Êtes-vous libéral ? – un choix, obligatoire" in page.text
    assert "Votre stress – échelle, selon les réponses" in page.text
    assert "Aucune collecte n’utilise encore ce questionnaire." in page.text


def test_the_preview_shows_every_page_and_collects_nothing(browser: Browser) -> None:
    publish(form(ANONYMOUS))
    page = browser.get(f"/coordination/questionnaires/{NAME}/apercu")
    assert page.heading == "Vous"
    sent = [f.get("action") for f in page.tree.iter("form") if f.get("method") == "post"]
    assert sent == ["/compte/deconnexion"]
    page = page.follow("Page suivante")
    assert page.heading == "Votre travail"
    assert "Votre stress" in page.text
    assert page.follow("Page suivante").follow("Page précédente").heading == "Votre travail"


def test_a_page_or_a_version_that_does_not_exist_is_not_found(browser: Browser) -> None:
    publish(form(ANONYMOUS))
    base = f"/coordination/questionnaires/{NAME}"
    assert browser.get(f"{base}/apercu?page=rien").status == 404
    assert browser.get(f"{base}?version=9").status == 404
    assert browser.get("/coordination/questionnaires/rien").status == 404


def test_a_changed_file_is_published_after_its_differences_are_read(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    body = ANONYMOUS.replace("title: Votre avis", "title: Votre avis\nname: essai\nversion: '1'")
    path = tmp_path / "essai.yaml"
    path.write_text(body, encoding="utf-8")
    definition = load(path)
    publish(definition)
    changed = body.replace("version: '1'", "version: '2'").replace(
        "Années d’exercice", "Ancienneté"
    )
    path.write_text(changed.replace("{name: non, label: Non}", "{name: peu, label: Un peu}"))
    monkeypatch.setattr(catalogue, "FORMS", tmp_path)
    page = browser.get("/coordination/questionnaires/essai")
    assert "Une nouvelle version peut être publiée" in page.text
    assert "Ancienneté : Intitulé (avant : « Années d’exercice »)" in page.text
    assert "Choix retirés : « Non » Comparaison impossible" in page.text
    page = page.submit("Publier cette version")
    assert "La version 2 est publiée." in page.text
    assert "Une nouvelle version" not in page.text
    old = page.follow("Voir la version 1")
    assert "une ancienne version" in old.text


def test_a_file_with_faults_is_shown_with_its_lines(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "essai.yaml").write_text("name: essai\ntitel: Essai\n", encoding="utf-8")
    monkeypatch.setattr(catalogue, "FORMS", tmp_path)
    page = browser.get("/coordination/questionnaires")
    assert "Fichier à corriger" in page.text
    assert "essai.yaml, ligne 2 : La clé « titel » est inconnue" in page.text
    assert str(tmp_path) not in page.text
