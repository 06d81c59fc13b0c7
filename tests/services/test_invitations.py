"""Whom to invite, the mails that leave, and what becomes of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp import mail, worker
from surveyapp.core.address import address_hash
from surveyapp.models import (
    Access,
    Campaign,
    CampaignState,
    Event,
    Invitation,
    Job,
    Message,
    User,
    WorkState,
    db,
    now,
)
from surveyapp.services import addresses
from surveyapp.services.invite import sending
from surveyapp.services.invite.choosing import Reason, choose
from surveyapp.services.invite.sending import InviteError, start
from surveyapp.services.transaction import transaction
from surveyapp.store.invitations import InvitationCounts, counts
from surveyapp.store.people import PeopleFilter
from tests.answering import ANONYMOUS, NOMINATIVE, change, opened
from tests.conftest import Mailbox
from tests.inviting import link_in, mails, people, person

TODAY = date(2026, 6, 1)


@pytest.fixture
def author(app: Flask, add_user: Any) -> int:
    user: User = add_user("coordination")
    return int(user.id)


def invitations() -> list[Invitation]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Invitation)))


def invite(campaign: Campaign, who: list[int], author: int) -> None:
    """Click, and let the worker work."""
    start(campaign.slug, who, author_id=author, now=now())
    work(campaign)


def work(campaign: Campaign) -> None:
    """Let the worker do what is due; the purge of the day lets go of every object."""
    worker.run_once()
    db.session.rollback()
    if campaign not in db.session:
        db.session.add(campaign)


def test_those_who_match_and_why_others_are_left_out(app: Flask) -> None:
    campaign = opened(ANONYMOUS)
    people(3, commune="Bourg-Exemple")
    person(4, commune="Ailleurs")
    person(5, email="", last_name="Sansmail")
    declined, refused = person(6, last_name="Refus"), person(7, last_name="Retour")
    with transaction() as session:
        addresses.decline(session, address_hash(declined.email.upper()), today=TODAY)
        hashed = address_hash(refused.email)
        addresses.note_refusal(session, hashed, "550 inconnu", today=TODAY)
    everybody = choose(campaign.id, PeopleFilter(), today=TODAY)
    names = [p.last_name for p in everybody.people]
    assert names == ["Exemple001", "Exemple002", "Exemple003", "Exemple004"]
    left = {reason: [p.last_name for p in out] for reason, out in everybody.left_out.items()}
    assert left == {
        Reason.NO_MAIL: ["Sansmail"],
        Reason.UNSUBSCRIBED: ["Refus"],
        Reason.REFUSED: ["Retour"],
    }
    assert everybody.matching == 7
    some = choose(campaign.id, PeopleFilter(commune="Ailleurs"), today=TODAY)
    assert [p.last_name for p in some.people] == ["Exemple004"]


def test_whoever_is_invited_is_not_invited_again(app: Flask, author: int) -> None:
    campaign = opened(ANONYMOUS)
    first = people(2)
    invite(campaign, first, author)
    person(3)
    found = choose(campaign.id, PeopleFilter(), today=TODAY)
    assert [p.last_name for p in found.people] == ["Exemple003"]
    assert len(found.left_out[Reason.ALREADY]) == 2
    invite(campaign, first, author)  # the same click from another tab
    assert len(invitations()) == len(mails()) == 2


def test_each_gets_one_mail_with_their_own_link(app: Flask, author: int, mailbox: Mailbox) -> None:
    campaign = opened(ANONYMOUS, access=Access.INVITED)
    invite(campaign, people(60), author)
    sent = mails()
    assert len({link_in_envelope(e.content) for e in mailbox.envelopes}) == 60
    assert {m.recipient for m in sent} == {f"ana.{n}@demo.example" for n in range(1, 61)}
    assert all(m.solicitation and m.campaign_id == campaign.id for m in sent)
    assert {m.dedupe_key for m in sent} == {f"invite:{i.id}:0" for i in invitations()}
    assert counts(campaign.id) == InvitationCounts(invited=60, mailed=60)
    event = db.session.scalars(sa.select(Event).where(Event.kind == "campaign.invited")).one()
    assert (event.user_id, event.data) == (author, {"count": 60})


def link_in_envelope(content: bytes | str | None) -> str:
    from email import message_from_bytes, policy

    assert isinstance(content, bytes)
    body = message_from_bytes(content, policy=policy.default).get_body(("plain",))
    assert body is not None
    return link_in(Message(text=body.get_content()))


def test_the_link_of_a_mail_opens_the_campaign(app: Flask, author: int) -> None:
    campaign = opened(NOMINATIVE, access=Access.INVITED)
    start(campaign.slug, people(1), author_id=author, now=now())
    work(campaign)
    (message,) = mails()
    assert app.test_client().get(link_in(message)).location == "/q/avis"


def test_nobody_is_invited_to_a_campaign_that_is_over(app: Flask, author: int) -> None:
    campaign = opened(ANONYMOUS, state=CampaignState.CLOSED)
    with pytest.raises(InviteError, match="fermée"):
        start(campaign.slug, people(1), author_id=author, now=now())
    change(campaign, state=CampaignState.OPEN)
    with pytest.raises(InviteError, match="personne"):
        start(campaign.slug, [], author_id=author, now=now())


@pytest.mark.parametrize(
    "columns",
    [
        {"state": CampaignState.DRAFT},
        {"opens_at": datetime(2099, 1, 1, tzinfo=UTC)},
    ],
    ids=["draft", "scheduled"],
)
def test_prepared_before_the_opening_they_leave_when_it_opens(
    app: Flask, author: int, columns: dict[str, Any]
) -> None:
    campaign = opened(ANONYMOUS, **columns)
    invite(campaign, people(30), author)
    assert not mails()
    assert counts(campaign.id) == InvitationCounts(invited=30, waiting=30)
    change(campaign, state=CampaignState.OPEN, opens_at=now() - timedelta(minutes=1))
    work(campaign)
    assert len(mails()) == 30
    assert all(i.mailed_on is not None for i in invitations())
    work(campaign)
    assert len(mails()) == 30


def test_whoever_declined_meanwhile_gets_nothing(app: Flask, author: int) -> None:
    campaign = opened(ANONYMOUS, state=CampaignState.DRAFT)
    invite(campaign, people(2), author)
    with transaction() as session:
        addresses.decline(session, address_hash("ana.1@demo.example"), today=TODAY)
    change(campaign, state=CampaignState.OPEN)
    work(campaign)
    assert [m.recipient for m in mails()] == ["ana.2@demo.example"]
    assert counts(campaign.id).stopped == 1
    jobs = db.session.scalar(sa.select(sa.func.count(Job.id)).where(Job.kind == sending.KIND))
    work(campaign)
    again = db.session.scalar(sa.select(sa.func.count(Job.id)).where(Job.kind == sending.KIND))
    assert again == jobs, "nothing waits any more"


def test_a_job_that_is_interrupted_goes_on_where_it_was(
    app: Flask, author: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = opened(ANONYMOUS)
    start(campaign.slug, people(80), author_id=author, now=now())
    done, real = 0, sending._invite

    def breaks(campaign_id: int, ids: list[int]) -> None:
        nonlocal done
        if done == 2:
            raise RuntimeError("essai")
        done += 1
        real(campaign_id, ids)

    monkeypatch.setattr(sending, "_invite", breaks)
    work(campaign)
    assert len(invitations()) == 2 * sending.BATCH
    monkeypatch.setattr(sending, "_invite", real)
    with transaction() as session:
        session.execute(sa.update(Job).values(run_at=now() - timedelta(minutes=1)))
    work(campaign)
    assert len(invitations()) == len(mails()) == 80


def test_a_mail_and_its_invitation_are_written_together(
    app: Flask, author: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = opened(ANONYMOUS)

    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("essai")

    monkeypatch.setattr(mail, "post", breaks)
    invite(campaign, people(3), author)
    assert not invitations()


def test_the_task_says_how_far_it_is(app: Flask, author: int) -> None:
    campaign = opened(ANONYMOUS)
    number = start(campaign.slug, people(30), author_id=author, now=now())
    job = db.session.get_one(Job, number)
    assert job.label == "Inviter 30\u00a0personnes\u00a0: Votre avis compte"
    work(campaign)
    job = db.session.get_one(Job, number)
    assert job.state is WorkState.DONE
    assert job.progress == 1.0


def test_counts_follow_the_mails(app: Flask, author: int, mailbox: Mailbox) -> None:
    campaign = opened(ANONYMOUS)
    mailbox.replies["ana.2@demo.example"] = "550 no such user"
    mailbox.replies["ana.3@demo.example"] = "450 come back later"
    invite(campaign, people(3), author)
    assert counts(campaign.id) == InvitationCounts(invited=3, waiting=1, mailed=1, refused=1)


def test_people_who_read_english_are_written_to_in_english(app: Flask, author: int) -> None:
    campaign = opened(ANONYMOUS)
    who = [person(1, languages=["en"]).id, person(2, languages=["de", "fr"]).id, person(3).id]
    invite(campaign, who, author)
    languages = {m.recipient: m.language for m in mails()}
    assert languages == {
        "ana.1@demo.example": "en",
        "ana.2@demo.example": "fr",
        "ana.3@demo.example": "fr",
    }
