"""Personal links: who comes in, where a draft is found again, one answer for each."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
from flask import Flask

from surveyapp.core.personal import draft_token, token_hash
from surveyapp.models import Access, CampaignState
from surveyapp.services.invite.personal import key
from surveyapp.web.respond import visit
from tests.answering import ANONYMOUS, CONFIDENTIAL, NOMINATIVE, drafts, opened, sent
from tests.inviting import invited, participations, people, person, spent
from tests.web.checking import Browser

SEND = "Envoyer mes réponses"


def browser(app: Flask) -> Browser:
    return Browser(app.test_client())


def answered(visitor: Browser, address: str) -> str:
    """Open a link and answer the anonymous questionnaire; the last page."""
    page = visitor.get(address).follow("Commencer")
    return page.submit("Continuer", liberal="non").submit(SEND).text


def test_whoever_has_no_link_is_told_how_to_come_in(app: Flask) -> None:
    opened(ANONYMOUS, access=Access.INVITED)
    page = browser(app).get("/q/avis")
    assert page.title.startswith("Ce questionnaire s’ouvre par un lien personnel")
    browser(app).get("/q/avis/profil")
    assert "Votre avis compte" not in browser(app).get("/").text


def test_a_personal_link_lets_in_and_leaves_the_address_bar(app: Flask) -> None:
    campaign = opened(ANONYMOUS, access=Access.INVITED)
    token = invited(campaign, person().id)
    client = app.test_client()
    answer = client.get(f"/i/{token}")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/q/avis"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    page = Browser(client).get("/q/avis")
    assert "dans ce même navigateur" in page.text
    assert token not in page.text


def test_opening_a_link_changes_nothing(app: Flask) -> None:
    """Programs open the links of a mail before the person does."""
    campaign = opened(NOMINATIVE, access=Access.INVITED)
    token = invited(campaign, person().id)
    for _ in range(3):
        browser(app).get(f"/i/{token}")
    assert not drafts()
    assert not spent()
    assert not participations()


@pytest.mark.parametrize("path", ["/i/inconnu", "/i/%00", "/i/" + "é" * 300])
def test_an_unknown_link_says_so_kindly(app: Flask, path: str) -> None:
    page = browser(app).get(path)
    assert page.title.startswith("Ce lien personnel ne mène plus à rien")


@pytest.mark.parametrize("access", [Access.INVITED, Access.BOTH])
def test_an_anonymous_link_serves_once(app: Flask, access: Access) -> None:
    campaign = opened(ANONYMOUS, access=access)
    token = invited(campaign, person().id)
    assert "Merci" in answered(browser(app), f"/i/{token}")
    page = browser(app).get(f"/i/{token}")
    assert page.title.startswith("Ce lien a déjà servi")
    assert len(sent()) == 1
    assert not participations(), "fewer than k are not written down"


def test_both_lets_in_people_without_a_link(app: Flask) -> None:
    opened(ANONYMOUS, access=Access.BOTH)
    assert "Merci" in answered(browser(app), "/q/avis")
    assert len(spent()) == 1, "the draft's own mark only"


def test_the_same_link_in_two_browsers_counts_once(app: Flask) -> None:
    campaign = opened(ANONYMOUS, access=Access.INVITED)
    token = invited(campaign, person().id)
    late = browser(app).get(f"/i/{token}").follow("Commencer")
    late = late.submit("Continuer", liberal="non")
    answered(browser(app), f"/i/{token}")
    page = late.submit(SEND)
    assert page.title.startswith("Ce lien a déjà servi")
    assert len(sent()) == 1
    assert len(drafts()) == 1, "nothing of the second is lost"


def test_a_shared_browser_does_not_mix_two_people(app: Flask) -> None:
    campaign = opened(ANONYMOUS, access=Access.INVITED)
    first, second = (invited(campaign, who) for who in people(2))
    shared = browser(app)
    page = shared.get(f"/i/{first}").follow("Commencer")
    page.submit("Continuer", liberal="oui")
    page = shared.get(f"/i/{second}")
    assert "Vous avez commencé" not in page.text
    assert "Merci" in answered(shared, f"/i/{second}")


def test_an_anonymous_draft_goes_on_in_the_same_browser_only(app: Flask) -> None:
    campaign = opened(ANONYMOUS, access=Access.INVITED)
    token = invited(campaign, person().id)
    here = browser(app)
    here.get(f"/i/{token}").follow("Commencer").submit("Continuer", liberal="oui")
    assert "Vous avez commencé" in here.get(f"/i/{token}").text
    assert "Vous avez commencé" not in browser(app).get(f"/i/{token}").text
    (draft,) = drafts()
    assert draft.token_hash not in {token_hash(token), token_hash(draft_token(key(), token))}


@pytest.mark.parametrize("body", [NOMINATIVE, CONFIDENTIAL], ids=["nominative", "confidential"])
def test_other_drafts_go_on_on_any_device(app: Flask, body: str) -> None:
    campaign = opened(body, access=Access.INVITED)
    token = invited(campaign, person().id)
    page = browser(app).get(f"/i/{token}")
    assert "sur n’importe quel appareil" in page.text
    page = page.follow("Commencer")
    field = "prenom" if body is NOMINATIVE else "annees"
    page.submit("Continuer", **{field: "12"})
    assert "Vous avez commencé" in browser(app).get(f"/i/{token}").text


def test_a_link_to_a_draft_begun_before_is_not_hurried(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["SURVEYAPP"] = replace(app.config["SURVEYAPP"], min_fill_seconds=60)
    monkeypatch.setattr(visit.time, "time", lambda: 1_000_000.0)
    token = invited(opened(CONFIDENTIAL, access=Access.INVITED), person().id)
    page = browser(app).get(f"/i/{token}").follow("Commencer").submit("Continuer", liberal="non")
    page = page.submit("Relire mes réponses")
    assert "en quelques secondes" in page.submit(SEND).text
    second = browser(app)
    second.get(f"/i/{token}")
    page = second.get("/q/avis/relire-et-envoyer")
    assert page.submit(SEND).path == "/q/avis/fin/merci"


def test_a_nominative_answer_is_known_to_be_the_persons(app: Flask) -> None:
    campaign = opened(NOMINATIVE, access=Access.INVITED)
    token = invited(campaign, person(first_name="Inès").id)
    page = browser(app).get(f"/i/{token}").follow("Commencer")
    assert page.fields("Continuer")["prenom"] == "Inès", "the directory knows the name"
    page = page.submit("Continuer", nom="Durand", a_jour="oui").submit("Relire mes réponses")
    page.submit("Envoyer ma candidature")
    (answer,), (row,) = sent(), participations()
    assert row.response_id == answer.id
    assert answer.document["prenom"] == "Inès"
    again = browser(app).get(f"/i/{token}")
    assert answer.reference is not None
    assert answer.reference in again.text


def test_a_confidential_answer_is_not_named(app: Flask) -> None:
    campaign = opened(CONFIDENTIAL, access=Access.INVITED)
    token = invited(campaign, person().id)
    page = browser(app).get(f"/i/{token}").follow("Commencer")
    page.submit("Continuer", liberal="non").submit("Relire mes réponses").submit(SEND)
    (row,) = participations()
    assert row.response_id is None
    page = browser(app).get(f"/i/{token}")
    assert "Merci" in page.text


@pytest.mark.parametrize(
    ("columns", "title"),
    [
        ({"state": CampaignState.CLOSED}, "Ce questionnaire est terminé"),
        ({"state": CampaignState.DRAFT}, "Ce questionnaire est introuvable"),
    ],
)
def test_a_link_to_a_campaign_that_takes_no_answer(
    app: Flask, columns: dict[str, CampaignState], title: str
) -> None:
    campaign = opened(ANONYMOUS, access=Access.INVITED, **columns)
    token = invited(campaign, person().id)
    page = browser(app).get(f"/i/{token}")
    assert page.title.startswith(title)


def test_a_browser_that_lost_its_link_loses_no_answer(app: Flask) -> None:
    campaign = opened(ANONYMOUS, access=Access.INVITED)
    token = invited(campaign, person().id)
    mine = browser(app)
    page = mine.get(f"/i/{token}").follow("Commencer")
    page = page.submit("Continuer", liberal="non")
    with mine.client.session_transaction() as session:
        del session["invited"]
    page = page.submit(SEND, jour="2026-06-27")
    assert "vous retrouverez vos réponses" in page.text
    page = mine.get(f"/i/{token}")
    assert "Vous avez commencé" in page.text
    assert not sent()


def test_no_line_of_the_log_holds_a_link(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    campaign = opened(ANONYMOUS, access=Access.INVITED)
    token = invited(campaign, person().id)
    with caplog.at_level(logging.DEBUG):
        answered(browser(app), f"/i/{token}")
        browser(app).get(f"/i/{token}x")
    assert token not in caplog.text


def test_an_error_is_logged_without_the_link(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    def fail(token: str) -> str:
        raise RuntimeError("essai")

    app.view_functions["respond.personal"] = fail
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    with caplog.at_level(logging.DEBUG):
        assert app.test_client().get("/i/secret-du-mail").status_code == 500
    assert "respond.personal" in caplog.text
    assert "essai" in caplog.text, "the error itself is noted"
    assert "secret-du-mail" not in caplog.text
