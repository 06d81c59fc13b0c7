"""Every page, tried by everybody: the table of permissions is the whole truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from surveyapp.models import User
from surveyapp.permissions import ENDPOINTS, ROLES, Permission, granted

# Flask-Security still gives tuples to its choices; ours are checked everywhere else.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples")

#: Something that fits each kind of address part.
SAMPLES = {"UnicodeConverter": "x", "PathConverter": "x"}


def pages(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Every rule with a method and an address that leads to it."""
    for rule in app.url_map.iter_rules():
        values = {
            name: SAMPLES.get(type(rule._converters[name]).__name__, "1") for name in rule.arguments
        }
        with app.test_request_context():
            address = app.url_map.bind("localhost").build(rule.endpoint, values)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield rule, method, address


def test_every_page_is_in_the_table_and_nothing_else(app: Flask) -> None:
    served = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert served - set(ENDPOINTS) == set(), "add them to surveyapp/permissions.py"
    assert set(ENDPOINTS) - served == set(), "these pages do not exist"


def test_a_visitor_reaches_public_pages_only(app: Flask, client: FlaskClient) -> None:
    for rule, method, address in pages(app):
        answer = client.open(address, method=method)
        refused = answer.status_code == 302 and "/compte/connexion" in answer.headers["Location"]
        if ENDPOINTS[rule.endpoint] is not Permission.PUBLIC:
            assert refused, (method, address, answer.status_code)
        elif not rule.endpoint.startswith("security."):
            assert not refused, (method, address)


@pytest.mark.parametrize("role", list(ROLES))
def test_each_role_is_refused_exactly_what_it_may_not_do(
    app: Flask,
    role: str,
    add_user: Callable[..., User],
    sign_in: Callable[[User], FlaskClient],
) -> None:
    colleague = add_user(role)
    add_user("admin", "autre@demo.example")
    held = granted({role})
    for rule, method, address in pages(app):
        if rule.endpoint == "security.logout":
            continue
        answer = sign_in(colleague).open(address, method=method)
        needed = ENDPOINTS[rule.endpoint]
        may = needed is Permission.PUBLIC or needed in held
        assert (answer.status_code == 403) is not may, (method, address, answer.status_code)
        assert answer.status_code != 500, (method, address, answer.status_code)


def test_a_page_missing_from_the_table_is_refused_to_everybody(
    app: Flask, add_user: Callable[..., User], sign_in: Callable[[User], FlaskClient]
) -> None:
    app._got_first_request = False
    app.add_url_rule("/oubliee", "oubliee", lambda: "secret")
    answer = sign_in(add_user("admin")).get("/oubliee")
    assert answer.status_code == 403
    assert "secret" not in answer.text


def test_reading_gives_no_nominative_answer() -> None:
    assert Permission.RESPONSES not in ROLES["lecture"]
    assert Permission.EXPORT not in ROLES["lecture"]
    assert Permission.ADMIN not in ROLES["coordination"]


def test_a_colleague_without_role_may_do_nothing(
    app: Flask, add_user: Callable[..., User], sign_in: Callable[[User], FlaskClient]
) -> None:
    from surveyapp.services.transaction import transaction

    user = add_user("lecture")
    with transaction() as session:
        session.get_one(User, user.id).roles = []
    assert sign_in(user).get("/coordination/").status_code == 403


def test_a_closed_account_is_signed_out(
    app: Flask, add_user: Callable[..., User], sign_in: Callable[[User], FlaskClient]
) -> None:
    from surveyapp.services import accounts

    user = add_user("lecture")
    client = sign_in(user)
    assert client.get("/compte/").status_code == 200
    accounts.set_active(user.id, False, by=None)
    assert client.get("/compte/").status_code == 302
