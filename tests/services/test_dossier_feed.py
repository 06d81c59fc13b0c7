"""The calendar at a secret address, and the mail of the week: who gets what, and when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp.jobs import JobRun
from surveyapp.models import Job, Message, Structure, User, db
from surveyapp.services import accounts
from surveyapp.services.dossiers import feed, week
from surveyapp.services.programme import meetings
from surveyapp.services.transaction import transaction
from tests.core.test_ics import read
from tests.dossiers import DAY, at, begin, in_service
from tests.spaces import account_for, scene


def calendar(url: str, *, on: object = DAY) -> list[dict[str, str]] | None:
    token = url.rpartition("/")[2].removesuffix(".ics")
    text = feed.calendar(token, today=DAY, now=at(DAY))
    return None if text is None else read(text)


# --- the calendar ----------------------------------------------------------------------


def test_a_calendar_names_people_to_the_coordination_only(
    app: Flask, add_user: Callable[..., User]
) -> None:
    mine = scene()
    ambassador = account_for(mine.ambassador_id, add_user)
    events = calendar(feed.renew(ambassador.id, now=at(DAY)))
    assert events is not None
    (event,) = events
    assert event["SUMMARY"] == "Prendre le premier contact – Prénom1 P."
    assert event["DTSTART;VALUE=DATE"] == "20260112"
    assert event["URL"].endswith(f"/ambassadeur/dossiers/{mine.accompanied}")
    assert "Personne-Demo" not in str(events)
    coordination = add_user("coordination")
    seen = calendar(feed.renew(coordination.id, now=at(DAY)))
    assert seen is not None
    assert "Prendre le premier contact – Personne-Demo Prénom1" in [e["SUMMARY"] for e in seen]
    assert len({e["UID"] for e in seen}) == len(seen)


def test_an_address_is_secret_replaced_and_taken_away(
    app: Flask, add_user: Callable[..., User]
) -> None:
    in_service("accompagnement")
    begin("accompagnement")
    user = add_user("coordination")
    assert feed.address(user.id) is None
    first = feed.renew(user.id, now=at(DAY))
    assert feed.address(user.id) == first
    assert calendar(first)
    second = feed.renew(user.id, now=at(DAY))
    assert calendar(first) is None
    assert calendar(second)
    assert calendar(second[:-5] + "a.ics") is None
    accounts.set_active(user.id, False, by=None)
    assert calendar(second) is None, "a closed account reads nothing any more"
    accounts.set_active(user.id, True, by=None)
    accounts.change_role(user.id, "lecture", by=None)
    assert calendar(second) is None, "nor does a role without dossiers"
    accounts.change_role(user.id, "coordination", by=None)
    feed.stop(user.id)
    assert calendar(second) is None
    assert feed.address(user.id) is None


def test_periodic_meetings_stand_in_the_calendar_of_the_coordination_only(
    app: Flask, add_user: Callable[..., User]
) -> None:
    in_service("installation")
    begin("installation")
    (first, *_) = planned = meetings.planned(first=DAY, last=DAY + feed.AHEAD)
    day = first.on + timedelta(days=2)
    meetings.write(
        *(first.journey, first.key),
        on=day,
        held=False,
        note="",
        user_id=None,
        now=at(DAY),
        today=DAY,
    )
    seen = calendar(feed.renew(add_user("coordination").id, now=at(DAY)))
    assert seen is not None
    mine = {e["UID"]: e for e in seen if e["UID"].startswith("meeting-")}
    assert len(mine) == len({(one.journey, one.key) for one in planned})
    (moved,) = (e for e in mine.values() if e["DTSTART;VALUE=DATE"] == day.strftime("%Y%m%d"))
    assert moved["SUMMARY"] == first.label
    assert "/coordination/dossiers/calendrier/" in moved["URL"]
    others = calendar(feed.renew(add_user("referent").id, now=at(DAY)))
    assert "meeting-" not in str(others)


# --- the mail of the week --------------------------------------------------------------

MONDAY = datetime(2026, 1, 12, tzinfo=UTC)


def queued() -> list[str | None]:
    return list(db.session.scalars(sa.select(Job.dedupe_key).where(Job.kind == week.KIND)))


@pytest.mark.parametrize(
    ("zone", "hour"), [("Europe/Paris", 6), ("Indian/Reunion", 3), ("America/Cayenne", 10)]
)
def test_it_leaves_at_seven_on_monday_where_the_cpts_is(app: Flask, zone: str, hour: int) -> None:
    with transaction() as session:
        session.add(Structure(id=1, name="CPTS des Exemples", timezone=zone))
    in_service("accompagnement")
    week.wake(MONDAY + timedelta(hours=hour) - timedelta(minutes=1))
    assert "week:2026-01-12" not in queued()
    week.wake(MONDAY + timedelta(hours=hour))
    week.wake(MONDAY + timedelta(hours=hour + 1))
    week.wake(MONDAY + timedelta(days=6, hours=12))
    assert queued().count("week:2026-01-12") == 1


def test_a_worker_that_was_stopped_on_monday_sends_it_on_wednesday(app: Flask) -> None:
    in_service("accompagnement")
    week.wake(MONDAY + timedelta(days=2, hours=1))
    (job,) = db.session.scalars(sa.select(Job).where(Job.kind == week.KIND))
    assert job.payload == {"today": "2026-01-14", "monday": "2026-01-12"}


def test_nothing_is_queued_without_a_journey(app: Flask) -> None:
    week.wake(MONDAY + timedelta(hours=9))
    assert queued() == []


def test_each_account_with_something_due_gets_one_mail(
    app: Flask, add_user: Callable[..., User]
) -> None:
    mine = scene()
    ambassador = account_for(mine.ambassador_id, add_user)
    for role in ("coordination", "referent", "partenaire", "lecture"):
        add_user(role)
    with transaction() as session:
        accounts.add_user(
            session, email="invite@demo.example", name="", role="coordination", hashed=None
        )
    payload = {"today": "2026-01-14", "monday": "2026-01-12"}
    for _ in range(2):
        week.week_job(JobRun(1, week.KIND, payload, 1))
    mails = {
        mail.recipient: mail
        for mail in db.session.scalars(sa.select(Message).where(Message.kind == week.KIND))
    }
    assert set(mails) == {"coordination@demo.example", ambassador.email}
    theirs = mails[ambassador.email]
    assert theirs.subject == ("Vos dossiers cette semaine : 1 échéance, dont 1 en retard")
    assert "Prendre le premier contact, Prénom1 P." in theirs.text
    assert "/ambassadeur/" in theirs.text
    assert "Personne-Demo" not in theirs.text + (theirs.html or "")
    assert "/coordination/dossiers/a-faire" in mails["coordination@demo.example"].text
