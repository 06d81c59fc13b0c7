"""Named answers: a list to search and sort, a page for each; never one of an anonymous campaign."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.core.title import search_text, sort_key
from surveyapp.models import Campaign, Response, ResponseStatus, Structure, random_key
from surveyapp.services.people.cards import add_person
from surveyapp.services.publish import definition_of
from surveyapp.services.transaction import transaction
from tests.answering import ANONYMOUS, CONFIDENTIAL, NOMINATIVE, opened
from tests.web.checking import Browser, Page, words

LIST = "/coordination/collectes/avis/reponses"
PEOPLE = (
    ("Éloïse", "Rivefictive", "2026-06-01", "Lorem ipsum à Étangdoux"),
    ("Bastien", "Étangdoux", "2026-06-03", "Un mot"),
    ("Zoé", "Clairmer", "2026-06-02", "100 % d’accord_toujours"),
)


@pytest.fixture
def browser(app: Flask, coordination: FlaskClient) -> Browser:
    with transaction() as session:
        session.add(Structure(name="CPTS des Exemples"))
    return Browser(coordination)


def answer(campaign: Campaign, number: int, day: date, document: dict[str, Any]) -> int:
    definition = definition_of(campaign.version)
    anonymous = definition.anonymous
    key = random_key()
    row = Response(
        id=key,
        campaign_id=campaign.id,
        version_id=campaign.version_id,
        anonymous=anonymous,
        status=ResponseStatus.SUBMITTED,
        document=document,
        saved_on=day,
        submitted_on=day,
        submitted_at=None if anonymous else datetime(day.year, day.month, day.day, 9, tzinfo=UTC),
        reference=None if anonymous else f"AAAA-{number:04d}",
        title_key="" if anonymous else sort_key(definition, document),
        search="" if anonymous else search_text(definition, document),
    )
    with transaction() as session:
        session.add(row)
    return key


def people(campaign: Campaign) -> None:
    for number, (first, last, day, text) in enumerate(PEOPLE, start=1):
        document = {
            "prenom": first,
            "nom": last,
            "courriel": f"personne{number}@demo.example",
            "a_jour": "oui",
            "motivation": text,
        }
        answer(campaign, number, date.fromisoformat(day), document)


def names(page: Page) -> list[str]:
    rows = next(page.tree.iter("tbody"))
    return [words(next(row.iter("th"))) for row in rows.iter("tr")]


def test_the_latest_come_first(browser: Browser) -> None:
    people(opened(NOMINATIVE))
    page = browser.get(LIST)
    assert names(page) == ["Bastien Étangdoux", "Zoé Clairmer", "Éloïse Rivefictive"]
    assert "3 réponses." in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("etang", ["Bastien Étangdoux", "Éloïse Rivefictive"]),
        ("ÉTANGDOUX bastien", ["Bastien Étangdoux"]),
        ("aaaa-0003", ["Zoé Clairmer"]),
        ("100 %", ["Zoé Clairmer"]),
        ("d'accord_t", ["Zoé Clairmer"]),
        ("eloïse", ["Éloïse Rivefictive"]),
    ],
)
def test_a_search_ignores_accents_and_capitals(
    browser: Browser, query: str, found: list[str]
) -> None:
    people(opened(NOMINATIVE))
    assert names(search(browser, query)) == found


def search(browser: Browser, query: str, **more: str) -> Page:
    """Filters live in the address: it can be kept and sent."""
    return browser.get(f"{LIST}?{urlencode({'q': query, **more})}")


def test_a_search_without_result_says_what_to_try(browser: Browser) -> None:
    people(opened(NOMINATIVE))
    page = search(browser, "introuvable")
    assert "Aucune réponse ne correspond." in page.text
    assert len(names(page.follow("Tout afficher"))) == 3


def test_the_period_is_typed_as_dates(browser: Browser) -> None:
    people(opened(NOMINATIVE))
    assert names(search(browser, "", du="02/06/2026", au="02/06/2026")) == ["Zoé Clairmer"]
    page = search(browser, "", du="32/06/2026")
    assert page.errors()[0][0] == "du"
    assert len(names(page)) == 3


def test_columns_sort_both_ways_and_filters_stay(browser: Browser) -> None:
    people(opened(NOMINATIVE))
    page = search(browser, "etang").follow("Nom, trier")
    assert names(page) == ["Bastien Étangdoux", "Éloïse Rivefictive"]
    header = next(e for e in page.tree.iter("th") if e.get("aria-sort"))
    assert header.get("aria-sort") == "ascending"
    page = page.follow("Nom ↑, trier")
    assert names(page) == ["Éloïse Rivefictive", "Bastien Étangdoux"]
    assert "q=etang" in page.path


def test_fifty_answers_make_a_page(browser: Browser) -> None:
    campaign = opened(NOMINATIVE)
    start = date(2026, 1, 1)
    for number in range(52):
        day = start + timedelta(days=number)
        answer(campaign, number, day, {"prenom": "Zoé", "nom": f"Clairmer {number:02d}"})
    page = browser.get(LIST)
    assert len(names(page)) == 50
    assert "52 réponses, de la 1 re à la 50 e" in page.text
    page = page.follow("Suivante")
    assert names(page) == ["Zoé Clairmer 01", "Zoé Clairmer 00"]
    assert len(names(browser.get(f"{LIST}?page=999"))) == 2
    assert len(names(browser.get(f"{LIST}?page=rien&tri=rien"))) == 50


def test_an_answer_is_read_in_words(browser: Browser) -> None:
    people(opened(NOMINATIVE))
    page = browser.get(LIST).follow("Éloïse Rivefictive")
    assert page.heading == "Éloïse Rivefictive"
    assert "1er juin 2026 à 11 h" in page.text
    assert "Référence AAAA-0001" in page.text
    assert "À jour de cotisation Oui" in page.text
    assert "Lorem ipsum" in page.text
    assert "Numéro RPPS" not in page.text


def test_the_directory_says_whether_the_author_is_a_member(browser: Browser) -> None:
    people(opened(NOMINATIVE))
    page = browser.get(LIST).follow("Éloïse Rivefictive")
    assert "Dans l’annuaire introuvable" in page.text
    with transaction() as session:
        add_person(
            session,
            last_name="RIVEFICTIVE",
            first_name="Eloise",
            member_until=date(2099, 12, 31),
        )
    page = browser.get(LIST).follow("Éloïse Rivefictive")
    assert "à jour jusqu’au 31 décembre 2099" in page.text
    assert page.follow("voir la fiche").heading == "Eloise RIVEFICTIVE"
    page = browser.get(LIST).follow("Bastien Étangdoux")
    assert "Dans l’annuaire introuvable" in page.text


def test_a_confidential_answer_has_no_name(browser: Browser) -> None:
    campaign = opened(CONFIDENTIAL)
    answer(campaign, 1, date(2026, 6, 1), {"liberal": "oui", "libre": "Merci"})
    page = browser.get(LIST)
    assert names(page) == ["AAAA-0001"]
    assert "Nom, trier" not in page.text
    assert "Merci" in page.follow("AAAA-0001").text


def test_an_anonymous_campaign_has_no_list_and_says_why(browser: Browser) -> None:
    campaign = opened(ANONYMOUS)
    key = answer(campaign, 1, date(2026, 6, 1), {"liberal": "oui", "libre": "Secret"})
    page = browser.get(LIST)
    assert page.heading == "Ces réponses ne se lisent pas une à une"
    assert "Secret" not in page.text
    assert browser.get(f"{LIST}/{key}").status == 404
    assert "Lire les réponses" not in browser.get("/coordination/collectes/avis").text


def test_an_answer_of_another_campaign_or_a_draft_is_not_found(browser: Browser) -> None:
    campaign = opened(NOMINATIVE)
    other = opened(NOMINATIVE, "autre", title="Autre")
    key = answer(other, 1, date(2026, 6, 1), {"nom": "Clairmer"})
    assert browser.get(f"{LIST}/{key}").status == 404
    with transaction() as session:
        session.execute(sa.update(Response).values(status=ResponseStatus.DRAFT))
    assert browser.get(f"/coordination/collectes/autre/reponses/{key}").status == 404
    assert "Aucune réponse pour le moment." in browser.get(LIST).text
    assert campaign.slug == "avis"


def test_readers_do_not_see_named_answers(app: Flask, reader: FlaskClient) -> None:
    campaign = opened(NOMINATIVE)
    key = answer(campaign, 1, date(2026, 6, 1), {"nom": "Clairmer"})
    browser = Browser(reader)
    assert browser.get(LIST).status == 403
    assert browser.get(f"{LIST}/{key}").status == 403
