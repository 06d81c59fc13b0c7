"""The coordinatrice's home page and the settings of the structure."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.models import (
    CampaignState,
    Event,
    Job,
    Message,
    Structure,
    WorkState,
    db,
)
from surveyapp.services.publish import publish
from surveyapp.services.transaction import transaction
from tests.answering import ANONYMOUS, NOMINATIVE, opened
from tests.core.samples import form
from tests.web.checking import Browser
from tests.web.coordination import DAY, answers, describe_structure, now, titles


@pytest.fixture
def structure(app: Flask) -> None:
    describe_structure()


@pytest.fixture
def browser(coordination: FlaskClient, structure: None) -> Browser:
    return Browser(coordination)


def test_an_empty_installation_says_where_to_begin(admin: FlaskClient) -> None:
    page = Browser(admin).get("/coordination/")
    assert titles(page)[:2] == ["Décrivez votre structure", "Publiez un premier questionnaire"]
    assert page.follow("Remplir les réglages").heading == "Réglages de la structure"
    assert page.follow("Voir les questionnaires").heading == "Questionnaires"


def test_when_nothing_is_to_do_the_page_says_so(browser: Browser) -> None:
    publish(form(ANONYMOUS))
    page = browser.get("/coordination/")
    assert "Tout est à jour" in page.text
    assert page.follow("Créer une collecte").heading.startswith("Quel questionnaire")


def test_a_campaign_that_closes_within_a_week_is_announced(browser: Browser) -> None:
    opened(ANONYMOUS, closes_at=now() + 3 * DAY)
    opened(ANONYMOUS, "loin", title="Plus tard", closes_at=now() + 30 * DAY)
    page = browser.get("/coordination/")
    assert "« Votre avis compte » ferme bientôt" in titles(page)
    assert not any("Plus tard" in title for title in titles(page))


def test_closed_results_are_announced_until_they_are_put_away(browser: Browser) -> None:
    found = opened(ANONYMOUS, state=CampaignState.CLOSED, closes_at=now() - DAY)
    answers(found, 5)
    page = browser.get("/coordination/")
    assert "Les résultats de « Votre avis compte » sont prêts" in titles(page)
    page = page.submit("Retirer : Les résultats de « Votre avis compte » sont prêts")
    assert "Tout est à jour" in page.text


def test_a_campaign_with_too_few_answers_proposes_to_reopen(browser: Browser) -> None:
    found = opened(ANONYMOUS, state=CampaignState.CLOSED, closes_at=now() - DAY)
    answers(found, 4)
    page = browser.get("/coordination/")
    assert "« Votre avis compte » a reçu trop peu de réponses" in titles(page)
    assert "4 réponses, il en faut 5" in page.text


def test_old_results_are_no_news(browser: Browser) -> None:
    found = opened(ANONYMOUS, state=CampaignState.CLOSED, closes_at=now() - 40 * DAY)
    answers(found, 5)
    assert "Tout est à jour" in browser.get("/coordination/").text


def test_new_named_answers_are_announced(browser: Browser) -> None:
    found = opened(NOMINATIVE)
    answers(found, 2, days_ago=2, anonymous=False)
    answers(found, 3, days_ago=20, anonymous=False)
    page = browser.get("/coordination/")
    assert "2 réponses reçues à « Votre avis compte »" in titles(page)
    assert page.follow("Lire les réponses").heading == "Réponses"


def test_drafts_wait_to_be_opened(browser: Browser) -> None:
    opened(ANONYMOUS, state=CampaignState.DRAFT)
    page = browser.get("/coordination/").follow("Relire et ouvrir")
    assert page.heading == "Votre avis compte"


def test_a_reader_sees_results_but_nothing_to_do_that_is_not_theirs(
    reader: FlaskClient, structure: None
) -> None:
    opened(ANONYMOUS, state=CampaignState.DRAFT)
    found = opened(NOMINATIVE, "candidature")
    answers(found, 2, anonymous=False)
    page = Browser(reader).get("/coordination/")
    assert "Tout est à jour" in page.text
    assert "Créer une collecte" not in page.text


def test_failed_mails_are_sent_again_or_let_go(browser: Browser) -> None:
    with transaction() as session:
        for number in (1, 2):
            session.add(
                Message(
                    kind="acknowledgement",
                    recipient=f"personne{number}@demo.example",
                    subject="Objet",
                    text="",
                    html="",
                    message_id=f"<{number}@demo.example>",
                    state=WorkState.FAILED,
                    attempts=8,
                    error="550 boîte inconnue",
                )
            )
    page = browser.get("/coordination/")
    assert "2 mails ne sont pas partis" in titles(page)
    page = page.follow("Voir les mails")
    assert "550 boîte inconnue" in page.text
    first, second = db.session.scalars(sa.select(Message.id).order_by(Message.id))
    page = page.submit("Renvoyer les mails choisis", id=str(first))
    assert "1 mail repart" in page.text
    page = page.submit("Supprimer les mails choisis", id=str(second))
    assert "Tous les mails sont partis" in page.text
    db.session.rollback()
    (message,) = db.session.scalars(sa.select(Message))
    assert (message.id, message.state, message.attempts) == (first, "pending", 0)


def test_a_failed_task_of_nobody_is_for_the_administrator(
    admin: FlaskClient, structure: None
) -> None:
    with transaction() as session:
        session.add(Job(kind="purge", label="Ménage", payload={}, state=WorkState.FAILED))
    page = Browser(admin).get("/coordination/")
    assert "Une tâche a échoué : Ménage" in titles(page)
    assert page.follow("Voir la tâche").heading == "Ménage"


def test_the_structure_is_described(admin: FlaskClient) -> None:
    page = Browser(admin).get("/coordination/reglages")
    page = page.submit(
        "Enregistrer",
        name="CPTS du Val-Fictif",
        address="1 place de l’Exemple\n00000 Val-Fictif",
        email="contact@demo.example",
        timezone="America/Cayenne",
        color="#ffcc00",
    )
    assert "Les réglages sont enregistrés." in page.text
    assert "CPTS du Val-Fictif" in page.title
    assert "il faut au moins 4,5" in page.text
    db.session.rollback()
    row = db.session.scalars(sa.select(Structure)).one()
    assert (row.timezone, row.color) == ("America/Cayenne", "#ffcc00")
    event = db.session.scalars(sa.select(Event)).one()
    assert event.kind == "structure.described"
    assert set(event.data["changed"]) >= {"name", "color"}


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "Donnez le nom de votre structure."),
        ("email", "contact", "Écrivez une adresse complète"),
        ("dpo_email", "a b@demo.example", "Écrivez une adresse complète"),
        ("color", "rouge", "Écrivez la couleur avec six chiffres ou lettres"),
    ],
)
def test_a_wrong_setting_is_explained(
    admin: FlaskClient, field: str, value: str, message: str
) -> None:
    page = Browser(admin).get("/coordination/reglages")
    page = page.send("Enregistrer", {"name": "CPTS des Exemples", field: value})
    assert page.status == 422
    assert [name for name, _ in page.errors()] == [field]
    assert message in page.text


def test_settings_are_for_the_administrator(browser: Browser) -> None:
    assert browser.get("/coordination/reglages").status == 403
    assert "Réglages" not in browser.get("/coordination/").text


def test_dates_are_those_of_the_structure(browser: Browser) -> None:
    opened(ANONYMOUS, closes_at=datetime(2099, 1, 1, 21, 0, tzinfo=UTC))
    page = browser.get("/coordination/collectes/avis")
    assert "2 janvier 2099 à 1 h" in page.text
    assert "La Réunion" in page.text


def test_who_is_signed_in_can_leave_from_every_page(browser: Browser) -> None:
    page = browser.get("/coordination/collectes")
    assert "Personne coordination" in page.text
    form = page.form("Se déconnecter")
    assert (form.get("method"), form.get("action")) == ("post", "/compte/deconnexion")


@pytest.mark.parametrize(
    ("address", "entry"),
    [
        ("/coordination/", "À faire"),
        ("/coordination/collectes/nouvelle", "Collectes"),
        ("/coordination/seances", "Collectes"),
        ("/coordination/droits", "Collectes"),
        ("/coordination/courriels/textes", "Mails"),
        ("/coordination/nulle-part", ""),
    ],
)
def test_the_menu_says_where_one_is(coordination: FlaskClient, address: str, entry: str) -> None:
    page = coordination.get(address, follow_redirects=True).text
    assert re.findall(r'aria-current="page">([^<]+)</a></li>', page) == ([entry] if entry else [])
