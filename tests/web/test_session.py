"""The end of a colleague's session: announced, put off, and no text lost after it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from surveyapp.core.french import hour
from surveyapp.models import Structure, User, now
from surveyapp.permissions import ROLES
from surveyapp.services.transaction import transaction
from tests.answering import ANONYMOUS, opened
from tests.web.checking import Browser, Page

HERE = {"Origin": "http://localhost"}
ELSEWHERE = {"Origin": "http://ailleurs.example"}
SETTINGS = "/coordination/reglages"
TYPED = {"name": "CPTS toute neuve", "address": "1 place\r\ndu Marché", "csrf_token": "ancienne"}
AGAIN = "Renvoyer"


@pytest.fixture
def site(app: Flask) -> Flask:
    """A site that looks at CSRF keys as in real life."""
    app.config["WTF_CSRF_ENABLED"] = True
    return app


def late(client: FlaskClient, headers: dict[str, str] = HERE, **more: object) -> TestResponse:
    """The settings, sent from a page that lay open."""
    return client.post(SETTINGS, data=TYPED | more, headers=headers)


def held(client: FlaskClient, answer: TestResponse) -> Page:
    assert answer.status_code == 403
    return Browser(client)._page(SETTINGS, answer)


def sign_in_here(client: FlaskClient, other: FlaskClient) -> None:
    """Sign in in another tab: the rest of the session stays."""
    with other.session_transaction() as theirs:
        values = dict(theirs)
    with client.session_transaction() as mine:
        mine.update(values)


def resend(client: FlaskClient, page: Page) -> TestResponse:
    target = page.form(AGAIN).get("action")
    assert target == SETTINGS
    return client.post(target, data=page.fields(AGAIN), headers=HERE)


# --- what was typed --------------------------------------------------------------------


def test_a_form_sent_too_late_is_sent_again_after_signing_in(
    site: Flask, admin: FlaskClient
) -> None:
    client = site.test_client()
    page = held(client, late(client))
    assert page.heading == "Votre session est terminée"
    assert page.link("Connectez-vous dans un nouvel onglet") == "/compte/connexion"
    assert "CPTS toute neuve" in page.text
    fields = page.fields(AGAIN)
    assert fields.pop("csrf_token") != TYPED["csrf_token"]
    assert fields["name"] == TYPED["name"]
    assert fields["address"].split() == TYPED["address"].split()
    assert "Votre session est terminée" in resend(client, page).text, "not signed in yet"
    sign_in_here(client, admin)
    answer = resend(client, page)
    assert answer.status_code != 403
    assert "Votre session" not in answer.text


def test_whoever_signed_in_meanwhile_confirms_with_a_new_key(
    site: Flask, admin: FlaskClient
) -> None:
    page = held(admin, late(admin))
    assert page.heading == "Votre page est restée ouverte trop longtemps"
    assert page.fields(AGAIN)["name"] == TYPED["name"]
    assert resend(admin, page).status_code != 403


def test_another_site_gets_nothing_held(site: Flask, admin: FlaskClient) -> None:
    """Else it would put its words under a button of ours."""
    for headers in (ELSEWHERE, {}):
        answer = late(site.test_client(), headers)
        assert answer.status_code == 302
        assert "/compte/connexion" in answer.headers["Location"]
        answer = late(admin, headers)
        assert answer.status_code == 400
        assert AGAIN not in answer.text


def test_passwords_are_not_held(site: Flask) -> None:
    client = site.test_client()
    assert "secret-typed" not in late(client, smtp_password="secret-typed").text
    answer = client.post("/compte/mot-de-passe", data={"again": "secret-typed"}, headers=HERE)
    assert answer.status_code == 302


def test_a_page_says_that_files_are_to_be_chosen_again(site: Flask) -> None:
    client = site.test_client()
    data = {"kind": "members", "file": (BytesIO(b"a,b"), "liste.csv")}
    answer = client.post("/coordination/annuaire/import", data=data, headers=HERE)
    assert "fichiers joints sont à choisir de nouveau" in answer.text


# --- the announcement ------------------------------------------------------------------


@pytest.mark.parametrize("role", list(ROLES))
def test_staff_pages_say_when_the_session_ends(
    role: str, add_user: Callable[..., User], sign_in: Callable[[User], FlaskClient]
) -> None:
    with transaction() as session:
        session.add(Structure(name="CPTS des Exemples", timezone="Indian/Reunion"))
    page = Browser(sign_in(add_user(role))).get("/compte/accueil")
    box = page.find("fin-de-session")
    assert box.get("hidden") is not None
    assert timedelta(hours=11, minutes=58) < timedelta(seconds=int(box.get("data-left") or 0))
    end = (now() + timedelta(hours=12)).astimezone(ZoneInfo("Indian/Reunion"))
    assert box.get("data-hour") in {hour(end), hour(end - timedelta(minutes=1))}


def test_visitors_are_told_of_no_session(client: FlaskClient) -> None:
    opened(ANONYMOUS)
    assert not Browser(client).get("/q/avis").has("fin-de-session")


def test_staying_signs_the_session_again(admin: FlaskClient) -> None:
    answer = admin.post("/compte/rester", headers={"Accept": "application/json"})
    assert answer.json is not None
    assert answer.json["left"] >= 12 * 3600 - 2
    assert "\u00a0h" in answer.json["hour"]
    assert "session=" in answer.headers["Set-Cookie"]


def test_nobody_stays_without_a_session(client: FlaskClient) -> None:
    answer = client.post("/compte/rester", headers={"Accept": "application/json"})
    assert answer.status_code == 401
