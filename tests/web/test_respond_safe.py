"""Robots, forged requests and lost cookies: nobody's answer is lost, nobody's is stolen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.web.respond import visit
from tests.answering import ANONYMOUS, CONFIDENTIAL, drafts, opened, sent
from tests.web.checking import Browser, Page

SEND = "Envoyer mes réponses"
HERE = {"Origin": "http://localhost"}
ELSEWHERE = {"Origin": "http://ailleurs.example"}


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser, and a site that looks at CSRF tokens as in real life."""
    app.config["WTF_CSRF_ENABLED"] = True
    opened(ANONYMOUS)
    return Browser(app.test_client())


def last_page(browser: Browser) -> Page:
    return browser.get("/q/avis/profil").submit("Continuer", liberal="non")


def lose_cookies(browser: Browser) -> None:
    browser.client.delete_cookie("session")


def post(browser: Browser, page: Page, headers: dict[str, str]) -> Page:
    """Send the page from a place that ``headers`` tell."""
    data = page.fields(SEND)
    data["jour"] = "1/7/2026"
    response = browser.client.post("/q/avis/fin", data=data, headers=headers)
    return browser._page("/q/avis/fin", response)


def test_a_lost_cookie_loses_nothing(browser: Browser) -> None:
    page = last_page(browser)
    lose_cookies(browser)
    page = post(browser, page, HERE)
    assert page.status == 400
    assert "Votre session s’était interrompue" in page.text
    assert page.fields(SEND)["jour"] == "1/7/2026"
    page = page.submit(SEND)
    assert page.path == "/q/avis/fin/merci"
    assert sent()[0].document == {"liberal": "non", "jour": "2026-07-01"}


def test_a_lost_cookie_without_origin_keeps_at_least_the_page(browser: Browser) -> None:
    page = last_page(browser)
    lose_cookies(browser)
    page = post(browser, page, {})
    assert page.status == 400
    assert page.fields(SEND)["jour"] == "1/7/2026"
    page = page.submit(SEND)
    assert page.path == "/q/avis/profil?verifier=1"
    page = page.submit("Continuer", liberal="non")
    assert page.fields(SEND)["jour"] == "01/07/2026"


def test_a_page_of_another_site_writes_nothing(browser: Browser) -> None:
    page = last_page(browser)
    data = {**page.fields(SEND), "csrf_token": "forged", "jour": "1/7/2026"}
    response = browser.client.post("/q/avis/fin", data=data, headers=ELSEWHERE)
    assert response.status_code == 400
    assert sent() == []
    assert drafts()[0].document["values"] == {"liberal": "non"}


def test_another_site_cannot_hand_over_its_own_draft(browser: Browser, app: Flask) -> None:
    """Or whoever holds its token would read what the visitor then types."""
    attacker = Browser(app.test_client())
    trap = attacker.get("/q/avis/profil").submit("Continuer", liberal="oui")
    token = trap.fields("Continuer")["_token"]
    data = {"_token": token, "liberal": "non", "_action": "next"}
    response = browser.client.post("/q/avis/profil", data=data, headers=ELSEWHERE)
    assert response.status_code == 400
    with browser.client.session_transaction() as session:
        assert session["drafts"]["avis"][0] != token
    assert token not in response.text


def test_starting_again_cannot_be_forged(browser: Browser) -> None:
    last_page(browser)
    browser.client.post("/q/avis", headers=ELSEWHERE)
    assert len(drafts()) == 1


def test_the_review_survives_a_lost_cookie(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    opened(CONFIDENTIAL)
    browser = Browser(app.test_client())
    page = last_page(browser).submit("Relire mes réponses")
    data = page.fields(SEND)
    lose_cookies(browser)
    address = "/q/avis/relire-et-envoyer"
    response = browser.client.post(address, data=data, headers=HERE)
    assert response.status_code == 400
    page = browser._page(address, response)
    assert "Non" in page.text
    assert page.submit(SEND).path == "/q/avis/fin/merci"


# --- robots ----------------------------------------------------------------------------


def test_a_filled_trap_asks_again_and_keeps_everything(browser: Browser) -> None:
    page = last_page(browser).submit(SEND, jour="1/7/2026", site_web="http://exemple.example")
    assert "verifier=1" in page.path
    assert "Un champ invisible a été rempli" in page.text
    assert sent() == []
    assert page.fields(SEND)["site_web"] == ""
    assert page.fields(SEND)["jour"] == "01/07/2026"
    page.submit(SEND)
    assert sent()[0].document["jour"] == "2026-07-01"


def test_the_trap_is_out_of_reach(browser: Browser) -> None:
    trap = browser.get("/q/avis/profil").find("site_web")
    assert trap.get("tabindex") == "-1"
    assert trap.get("autocomplete") == "off"


def test_too_fast_to_be_human_asks_again(
    browser: Browser, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["SURVEYAPP"] = replace(app.config["SURVEYAPP"], min_fill_seconds=3)
    clock = 1_000_000.0
    monkeypatch.setattr(visit.time, "time", lambda: clock)
    page = last_page(browser).submit(SEND, jour="1/7/2026")
    assert "verifier=1" in page.path
    assert "en quelques secondes" in page.text
    assert sent() == []
    clock += 3
    assert page.submit(SEND).path == "/q/avis/fin/merci"


@pytest.fixture
def slow_reader(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site that finds everybody hurried: its clock stands still."""
    app.config["SURVEYAPP"] = replace(app.config["SURVEYAPP"], min_fill_seconds=60)
    monkeypatch.setattr(visit.time, "time", lambda: 1_000_000.0)


@pytest.mark.usefixtures("slow_reader")
def test_the_hurried_are_asked_once(browser: Browser) -> None:
    page = last_page(browser).submit(SEND)
    assert "en quelques secondes" in page.text
    assert page.submit(SEND).path == "/q/avis/fin/merci"


@pytest.mark.usefixtures("slow_reader")
def test_whoever_lost_the_cookie_was_not_hurried(browser: Browser) -> None:
    page = last_page(browser)
    lose_cookies(browser)
    assert post(browser, page, HERE).submit(SEND).path == "/q/avis/fin/merci"


def test_a_text_that_is_too_long_for_the_site_is_not_a_crash(browser: Browser) -> None:
    page = browser.get("/q/avis/profil").submit("Continuer", liberal="oui")
    page = page.submit("Continuer", libre="é" * 30_000)
    assert "verifier=1" in page.path
    assert "est trop longue" in page.errors()[0][1]


# --- what browsers keep ----------------------------------------------------------------


def test_no_page_of_answers_is_kept_by_the_browser(browser: Browser) -> None:
    page = last_page(browser)
    assert page.response.headers["Cache-Control"] == "no-store"


def test_the_kept_part_of_a_page_holds_nothing_of_anybody(
    browser: Browser, app: Flask, client: FlaskClient
) -> None:
    first = browser.get("/q/avis/profil")
    second = Browser(client).get("/q/avis/profil")
    for name in ("csrf_token", "_token"):
        assert first.fields("Continuer")[name] != second.fields("Continuer")[name]
    assert "PLACEOF" not in first.response.text


def test_a_cookie_holds_four_questionnaires_at_most(browser: Browser) -> None:
    for number in range(6):
        opened(ANONYMOUS, f"avis-{number}")
        browser.get(f"/q/avis-{number}/profil")
    with browser.client.session_transaction() as session:
        assert list(session["drafts"]) == ["avis-2", "avis-3", "avis-4", "avis-5"]
