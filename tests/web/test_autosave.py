"""Saving while somebody types: what the script sends, and what the server makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from surveyapp.models import CampaignState
from tests.answering import ANONYMOUS, change, drafts, opened, sent
from tests.web.checking import Browser, Page

SEND = "Envoyer mes réponses"
HERE = {"Origin": "http://localhost"}


@pytest.fixture
def browser(app: Flask) -> Browser:
    app.config["WTF_CSRF_ENABLED"] = True
    return Browser(app.test_client())


def autosave(page: Page, **typed: str) -> TestResponse:
    """What ``autosave.js`` does: the fields of the page as they are, and its own action."""
    data: dict[str, Any] = {**page.fields("Continuer").to_dict(), **typed, "_action": "autosave"}
    path = page.path.partition("?")[0]
    return page.browser.client.post(path, data=data, headers=HERE)


def test_what_is_being_typed_is_kept_and_not_judged(browser: Browser) -> None:
    opened(ANONYMOUS)
    answer = autosave(browser.get("/q/avis/profil"), annees="dou")
    assert (answer.status_code, answer.data) == (204, b"")
    page = browser.get("/q/avis").follow("Reprendre")
    assert page.path == "/q/avis/profil"
    assert page.fields("Continuer")["annees"] == "dou"
    assert page.errors() == []


def test_an_anonymous_draft_gets_a_day_and_no_hour(browser: Browser) -> None:
    opened(ANONYMOUS)
    autosave(browser.get("/q/avis/profil"), annees="12")
    (draft,) = drafts()
    assert draft.document["values"] == {"annees": 12}
    assert (draft.submitted_at, draft.reference, draft.submitted_on) == (None, None, None)


def test_a_page_that_comes_late_changes_nothing_that_was_sent(browser: Browser) -> None:
    opened(ANONYMOUS)
    first = browser.get("/q/avis/profil")
    first.submit("Continuer", liberal="non").submit(SEND)
    assert autosave(first, liberal="oui").status_code == 303
    assert sent()[0].document == {"liberal": "non"}
    assert drafts() == []


def test_a_browser_that_lost_its_cookie_gets_a_key_and_goes_on(browser: Browser) -> None:
    opened(ANONYMOUS)
    page = browser.get("/q/avis/profil").submit("Retour", annees="12")
    page = browser.get("/q/avis/profil")
    browser.client.delete_cookie("session")
    refused = autosave(page, annees="13")
    assert refused.status_code == 200
    assert drafts()[0].document["values"] == {"annees": 12}
    again = autosave(page, annees="13", csrf_token=refused.json["csrf"])
    assert again.status_code == 204
    assert drafts()[0].document["values"] == {"annees": 13}


def test_another_site_saves_nothing(browser: Browser) -> None:
    opened(ANONYMOUS)
    data = {"_action": "autosave", "annees": "13", "csrf_token": "forged"}
    headers = {"Origin": "http://ailleurs.example"}
    answer = browser.client.post("/q/avis/profil", data=data, headers=headers)
    assert answer.status_code == 200
    assert list(answer.json) == ["csrf"]
    assert drafts() == []


def test_a_campaign_that_has_closed_says_so(browser: Browser) -> None:
    campaign = opened(ANONYMOUS)
    page = browser.get("/q/avis/profil")
    change(campaign, state=CampaignState.CLOSED)
    assert autosave(page, annees="12").status_code == 410
    assert drafts() == []


def test_typing_fast_is_not_the_work_of_a_robot(browser: Browser, app: Flask) -> None:
    app.config["SURVEYAPP"] = replace(app.config["SURVEYAPP"], min_fill_seconds=60)
    opened(ANONYMOUS)
    assert autosave(browser.get("/q/avis/profil"), annees="12").status_code == 204


def test_the_page_has_a_place_to_say_that_it_is_saved(browser: Browser) -> None:
    opened(ANONYMOUS)
    place = browser.get("/q/avis/profil").find("enregistre")
    assert place.get("role") == "status"


def test_a_page_tells_the_script_when_its_campaign_closes(browser: Browser) -> None:
    closing = (datetime.now(UTC) + timedelta(minutes=30)).replace(microsecond=0)
    opened(ANONYMOUS, closes_at=closing)
    notice = browser.get("/q/avis/profil").find("fermeture")
    assert notice.get("data-at") == str(int(closing.timestamp()))
    assert notice.get("hidden") is not None


# --- taking an answer back -------------------------------------------------------------


def clear(page: Page, field: str) -> Page:
    """Press « Effacer ma réponse » of one question."""
    data = page.fields("Continuer")
    data["_action"] = f"clear:{field}"
    return page.browser.post(page.path.partition("?")[0], data)


def test_an_optional_choice_is_taken_back_without_script(browser: Browser) -> None:
    opened(ANONYMOUS)
    page = browser.get("/q/avis/profil").submit("Continuer", liberal="oui")
    page = page.submit("Retour", stress="7", libre="Gardé")
    page = browser.get("/q/avis/travail")
    assert "Effacer ma réponse : Votre stress" in page.text
    page = clear(page, "stress")
    assert browser.visited[-1].endswith("/q/avis/travail#q-stress")
    assert page.errors() == []
    assert page.fields("Continuer").get("stress") is None
    assert page.fields("Continuer")["libre"] == "Gardé"


def test_an_obligatory_choice_is_not_taken_back(browser: Browser) -> None:
    opened(ANONYMOUS)
    assert "Effacer ma réponse" not in browser.get("/q/avis/profil").text


def test_taking_back_other_takes_its_text_too(browser: Browser) -> None:
    body = ANONYMOUS.replace("select_one on, name", "select_one on or_other, name")
    body = body.replace(", required: true}", "}", 1)
    opened(body)
    page = browser.get("/q/avis/profil").submit("Retour", liberal="other", liberal_other="Mixte")
    page = clear(browser.get("/q/avis/profil"), "liberal")
    assert drafts()[0].document["values"] == {}
    assert page.fields("Continuer")["liberal_other"] == ""
