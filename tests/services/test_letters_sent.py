"""Mails that leave by themselves: the digest of the day, thanks after the close."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp import jobs
from surveyapp.core.address import address_hash
from surveyapp.models import (
    Campaign,
    CampaignState,
    Event,
    Job,
    Message,
    Participation,
    Response,
    ResponseStatus,
    Structure,
    User,
    db,
    now,
    random_key,
)
from surveyapp.services import addresses
from surveyapp.services.letters import digest, thanks
from surveyapp.services.transaction import transaction
from tests.answering import ANONYMOUS, NOMINATIVE, change, opened
from tests.inviting import invited, mails, people

SEVEN = datetime(2026, 6, 1, 5, 0, tzinfo=UTC)  # 7 h in Paris
HOUR = timedelta(hours=1)


def answer(campaign: Campaign, at: datetime, email: str = "") -> int:
    """Somebody's nominative answer."""
    number = random_key()
    with transaction() as session:
        session.add(
            Response(
                id=number,
                campaign_id=campaign.id,
                version_id=campaign.version_id,
                anonymous=False,
                status=ResponseStatus.SUBMITTED,
                document={"courriel": email, "prenom": "Zoé"} if email else {"prenom": "Zoé"},
                saved_on=at.date(),
                submitted_on=at.date(),
                submitted_at=at,
            )
        )
    return number


def work() -> None:
    """Run the jobs that are in the queue."""
    while (job := jobs.claim()) is not None:
        jobs.run(job)


def queued(kind: str) -> int:
    return db.session.scalar(sa.select(sa.func.count()).where(Job.kind == kind)) or 0


# --- digest ----------------------------------------------------------------------------


@pytest.fixture
def coordinatrice(add_user: object) -> User:
    return add_user("coordination")  # type: ignore[operator,no-any-return]


def test_the_digest_counts_and_tells_nothing_else(app: Flask, coordinatrice: User) -> None:
    campaign = opened(NOMINATIVE, title="Devenir ambassadeur")
    answer(campaign, SEVEN - 30 * HOUR, "vieille@demo.example")
    answer(campaign, SEVEN - HOUR, "zoe@demo.example")
    answer(campaign, SEVEN - 2 * HOUR, "ana@demo.example")
    digest.wake(SEVEN)
    work()
    (mail,) = mails()
    assert mail.recipient == "coordination@demo.example"
    assert not mail.solicitation
    for body in (mail.text, mail.html):
        assert "– Devenir ambassadeur\u00a0: 2\u00a0nouvelles réponses (3 en tout)" in body
        assert "/coordination/" in body
        for told in ("zoe@", "Zoé", "ana@"):
            assert told not in body


def test_the_digest_leaves_once_a_day_from_seven_where_the_cpts_is(
    app: Flask, coordinatrice: User
) -> None:
    with transaction() as session:
        session.add(Structure(id=1, name="CPTS", timezone="Indian/Reunion"))
    campaign = opened(NOMINATIVE)
    three = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)  # 7 h in Réunion
    answer(campaign, three - HOUR)
    digest.wake(three - timedelta(minutes=1))
    assert queued("digest") == 0
    for minute in range(3):
        digest.wake(three + timedelta(minutes=minute))
    assert queued("digest") == 1
    work()
    work()
    assert len(mails()) == 1


def test_no_answer_is_told_twice_or_forgotten(app: Flask, coordinatrice: User) -> None:
    campaign = opened(NOMINATIVE)
    answer(campaign, SEVEN - HOUR)
    digest.wake(SEVEN)
    work()
    answer(campaign, SEVEN + HOUR)
    late = SEVEN + timedelta(days=3, hours=4)  # the worker was off
    answer(campaign, late - HOUR)
    digest.wake(late)
    work()
    first, second = mails()
    assert "1\u00a0nouvelle réponse (1 en tout)" in first.text
    assert "2\u00a0nouvelles réponses (3 en tout)" in second.text
    digest.wake(late + timedelta(days=1))
    work()
    assert len(mails()) == 2, "no news, no mail"


def test_the_digest_says_nothing_of_campaigns_without_names(
    app: Flask, coordinatrice: User
) -> None:
    campaign = opened(ANONYMOUS)
    with transaction() as session:
        session.add(
            Response(
                campaign_id=campaign.id,
                version_id=campaign.version_id,
                anonymous=True,
                status=ResponseStatus.SUBMITTED,
                document={},
                saved_on=SEVEN.date(),
                submitted_on=SEVEN.date(),
            )
        )
    digest.wake(SEVEN)
    work()
    assert mails() == []


def test_only_accounts_that_may_read_answers_get_the_digest(
    app: Flask, coordinatrice: User, add_user: object
) -> None:
    add_user("lecture")  # type: ignore[operator]
    gone = add_user("coordination", "partie@demo.example")  # type: ignore[operator]
    with transaction() as session:
        session.get_one(User, gone.id).active = False
    answer(opened(NOMINATIVE), SEVEN - HOUR)
    digest.wake(SEVEN)
    work()
    assert [mail.recipient for mail in mails()] == ["coordination@demo.example"]


# --- thanks ----------------------------------------------------------------------------


def closed(**columns: object) -> Campaign:
    """A nominative campaign that closed two hours ago and thanks."""
    values = {"closes_at": now() - 2 * HOUR, "messages": {"thanks_mail": "oui"}, **columns}
    return opened(NOMINATIVE, title="Devenir ambassadeur", **values)


def thank() -> list[Message]:
    thanks.wake(now())
    work()
    return mails()


def test_thanks_go_to_whoever_answered_by_name_once_each(app: Flask) -> None:
    campaign = closed()
    for address in ("zoe@demo.example", "Zoe@demo.example", "ana@demo.example", ""):
        answer(campaign, now() - 5 * HOUR, address)
    found = thank()
    assert sorted(mail.recipient.lower() for mail in found) == [
        "ana@demo.example",
        "zoe@demo.example",
    ]
    assert all("Devenir ambassadeur" in mail.text and mail.solicitation for mail in found)
    assert all("/desinscription/" in mail.text for mail in found)
    assert len(thank()) == 2
    (event,) = db.session.scalars(sa.select(Event).where(Event.kind == "campaign.thanked"))
    assert event.data == {"count": 2}


def test_whoever_was_invited_is_thanked_at_the_address_of_the_invitation(app: Flask) -> None:
    campaign = closed()
    (who,) = people(1)
    invited(campaign, who)
    number = answer(campaign, now() - 5 * HOUR)
    with transaction() as session:
        invitation = session.scalar(sa.text("SELECT id FROM invitation"))
        session.add(Participation(invitation_id=invitation, anonymous=False, response_id=number))
    assert [mail.recipient for mail in thank()] == ["ana.1@demo.example"]


@pytest.mark.parametrize(
    "columns",
    [
        {"messages": {}},
        {"messages": {"thanks_mail": ""}},
        {"closes_at": None},
        {"closes_at": now() + HOUR},
        {"closes_at": now() - timedelta(minutes=30)},
        {"closes_at": now() - timedelta(days=30)},
    ],
)
def test_no_thanks_unless_wanted_and_just_closed(app: Flask, columns: dict[str, object]) -> None:
    answer(closed(**columns), now() - 5 * HOUR, "zoe@demo.example")
    assert thank() == []


def test_a_campaign_that_closes_again_thanks_only_the_new_ones(app: Flask) -> None:
    campaign = closed()
    answer(campaign, now() - 5 * HOUR, "zoe@demo.example")
    thank()
    with transaction() as session:  # a month later the outbox has forgotten
        session.execute(sa.delete(Message))
        session.execute(sa.update(Event).values(at=now() - 4 * HOUR))
    answer(campaign, now() - 3 * HOUR, "ana@demo.example")
    change(campaign, closes_at=now() - timedelta(minutes=70), state=CampaignState.CLOSED)
    assert [mail.recipient for mail in thank()] == ["ana@demo.example"]


def test_reopening_before_the_thanks_leave_stops_them(app: Flask) -> None:
    campaign = closed()
    answer(campaign, now() - 5 * HOUR, "zoe@demo.example")
    thanks.wake(now())
    change(campaign, closes_at=now() + HOUR)
    work()
    assert mails() == []


def test_whoever_declined_is_not_thanked(app: Flask) -> None:
    answer(closed(), now() - 5 * HOUR, "zoe@demo.example")
    addresses.unsubscribe(address_hash("zoe@demo.example"), today=SEVEN.date())
    assert thank() == []
