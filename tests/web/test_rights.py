"""« Exercer un droit »: everything that bears a name is found, handed over, deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.models import (
    Access,
    Campaign,
    Document,
    Dossier,
    Event,
    Job,
    Message,
    Person,
    Response,
    Structure,
    User,
    Verbatim,
    VerbatimState,
    db,
)
from surveyapp.models.base import now
from surveyapp.permissions import Permission
from surveyapp.services import columns_cache
from surveyapp.services.documents import file_of, store_document
from surveyapp.services.dossiers import acts
from surveyapp.services.invite.reminders import recipients
from surveyapp.services.people.cards import add_person, edit
from surveyapp.services.publish import definition_of
from surveyapp.services.transaction import transaction
from surveyapp.store.people import card_of, communes
from tests import dossiers
from tests.answering import ANONYMOUS, CONFIDENTIAL, NOMINATIVE, drafts, opened, sent
from tests.inviting import invited, person
from tests.web.checking import Browser, Page, words

EDITABLE = NOMINATIVE.replace("k: 5", "k: 5\nedit_until_close: true")
SEND = "Envoyer ma candidature"


@pytest.fixture
def colleague(
    app: Flask, add_user: Callable[..., User], sign_in: Callable[[User], FlaskClient]
) -> Browser:
    with transaction() as session:
        session.add(Structure(name="CPTS des Exemples", email="contact@demo.example"))
    return Browser(sign_in(add_user("coordination")))


def candidate(app: Flask, first: str = "Ana", *, edit: bool = False) -> Response:
    """Somebody sends the nominative questionnaire, and perhaps begins to change it."""
    browser = Browser(app.test_client())
    page = browser.get("/q/avis").follow("Commencer")
    mail = f"{first.lower()}@demo.example"
    page = page.submit("Continuer", prenom=first, nom="Martin", courriel=mail, a_jour="oui")
    page = page.submit("Relire mes réponses", motivation=f"Aider, dit {first}").submit(SEND)
    if edit:
        page.submit("Modifier mes réponses")
    return next(answer for answer in sent() if answer.document["prenom"] == first)


def look_for(browser: Browser, text: str) -> Page:
    assert "Chercher" in browser.get("/coordination/droits").text
    return browser.get(f"/coordination/droits?{urlencode({'q': text})}")


def press(page: Page, button: str, **chosen: int) -> Page:
    """Tick what is chosen and press a button of the form, which asks by its address."""
    form = page.form("Voir et exporter")
    known = {(box.get("name"), box.get("value")) for box in form.iter("input")}
    assert {(kind, str(key)) for kind, key in chosen.items()} <= known
    pressed = next(b for b in form.iter("button") if words(b) == button)
    address = pressed.get("formaction") or form.get("action")
    return page.browser.get(f"{address}?{urlencode(chosen)}")


def count(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


# --- finding ---------------------------------------------------------------------------


def test_a_name_or_a_mail_finds_answers_mails_and_the_card(colleague: Browser, app: Flask) -> None:
    opened(EDITABLE)
    candidate(app)
    candidate(app, "Lea")
    with transaction() as session:
        add_person(session, last_name="Martin", first_name="Ana", email="ana@demo.example")
    page = look_for(colleague, "ANA martin")
    assert "Ana Martin – Votre avis compte, envoyée le" in page.text
    assert "Nous avons bien reçu vos réponses" in page.text
    assert "Ana Martin, ana@demo.example" in page.text
    assert "Lea" not in page.text
    assert "à ana@demo.example" in look_for(colleague, "Ana@demo.example").text


def test_a_reference_finds_its_answer(colleague: Browser, app: Flask) -> None:
    opened(NOMINATIVE)
    reference = candidate(app).reference or "?"
    assert "Ana Martin" in look_for(colleague, reference.lower()).text


def test_what_was_begun_and_not_sent_is_found_too(colleague: Browser, app: Flask) -> None:
    opened(NOMINATIVE)
    browser = Browser(app.test_client())
    browser.get("/q/avis/identite").submit("Retour", prenom="Élodie", nom="Durand")
    page = look_for(colleague, "elodie durand")
    assert "Élodie Durand – Votre avis compte, commencée" in page.text


def test_a_confidential_answer_is_found_by_its_words(colleague: Browser, app: Flask) -> None:
    opened(CONFIDENTIAL)
    browser = Browser(app.test_client())
    page = browser.get("/q/avis/profil").submit("Continuer", liberal="oui")
    page = page.submit("Continuer", libre="Le cabinet de la Grand-Place")
    page.submit("Relire mes réponses").submit("Envoyer mes réponses")
    assert "Sans nom – Votre avis compte" in look_for(colleague, "grand-place").text


def test_an_anonymous_answer_is_never_found_and_the_page_says_why(
    colleague: Browser, app: Flask
) -> None:
    opened(ANONYMOUS)
    browser = Browser(app.test_client())
    page = browser.get("/q/avis/profil").submit("Continuer", liberal="oui")
    page.submit("Continuer", libre="Moi, Ana Martin").submit("Envoyer mes réponses")
    Browser(app.test_client()).get("/q/avis/profil").submit("Continuer", liberal="oui").submit(
        "Retour", libre="Ana Martin aussi"
    )
    page = look_for(colleague, "ana martin")
    assert "Rien ne porte ces mots." in page.text
    assert "ne portent ni nom, ni adresse, ni heure" in page.text
    for answer in [*sent(), *drafts()]:
        assert colleague.get(f"/coordination/droits/dossier?r={answer.id}").status == 404
        colleague.post(f"/coordination/droits/supprimer?r={answer.id}", {})
    assert len(sent()) == len(drafts()) == 1


@pytest.mark.parametrize("text", ["", "   ", "%", "\0", "x" * 3_000])
def test_odd_searches_are_harmless(colleague: Browser, text: str) -> None:
    opened(NOMINATIVE)
    assert colleague.client.get("/coordination/droits", query_string={"q": text}).status_code == 200


@pytest.mark.parametrize("arguments", ["", "r=x", "r=-1", f"r={2**70}", "r=12"])
def test_a_selection_of_nothing_is_not_found(colleague: Browser, arguments: str) -> None:
    assert colleague.get(f"/coordination/droits/dossier?{arguments}").status == 404


# --- handing over ----------------------------------------------------------------------


def test_the_file_holds_everything_that_was_chosen(colleague: Browser, app: Flask) -> None:
    opened(NOMINATIVE)
    answer = candidate(app)
    with transaction() as session:
        card = add_person(session, last_name="Martin", first_name="Ana", email="ana@demo.example")
        card_id = card.id
    mail_id = db.session.scalars(sa.select(Message.id)).one()
    page = look_for(colleague, "ana martin")
    page = press(page, "Voir et exporter", r=answer.id, p=card_id, m=mail_id)
    assert page.heading == "Données d’une personne"
    for text in ("Aider, dit Ana", answer.reference or "?", "Fiche de l’annuaire", "Mail : Nous"):
        assert text in page.text
    file = colleague.client.get(page.link("Télécharger en JSON"))
    assert "attachment" in file.headers["Content-Disposition"]
    (found,) = file.json["réponses"]
    assert found["telles quelles"] == answer.document
    assert {"page": "Qui êtes-vous", "question": "Prénom", "réponse": ["Ana"]} in found["réponses"]
    assert file.json["fiches de l’annuaire"][0]["email"] == "ana@demo.example"
    assert "Aider, dit Ana" in file.json["mails"][0]["texte"]
    (event,) = db.session.scalars(sa.select(Event).where(Event.kind == "rights.exported")).all()
    assert event.data == {"responses": 1, "mails": 1, "people": 1, "dossiers": 0}


# --- deleting --------------------------------------------------------------------------


def test_an_answer_goes_with_its_copies(colleague: Browser, app: Flask) -> None:
    campaign_id = opened(EDITABLE).id
    answer = candidate(app, edit=True)
    other = candidate(app, "Lea")
    with transaction() as session:
        document = _export(session, "avis")
        kept = _export(session, "ailleurs")
        path, kept_path = file_of(document), file_of(kept)
        for response in (answer, other):
            session.add(
                Verbatim(
                    campaign_id=campaign_id,
                    response_id=response.id,
                    question="motivation",
                    state=VerbatimState.KEPT,
                )
            )
    page = press(look_for(colleague, "ana"), "Supprimer…", r=answer.id)
    assert page.heading == "Supprimer ces données ?"
    assert "la réponse de Ana Martin à « Votre avis compte »" in page.text
    assert "les sauvegardes, jusqu’à leur remplacement" in page.text
    page = page.submit("Supprimer définitivement")
    assert "C’est supprimé : 1 réponse, 1 mail, 1 fichier exporté." in page.text
    assert [response.id for response in sent()] == [other.id]
    assert drafts() == []
    assert [m.recipient for m in db.session.scalars(sa.select(Message))] == ["lea@demo.example"]
    assert [v.response_id for v in db.session.scalars(sa.select(Verbatim))] == [other.id]
    assert not path.exists()
    assert kept_path.exists()
    assert count(Document) == 1


def _export(session: Any, slug: str) -> Document:
    """A file of answers that somebody asked for."""
    document = store_document(
        session,
        filename=f"reponses-{slug}.csv",
        content_type="text/csv",
        data=b"Ana;Martin",
        permission=Permission.EXPORT,
    )
    session.add(Job(kind="export", payload={"slug": slug}, document_id=document.id))
    return document


def test_results_forget_a_deleted_answer(colleague: Browser, app: Flask) -> None:
    opened(NOMINATIVE)
    answer = candidate(app)
    candidate(app, "Lea")
    campaign = db.session.scalars(sa.select(Campaign)).one()
    definition = definition_of(campaign.version)
    assert len(columns_cache.entry_of(campaign, definition).columns.ids) == 2
    epoch = campaign.epoch
    colleague.post(f"/coordination/droits/supprimer?r={answer.id}", {})
    campaign = db.session.scalars(sa.select(Campaign)).one()
    assert campaign.epoch == epoch + 1
    assert len(columns_cache.entry_of(campaign, definition).columns.ids) == 1


def test_the_history_tells_that_it_was_done_and_nothing_else(
    colleague: Browser, app: Flask
) -> None:
    opened(NOMINATIVE)
    answer_id = candidate(app).id
    colleague.post(f"/coordination/droits/supprimer?r={answer_id}", {})
    events = db.session.scalars(sa.select(Event).where(Event.kind == "response.deleted")).all()
    assert [(event.subject_id, list(event.data)) for event in events] == [(answer_id, ["campaign"])]
    assert events[0].user_id is not None
    texts = [str(event.data) for event in db.session.scalars(sa.select(Event))]
    assert not any("ana" in text.lower() for text in texts)


def test_an_invited_person_whose_answer_is_deleted_is_told_so_and_counted_apart(
    colleague: Browser, app: Flask
) -> None:
    """The link stays used and no reminder leaves, but nobody is told that the answer is there."""
    campaign = opened(NOMINATIVE, access=Access.INVITED)
    token = invited(campaign, person().id)
    campaign_id = campaign.id
    page = Browser(app.test_client()).get(f"/i/{token}").follow("Commencer")
    page = page.submit("Continuer", prenom="Ana", nom="Martin", a_jour="oui")
    page.submit("Relire mes réponses").submit(SEND)
    assert "Ont répondu 1, soit 100 %" in colleague.get("/coordination/collectes/avis").text
    (answer,) = sent()
    colleague.post(f"/coordination/droits/supprimer?r={answer.id}", {})

    page = Browser(app.test_client()).get(f"/i/{token}")
    assert page.heading == "Votre réponse a été supprimée"
    assert "bien reçu" not in page.text
    page = colleague.get("/coordination/collectes/avis")
    assert "Ont répondu 0, soit 0 % Réponse supprimée 1" in page.text
    assert "Réponse supprimée le" in page.text.partition("Historique")[2]
    page = colleague.get("/coordination/collectes/avis/invitations?etat=supprimee")
    assert "0 a répondu ; 1 réponse supprimée depuis" in page.text
    assert "Réponse supprimée (1)" in page.text
    assert "Ne plus relancer" not in page.text
    assert recipients(campaign_id, day=date(2099, 1, 1)).rows == []


def test_the_history_of_a_campaign_tells_its_own_deletions_only(
    colleague: Browser, app: Flask
) -> None:
    opened(NOMINATIVE)
    opened(ANONYMOUS, slug="autre")
    colleague.post(f"/coordination/droits/supprimer?r={candidate(app).id}", {})
    assert "Réponse supprimée" in colleague.get("/coordination/collectes/avis").text
    assert "Réponse supprimée" not in colleague.get("/coordination/collectes/autre").text


def test_a_card_and_a_mail_are_deleted_alone(colleague: Browser, app: Flask) -> None:
    opened(NOMINATIVE)
    candidate(app)
    with transaction() as session:
        card_id = add_person(session, last_name="Martin", email="ana@demo.example").id
    mail_id = db.session.scalars(sa.select(Message.id)).one()
    page = colleague.get(f"/coordination/droits/supprimer?p={card_id}&m={mail_id}")
    page = page.submit("Supprimer définitivement")
    assert "1 mail, 1 fiche" in page.text
    assert (count(Person), count(Message), len(sent())) == (0, 0, 1)


def test_deleting_twice_is_harmless(colleague: Browser, app: Flask) -> None:
    opened(NOMINATIVE)
    answer = candidate(app)
    page = colleague.get(f"/coordination/droits/supprimer?r={answer.id}")
    page.submit("Supprimer définitivement")
    assert "plus rien" in page.submit("Supprimer définitivement").text


def test_a_response_is_deleted_from_its_own_page(colleague: Browser, app: Flask) -> None:
    opened(NOMINATIVE)
    answer = candidate(app)
    page = colleague.get(f"/coordination/collectes/avis/reponses/{answer.id}")
    page.follow("Supprimer cette réponse").submit("Supprimer définitivement")
    assert sent() == []


def test_the_lists_of_answers_lead_to_the_rights(colleague: Browser) -> None:
    opened(NOMINATIVE)
    opened(ANONYMOUS, "anonyme")
    page = colleague.get("/coordination/collectes/avis/reponses").follow("Exercer un droit")
    assert page.path == "/coordination/droits"
    page = colleague.get("/coordination/collectes/anonyme/reponses")
    assert "personne ne peut les retrouver" in page.text


# --- dossiers --------------------------------------------------------------------------


def test_a_dossier_is_found_read_taken_along_and_erased(colleague: Browser) -> None:
    dossiers.in_service("conciergerie")
    number = dossiers.begin("conciergerie", name="Droit-Demo", number=41)
    acts.add_note(number, "A rappelé.", shared=False, viewer=dossiers.COORDINATION, now=now())
    page = look_for(colleague, "droit-demo")
    page = press(page, "Voir et exporter", d=number)
    for text in ("Dossier : Conciergerie des soignants", "Droit-Demo", "A rappelé.", "Reçue"):
        assert text in page.text
    file = colleague.client.get(page.link("Télécharger en JSON"))
    (found,) = file.json["dossiers"]
    assert found["formulaires"][0]["telles quelles"]["nom"] == "Droit-Demo"
    assert found["notes"][0]["texte"] == "A rappelé."
    page = press(look_for(colleague, "droit-demo"), "Supprimer…", d=number)
    assert "le dossier de Droit-Demo" in page.text
    page = page.submit("Supprimer définitivement")
    assert "1 dossier" in page.text
    assert db.session.get(Dossier, number) is None
    assert db.session.scalar(sa.select(sa.func.count(Person.id))) == 0


def test_whom_only_a_dossier_knows_is_in_no_list_until_somebody_adds_them(
    colleague: Browser,
) -> None:
    dossiers.in_service("conciergerie")
    dossiers.begin("conciergerie", name="Cachée-Demo", commune="Cache-Demo")
    assert "Cachée-Demo" not in colleague.get("/coordination/annuaire/").text
    assert "Cache-Demo" not in communes()
    person_id = db.session.scalars(sa.select(Person.id)).one()
    card = card_of(db.session.get_one(Person, person_id))
    edit(person_id, replace(card, commune="Autre-Demo"), author_id=None, now=now())
    assert "Cachée-Demo" in colleague.get("/coordination/annuaire/").text
