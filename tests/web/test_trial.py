"""Trying a questionnaire: the real pages, and nothing that could ever be counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.models import CampaignState, Message, Response, SpentToken, User, db
from surveyapp.services import accounts
from tests.answering import ANONYMOUS, NOMINATIVE, drafts, opened, sent
from tests.web.checking import Browser, Page

SEND = "Envoyer mes réponses"
BANNER = "Essai : rien ne sera compté."


@pytest.fixture
def colleague(
    app: Flask, add_user: Callable[..., User], sign_in: Callable[[User], FlaskClient]
) -> Iterator[Browser]:
    client = sign_in(add_user("coordination"))
    app.config["WTF_CSRF_ENABLED"] = True
    yield Browser(client)


def begin(browser: Browser) -> Page:
    return browser.get("/coordination/collectes/avis").submit("Essayer")


def rows() -> int:
    db.session.rollback()
    tables = (Response, SpentToken, Message)
    return sum(db.session.scalar(sa.select(sa.func.count()).select_from(t)) or 0 for t in tables)


def left(app: Flask) -> list[Path]:
    return list(app.config["SURVEYAPP"].documents.glob("essai-*"))


@pytest.mark.parametrize(
    "columns",
    [
        {"state": CampaignState.DRAFT},
        {"opens_at": datetime.now(UTC) + timedelta(days=3)},
        {},
        {"state": CampaignState.CLOSED},
        {"capacity": 1},
    ],
)
def test_a_trial_runs_to_the_end_and_leaves_nothing(
    colleague: Browser, app: Flask, columns: dict[str, object]
) -> None:
    opened(ANONYMOUS, **columns)
    page = begin(colleague)
    assert page.path == "/q/avis"
    assert BANNER in page.text
    page = page.follow("Commencer")
    assert BANNER in page.text
    page = page.submit("Continuer", liberal="non")
    assert page.path == "/q/avis/fin"
    assert BANNER in page.text
    assert len(left(app)) == 1
    page = page.submit(SEND, jour="1/7/2026")
    assert page.path == "/q/avis/fin/merci"
    assert BANNER in page.text
    assert left(app) == []
    assert rows() == 0


def test_a_trial_checks_like_a_real_sending(colleague: Browser) -> None:
    opened(ANONYMOUS)
    page = begin(colleague).follow("Commencer").submit("Continuer", annees="douze")
    assert "verifier=1" in page.path
    assert [field for field, _ in page.errors()] == ["liberal", "annees"]
    page = colleague.get("/q/avis/fin").submit(SEND)
    assert page.path == "/q/avis/profil?verifier=1"


def test_a_trial_of_a_nominative_questionnaire_sends_no_mail(colleague: Browser) -> None:
    opened(NOMINATIVE)
    page = begin(colleague).follow("Commencer")
    page = page.submit(
        "Continuer", prenom="Ana", nom="Martin", courriel="ana@demo.example", a_jour="oui"
    )
    page = page.submit("Enregistrer et reprendre plus tard")
    assert "aucun lien n’est envoyé" in page.text
    page = page.submit("Relire mes réponses")
    assert "Ana" in page.text
    page = page.submit("Envoyer ma candidature")
    assert "Votre référence : ESSAI" in page.text
    assert rows() == 0


def test_a_visitor_sees_nothing_of_a_trial(colleague: Browser, app: Flask) -> None:
    opened(ANONYMOUS, state=CampaignState.DRAFT)
    begin(colleague)
    assert Browser(app.test_client()).get("/q/avis").status == 404
    opened(ANONYMOUS, "ouvert")
    assert BANNER not in Browser(app.test_client()).get("/q/ouvert").text


def test_the_pages_that_are_kept_for_all_do_not_keep_the_banner(
    colleague: Browser, app: Flask
) -> None:
    opened(ANONYMOUS)
    begin(colleague).follow("Commencer")
    other = Browser(app.test_client())
    page = other.get("/q/avis")
    assert BANNER not in page.text
    assert BANNER not in page.follow("Commencer").text
    assert BANNER in colleague.get("/q/avis").text


def test_ending_a_trial_gives_the_questionnaire_back(colleague: Browser, app: Flask) -> None:
    opened(ANONYMOUS)
    page = begin(colleague).follow("Commencer").submit("Continuer", liberal="non")
    end = page.submit("Terminer l’essai")
    assert end.path == "/coordination/collectes/avis"
    assert left(app) == []
    assert BANNER not in colleague.get("/q/avis").text


def test_a_page_of_a_trial_that_is_over_is_never_an_answer(colleague: Browser) -> None:
    opened(ANONYMOUS)
    page = begin(colleague).follow("Commencer").submit("Continuer", liberal="non")
    page.submit("Terminer l’essai")
    late = page.submit(SEND, jour="1/7/2026")
    assert late.path == "/coordination/collectes/avis"
    assert sent() == drafts() == []


def test_a_new_trial_forgets_the_one_before(colleague: Browser, app: Flask) -> None:
    opened(ANONYMOUS)
    begin(colleague).follow("Commencer").submit("Continuer", liberal="non")
    page = begin(colleague)
    assert "Commencer" in page.text
    assert left(app) == []


def test_somebody_who_reads_only_may_not_try(
    app: Flask, add_user: Callable[..., User], sign_in: Callable[[User], FlaskClient]
) -> None:
    opened(ANONYMOUS, state=CampaignState.DRAFT)
    reader = sign_in(add_user("lecture"))
    assert reader.post("/coordination/collectes/avis/essai").status_code == 403
    assert "Essayer" not in Browser(reader).get("/coordination/collectes/avis").text


def test_a_trial_ends_with_the_right_to_try(colleague: Browser) -> None:
    opened(ANONYMOUS, state=CampaignState.DRAFT)
    page = begin(colleague).follow("Commencer")
    accounts.set_active(db.session.scalars(sa.select(User.id)).one(), False, by=None)
    assert colleague.get("/q/avis").status == 404
    data = {**page.fields("Continuer").to_dict(), "liberal": "non"}
    assert colleague.client.post("/q/avis/profil", data=data).status_code == 303
    assert drafts() == []
