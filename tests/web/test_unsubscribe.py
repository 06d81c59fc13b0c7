"""Declining invitations: a page that does nothing when opened, a button that acts at once."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveyapp import create_app
from surveyapp.models import MailAddress, db
from surveyapp.services import addresses
from tests.web.checking import Browser

ADDRESS = "alix@demo.example"


def page_of(address: str = ADDRESS) -> str:
    return urlsplit(addresses.unsubscribe_url(address)).path


def declined(address: str = ADDRESS) -> bool:
    db.session.rollback()
    return addresses.status_of(db.session, address).unsubscribed_on is not None


def test_opening_the_link_never_unsubscribes(client: FlaskClient) -> None:
    browser = Browser(client)
    for _ in range(3):
        page = browser.get(page_of())
        assert page.heading == "Ne plus recevoir nos invitations"
    client.head(page_of())
    client.options(page_of())
    assert not declined()


def test_the_button_acts_at_once_as_often_as_one_likes_and_one_may_come_back(
    client: FlaskClient,
) -> None:
    browser = Browser(client)
    for _ in range(2):
        page = browser.post(page_of(), {"csrf_token": "", "action": "arreter"})
        assert page.heading == "C’est fait"
        assert "ne vous envoie plus d’invitations" in page.text
        assert declined()
    assert not declined("autre@demo.example")
    page = browser.get(page_of())
    assert page.heading == "Vous ne recevez plus nos invitations"
    page = page.submit("Recevoir de nouveau les invitations")
    assert "vous enverra de nouveau" in page.text
    assert not declined()
    assert db.session.get(MailAddress, "") is None


def test_a_mailbox_unsubscribes_in_one_click_without_cookie_or_token(app: Flask) -> None:
    """RFC 8058, with the protection against forged requests in force as in production."""
    config = replace(app.config["SURVEYAPP"], testing=False)
    strict = create_app(config)
    assert strict.config["WTF_CSRF_ENABLED"]
    with strict.app_context():
        path = page_of()
        response = strict.test_client().post(
            path,
            data="List-Unsubscribe=One-Click",
            content_type="application/x-www-form-urlencoded",
        )
        assert response.status_code == 200, "a redirection is forbidden"
        assert "Set-Cookie" not in response.headers or "session" in response.headers["Set-Cookie"]
        again = strict.test_client().post(
            path, data={"List-Unsubscribe": "One-Click"}, content_type="multipart/form-data"
        )
        assert again.status_code == 200
        db.session.remove()
        db.engine.dispose()
    assert declined()


@pytest.mark.parametrize(
    "fields", [{}, {"action": "arreter"}, {"csrf_token": "x"}, {"List-Unsubscribe": "Autre"}]
)
def test_nothing_else_that_is_posted_unsubscribes(
    app: Flask, client: FlaskClient, fields: dict[str, str]
) -> None:
    """A POST that is neither the one-click request nor the button of the page."""
    app.config["WTF_CSRF_ENABLED"] = True
    assert client.post(page_of(), data=fields).status_code == 400
    assert not declined()
    page = Browser(client).get(page_of()).submit("Ne plus recevoir d’invitations")
    assert page.heading == "C’est fait"
    assert declined()


@pytest.mark.parametrize("token", ["x", "a.b", "%00", "é", "A" * 43 + "." + "B" * 27])
def test_a_link_that_was_cut_says_what_to_do(client: FlaskClient, token: str) -> None:
    for page in (
        Browser(client).get(f"/desinscription/{token}"),
        Browser(client).post(f"/desinscription/{token}", {}),
    ):
        assert page.status == 404
        assert "Ouvrez-le de nouveau depuis le mail" in page.text
    assert db.session.query(MailAddress).count() == 0


def test_a_token_for_something_else_is_none(app: Flask, client: FlaskClient) -> None:
    from itsdangerous import Signer

    value = page_of().rpartition("/")[2].partition(".")[0]
    other = Signer(app.config["SECRET_KEY"], salt="autre").sign(value).decode()
    assert client.post(f"/desinscription/{other}").status_code == 404
