"""Answers to a name: prerequisite, review, receipt by mail, going on later."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.models import Campaign, Event, Message, Structure, db
from surveyapp.services.respond.drafts import hashed
from surveyapp.services.transaction import transaction
from surveyapp.web.respond import visit
from tests.answering import ANONYMOUS, CONFIDENTIAL, NOMINATIVE, change, drafts, opened, sent
from tests.web.checking import Browser, Page

SEND = "Envoyer ma candidature"
LATER = "Enregistrer et reprendre plus tard"
WHO = {"prenom": "Ana", "nom": "Martin", "courriel": "ana.martin@demo.example"}


@pytest.fixture
def browser(client: FlaskClient) -> Browser:
    with transaction() as session:
        session.add(Structure(name="CPTS des Exemples", email="contact@demo.example"))
    opened(NOMINATIVE)
    return Browser(client)


def second_page(browser: Browser) -> Page:
    page = browser.get("/q/avis").follow("Commencer")
    return page.submit("Continuer", **WHO, a_jour="oui")


def to_review(browser: Browser) -> Page:
    return second_page(browser).submit("Relire mes réponses", motivation="Aider\r\nles autres")


def mails() -> list[Message]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Message).order_by(Message.id)))


def link_in(message: Message) -> str:
    found = re.search(r"http://localhost(/reprise/\S+)", message.text)
    assert found is not None
    assert found[1] in message.html
    return found[1]


# --- review ----------------------------------------------------------------------------


def test_every_answer_is_read_again_before_it_is_sent(browser: Browser) -> None:
    page = to_review(browser)
    assert page.path == "/q/avis/relire-et-envoyer"
    for text in ("Prénom Ana", "Courriel ana.martin@demo.example", "Aider les autres"):
        assert text in page.text
    assert sent() == []


def test_a_change_comes_back_to_the_review(browser: Browser) -> None:
    page = to_review(browser)
    page = page.follow("Modifier la page « Qui êtes-vous »")
    assert page.fields("Continuer")["prenom"] == "Ana"
    page = page.submit("Continuer", prenom="Anaïs")
    assert page.path == "/q/avis/relire-et-envoyer"
    assert "Prénom Anaïs" in page.text


def test_a_wrong_change_stays_and_still_comes_back_to_the_review(browser: Browser) -> None:
    page = to_review(browser).follow("Modifier la page « Qui êtes-vous »")
    page = page.submit("Continuer", courriel="x")
    assert "verifier=1" in page.path
    page = page.submit("Continuer", courriel="a@demo.example")
    assert page.path == "/q/avis/relire-et-envoyer"


def test_the_review_shows_what_is_missing_and_leads_there(browser: Browser) -> None:
    browser.get("/q/avis/identite").submit("Retour", prenom="Ana")
    page = browser.get("/q/avis/relire-et-envoyer")
    assert page.title.startswith("Erreur")
    assert [field for field, _ in page.errors()] == ["nom", "courriel", "a_jour"]
    page = page.follow("Répondez à la question « Nom ».")
    assert [field for field, _ in page.errors()] == ["nom", "courriel", "a_jour"]
    page = page.submit("Continuer", nom="Martin", courriel="a@demo.example", a_jour="oui")
    assert page.path == "/q/avis/envie"


def test_sending_an_incomplete_answer_from_the_review_leads_to_the_error(browser: Browser) -> None:
    browser.get("/q/avis/identite").submit("Retour", prenom="Ana")
    page = browser.get("/q/avis/relire-et-envoyer").submit(SEND)
    assert page.path == "/q/avis/identite?verifier=1"
    assert sent() == []


def test_the_review_needs_a_draft(browser: Browser) -> None:
    assert browser.get("/q/avis/relire-et-envoyer").path == "/q/avis"


# --- receipt ---------------------------------------------------------------------------


def test_the_thank_you_page_gives_a_reference(browser: Browser) -> None:
    page = to_review(browser).submit(SEND)
    (answer,) = sent()
    assert answer.reference is not None
    assert re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}", answer.reference)
    assert f"Votre référence : {answer.reference}" in page.text
    assert "part à l’adresse ana.martin@demo.example" in page.text
    assert answer.title_key == "martin ana"
    assert "aider" in answer.search
    assert answer.submitted_at is not None


def test_a_copy_of_the_answers_leaves_by_mail(browser: Browser) -> None:
    to_review(browser).submit(SEND)
    (message,) = mails()
    (answer,) = sent()
    assert message.recipient == "ana.martin@demo.example"
    assert message.subject.endswith(": Votre avis compte")
    for body in (message.text, message.html):
        for text in (answer.reference or "", "Ana", "Aider\n", "Nous revenons vers vous."):
            assert text in body
    assert message.text.lstrip().startswith("Bonjour")
    assert "{" not in message.text


def test_sending_twice_stores_and_mails_once(browser: Browser) -> None:
    page = to_review(browser)
    first, second = page.submit(SEND), page.submit(SEND)
    assert first.text == second.text
    assert len(sent()) == len(mails()) == 1


def test_a_named_answer_enters_the_history(browser: Browser) -> None:
    to_review(browser).submit(SEND)
    events = db.session.scalars(sa.select(Event).where(Event.kind == "response.submitted")).all()
    assert [event.subject_id for event in events] == [sent()[0].id]


# --- prerequisite ----------------------------------------------------------------------


def test_an_unmet_prerequisite_is_no_dead_end(browser: Browser) -> None:
    page = browser.get("/q/avis/identite").submit("Continuer", **WHO, a_jour="non")
    assert page.path == "/q/avis/a-regulariser"
    assert page.status == 200
    assert page.heading == "Votre adhésion n’est pas à jour"
    assert "Réglez votre cotisation auprès de contact@demo.example" in page.text
    assert "Vos réponses sont gardées pendant 90 jours." in page.text
    assert drafts()[0].document["values"]["prenom"] == "Ana"
    assert page.link("Recevoir un lien pour reprendre plus tard").endswith("/plus-tard")
    page = page.follow("Corriger ma réponse")
    assert page.fields("Continuer")["nom"] == "Martin"
    page = page.submit("Continuer", a_jour="oui")
    assert page.path == "/q/avis/envie"


def test_a_prerequisite_also_holds_at_the_end(browser: Browser) -> None:
    browser.get("/q/avis/identite").submit("Continuer", **WHO, a_jour="non")
    page = browser.get("/q/avis/envie").submit("Relire mes réponses")
    assert page.submit(SEND).path == "/q/avis/a-regulariser"
    assert sent() == []


def test_the_page_of_a_prerequisite_that_holds_is_left(browser: Browser) -> None:
    second_page(browser)
    assert browser.get("/q/avis/a-regulariser").path == "/q/avis"


# --- later -----------------------------------------------------------------------------


def test_a_link_by_mail_opens_the_draft_on_another_device(browser: Browser, app: Flask) -> None:
    page = second_page(browser).submit(LATER, motivation="À finir")
    assert page.path == "/q/avis/plus-tard"
    assert page.fields("Recevoir le lien")["courriel"] == "ana.martin@demo.example"
    page = page.submit("Recevoir le lien")
    assert page.heading == "Le lien est en route"
    (message,) = mails()
    elsewhere = Browser(app.test_client())
    page = elsewhere.get(link_in(message))
    assert page.path == "/q/avis/envie"
    assert page.fields("Relire mes réponses")["motivation"] == "À finir"
    page.submit("Relire mes réponses").submit(SEND)
    assert len(sent()) == 1


def be_hurried(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Find everybody hurried who is looked at."""
    app.config["SURVEYAPP"] = replace(app.config["SURVEYAPP"], min_fill_seconds=60)
    monkeypatch.setattr(visit.time, "time", lambda: 1_000_000.0)


def test_a_draft_that_is_resumed_is_not_called_hurried(
    browser: Browser, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_hurried(app, monkeypatch)
    to_review(browser).follow(LATER).submit("Recevoir le lien")
    elsewhere = Browser(app.test_client())
    elsewhere.get(link_in(mails()[0]))
    page = elsewhere.get("/q/avis/relire-et-envoyer")
    assert page.submit(SEND).path == "/q/avis/fin/merci"


def test_the_review_does_not_say_its_title_twice(
    browser: Browser, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_hurried(app, monkeypatch)
    page = to_review(browser).submit(SEND)
    assert "en quelques secondes" in page.text
    assert page.text.count("Relisez vos réponses avant de les envoyer") == 1


def test_a_draft_is_promised_no_longer_than_the_campaign_lasts(browser: Browser) -> None:
    second_page(browser)
    change(the_campaign(), closes_at=datetime.now(UTC) + timedelta(days=100))
    assert "gardées pendant 90 jours" in browser.get("/q/avis").text
    change(the_campaign(), closes_at=datetime.now(UTC) + timedelta(days=10))
    for path in ("/q/avis", "/q/avis/plus-tard"):
        page = browser.get(path)
        assert "gardées jusqu’à la fermeture, le " in page.text
        assert "90 jours" not in page.text


def test_the_database_knows_only_the_hash_of_the_link(browser: Browser) -> None:
    second_page(browser).submit(LATER).submit("Recevoir le lien")
    token = link_in(mails()[0]).removeprefix("/reprise/")
    assert drafts()[0].token_hash == hashed(token)
    assert token not in str(drafts()[0].document)


@pytest.mark.parametrize("address", ["", "x", "a@b"])
def test_a_link_needs_an_address(browser: Browser, address: str) -> None:
    page = second_page(browser).submit(LATER).submit("Recevoir le lien", courriel=address)
    assert page.status == 422
    assert page.title.startswith("Erreur")
    assert [field for field, _ in page.errors()] == ["courriel"]
    assert page.fields("Recevoir le lien")["courriel"] == address
    assert mails() == []


def test_one_draft_does_not_flood_mailboxes(browser: Browser) -> None:
    page = second_page(browser).submit(LATER)
    for number in range(3):
        assert page.submit("Recevoir le lien", courriel=f"a{number}@demo.example").status == 200
    refused = page.submit("Recevoir le lien", courriel="b@demo.example")
    assert refused.status == 429
    assert "réessayez demain" in refused.text
    assert len(mails()) == 3


def test_a_link_after_the_sending_leads_to_the_thanks(browser: Browser, app: Flask) -> None:
    page = second_page(browser).submit(LATER).submit("Recevoir le lien")
    link = link_in(mails()[0])
    page.follow("Continuer maintenant").submit("Relire mes réponses").submit(SEND)
    page = Browser(app.test_client()).get(link)
    assert page.path == "/q/avis/fin/merci"
    assert (sent()[0].reference or "?") in page.text
    assert "Ana" not in page.text


def test_a_link_of_nothing_says_so(browser: Browser) -> None:
    page = browser.get("/reprise/inconnu")
    assert page.status == 410
    assert "ne mène plus à rien" in page.heading


def test_a_link_to_a_closed_campaign_says_so(browser: Browser, app: Flask) -> None:
    second_page(browser).submit(LATER).submit("Recevoir le lien")
    link = link_in(mails()[0])
    change(the_campaign(), closes_at=datetime.now(UTC) - timedelta(days=1))
    assert Browser(app.test_client()).get(link).status == 410


def the_campaign() -> Campaign:
    return db.session.scalars(sa.select(Campaign)).one()


def test_an_anonymous_form_has_no_link_to_go_on_later(client: FlaskClient) -> None:
    opened(ANONYMOUS)
    page = Browser(client).get("/q/avis/profil")
    assert LATER not in page.text
    page.submit("Continuer", liberal="oui")
    assert Browser(client).get("/q/avis/plus-tard").status == 404


def test_a_confidential_answer_loses_its_link(client: FlaskClient) -> None:
    opened(CONFIDENTIAL)
    browser = Browser(client)
    page = browser.get("/q/avis/profil").submit("Continuer", liberal="non").submit(LATER)
    page = page.submit("Recevoir le lien", courriel="ana@demo.example")
    page.follow("Continuer maintenant").submit("Relire mes réponses").submit("Envoyer mes réponses")
    assert sent()[0].token_hash is None
    assert Browser(client).get(link_in(mails()[0])).status == 410
