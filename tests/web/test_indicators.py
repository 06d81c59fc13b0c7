"""Target and source of an indicator, as the coordinatrice sets them, without JavaScript."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from surveyapp.models import CampaignState
from tests.collecting import answer, campaign_of, form, mixed
from tests.web.checking import Browser, Page

BASE = "/coordination/actions"


@pytest.fixture
def browser(coordination: FlaskClient) -> Browser:
    return Browser(coordination)


@pytest.fixture
def target(browser: Browser) -> Page:
    """The page of an indicator of a new action, a campaign being there."""
    answer(campaign_of(form()), *mixed(24))
    page = browser.get(f"{BASE}/nouvelle")
    page.send("Créer l’action", {"title": "Accueil", "period-end": "12/2025"})
    page = browser.get(f"{BASE}/accueil-2025/saisie/objectifs")
    page = page.send(
        "Enregistrer",
        {"objectives-0-label": "Accueillir", "objectives-0-result-0-label": "Satisfaction"},
    )
    return page.follow("Cible et source de l’indicateur « Satisfaction »")


def test_a_value_comes_from_a_campaign_step_by_step(browser: Browser, target: Page) -> None:
    assert not target.has("measure")
    page = target.send(
        "Afficher les questions de la collecte",
        {"campaign": "essai", "commitment": "4", "comparison": ">", "unit": "/6"},
    )
    page = page.send("Enregistrer et calculer", {"measure": "note:mean"})
    assert "4,5/6 (24 réponses)" in page.text
    assert "cible atteinte" in page.text
    assert page.find("commitment").get("value") == "4"
    back = page.follow("Retour aux objectifs")
    assert "Valeur calculée : 4,5/6 (24 réponses)" in back.text
    assert "plus de 4/6" in back.text


def test_a_share_asks_for_the_answers_to_count(target: Page) -> None:
    page = target.send("Afficher les questions de la collecte", {"campaign": "essai"})
    page = page.send("Enregistrer et calculer", {"measure": "secteur:share"})
    assert page.status == 422
    assert page.errors() == [("choices", "Cochez la ou les réponses à compter.")]
    page = page.send("Enregistrer et calculer", {"choices": ["nord"]})
    assert "67 %" in page.text
    assert page.find("choices-nord").get("checked") is not None


def test_a_threshold_is_asked_for(target: Page) -> None:
    page = target.send("Afficher les questions de la collecte", {"campaign": "essai"})
    page = page.send("Afficher les réglages de ce choix", {"measure": "note:at_least"})
    assert page.send("Enregistrer et calculer", {}).errors()[0][0] == "threshold"
    assert "50 %" in page.send("Enregistrer et calculer", {"threshold": "5"}).text


def test_faults_of_a_target_are_said_beside_it(target: Page) -> None:
    page = target.send("Enregistrer", {"commitment": "beaucoup", "ambition": "90"})
    assert page.status == 422
    assert [place for place, _ in page.errors()] == ["commitment"]
    page = target.send("Enregistrer", {"ambition": "90"})
    assert [place for place, _ in page.errors()] == ["commitment"]
    assert page.find("ambition").get("value") == "90"


def test_a_typed_value_that_differs_is_flagged(browser: Browser, target: Page) -> None:
    page = target.send("Afficher les questions de la collecte", {"campaign": "essai"})
    page.send("Enregistrer et calculer", {"measure": "note:mean"})
    page = browser.get(f"{BASE}/accueil-2025/saisie/objectifs")
    page = page.send("Enregistrer", {"objectives-0-result-0-typed": "5/6"})
    assert "différente de la valeur saisie" in page.text


def test_a_value_that_cannot_be_shown_yet_is_no_computed_value(
    browser: Browser, target: Page
) -> None:
    more = form(k=10)
    answer(campaign_of(more, slug="ouverte", state=CampaignState.OPEN), *mixed(3))
    page = browser.get(target.path)
    page = page.send("Afficher les questions de la collecte", {"campaign": "ouverte"})
    page.send("Enregistrer et calculer", {"measure": "note:mean"})
    page = browser.get(f"{BASE}/accueil-2025/saisie/objectifs")
    page = page.send("Enregistrer", {"objectives-0-result-0-typed": "5/6"})
    assert "Pas encore de valeur calculée." in page.text
    assert "différente de la valeur saisie" not in page.text


def test_the_values_of_campaigns_are_computed_again(browser: Browser, target: Page) -> None:
    page = target.send("Afficher les questions de la collecte", {"campaign": "essai"})
    page.send("Enregistrer et calculer", {"measure": "note:mean"})
    page = browser.get(f"{BASE}/accueil-2025/saisie/objectifs")
    page = page.send(
        "Enregistrer et recalculer les valeurs des collectes",
        {"objectives-0-result-0-comment": "tapé avant"},
    )
    assert "1 valeur recalculée" in page.text
    assert page.find("objectives-0-result-0-comment").text == "tapé avant"


def test_two_people_on_one_indicator(browser: Browser, target: Page) -> None:
    other = browser.get(target.path)
    other.send("Enregistrer", {"commitment": "5"})
    page = target.send("Enregistrer", {"commitment": "6"})
    assert page.status == 422
    assert "Quelqu’un a changé" in page.errors()[0][1]
    assert page.find("commitment").get("value") == "6"
    assert page.send("Enregistrer", {}).find("commitment").get("value") == "6"
