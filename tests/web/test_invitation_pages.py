"""The coordinatrice's pages of invitations: choose, send, remind, call."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from surveyapp import worker
from surveyapp.core.address import address_hash
from surveyapp.core.french import date_short
from surveyapp.core.personal import token_hash
from surveyapp.models import (
    Access,
    Campaign,
    CampaignState,
    ContactBy,
    Invitation,
    Reminder,
    ReminderState,
    db,
    now,
)
from surveyapp.services import addresses
from surveyapp.services.invite import personal
from surveyapp.services.transaction import transaction
from tests.answering import ANONYMOUS, CONFIDENTIAL, NOMINATIVE, opened
from tests.inviting import invited, mails, people, person
from tests.web.checking import Browser, Page

HOME = "/coordination/collectes/avis/invitations"
LONG_AGO = date(2026, 1, 5)


@pytest.fixture
def desk(coordination: FlaskClient) -> Browser:
    return Browser(coordination)


def wave(campaign_id: int, *, days: int = 3) -> int:
    with transaction() as session:
        row = Reminder(campaign_id=campaign_id, rule="J+7", due_at=now() + timedelta(days=days))
        session.add(row)
    return row.id


def soon(days: int) -> str:
    return date_short(now().date() + timedelta(days=days))


def waves() -> list[Reminder]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Reminder).order_by(Reminder.id)))


def listed(page: Page) -> list[str]:
    """First cells of the rows of the page's table."""
    rows = [row for row in page.tree.iter("tr") if list(row.iter("td"))]
    return [" ".join("".join(next(row.iter("th")).itertext()).split()) for row in rows]


def test_the_campaign_leads_to_its_invitations(desk: Browser) -> None:
    opened(ANONYMOUS)
    page = desk.get("/coordination/collectes/avis").follow("Invitations")
    assert "Personne n’est encore invité" in page.text
    page = page.follow("Choisir les personnes à inviter")
    assert "L’annuaire est vide" in page.text


def test_choose_see_exactly_who_and_send(desk: Browser) -> None:
    opened(NOMINATIVE, access=Access.INVITED)
    people(3)
    person(4, email="", last_name="Sansmail")
    with transaction() as session:
        addresses.decline(session, address_hash("ana.3@demo.example"), today=LONG_AGO)
    page = desk.get(f"{HOME}/choisir")
    assert "2 personnes seront invitées, sur 4 qui correspondent" in page.text
    assert listed(page) == ["Exemple001 Ana", "Exemple002 Ana"]
    assert "1 personne sans adresse mail" in page.text
    assert "1 personne qui ne veut plus d’invitations" in page.text
    assert "7 jours après les invitations" in page.text
    page = page.submit("Inviter ces personnes")
    assert page.heading == "Inviter 2 personnes : Votre avis compte"
    worker.run_once()
    assert len(mails()) == 2
    page = desk.get(HOME)
    assert [row for row in listed(page) if "Exemple" in row] == [
        "Exemple001 Ana",
        "Exemple002 Ana",
    ]
    assert len(waves()) == 2
    assert "Prévue" in page.text


def test_filters_choose(desk: Browser) -> None:
    opened(ANONYMOUS)
    people(2)
    person(3, commune="Ailleurs")
    page = desk.get(f"{HOME}/choisir?commune=Ailleurs")
    assert listed(page) == ["Exemple003 Ana"]
    page.submit("Inviter cette personne")
    worker.run_once()
    assert [m.recipient for m in mails()] == ["ana.3@demo.example"]
    assert "Personne ne correspond" in desk.get(f"{HOME}/choisir?q=zzz").text


def test_only_the_list_that_was_shown_is_sent(desk: Browser) -> None:
    """Somebody joined the directory while the page was open: look again."""
    opened(ANONYMOUS)
    people(2)
    page = desk.get(f"{HOME}/choisir")
    person(3)
    page = page.submit("Inviter ces personnes")
    assert "La liste a changé entre-temps" in page.text
    assert "3 personnes seront invitées" in page.text
    worker.run_once()
    assert not mails()
    page.submit("Inviter ces personnes")
    worker.run_once()
    assert len(mails()) == 3


def test_a_public_campaign_says_what_that_means(desk: Browser) -> None:
    opened(ANONYMOUS)
    people(1)
    page = desk.get(f"{HOME}/choisir")
    page.follow("réservez la collecte aux personnes invitées")


def test_a_closed_campaign_invites_nobody(desk: Browser) -> None:
    opened(ANONYMOUS, state=CampaignState.CLOSED)
    people(1)
    page = desk.get(f"{HOME}/choisir").submit("Inviter cette personne")
    assert "rouvrez-la avant d’inviter" in page.text
    assert "Rouvrez-la" in desk.get(HOME).text


def test_invitations_by_state(desk: Browser) -> None:
    campaign = opened(CONFIDENTIAL)
    who = people(60)
    tokens = [invited(campaign, one, mailed_on=LONG_AGO) for one in who]
    with transaction() as session:
        found = personal.of_token(session, campaign.id, token_hash(tokens[0]))
        assert found is not None
        personal.participate(session, found, None)
    page = desk.get(HOME)
    assert "60 personnes invitées" in page.text
    assert "Sans réponse (59)" in page.text
    assert len([row for row in listed(page) if "Exemple" in row]) == 50
    page = desk.get(f"{HOME}?etat=repondu")
    assert [row for row in listed(page) if "Exemple" in row] == ["Exemple001 Ana"]
    assert "Personne n’est dans cet état" in desk.get(f"{HOME}?etat=refusee").text


def test_somebody_can_be_left_in_peace(desk: Browser) -> None:
    campaign = opened(NOMINATIVE)
    invited(campaign, people(1)[0], mailed_on=LONG_AGO)
    page = desk.get(HOME).submit("Ne plus relancer Ana Exemple001")
    assert "Plus de relance" in page.text
    page = page.submit("Relancer de nouveau Ana Exemple001")
    assert "Cette personne sera de nouveau relancée" in page.text
    assert not db.session.scalars(sa.select(Invitation)).one().stopped


def test_a_wave_is_previewed_moved_and_stopped(desk: Browser) -> None:
    campaign = opened(NOMINATIVE)
    for one in people(2):
        invited(campaign, one, mailed_on=LONG_AGO)
    number = wave(campaign.id)
    page = desk.get(f"{HOME}/relances/{number}")
    assert "2 personnes, si personne ne répond d’ici là" in page.text
    assert listed(page) == ["Exemple001 Ana", "Exemple002 Ana"]
    page = page.submit("Choisir ce jour", day=soon(9))
    assert "au jour choisi" in page.text
    page = page.submit("Arrêter cette relance")
    assert waves()[0].state is ReminderState.STOPPED
    page = desk.get(f"{HOME}/relances/{number}").submit("Choisir ce jour", day=soon(5))
    assert waves()[0].state is ReminderState.PLANNED


def test_a_wave_is_added(desk: Browser) -> None:
    campaign = opened(NOMINATIVE)
    invited(campaign, people(1)[0], mailed_on=LONG_AGO)
    desk.get(HOME).submit("Ajouter cette relance", day=soon(5))
    assert len(waves()) == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "Écrivez le jour"), ("01/01/2026", "à venir"), ("demain", "27/06/2024")],
)
def test_a_day_that_is_none_is_corrected(desk: Browser, typed: str, sentence: str) -> None:
    campaign = opened(NOMINATIVE)
    invited(campaign, people(1)[0], mailed_on=LONG_AGO)
    number = wave(campaign.id)
    page = desk.get(HOME).submit("Ajouter cette relance", day=typed)
    assert page.status == 422
    assert sentence in page.errors()[0][1]
    page = desk.get(f"{HOME}/relances/{number}").submit("Choisir ce jour", day=typed)
    assert page.status == 422
    assert sentence in page.errors()[0][1]


def test_whom_to_call(desk: Browser) -> None:
    campaign = opened(NOMINATIVE)
    who = [
        person(1).id,
        person(2, contact_by="phone").id,
        person(3, phone="").id,
        person(4).id,
        person(5).id,
    ]
    tokens = [invited(campaign, one, mailed_on=LONG_AGO) for one in who]
    with transaction() as session:
        found = personal.of_token(session, campaign.id, token_hash(tokens[3]))
        assert found is not None
        personal.participate(session, found, None)
    page = desk.get(f"{HOME}/telephone")
    order = ["Exemple002 Ana Préfère le téléphone", "Exemple001 Ana", "Exemple005 Ana"]
    assert [row.replace("AnaPréfère", "Ana Préfère") for row in listed(page)] == order
    page = page.submit("Noter l’appel à Ana Exemple002", note="Rappeler lundi")
    assert "Rappeler lundi" in page.text
    assert listed(page)[-1].startswith("Exemple002"), "called: goes to the end"
    row = db.session.scalars(sa.select(Invitation).where(Invitation.called_on.is_not(None))).one()
    assert row.call_note == "Rappeler lundi"
    page.send("Noter l’appel à Ana Exemple001", {"note": "x" * 201})
    assert ContactBy.PHONE == "phone"


def test_nobody_is_called_about_an_anonymous_campaign(
    desk: Browser, coordination: FlaskClient
) -> None:
    campaign = opened(ANONYMOUS)
    invited(campaign, people(1)[0])
    assert coordination.get(f"{HOME}/telephone").status_code == 404
    page = desk.get(HOME)
    assert "À relancer par téléphone" not in page.text
    assert "au moins 5 personnes" in page.text


@pytest.mark.parametrize(
    "path",
    ["/relances/999", "/telephone", "/choisir"],
)
def test_what_is_not_there_is_not_found(coordination: FlaskClient, path: str) -> None:
    opened(NOMINATIVE)
    other = HOME.replace("avis", "rien")
    assert coordination.get(other + path).status_code == 404
    if "999" in path:
        assert coordination.get(HOME + path).status_code == 404


def test_a_wave_of_another_campaign_is_not_found(coordination: FlaskClient, app: Flask) -> None:
    opened(NOMINATIVE)
    campaign = opened(ANONYMOUS, slug="autre")
    number = wave(campaign.id)
    assert coordination.get(f"{HOME}/relances/{number}").status_code == 404
    assert coordination.post(f"{HOME}/relances/{number}/arreter").status_code == 404
    assert db.session.get_one(Campaign, campaign.id)


def test_invitations_are_not_for_readers(reader: FlaskClient) -> None:
    opened(NOMINATIVE)
    assert reader.get(HOME).status_code == 403
    assert "Invitations" not in Browser(reader).get("/coordination/collectes/avis").text
