"""« Rouvrir »: the page says which closing date holds; reminders rest while it is closed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from surveyapp.core.address import address_hash
from surveyapp.core.french import date_short
from surveyapp.models import Campaign, CampaignState, Reminder, db, now
from surveyapp.services import addresses
from surveyapp.services.transaction import transaction
from tests.answering import NOMINATIVE, opened
from tests.inviting import invited, people
from tests.web.checking import Browser

HOME = "/coordination/collectes/avis"
REOPEN = f"{HOME}/etape/rouvrir"


@pytest.fixture
def desk(coordination: FlaskClient) -> Browser:
    return Browser(coordination)


def campaign() -> Campaign:
    db.session.rollback()
    return db.session.scalars(sa.select(Campaign)).one()


def test_the_announced_closing_is_restored(desk: Browser) -> None:
    end = datetime(2099, 6, 30, 14, 30, tzinfo=UTC)
    opened(NOMINATIVE, closes_at=end)
    desk.get(f"{HOME}/etape/fermer").submit("Fermer la collecte")
    page = desk.get(REOPEN)
    assert "La fermeture prévue est rétablie : le 30 juin 2099" in page.text
    assert "Nouvelle fermeture" not in page.text
    page.submit("Rouvrir la collecte")
    assert campaign().closes_at == end


def test_another_closing_may_be_chosen_when_the_first_has_passed(desk: Browser) -> None:
    opened(NOMINATIVE, closes_at=now() - timedelta(days=1))
    page = desk.get(REOPEN)
    assert "reste ouverte jusqu’à ce que vous la fermiez" in page.text
    for typed in ({"closes_on": "01/01/2020"}, {"closes_time": "18 h"}, {"closes_on": "demain"}):
        wrong = page.submit("Rouvrir la collecte", **typed)
        assert wrong.status == 422
        assert wrong.errors()
    page.submit("Rouvrir la collecte", closes_on="30/06/2099")
    closes_at = campaign().closes_at
    assert closes_at is not None
    assert closes_at.year == 2099


def test_a_closing_date_is_not_required(desk: Browser) -> None:
    opened(NOMINATIVE, closes_at=now() - timedelta(days=1))
    page = desk.get(REOPEN).submit("Rouvrir la collecte")
    assert "La collecte est de nouveau ouverte." in page.text
    assert campaign().closes_at is None


def test_waves_of_a_closed_campaign_are_shown_as_suspended(desk: Browser) -> None:
    found = opened(NOMINATIVE, state=CampaignState.CLOSED)
    invited(found, people(1)[0], mailed_on=date(2026, 1, 5))
    with transaction() as session:
        row = Reminder(campaign_id=found.id, rule="J+7", due_at=now() + timedelta(days=3))
        session.add(row)
    for page in (f"{HOME}/invitations", f"{HOME}/invitations/relances/{row.id}"):
        shown = desk.get(page).text
        assert "Suspendue : la collecte est fermée" in shown
        assert "Prévue" not in shown


def test_a_day_too_early_for_anybody_is_told_beside_the_field(desk: Browser) -> None:
    found = opened(NOMINATIVE)
    invited(found, people(1)[0], mailed_on=now().date())
    typed = date_short(now().date() + timedelta(days=1))
    page = desk.get(f"{HOME}/invitations").submit("Ajouter cette relance", day=typed)
    assert page.status == 422
    assert "moins de 3 jours" in page.errors()[0][1]


def test_a_wave_that_nobody_would_get_says_so_at_once(desk: Browser) -> None:
    found = opened(NOMINATIVE)
    invited(found, people(1)[0], mailed_on=date(2026, 1, 5))
    with transaction() as session:
        addresses.decline(session, address_hash("ana.1@demo.example"), today=now().date())
    typed = date_short(now().date() + timedelta(days=4))
    page = desk.get(f"{HOME}/invitations").submit("Ajouter cette relance", day=typed)
    assert "La relance est prévue. Pour l’instant, personne ne la recevrait" in page.text
