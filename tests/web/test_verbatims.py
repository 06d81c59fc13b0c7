"""The review of open answers, as the coordinatrice does it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.core.definition import Mode
from surveyapp.models import Campaign, CampaignState
from surveyapp.services.results import results
from tests.collecting import TODAY, answer, campaign_of, form, mixed
from tests.web.checking import Browser, Page

URL = "/coordination/collectes/essai/verbatims"
IDEAS = f"{URL}?question=idee"


@pytest.fixture
def campaign(app: Flask) -> Campaign:
    made = campaign_of(form())
    answer(made, *mixed(30))
    return made


@pytest.fixture
def browser(coordination: FlaskClient) -> Browser:
    return Browser(coordination)


def published(campaign: Campaign) -> set[str]:
    found = results(campaign, today=TODAY)
    return set(next(s.texts for s in found.summaries if s.question == "idee"))


def keys(page: Page) -> list[str]:
    """Keys of the answers on the page, in order."""
    names = [i.get("name") or "" for i in page.tree.iter("input") if i.get("type") == "radio"]
    return list(dict.fromkeys(name.removeprefix("choix-") for name in names))


def texts(page: Page) -> list[str]:
    return [area.text or "" for area in page.tree.iter("textarea")]


def test_page_lists_what_is_left_to_review(campaign: Campaign, browser: Browser) -> None:
    page = browser.get(URL)
    assert page.heading == "Relire les réponses libres Essai"
    assert len(keys(page)) == 20
    assert "Une idée ? (30 à relire)" in page.text
    assert len(keys(browser.get(f"{IDEAS}&page=2"))) == 10


def test_publishing_hiding_and_leaving_for_later(campaign: Campaign, browser: Browser) -> None:
    page = browser.get(IDEAS)
    (one, two, *_), (kept, hidden, *_) = keys(page), texts(page)
    page = page.send("Enregistrer", {f"choix-{one}": "publier", f"choix-{two}": "ecarter"})
    assert "C’est enregistré : 1 réponse publiée, 1 réponse écartée." in page.text
    assert published(campaign) == {kept}
    assert "(28 à relire)" in page.text
    assert kept not in texts(page)
    assert texts(browser.get(f"{IDEAS}&etat=publiees")) == [kept]
    assert texts(browser.get(f"{IDEAS}&etat=ecartees")) == [hidden]


def test_saving_without_a_choice_publishes_nothing(campaign: Campaign, browser: Browser) -> None:
    page = browser.get(IDEAS).submit("Enregistrer")
    assert "C’est enregistré." in page.text
    assert published(campaign) == set()


def test_masking_a_name(campaign: Campaign, browser: Browser) -> None:
    page = browser.get(IDEAS)
    one, original = keys(page)[0], texts(page)[0]
    page.send("Enregistrer", {f"choix-{one}": "publier", f"texte-{one}": "Merci à […]."})
    assert published(campaign) == {"Merci à […]."}
    kept = browser.get(f"{IDEAS}&etat=publiees")
    assert texts(kept) == ["Merci à […]."]
    assert f"Réponse d’origine : {original}" in kept.text


def test_a_decision_can_be_undone(campaign: Campaign, browser: Browser) -> None:
    page = browser.get(IDEAS)
    one = keys(page)[0]
    page.send("Enregistrer", {f"choix-{one}": "publier"})
    kept = browser.get(f"{IDEAS}&etat=publiees")
    page = kept.send("Enregistrer", {f"choix-{one}": "plus-tard"})
    assert page.path.endswith("etat=publiees")
    assert "1 réponse remise à relire" in page.text
    assert "Aucune réponse n’est publiée." in page.text
    assert published(campaign) == set()


def test_an_answer_that_is_gone_is_told(campaign: Campaign, browser: Browser) -> None:
    page = browser.post(IDEAS, {"choix-idee.0123": "publier"})
    assert "rechargez la page" in page.text
    assert published(campaign) == set()


def test_publishing_everything_asks_for_a_tick(campaign: Campaign, browser: Browser) -> None:
    ask = browser.get(IDEAS).follow("Publier d’un coup toutes les réponses qui restent à relire")
    assert ask.heading == "Publier 30 réponses d’un coup ?"
    refused = ask.submit("Tout publier")
    assert refused.status == 422
    assert refused.title.startswith("Erreur : Publier toutes")
    assert [target for target, _ in refused.errors()] == ["relues"]
    assert published(campaign) == set()
    done = refused.submit("Tout publier", relues="oui")
    assert "30 réponses publiées" in done.text
    assert "Tout est relu." in done.text
    assert len(published(campaign)) == 30


def test_what_came_after_the_question_is_not_published(app: Flask, browser: Browser) -> None:
    campaign = campaign_of(form(Mode.CONFIDENTIAL))
    answer(campaign, *mixed(6))
    ask = browser.get(f"{URL}/tout-publier?question=idee")
    answer(campaign, {"idee": "Toute fraîche"})
    page = ask.submit("Tout publier", relues="oui")
    assert "relisez les nouvelles d’abord" in page.text
    assert published(campaign) == set()


def test_nothing_left_to_publish(app: Flask, browser: Browser) -> None:
    campaign_of(form())
    assert browser.get(f"{URL}/tout-publier?question=idee").path.endswith("/verbatims")


def test_few_answers_are_not_shown(app: Flask, browser: Browser) -> None:
    answer(campaign_of(form()), *mixed(3))
    page = browser.get(IDEAS)
    assert "moins de 5 réponses" in page.text
    assert "Idée" not in page.text


def test_answers_that_are_not_counted_yet_are_not_shown(app: Flask, browser: Browser) -> None:
    campaign = campaign_of(form(k=10), state=CampaignState.OPEN)
    answer(campaign, *mixed(30))
    page = browser.get(IDEAS)
    assert "après la fermeture" in page.text
    assert not keys(page)


def test_results_page_leads_to_the_review(campaign: Campaign, browser: Browser) -> None:
    page = browser.get("/coordination/collectes/essai/resultats")
    assert "30 à relire" in page.text
    assert page.link("Relire les réponses à « Une idée ? »").endswith("question=idee")
    assert "Aucune réponse n’est encore publiée." in page.text
    review = browser.get(IDEAS)
    review.send("Enregistrer", {f"choix-{keys(review)[0]}": "publier"})
    assert texts(review)[0] in browser.get("/coordination/collectes/essai/resultats").text


def test_questionnaire_without_open_question(app: Flask, browser: Browser) -> None:
    definition = form()
    (section,) = definition.sections
    closed = tuple(item for item in section.items if item.name in ("note", "secteur"))
    campaign_of(replace(definition, sections=(replace(section, items=closed),)))
    assert "n’a pas de question ouverte" in browser.get(URL).text


def test_unknown_question(campaign: Campaign, browser: Browser) -> None:
    assert browser.get(f"{URL}?question=note").status == 404


def test_whoever_only_reads_may_not_review(campaign: Campaign, reader: FlaskClient) -> None:
    assert reader.get(IDEAS).status_code == 403
    assert reader.post(IDEAS, data={}).status_code == 403
    assert reader.get(f"{URL}/tout-publier?question=idee").status_code == 403
    assert "Relire" not in Browser(reader).get("/coordination/collectes/essai/resultats").text
