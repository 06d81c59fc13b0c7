"""Signing in as a person does, with forged-request protection and rate limits switched on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP
from werkzeug.test import TestResponse

from surveyapp import create_app
from surveyapp.config import Config
from surveyapp.models import AccountLink, Message, User, db, now
from surveyapp.services import accounts
from surveyapp.services.transaction import transaction
from surveyapp.web.security import QUICK_HASH
from tests.conftest import PASSWORD, Visitor

pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples")

HOST = "https://enquetes.demo.example"


@pytest.fixture
def site(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application as it is in production, over https."""
    monkeypatch.setattr("surveyapp.web.security.STRONG_HASH", QUICK_HASH)
    app = create_app(
        Config(instance=tmp_path / "instance", database_url=database_url, base_url=HOST)
    )
    app.test_client_class = Visitor
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def browser(site: Flask) -> Browser:
    return Browser(site)


class Browser:
    """Fills in the forms of a page, their hidden fields included."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def get(self, path: str, **options: object) -> TestResponse:
        return self.client.get(path, base_url=HOST, **options)  # type: ignore[arg-type]

    def post(self, path: str, page: str | None = None, **fields: str) -> TestResponse:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(page or path).text)
        assert token, "the page has no csrf_token"
        return self.client.post(
            path,
            base_url=HOST,
            data={"csrf_token": token[1], **fields},
            headers={"Referer": HOST + path},
        )

    def sign_in(self, email: str, password: str = PASSWORD) -> TestResponse:
        return self.post("/compte/connexion", email=email, password=password)

    @property
    def signed_in(self) -> bool:
        return self.get("/compte/").status_code == 200


def add(role: str = "coordination", email: str = "camille@demo.example") -> int:
    hashed = accounts.hashed_password(PASSWORD)
    with transaction() as session:
        return accounts.add_user(session, email=email, name="Camille", role=role, hashed=hashed).id


def path_of(url: str) -> str:
    return url.removeprefix(HOST)


def test_the_first_account_is_made_by_a_link_that_works_once(browser: Browser) -> None:
    link = accounts.first_link(now())
    assert link is not None
    assert link.startswith(HOST + "/compte/premier/")
    answer = browser.post(
        path_of(link),
        name="Alix Exemple",
        email="Alix@Demo.example",
        password=PASSWORD,
        again=PASSWORD,
    )
    assert answer.headers["Location"] == "/coordination/"
    assert browser.signed_in
    assert browser.get("/compte/collegues").status_code == 200, "the first account administers"
    assert browser.get(path_of(link)).status_code == 410
    assert accounts.first_link(now()) is None


def test_a_newer_first_link_replaces_the_older_and_only_hashes_are_kept(browser: Browser) -> None:
    old, new = accounts.first_link(now()), accounts.first_link(now())
    assert old is not None
    assert new is not None
    assert browser.get(path_of(old)).status_code == 410
    assert browser.get(path_of(new)).status_code == 200
    kept = db.session.scalars(sa.select(AccountLink.token_hash)).one()
    assert kept not in new


def test_an_expired_first_link_is_refused(browser: Browser) -> None:
    link = accounts.first_link(now() - accounts.FIRST_LINK_LIFE)
    assert link is not None
    assert browser.get(path_of(link)).status_code == 410


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"password": "court", "again": "court"}, "12 caractères"),
        ({"again": "un autre mot de passe"}, "différents"),
        ({"email": "pas une adresse"}, "adresse complète"),
        ({"name": ""}, "Remplissez"),
    ],
)
def test_the_first_form_says_what_to_correct(
    browser: Browser, fields: dict[str, str], message: str
) -> None:
    link = accounts.first_link(now())
    assert link is not None
    good = {"name": "A", "email": "a@demo.example", "password": PASSWORD, "again": PASSWORD}
    answer = browser.post(path_of(link), **{**good, **fields})
    assert answer.status_code == 422
    assert message in answer.text
    assert db.session.scalar(sa.select(User.id)) is None


def test_signing_in_and_out(browser: Browser) -> None:
    add()
    assert not browser.signed_in
    answer = browser.sign_in("camille@demo.example")
    assert answer.headers["Location"].endswith("/compte/accueil")
    assert browser.get("/compte/accueil").headers["Location"] == "/coordination/"
    assert browser.signed_in
    browser.post("/compte/deconnexion")
    assert not browser.signed_in


def test_signing_in_returns_to_the_page_that_was_asked_for(browser: Browser) -> None:
    add()
    asked = browser.get("/compte/mot-de-passe")
    assert asked.headers["Location"] == "/compte/connexion?next=/compte/mot-de-passe"
    answer = browser.post(
        asked.headers["Location"], email="camille@demo.example", password=PASSWORD
    )
    assert answer.headers["Location"].endswith("/compte/mot-de-passe")


def test_nobody_is_sent_to_another_site_after_signing_in(browser: Browser) -> None:
    add()
    answer = browser.post(
        "/compte/connexion?next=https://ailleurs.exemple.example/",
        email="camille@demo.example",
        password=PASSWORD,
    )
    assert "ailleurs" not in answer.headers.get("Location", "")


def test_an_unknown_address_and_a_wrong_password_look_the_same(browser: Browser) -> None:
    add()
    wrong = browser.sign_in("camille@demo.example", "un autre mot de passe").text
    unknown = browser.sign_in("inconnue@demo.example").text
    for page in (wrong, unknown):
        assert "Adresse ou mot de passe inconnu" in page
    assert not browser.signed_in


def test_guessing_is_slowed_down_but_answering_is_not(site: Flask, browser: Browser) -> None:
    add()
    codes = [browser.sign_in("camille@demo.example", "faux mot de passe").status_code]
    codes += [browser.sign_in("camille@demo.example", f"faux {n}").status_code for n in range(11)]
    assert codes[0] == 200
    assert codes[-1] == 429
    assert "Trop d’essais" in browser.sign_in("camille@demo.example", "encore").text
    elsewhere = site.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "203.0.113.7"
    owner = Browser(site)
    owner.client = elsewhere
    owner.sign_in("camille@demo.example")
    assert owner.signed_in, "whoever guesses does not shut the owner out"
    room = [browser.get("/").status_code for _ in range(320)]
    assert set(room) == {200}


def test_a_request_forged_elsewhere_is_refused_in_french(site: Flask) -> None:
    add()
    answer = site.test_client().post(
        "/compte/connexion",
        base_url=HOST,
        data={"email": "camille@demo.example", "password": PASSWORD},
    )
    assert answer.status_code == 400
    assert "restée ouverte trop longtemps" in answer.text


def test_the_session_cookie_is_out_of_reach(browser: Browser) -> None:
    cookie = browser.get("/compte/connexion").headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert word in cookie
    assert "Expires" not in cookie


def test_passwords_are_argon2_and_nothing_tells_when_or_from_where(browser: Browser) -> None:
    add()
    browser.sign_in("camille@demo.example")
    user = db.session.scalars(sa.select(User)).one()
    assert user.password is not None
    assert user.password.startswith("$argon2id$")
    columns = {column.name for column in User.__table__.columns}
    assert not {c for c in columns if "ip" in c.split("_") or "login" in c}


def test_a_forgotten_password_is_replaced_by_a_mailed_link(browser: Browser) -> None:
    add()
    answer = browser.post("/compte/mot-de-passe-oublie", email="camille@demo.example")
    assert answer.status_code in {200, 302}
    mail = db.session.scalars(sa.select(Message)).one()
    assert mail.recipient == "camille@demo.example"
    assert mail.subject == "Choisir un nouveau mot de passe"
    links = re.findall(r"https://\S+", mail.text)
    assert links[0].startswith(HOST + "/compte/mot-de-passe-oublie/")
    assert f'href="{links[0]}"' in mail.html
    new = "un tout nouveau mot de passe"
    browser.post(path_of(links[0]), password=new, password_confirm=new)
    assert not browser.signed_in
    assert browser.sign_in("camille@demo.example", new).status_code == 302
    assert browser.signed_in
    again = Browser(browser.client.application)
    assert again.get(path_of(links[0])).status_code == 302, "the link worked once"


def test_a_forged_host_never_ends_in_a_mail(site: Flask, browser: Browser) -> None:
    add()
    page = browser.client.get("/compte/mot-de-passe-oublie", base_url="https://pirate.example")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert token
    browser.client.post(
        "/compte/mot-de-passe-oublie",
        base_url="https://pirate.example",
        data={"csrf_token": token[1], "email": "camille@demo.example"},
        headers={"Referer": "https://pirate.example/compte/mot-de-passe-oublie"},
    )
    mail = db.session.scalars(sa.select(Message)).one()
    assert "pirate" not in mail.text + mail.html


def test_an_unknown_address_gets_no_mail_and_the_page_does_not_tell(browser: Browser) -> None:
    add()
    known = browser.post("/compte/mot-de-passe-oublie", email="camille@demo.example")
    unknown = browser.post("/compte/mot-de-passe-oublie", email="inconnue@demo.example")
    assert known.status_code == unknown.status_code
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Message)) == 1


def test_changing_the_password_asks_for_the_present_one(browser: Browser) -> None:
    add()
    browser.sign_in("camille@demo.example")
    new = "un tout nouveau mot de passe"
    wrong = browser.post(
        "/compte/mot-de-passe", password="faux", new_password=new, new_password_confirm=new
    )
    assert "À corriger" in wrong.text
    right = browser.post(
        "/compte/mot-de-passe", password=PASSWORD, new_password=new, new_password_confirm=new
    )
    assert right.status_code == 302
    assert Browser(browser.client.application).sign_in("camille@demo.example", new)


def test_inviting_a_colleague(site: Flask, browser: Browser) -> None:
    add("admin")
    browser.sign_in("camille@demo.example")
    browser.post(
        "/compte/collegues", name="Dominique", email="dominique@demo.example", role="lecture"
    )
    mail = db.session.scalars(sa.select(Message)).one()
    link = re.findall(r"https://\S+", mail.text)[0]
    colleague = Browser(site)
    colleague.post(path_of(link), password=PASSWORD, again=PASSWORD)
    assert colleague.signed_in
    assert colleague.get("/compte/collegues").status_code == 403
    assert Browser(site).get(path_of(link)).status_code == 410
    twice = browser.post(
        "/compte/collegues", name="D", email="Dominique@demo.example", role="lecture"
    )
    assert "porte déjà l’adresse" in twice.text


def test_roles_and_accounts_are_changed_by_an_administrator(site: Flask, browser: Browser) -> None:
    add("admin")
    other = add("lecture", "dominique@demo.example")
    browser.sign_in("camille@demo.example")
    colleague = Browser(site)
    colleague.sign_in("dominique@demo.example")
    page = "/compte/collegues"
    browser.post(f"{page}/{other}", page, action="role", role="admin")
    assert colleague.get(page).status_code == 200
    browser.post(f"{page}/{other}", page, action="close")
    assert not colleague.signed_in
    assert "Désactivé" in browser.get(page).text
    assert colleague.sign_in("dominique@demo.example").status_code == 200
    browser.post(f"{page}/{other}", page, action="open")
    assert colleague.sign_in("dominique@demo.example").status_code == 302


def test_the_last_administrator_stays(browser: Browser) -> None:
    me = add("admin")
    browser.sign_in("camille@demo.example")
    page = "/compte/collegues"
    for fields in ({"action": "role", "role": "lecture"}, {"action": "close"}):
        browser.post(f"{page}/{me}", page, **fields)
    assert browser.get(page).status_code == 200
    assert "dernier compte d’administration" in browser.get(page).text or browser.signed_in


def test_the_second_factor_with_its_recovery_code(site: Flask, browser: Browser) -> None:
    add()
    browser.sign_in("camille@demo.example")
    page = browser.post("/compte/deux-etapes", setup="authenticator").text
    key = re.search(r"<code>([A-Z2-7- ]+)</code>", page)
    target = re.search(r'action="(/compte/deux-etapes/[^"]+)"', page)
    assert key
    assert target
    assert "data:image/svg+xml" in page
    totp = TOTP(re.sub(r"[- ]", "", key[1]))
    done = browser.post(target[1], "/compte/deux-etapes", code=totp.generate().token)
    assert done.status_code == 302
    assert "activée" in browser.get("/compte/").text
    codes = browser.post("/compte/codes-de-secours", generate_new_codes="y").text
    recovery = re.findall(r"<code>([0-9a-f-]{14})</code>", codes)
    assert len(recovery) == 5

    with_phone = Browser(site)
    with_phone.sign_in("camille@demo.example")
    assert not with_phone.signed_in, "the password alone is not enough"
    with_phone.post("/compte/code", "/compte/code", code=totp.generate().token)
    assert with_phone.signed_in

    without_phone = Browser(site)
    without_phone.sign_in("camille@demo.example")
    without_phone.post("/compte/code-de-secours", code=recovery[0])
    assert without_phone.signed_in
    stored = db.session.scalars(sa.select(User)).one()
    assert totp.pretty_key(sep="") not in (stored.tf_totp_secret or ""), "it is encrypted"
