"""Answering from the first page to the last, without script."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.models import CampaignState, Structure
from surveyapp.services.transaction import transaction
from tests.answering import ANONYMOUS, CONFIDENTIAL, change, drafts, opened, sent
from tests.web.checking import Browser, Page

SEND = "Envoyer mes réponses"


@pytest.fixture
def browser(client: FlaskClient) -> Browser:
    with transaction() as session:
        session.add(Structure(name="CPTS des Exemples", email="contact@demo.example"))
    return Browser(client)


def start(browser: Browser) -> Page:
    return browser.get("/q/avis").follow("Commencer")


def test_the_home_page_lists_what_is_open(browser: Browser) -> None:
    assert "Aucun questionnaire n’est ouvert" in browser.get("/").text
    opened(ANONYMOUS)
    opened(ANONYMOUS, "cache", listed=False, title="Caché")
    opened(ANONYMOUS, "ferme", state=CampaignState.CLOSED, title="Fermé")
    opened(ANONYMOUS, "futur", title="Futur", opens_at=datetime.now(UTC) + timedelta(days=1))
    page = browser.get("/")
    assert "Votre avis compte" in page.text
    assert not any(title in page.text for title in ("Caché", "Fermé", "Futur"))
    assert page.follow("Votre avis compte").path == "/q/avis"


def test_the_first_page_says_what_how_long_and_who_reads(browser: Browser) -> None:
    opened(ANONYMOUS)
    page = browser.get("/q/avis")
    assert page.heading == "Votre avis compte"
    assert "merci de votre temps" in page.text
    assert "Environ 3 minutes" in page.text
    assert "Vos réponses sont anonymes." in page.text
    assert "à partir de 5 réponses" in page.text
    assert "Responsable CPTS des Exemples, adresse non précisée" in page.text
    assert "3114" in page.text


def test_a_whole_answer(browser: Browser) -> None:
    opened(ANONYMOUS)
    page = start(browser)
    assert page.path == "/q/avis/profil"
    assert page.heading == "Vous"
    assert page.title == "Vous – étape 1 sur 2 – Votre avis compte – CPTS des Exemples"
    page = page.submit("Continuer", liberal="oui", annees="1 2")
    assert page.path == "/q/avis/travail"
    assert "Étape 2 sur 3" in page.text
    page = page.submit("Continuer", stress="7", libre="Deux lignes\r\nsans souci")
    page = page.submit(SEND, jour="1/7/2026")
    assert page.path == "/q/avis/fin/merci"
    assert page.status == 200
    assert "À bientôt à CPTS des Exemples." in page.text
    assert "3114" in page.text
    (answer,) = sent()
    assert answer.document == {
        "liberal": "oui",
        "annees": 12,
        "stress": 7,
        "libre": "Deux lignes\nsans souci",
        "jour": "2026-07-01",
    }
    assert drafts() == []


def test_a_page_that_is_not_relevant_is_left_out_and_its_answers_too(browser: Browser) -> None:
    opened(ANONYMOUS)
    page = start(browser).submit("Continuer", liberal="oui")
    page = page.submit("Continuer", libre="à oublier").submit("Retour").submit("Retour")
    page = page.submit("Continuer", liberal="non")
    assert page.path == "/q/avis/fin"
    assert "Étape 2 sur 2" in page.text
    page.submit(SEND)
    assert sent()[0].document == {"liberal": "non"}


def test_somebody_who_changes_their_mind_twice_finds_their_answers_again(browser: Browser) -> None:
    opened(ANONYMOUS)
    page = start(browser).submit("Continuer", liberal="oui")
    page = page.submit("Continuer", libre="Gardé").submit("Retour").submit("Retour")
    page = page.submit("Continuer", liberal="non").submit("Retour")
    page = page.submit("Continuer", liberal="oui")
    assert page.fields("Continuer")["libre"] == "Gardé"


def test_back_and_forward_lose_nothing_even_what_cannot_be_understood(browser: Browser) -> None:
    opened(ANONYMOUS)
    page = start(browser).submit("Continuer", liberal="non").submit("Retour", jour="après-demain")
    assert page.path == "/q/avis/profil"
    assert page.fields("Continuer")["liberal"] == "non"
    page = page.submit("Continuer")
    assert page.fields(SEND)["jour"] == "après-demain"
    assert page.errors() == []
    page = page.submit(SEND)
    assert "verifier=1" in page.path
    assert page.fields(SEND)["jour"] == "après-demain"


def test_back_from_the_first_page_keeps_it_and_offers_to_go_on(browser: Browser) -> None:
    opened(ANONYMOUS)
    page = start(browser).submit("Retour", annees="12")
    assert page.path == "/q/avis"
    assert "Vous avez commencé à répondre" in page.text
    assert page.follow("Reprendre").fields("Continuer")["annees"] == "12"


def test_starting_again_forgets_the_draft(browser: Browser) -> None:
    opened(ANONYMOUS)
    page = start(browser).submit("Retour", annees="12")
    page = page.submit("Effacer ces réponses et recommencer")
    assert drafts() == []
    assert page.follow("Commencer").fields("Continuer")["annees"] == ""


def test_errors_are_said_at_the_top_beside_the_field_and_in_the_title(browser: Browser) -> None:
    opened(ANONYMOUS)
    page = start(browser).submit("Continuer", annees="douze")
    assert "verifier=1" in page.path
    assert page.title.startswith("Erreur : Vous – étape 1")
    assert page.errors() == [
        ("liberal", "Choisissez une réponse à la question « Êtes-vous libéral ? »."),
        (
            "annees",
            "Question « Années d’exercice » : écrivez un nombre en chiffres, "
            "par exemple 12 ou 12,5.",
        ),
    ]
    field = page.find("annees")
    assert field.get("aria-invalid") == "true"
    assert field.get("aria-describedby") == "annees-erreur"
    assert field.get("value") == "douze"
    assert page.find("liberal").get("type") == "radio"


def test_what_was_typed_on_a_refused_page_is_kept_for_later(browser: Browser) -> None:
    opened(ANONYMOUS)
    start(browser).submit("Continuer", annees="douze")
    page = browser.get("/q/avis").follow("Reprendre")
    assert page.fields("Continuer")["annees"] == "douze"


def test_the_page_of_errors_is_one_that_the_back_button_opens(browser: Browser) -> None:
    """What answers a form is asked for again under a warning; this page has its address."""
    opened(ANONYMOUS)
    wrong = start(browser).submit("Continuer", annees="douze")
    assert wrong.path == "/q/avis/profil?verifier=1"
    assert browser.get(wrong.path).errors() == wrong.errors()
    wrong.submit("Continuer", annees="12", liberal="non")
    back = browser.get(wrong.path)
    assert back.errors() == []
    assert back.fields("Continuer")["annees"] == "12"


def test_every_page_can_be_opened_again_once_begun_and_none_before(browser: Browser) -> None:
    opened(ANONYMOUS)
    assert browser.get("/q/avis/fin").path == "/q/avis"
    start(browser).submit("Continuer", liberal="oui")
    assert browser.get("/q/avis/fin").path == "/q/avis/fin"
    assert browser.get("/q/avis/inconnue").status == 404


def test_sending_from_the_last_page_leads_to_the_first_error(browser: Browser) -> None:
    opened(ANONYMOUS)
    start(browser).submit("Retour")
    page = browser.get("/q/avis/fin").submit(SEND, jour="2026-07-01")
    assert page.path == "/q/avis/profil?verifier=1"
    assert [field for field, _ in page.errors()] == ["liberal"]
    assert sent() == []
    assert drafts()[0].document["values"] == {"jour": "2026-07-01"}


def test_a_last_page_that_is_no_longer_the_last_goes_on(client: FlaskClient) -> None:
    body = ANONYMOUS.replace("relevant: \"${liberal} = 'oui'\"", 'relevant: "${annees} > 5"')
    body = body.replace(
        "  - type: group\n    name: fin",
        '  - type: group\n    relevant: "${stress} > 5"\n    name: fin',
    )
    opened(body)
    page = start(Browser(client))
    assert "Étape 1 sur 1" not in page.text
    page = page.submit(SEND, liberal="non", annees="6")
    assert page.path == "/q/avis/travail"


def test_a_page_that_becomes_the_last_never_sends_by_surprise(client: FlaskClient) -> None:
    body = ANONYMOUS.replace("    name: fin\n", '    name: fin\n    relevant: "${stress} > 5"\n')
    opened(body)
    browser = Browser(client)
    page = start(browser).submit(SEND, liberal="oui").submit(SEND, stress="9")
    assert page.path == "/q/avis/fin"
    page = page.submit("Retour").submit("Continuer", stress="1")
    assert page.path == "/q/avis/relire-et-envoyer"
    assert sent() == []
    page.submit(SEND)
    assert len(sent()) == 1


def test_pressing_send_twice_counts_once(browser: Browser) -> None:
    opened(ANONYMOUS)
    page = start(browser).submit("Continuer", liberal="non")
    first, second = page.submit(SEND), page.submit(SEND)
    assert first.path == second.path == "/q/avis/fin/merci"
    assert len(sent()) == 1


def test_a_page_sent_again_after_the_end_changes_nothing(browser: Browser) -> None:
    opened(ANONYMOUS)
    first = start(browser)
    page = first.submit("Continuer", liberal="non")
    page.submit(SEND)
    page = first.submit("Continuer", liberal="oui")
    assert page.path == "/q/avis/fin/merci"
    assert sent()[0].document == {"liberal": "non"}
    assert drafts() == []


def test_two_people_on_one_tablet_are_two_answers(browser: Browser) -> None:
    opened(ANONYMOUS)
    for liberal in ("oui", "non"):
        page = start(browser).submit("Continuer", liberal=liberal)
        while page.path != "/q/avis/fin/merci":
            page = page.submit(SEND if page.path.endswith("/fin") else "Continuer")
    assert sorted(answer.document["liberal"] for answer in sent()) == ["non", "oui"]


def test_thanks_are_for_those_who_have_sent(browser: Browser) -> None:
    opened(ANONYMOUS)
    assert browser.get("/q/avis/fin/merci").path == "/q/avis"


def test_each_tab_writes_in_the_draft_it_shows(browser: Browser) -> None:
    opened(ANONYMOUS)
    old = start(browser)
    old.submit("Retour", annees="1")
    browser.get("/q/avis").submit("Effacer ces réponses et recommencer")
    new = start(browser)
    new.submit("Continuer", liberal="non", annees="2")
    old.submit("Continuer", liberal="non", annees="1")
    assert sorted(d.document["values"]["annees"] for d in drafts()) == [1, 2]


# --- whether answers come in -----------------------------------------------------------

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("columns", "status", "words"),
    [
        ({"state": CampaignState.DRAFT}, 404, "est introuvable"),
        ({"opens_at": NOW + HOUR}, 403, "n’est pas encore ouvert"),
        ({"closes_at": NOW - HOUR}, 410, "est terminé"),
        ({"state": CampaignState.CLOSED}, 410, "est terminé"),
        ({"state": CampaignState.ARCHIVED}, 410, "est terminé"),
    ],
)
def test_a_closed_door_is_kind(
    browser: Browser, columns: dict[str, object], status: int, words: str
) -> None:
    opened(ANONYMOUS, **columns)
    for address in ("/q/avis", "/q/avis/profil"):
        page = browser.get(address)
        assert page.status == status
        assert words in page.heading
        assert "contact@demo.example" in page.text
    assert browser.post("/q/avis/profil", {"liberal": "oui"}).status == status
    assert drafts() == []


def test_an_unknown_address_is_kind(browser: Browser) -> None:
    page = browser.get("/q/inconnu")
    assert page.status == 404
    assert page.follow("Voir les questionnaires ouverts").path == "/"


def test_the_last_place_is_given_once(browser: Browser, app: Flask) -> None:
    opened(ANONYMOUS, capacity=1)
    other = Browser(app.test_client())
    late = start(other).submit("Continuer", liberal="non")
    start(browser).submit("Continuer", liberal="non").submit(SEND)
    assert browser.visited[-1].endswith("/merci")
    page = late.submit(SEND)
    assert page.status == 403
    assert "est complet" in page.heading
    assert "votre brouillon est gardé" in page.text
    assert len(sent()) == 1
    assert len(drafts()) == 1


def test_sending_the_last_place_twice_is_thanked_twice(browser: Browser) -> None:
    opened(ANONYMOUS, capacity=1)
    page = start(browser).submit("Continuer", liberal="non")
    assert page.submit(SEND).path == page.submit(SEND).path == "/q/avis/fin/merci"
    assert len(sent()) == 1


def test_whoever_began_before_the_closing_has_an_hour_to_send(browser: Browser, app: Flask) -> None:
    campaign = opened(ANONYMOUS)
    page = start(browser).submit("Continuer", liberal="non")
    change(campaign, closes_at=NOW - timedelta(minutes=30))
    assert Browser(app.test_client()).get("/q/avis").status == 410
    assert page.submit(SEND).path == "/q/avis/fin/merci"
    assert len(sent()) == 1


def test_after_the_hour_of_grace_nothing_comes_in(browser: Browser) -> None:
    campaign = opened(ANONYMOUS)
    page = start(browser).submit("Continuer", liberal="non")
    change(campaign, closes_at=NOW - timedelta(minutes=61))
    assert page.submit(SEND).status == 410
    assert sent() == []


def test_a_campaign_closed_by_hand_closes_at_once(browser: Browser) -> None:
    campaign = opened(ANONYMOUS)
    page = start(browser).submit("Continuer", liberal="non")
    change(campaign, state=CampaignState.CLOSED)
    assert page.submit(SEND).status == 410


def test_thanks_outlive_the_campaign(browser: Browser) -> None:
    campaign = opened(ANONYMOUS)
    start(browser).submit("Continuer", liberal="non").submit(SEND)
    change(campaign, state=CampaignState.CLOSED)
    assert browser.get("/q/avis/fin/merci").status == 200


def test_a_confidential_form_is_read_again_before_it_is_sent(browser: Browser) -> None:
    opened(CONFIDENTIAL)
    assert "Seule la coordination" in browser.get("/q/avis").text
    page = start(browser).submit("Continuer", liberal="non").submit("Relire mes réponses")
    assert page.path == "/q/avis/relire-et-envoyer"
    page.submit(SEND)
    (answer,) = sent()
    assert (answer.reference, answer.token_hash) == (None, None)
    assert answer.submitted_at is not None
