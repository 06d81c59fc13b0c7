"""What the coordination writes for one campaign, where respondents read it."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.models import CampaignState
from tests.answering import ANONYMOUS, change, opened
from tests.web.checking import Browser
from tests.web.coordination import describe_structure

WORDS = {
    "intro": "Cette année, **dix minutes** suffisent.\n\n- pour {structure}\n- <b>pour vous</b>",
    "thanks": "Rendez-vous à l’assemblée générale.",
    "closed": "Les résultats seront présentés en septembre.",
}


@pytest.fixture
def browser(app: Flask, client: FlaskClient) -> Browser:
    describe_structure()
    return Browser(client)


def test_the_words_of_a_campaign_are_read_at_each_end(browser: Browser) -> None:
    opened(ANONYMOUS, messages=WORDS)
    page = browser.get("/q/avis")
    assert "Cette année, dix minutes suffisent." in page.text
    assert "pour CPTS des Exemples" in page.text
    assert "<b>pour vous</b>" in page.text  # what was typed is never markup
    page = page.follow("Commencer").submit("Continuer", liberal="non")
    page = page.submit("Envoyer mes réponses")
    assert page.heading == "Merci, vos réponses sont bien arrivées"
    assert "Rendez-vous à l’assemblée générale." in page.text
    assert "À bientôt à CPTS des Exemples." in page.text


def test_a_closed_campaign_says_what_comes_next(browser: Browser) -> None:
    found = opened(ANONYMOUS, messages=WORDS, state=CampaignState.CLOSED)
    page = browser.get("/q/avis")
    assert page.status == 410
    assert "Les résultats seront présentés en septembre." in page.text
    change(found, messages={})
    assert "septembre" not in browser.get("/q/avis").text


def test_a_changed_message_is_read_at_once(browser: Browser) -> None:
    found = opened(ANONYMOUS, messages={"intro": "Avant."})
    assert "Avant." in browser.get("/q/avis").text
    change(found, messages={"intro": "Après."})
    assert "Après." in browser.get("/q/avis").text
