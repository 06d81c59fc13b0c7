"""Addresses without invitations: shown with the reason, cleared or added by the coordinatrice."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from surveyapp import mail
from surveyapp.core.address import address_hash
from surveyapp.models import Event, db
from surveyapp.services import addresses
from surveyapp.services.people.cards import add_person
from surveyapp.services.transaction import transaction
from tests.conftest import Mailbox
from tests.outbox import post
from tests.web.checking import Browser

PAGE = "/coordination/courriels/adresses"


@pytest.fixture
def browser(coordination: FlaskClient) -> Browser:
    return Browser(coordination)


def reason(address: str) -> str:
    db.session.rollback()
    return addresses.status_of(db.session, address).reason


def events() -> list[str]:
    return [e.kind for e in db.session.scalars(sa.select(Event).where(Event.subject == "address"))]


def test_without_any_such_address_the_page_says_so(browser: Browser) -> None:
    page = browser.get("/coordination/courriels").follow("Adresses sans invitation")
    assert "Aucune adresse n’a été refusée." in page.text
    assert "Personne ne s’est désinscrit." in page.text


def test_a_refused_address_is_shown_with_its_owner_and_can_be_tried_again(
    browser: Browser, mailbox: Mailbox
) -> None:
    with transaction() as session:
        add_person(session, first_name="Alix", last_name="Exemple", email="Alix@demo.example")
    mailbox.replies["alix@demo.example"] = "550 no such user"
    mailbox.replies["inconnue@demo.example"] = "550 unknown"
    post("alix@demo.example")
    post("inconnue@demo.example")
    mail.send_due()
    page = browser.get(PAGE)
    for text in ("Alix Exemple", "550 no such user", "inconnue@demo.example", "550 unknown"):
        assert text in page.text
    page = page.submit(
        "Réessayer les adresses choisies", adresse=[address_hash("alix@demo.example")]
    )
    assert "1 adresse est de nouveau sur la liste d’envoi" in page.text
    assert reason("alix@demo.example") == ""
    assert reason("inconnue@demo.example")
    assert events() == ["address.resumed"]


def test_somebody_who_asks_by_telephone_is_unsubscribed_and_may_come_back(
    browser: Browser,
) -> None:
    page = browser.get(PAGE).submit("Désinscrire cette adresse", courriel=" Alix@Demo.example ")
    assert "ne recevra plus d’invitations" in page.text
    assert "Adresse qui n’est plus dans l’annuaire" in page.text
    assert "ne veut plus recevoir" in reason("alix@demo.example")
    page = page.submit("Réinscrire à leur demande", adresse=[address_hash("alix@demo.example")])
    assert reason("alix@demo.example") == ""
    assert events() == ["address.stopped", "address.resumed"]
    event = db.session.scalars(sa.select(Event).where(Event.subject == "address")).first()
    assert event is not None
    assert event.user_id is not None
    assert "alix" not in str(event.data)


@pytest.mark.parametrize("typed", ["", "alix", "alix@demo", "alix @demo.example"])
def test_what_is_no_address_is_explained_and_stays_typed(browser: Browser, typed: str) -> None:
    page = browser.get(PAGE).submit("Désinscrire cette adresse", courriel=typed)
    assert page.status == 422
    assert page.title.startswith("Erreur")
    assert [field for field, _ in page.errors()] == ["courriel"]
    assert page.fields("Désinscrire cette adresse")["courriel"] == typed
    assert events() == []


def test_nothing_ticked_changes_nothing(browser: Browser, app: Flask) -> None:
    addresses.unsubscribe(address_hash("a@demo.example"), today=date(2026, 6, 1))
    page = browser.get(PAGE).submit("Réinscrire à leur demande", adresse=None)
    assert "0 adresse" in page.text
    assert reason("a@demo.example")


def test_the_first_day_somebody_declined_is_kept(app: Flask) -> None:
    hashed = address_hash("a@demo.example")
    addresses.unsubscribe(hashed, today=date(2026, 6, 1))
    addresses.unsubscribe(hashed, today=date(2026, 7, 1))
    assert addresses.status_of(db.session, "a@demo.example").unsubscribed_on == date(2026, 6, 1)
    with transaction() as session:
        addresses.note_refusal(session, hashed, "550 gone", today=date(2026, 7, 2))
    addresses.welcome_back(hashed)
    assert "550 gone" in reason("a@demo.example"), "one reason does not erase the other"
