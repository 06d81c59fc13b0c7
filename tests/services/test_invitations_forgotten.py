"""What is kept of invitations, and for how long."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp import jobs, worker
from surveyapp.core.personal import token_hash
from surveyapp.models import (
    Access,
    Campaign,
    CampaignState,
    Event,
    Invitation,
    Reminder,
    User,
    db,
    now,
)
from surveyapp.services import campaigns
from surveyapp.services.invite import personal
from surveyapp.services.invite.sending import start
from surveyapp.services.people import cards
from surveyapp.services.purge import purge
from surveyapp.services.transaction import transaction
from surveyapp.store.invitations import counts
from tests.answering import ANONYMOUS, CONFIDENTIAL, NOMINATIVE, opened
from tests.inviting import invited, mails, participations, people


def rows(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


@pytest.mark.parametrize(
    ("body", "days", "kept"),
    [
        (ANONYMOUS, 59, True),
        (ANONYMOUS, 61, False),
        (NOMINATIVE, 361, True),
        (NOMINATIVE, 370, False),
        (CONFIDENTIAL, 61, True),
    ],
)
def test_who_was_invited_goes_with_the_campaign(
    app: Flask, body: str, days: int, kept: bool
) -> None:
    closed = now() - timedelta(days=days)
    columns: dict[str, Any] = {"access": Access.INVITED, "audience": 7}
    campaign = opened(body, state=CampaignState.CLOSED, closes_at=closed, **columns)
    number = campaign.id
    token = invited(campaign, people(2)[0])
    with transaction() as session:
        session.add(Reminder(campaign_id=number, rule="J+7", due_at=closed))
        if body is NOMINATIVE:
            found = personal.of_token(session, number, token_hash(token))
            assert found is not None
            personal.participate(session, found, None)
    purge(now=now())
    assert rows(Invitation) == rows(Reminder) == int(kept)
    assert len(participations()) == int(kept and body is NOMINATIVE)
    if not kept:
        assert db.session.get_one(Campaign, number).audience == 1, "the rate can still be told"
        event = db.session.scalars(sa.select(Event).where(Event.kind == "purge")).one()
        assert event.data["invitations"] == 1


def test_a_person_who_is_deleted_takes_their_invitation_along(app: Flask) -> None:
    campaign = opened(NOMINATIVE)
    who = people(2)
    tokens = [invited(campaign, one) for one in who]
    with transaction() as session:
        found = personal.of_token(session, campaign.id, token_hash(tokens[0]))
        assert found is not None
        personal.participate(session, found, None)
    cards.delete(who[0], author_id=None, now=now())
    assert counts(campaign.id).invited == 1
    assert not participations()
    assert app.test_client().get(f"/i/{tokens[0]}").status_code == 404


def test_a_draft_with_prepared_invitations_can_be_deleted(app: Flask, add_user: Any) -> None:
    author = int(add_user("coordination").id)
    opened(ANONYMOUS, state=CampaignState.DRAFT)
    start("avis", people(2), author_id=author, now=now())
    worker.run_once()
    assert rows(Invitation) == 2
    campaigns.delete_draft("avis", author_id=author, now=now())
    assert rows(Invitation) == rows(Campaign) == 0


@pytest.mark.parametrize(("body", "kept"), [(ANONYMOUS, False), (NOMINATIVE, True)])
def test_the_outbox_forgets_the_links_of_an_anonymous_campaign(
    app: Flask, add_user: Any, body: str, kept: bool
) -> None:
    user: User = add_user("coordination")
    opened(body)
    start("avis", people(2), author_id=user.id, now=now())
    while (job := jobs.claim()) is not None:
        jobs.run(job)
    assert all("/i/" in m.text for m in mails())
    worker.run_once()
    assert all(("/i/" in m.text + m.html) == kept for m in mails())
    assert all(m.subject and m.message_id for m in mails()), "the log of the mails stays"
