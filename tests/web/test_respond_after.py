"""After sending, and just before: a copy, a change, a way on; the link without a mail."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.models import (
    Campaign,
    Event,
    Message,
    Structure,
    User,
    Verbatim,
    VerbatimState,
    db,
)
from surveyapp.services.transaction import transaction
from tests.answering import ANONYMOUS, CONFIDENTIAL, NOMINATIVE, change, drafts, opened, sent
from tests.web.checking import Browser, Page

SEND = "Envoyer ma candidature"
EDITABLE = NOMINATIVE.replace("k: 5", "k: 5\nedit_until_close: true")
WHO = {"prenom": "Ana", "nom": "Martin", "courriel": "ana@demo.example", "a_jour": "oui"}
COPY = "Garder une copie de mes réponses"
EDIT = "Modifier mes réponses"


@pytest.fixture
def browser(client: FlaskClient) -> Browser:
    with transaction() as session:
        session.add(Structure(name="CPTS des Exemples", email="contact@demo.example"))
    return Browser(client)


def to_review(browser: Browser) -> Page:
    page = browser.get("/q/avis").follow("Commencer").submit("Continuer", **WHO)
    return page.submit("Relire mes réponses", motivation="Aider")


def mails() -> list[Message]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Message).order_by(Message.id)))


def link_in(message: Message) -> str:
    found = re.search(r"http://localhost(/reprise/\S+)", message.text)
    assert found is not None
    assert found[1] in message.html
    return found[1]


def campaign() -> Campaign:
    db.session.rollback()
    return db.session.scalars(sa.select(Campaign)).one()


# --- a copy ----------------------------------------------------------------------------


def test_an_anonymous_answer_is_copied_before_it_is_sent(browser: Browser) -> None:
    opened(ANONYMOUS)
    page = browser.get("/q/avis/profil").submit("Continuer", liberal="non")
    page = page.submit("Relire et garder une copie avant d’envoyer", jour="1/7/2026")
    assert page.path == "/q/avis/ma-copie"
    assert "Ces réponses ne sont pas encore envoyées." in page.text
    assert "1 er juillet 2026" in page.text.replace("1er", "1 er")
    file = browser.client.get(page.link("Télécharger en texte"))
    assert file.mimetype == "text/plain"
    assert "attachment" in file.headers["Content-Disposition"]
    for text in ("Votre avis compte", "Êtes-vous libéral", "    Non"):
        assert text in file.text
    assert page.follow("Revenir au questionnaire").path == "/q/avis/fin"
    assert sent() == []


def test_an_anonymous_answer_that_was_sent_is_out_of_reach(browser: Browser) -> None:
    opened(ANONYMOUS)
    page = browser.get("/q/avis/profil").submit("Continuer", liberal="non")
    page = page.submit("Envoyer mes réponses")
    assert "personne, nous non plus, ne peut les retrouver" in page.text
    assert COPY not in page.text
    assert browser.get("/q/avis/fin/ma-copie").path == "/q/avis"


def test_a_confidential_answer_is_copied_at_the_review_only(browser: Browser) -> None:
    opened(CONFIDENTIAL)
    page = browser.get("/q/avis/profil").submit("Continuer", liberal="non")
    page = page.submit("Relire mes réponses")
    copy = page.follow(COPY)
    assert "Êtes-vous libéral" in copy.text
    assert copy.follow("Revenir au questionnaire").path == "/q/avis/relire-et-envoyer"
    page = page.submit("Envoyer mes réponses")
    assert COPY not in page.text
    assert browser.get("/q/avis/fin/ma-copie").path == "/q/avis"


def test_a_named_answer_is_copied_after_it_was_sent(browser: Browser, app: Flask) -> None:
    opened(NOMINATIVE)
    page = to_review(browser).submit(SEND).follow(COPY)
    assert (sent()[0].reference or "?") in page.text
    assert "Aider" in page.text
    assert page.follow("Retour").path == "/q/avis/fin/merci"
    change(campaign(), closes_at=datetime.now(UTC) - timedelta(days=1))
    assert "Aider" in browser.client.get("/q/avis/fin/ma-copie?texte=1").text
    assert "Aider" not in Browser(app.test_client()).get("/q/avis/fin/ma-copie").text


def test_a_copy_needs_a_draft(browser: Browser) -> None:
    opened(ANONYMOUS)
    assert browser.get("/q/avis/ma-copie").path == "/q/avis"


# --- a change --------------------------------------------------------------------------


def test_a_sent_answer_is_changed_and_keeps_its_reference(browser: Browser) -> None:
    opened(EDITABLE)
    assert "encore les modifier jusqu’à la fermeture" in to_review(browser).text
    page = browser.get("/q/avis/relire-et-envoyer").submit(SEND)
    (before,) = sent()
    page = page.submit(EDIT)
    assert page.path == "/q/avis/relire-et-envoyer"
    assert "remplaceront celles que vous avez déjà envoyées" in page.text
    page = page.follow("Modifier la page « Votre envie »")
    page = page.submit("Relire mes réponses", motivation="Autrement")
    assert page.path == "/q/avis/relire-et-envoyer"
    assert sent()[0].document["motivation"] == "Aider"
    page = page.submit(SEND)
    assert page.path == "/q/avis/fin/merci"
    (after,) = sent()
    assert (after.id, after.reference) == (before.id, before.reference)
    assert after.submitted_at == before.submitted_at
    assert after.document["motivation"] == "Autrement"
    assert "autrement" in after.search
    assert (after.reference or "?") in page.text
    assert drafts() == []


def test_a_change_is_told_to_the_history_the_columns_and_the_author(browser: Browser) -> None:
    opened(EDITABLE)
    page = to_review(browser).submit(SEND).submit(EDIT)
    epoch = campaign().epoch
    page.follow("Modifier la page « Votre envie »").submit(
        "Relire mes réponses", motivation="B"
    ).submit(SEND)
    assert campaign().epoch == epoch + 1
    (event,) = db.session.scalars(sa.select(Event).where(Event.kind == "response.edited")).all()
    assert event.subject_id == sent()[0].id
    assert event.data == {"campaign": campaign().id}
    first, second = mails()
    assert "vous pouvez les changer avec ce lien" in first.text
    assert "Vos réponses sont modifiées." in second.text
    assert "    B" in second.text


def test_the_coordination_sees_that_an_answer_was_changed(
    browser: Browser, add_user: Callable[..., User], sign_in: Callable[[User], FlaskClient]
) -> None:
    opened(EDITABLE)
    page = to_review(browser).submit(SEND)
    address = f"/coordination/collectes/avis/reponses/{sent()[0].id}"
    colleague = Browser(sign_in(add_user("coordination")))
    assert "Modifiée par la personne" not in colleague.get(address).text
    page.submit(EDIT).submit(SEND)
    assert "Modifiée par la personne le" in colleague.get(address).text


def test_every_link_of_a_mail_leads_to_the_answer_of_today(browser: Browser, app: Flask) -> None:
    opened(EDITABLE)
    page = to_review(browser).submit(SEND)
    for text in ("B", "C"):
        page = page.submit(EDIT).follow("Modifier la page « Votre envie »")
        page = page.submit("Relire mes réponses", motivation=text).submit(SEND)
    links = [link_in(message) for message in mails()]
    assert len(set(links)) == 3
    for link in links:
        elsewhere = Browser(app.test_client())
        page = elsewhere.get(link)
        assert page.path == "/q/avis/fin/merci"
        assert (sent()[0].reference or "?") in page.text
        page = page.submit(EDIT)
        assert "Votre motivation C" in page.text


def test_a_change_goes_on_on_another_device(browser: Browser, app: Flask) -> None:
    opened(EDITABLE)
    page = to_review(browser).submit(SEND).submit(EDIT)
    page.follow("Modifier la page « Votre envie »").submit("Relire mes réponses", motivation="Ici")
    other = Browser(app.test_client())
    page = other.get(link_in(mails()[0])).submit(EDIT)
    assert "Votre motivation Ici" in page.text
    page.submit(SEND)
    assert sent()[0].document["motivation"] == "Ici"


def test_sending_a_change_twice_counts_once(browser: Browser) -> None:
    opened(EDITABLE)
    page = to_review(browser).submit(SEND).submit(EDIT)
    assert page.submit(SEND).path == page.submit(SEND).path == "/q/avis/fin/merci"
    assert len(sent()) == 1
    assert len(mails()) == 2


def test_an_old_page_that_arrives_after_a_change_writes_nothing(browser: Browser) -> None:
    opened(EDITABLE)
    first = browser.get("/q/avis").follow("Commencer")
    page = first.submit("Continuer", **WHO).submit("Relire mes réponses").submit(SEND)
    page = page.submit(EDIT)
    page.submit(SEND)
    assert first.submit("Continuer", **WHO).path == "/q/avis/fin/merci"
    assert page.submit(SEND).path == "/q/avis/fin/merci"
    assert drafts() == []
    assert len(sent()) == 1


def test_a_change_is_checked_like_an_answer(browser: Browser) -> None:
    opened(EDITABLE)
    page = to_review(browser).submit(SEND).submit(EDIT)
    page = page.follow("Modifier la page « Qui êtes-vous »").submit("Retour", prenom="")
    page = browser.get("/q/avis/relire-et-envoyer").submit(SEND)
    assert page.path == "/q/avis/identite?verifier=1"
    assert sent()[0].document["prenom"] == "Ana"


def test_giving_up_a_change_leaves_what_was_sent(browser: Browser) -> None:
    opened(EDITABLE)
    to_review(browser).submit(SEND).submit(EDIT)
    page = browser.get("/q/avis")
    assert "Vous avez commencé à modifier vos réponses" in page.text
    page.submit("Abandonner ces modifications")
    assert drafts() == []
    assert sent()[0].document["motivation"] == "Aider"


def test_a_full_campaign_still_lets_its_answers_change(browser: Browser) -> None:
    opened(EDITABLE, capacity=1)
    page = to_review(browser).submit(SEND).submit(EDIT)
    page = page.follow("Modifier la page « Votre envie »").submit(
        "Relire mes réponses", motivation="B"
    )
    assert page.submit(SEND).path == "/q/avis/fin/merci"
    assert sent()[0].document["motivation"] == "B"


def test_nothing_changes_after_the_closing(browser: Browser) -> None:
    opened(EDITABLE)
    page = to_review(browser).submit(SEND)
    change(campaign(), closes_at=datetime.now(UTC) - timedelta(days=1))
    assert EDIT not in browser.get("/q/avis/fin/merci").text
    assert page.submit(EDIT).status == 410
    assert drafts() == []


def test_nothing_changes_where_the_questionnaire_does_not_say_so(browser: Browser) -> None:
    opened(NOMINATIVE)
    page = to_review(browser).submit(SEND)
    assert EDIT not in page.text
    assert "/reprise/" not in mails()[0].text
    assert browser.post("/q/avis/fin/modifier", {}).status == 410


def test_a_change_cannot_be_forged(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    opened(EDITABLE)
    browser = Browser(app.test_client())
    to_review(browser).submit(SEND)
    browser.post("/q/avis/fin/modifier", {"csrf_token": "forged"})
    assert drafts() == []


def test_what_was_decided_of_a_text_is_not_said_of_another(browser: Browser) -> None:
    opened(EDITABLE)
    page = to_review(browser).submit(SEND)
    (answer,) = sent()
    decision = {"campaign_id": answer.campaign_id, "response_id": answer.id}
    with transaction() as session:
        for question in ("motivation", "prenom"):
            session.add(Verbatim(question=question, state=VerbatimState.KEPT, **decision))
    page = page.submit(EDIT).follow("Modifier la page « Votre envie »")
    page.submit("Relire mes réponses", motivation="Dr Untel").submit(SEND)
    assert [v.question for v in db.session.scalars(sa.select(Verbatim))] == ["prenom"]


def test_an_answer_deleted_while_it_was_changed_does_not_come_back(browser: Browser) -> None:
    opened(EDITABLE)
    page = to_review(browser).submit(SEND).submit(EDIT)
    with transaction() as session:
        session.delete(session.merge(sent()[0]))
    assert page.submit(SEND).status == 410
    assert sent() == []


# --- a way on --------------------------------------------------------------------------


def thank(browser: Browser, body: str, **columns: object) -> Page:
    opened(body, **columns)
    page = browser.get("/q/avis/profil").submit("Continuer", liberal="non")
    return page.submit("Envoyer mes réponses")


def test_the_thanks_lead_on_and_say_where(browser: Browser) -> None:
    page = thank(browser, ANONYMOUS, redirect_url="https://cpts.demo.example/agenda?a=1")
    assert page.link("Continuer vers cpts.demo.example") == "https://cpts.demo.example/agenda?a=1"
    assert "refresh" not in page.response.text


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "/ailleurs"])
def test_the_thanks_lead_nowhere_else(browser: Browser, address: str) -> None:
    page = thank(browser, ANONYMOUS, redirect_url=address)
    assert "Continuer vers" not in page.text


def test_a_questionnaire_may_propose_to_answer_again(browser: Browser) -> None:
    page = thank(browser, ANONYMOUS.replace("k: 5", "k: 5\nagain: true"))
    page = page.follow("Répondre encore une fois").follow("Commencer")
    page.submit("Continuer", liberal="non").submit("Envoyer mes réponses")
    assert len(sent()) == 2


def test_others_do_not_propose_it(browser: Browser) -> None:
    assert "Répondre encore" not in thank(browser, ANONYMOUS).text


# --- the link without a mail -----------------------------------------------------------


def test_the_link_is_shown_without_a_mail(browser: Browser, app: Flask) -> None:
    opened(CONFIDENTIAL)
    page = browser.get("/q/avis/profil").submit("Continuer", liberal="oui")
    page = page.submit("Enregistrer et reprendre plus tard", libre="À finir")
    (address,) = re.findall(r">(http://localhost/reprise/[^<]+)<", page.response.text)
    page = Browser(app.test_client()).get(address)
    assert page.path == "/q/avis/travail"
    assert page.fields("Continuer")["libre"] == "À finir"
    assert mails() == []


def test_the_first_page_of_a_begun_answer_leads_to_the_link(browser: Browser) -> None:
    opened(CONFIDENTIAL)
    browser.get("/q/avis/profil").submit("Continuer", liberal="oui")
    page = browser.get("/q/avis").follow("Reprendre plus tard ou sur un autre appareil")
    assert page.path == "/q/avis/plus-tard"
