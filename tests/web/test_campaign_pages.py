"""Campaigns on the coordinatrice's side: create, change, move, follow."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.models import (
    CampaignState,
)
from surveyapp.services.publish import publish
from tests.answering import ANONYMOUS, change, opened
from tests.core.samples import form
from tests.web.checking import Browser, Page
from tests.web.coordination import DAY, NAME, answers, campaign, describe_structure, now


@pytest.fixture
def structure(app: Flask) -> None:
    describe_structure()


@pytest.fixture
def browser(coordination: FlaskClient, structure: None) -> Browser:
    return Browser(coordination)


def create(browser: Browser, **fields: str) -> Page:
    publish(form(ANONYMOUS))
    page = browser.get("/coordination/collectes").follow("Créer une première collecte")
    return page.follow("Votre avis").submit("Créer la collecte", **fields)


def test_a_campaign_is_created_from_its_questionnaire(browser: Browser) -> None:
    page = create(
        browser,
        title="Un avis pour 2026",
        closes_on="27/06/2099",
        closes_time="18 h 30",
        audience="140",
    )
    assert page.path == "/coordination/collectes/avis-2026"
    assert "La collecte est prête." in page.text
    found = campaign()
    assert found.closes_at == datetime(2099, 6, 27, 14, 30, tzinfo=UTC)  # 18 h 30 à La Réunion
    assert (found.state, found.audience, found.created_by_id is not None) == ("draft", 140, True)


def test_the_coordinatrice_is_told_how_many_answers_to_expect(browser: Browser) -> None:
    publish(form(ANONYMOUS.replace("k: 5", "k: 10")))
    page = browser.get(f"/coordination/collectes/nouvelle?questionnaire={NAME}")
    assert "avec 140 invités, attendez environ 28 réponses" in page.text
    assert "Invitez au moins 50 personnes" in page.text
    page = page.submit("Créer la collecte", audience="140")
    assert "attendez environ 28 réponses" in page.text
    assert "au plus 2 groupes" in page.text
    page = page.follow("Modifier").submit("Enregistrer les changements", audience="30")
    assert "C’est moins que les 10 réponses" in page.text


def test_nothing_is_lost_when_something_is_wrong(browser: Browser) -> None:
    page = create(
        browser,
        title="Mon titre",
        slug="Pas une adresse",
        opens_on="demain",
        closes_time="25 h",
        capacity="zéro",
    )
    assert page.status == 422
    assert page.title.startswith("Erreur : ")
    assert [field for field, _ in page.errors()] == ["opens_on", "closes_time", "capacity"]
    kept = page.fields("Créer la collecte")
    assert kept["title"] == "Mon titre"
    assert kept["slug"] == "Pas une adresse"
    assert kept["opens_on"] == "demain"
    page = page.submit("Créer la collecte", opens_on="", closes_time="", capacity="10")
    assert page.errors() == [
        (
            "slug",
            "L’adresse se compose de lettres minuscules sans accent, de chiffres et de tirets, "
            "par exemple bien-etre-2026.",
        )
    ]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"title": ""}, "Donnez un titre à la collecte."),
        ({"closes_on": "01/01/2020"}, "Choisissez une date de fermeture à venir."),
        ({"closes_time": "9 h"}, "Écrivez aussi le jour."),
        ({"slug": "nouvelle"}, "« nouvelle » est déjà l’adresse d’une page du site"),
        ({"audience": "abc"}, "Écrivez un nombre entier plus grand que zéro"),
        ({"audience": "-3"}, "Écrivez un nombre entier plus grand que zéro"),
        ({"opens_on": "27/06/26"}, "Écrivez l’année avec quatre chiffres"),
    ],
)
def test_an_error_says_what_to_do(browser: Browser, fields: dict[str, str], message: str) -> None:
    page = create(browser, **fields)
    assert page.status == 422
    assert message in page.text


def test_the_life_of_a_campaign(browser: Browser) -> None:
    page = create(browser)
    page = page.follow("Ouvrir la collecte")
    assert page.heading == "Ouvrir la collecte ?"
    page = page.submit("Ouvrir la collecte")
    assert "La collecte est ouverte." in page.text
    assert campaign().state == "open"
    page = page.follow("Fermer la collecte")
    assert "Plus personne ne pourra répondre" in page.text
    page = page.submit("Fermer la collecte")
    page = page.follow("Rouvrir la collecte").submit("Rouvrir la collecte")
    page = page.follow("Fermer la collecte").submit("Fermer la collecte")
    page = page.follow("Archiver la collecte").submit("Archiver la collecte")
    page = page.follow("Sortir des archives").submit("Sortir des archives")
    assert campaign().state == "closed"
    assert "Collecte rouverte" in page.text
    assert "par Personne coordination" in page.text


def test_a_campaign_that_is_dated_says_when_it_will_open(browser: Browser) -> None:
    page = create(browser, opens_on="01/03/2099", opens_time="9 h")
    assert "quand elle est ouverte" in page.text
    page = page.follow("Ouvrir la collecte").submit("Ouvrir la collecte")
    assert "La collecte ouvrira d’elle-même le 1er mars 2099 à 9 h." in page.text
    assert "Programmée" in page.text


def test_a_step_taken_by_somebody_else_meanwhile_is_refused(browser: Browser) -> None:
    opened(ANONYMOUS)
    page = browser.get("/coordination/collectes/avis/etape/fermer")
    change(campaign(), state=CampaignState.CLOSED)
    page = page.submit("Fermer la collecte")
    assert "La collecte a changé entre-temps" in page.text
    assert browser.get("/coordination/collectes/avis/etape/danser").status == 404


def test_an_open_campaign_is_extended_and_keeps_its_address(browser: Browser) -> None:
    opened(ANONYMOUS, opens_at=now() - DAY, closes_at=now() + DAY)
    page = browser.get("/coordination/collectes/avis").follow("Modifier")
    page = page.submit("Enregistrer les changements", closes_on="31/12/2099", closes_time="")
    assert "31 décembre 2099 à 23 h 59" in page.text
    assert campaign().slug == "avis"


def test_a_closed_campaign_keeps_its_dates_when_its_title_changes(browser: Browser) -> None:
    closed_at = (now() - DAY).replace(second=0, microsecond=0)
    opened(ANONYMOUS, state=CampaignState.CLOSED, closes_at=closed_at)
    page = browser.get("/coordination/collectes/avis/modifier")
    page = page.submit("Enregistrer les changements", title="Nouveau titre")
    assert page.heading == "Nouveau titre"
    assert campaign().closes_at == closed_at


def test_a_draft_is_deleted_after_a_question(browser: Browser) -> None:
    page = create(browser).follow("Supprimer le brouillon")
    assert "Sa suppression est définitive." in page.text
    page = page.submit("Supprimer le brouillon")
    assert "Le brouillon est supprimé." in page.text
    assert browser.get("/coordination/collectes/avis").status == 404


def test_link_and_qr_code(browser: Browser, coordination: FlaskClient) -> None:
    opened(ANONYMOUS)
    page = browser.get("/coordination/collectes/avis")
    assert "http://localhost/q/avis" in page.text
    page = page.follow("Affiche, tract, QR code")
    svg = coordination.get(page.link("QR code en SVG"))
    assert svg.headers["Content-Disposition"] == 'attachment; filename="avis.svg"'
    assert svg.data.startswith(b"<svg")
    png = coordination.get("/coordination/collectes/avis/qr.png")
    assert png.data.startswith(b"\x89PNG")
    assert "Content-Disposition" not in png.headers


def test_answers_are_counted_with_their_trend_and_share(browser: Browser) -> None:
    found = opened(ANONYMOUS, audience=40, capacity=50)
    answers(found, 3, days_ago=2)
    answers(found, 5)
    page = browser.get("/coordination/collectes/avis")
    assert "8 réponses envoyées, sur 50 au plus" in page.text
    assert "20 % de 40 personnes invitées" in page.text
    (image,) = (e for e in page.tree.iter() if e.get("role") == "img")
    assert "8\u00a0réponses par jour" in (image.get("aria-label") or "")
    assert len([e for e in image.iter() if e.tag.endswith("rect")]) == 3


def test_campaigns_are_listed_by_phase(browser: Browser) -> None:
    opened(ANONYMOUS)
    opened(ANONYMOUS, "programmee", title="Demain", opens_at=now() + DAY)
    opened(ANONYMOUS, "finie", title="Finie", closes_at=now() - DAY)
    page = browser.get("/coordination/collectes")
    rows = [" ".join("".join(row.itertext()).split()) for row in page.tree.iter("tr")]
    assert any(row.startswith("Demain Programmée Anonyme 0") for row in rows)
    assert any(row.startswith("Finie Fermée") for row in rows)
    assert any(row.startswith("Votre avis compte Ouverte") for row in rows)


def test_a_reader_may_look_and_not_touch(reader: FlaskClient, structure: None) -> None:
    opened(ANONYMOUS)
    browser = Browser(reader)
    page = browser.get("/coordination/collectes/avis")
    assert "Modifier" not in page.text
    assert "Fermer la collecte" not in page.text
    for path in ("modifier", "etape/fermer", "supprimer", "reponses"):
        assert browser.get(f"/coordination/collectes/avis/{path}").status == 403
