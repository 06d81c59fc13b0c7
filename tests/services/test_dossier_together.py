"""Two presses at the same moment: the second one does no harm and says what is the matter."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from surveyapp.core.personal import token_hash
from surveyapp.models import (
    CalendarFeed,
    Document,
    DossierFile,
    DossierLink,
    MeetingDay,
    SavedView,
    User,
    db,
)
from surveyapp.services import accounts
from surveyapp.services.accounts import AccountError, Invited
from surveyapp.services.dossiers import feed, files, stage_forms, views
from surveyapp.services.dossiers.access import Viewer
from surveyapp.services.dossiers.errors import DossierGone
from surveyapp.services.programme import meetings
from surveyapp.services.transaction import transaction
from tests.answering import together
from tests.dossiers import COORDINATION, DAY, at, begin, in_service
from tests.spaces import person_of

NOW = at(DAY)


def somebody(app: Flask) -> int:
    with transaction() as session:
        user = accounts.add_user(
            session, email="a@demo.example", name="A", role="coordination", hashed=None
        )
        return user.id


def counted(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_a_file_is_taken_away_once(app: Flask) -> None:
    in_service("conciergerie")
    dossier = begin("conciergerie")
    key = files.upload(
        dossier,
        filename="a.pdf",
        data=b"%PDF-1.7 %%EOF",
        label="A",
        shared=False,
        viewer=COORDINATION,
        now=NOW,
    )
    results = together(app, 4, lambda _: files.remove(key, viewer=COORDINATION, now=NOW))
    assert sum(result is None for result in results) == 1
    assert sum(isinstance(result, DossierGone) for result in results) == 3
    assert counted(DossierFile) == counted(Document) == 0


def test_a_calendar_keeps_one_address(app: Flask) -> None:
    number = somebody(app)
    results = together(app, 6, lambda _: feed.renew(number, now=NOW))
    assert all(isinstance(result, str) for result in results)
    assert counted(CalendarFeed) == 1
    found = db.session.scalars(sa.select(CalendarFeed.token_hash)).one()
    tokens = [str(result).rpartition("/")[2].removesuffix(".ics") for result in results]
    assert found in map(token_hash, tokens)


def test_an_ambassador_is_invited_once(app: Flask) -> None:
    in_service("ambassadeur")
    person_id = person_of(begin("ambassadeur"))

    def invite(number: int) -> Invited:
        return accounts.invite(
            email=f"b{number % 2}@demo.example",
            name="B",
            role="ambassadeur",
            now=NOW,
            by=None,
            person_id=person_id,
        )

    results = together(app, 6, invite)
    assert sum(isinstance(result, Invited) for result in results) == 1
    assert sum(isinstance(result, AccountError) for result in results) == 5
    assert counted(User) == 1


def test_a_meeting_is_written_down_at_the_same_moment(app: Flask) -> None:
    in_service("ambassadeur")
    one = meetings.planned(first=DAY, last=DAY + timedelta(days=400))[0]

    def write(number: int) -> None:
        day = one.due + timedelta(days=number)
        told: dict[str, Any] = {"on": day, "held": False, "note": ""}
        meetings.write(one.journey, one.key, user_id=None, now=NOW, today=DAY, **told)

    assert together(app, 6, write) == [None] * 6
    assert counted(MeetingDay) == 1


def test_a_view_is_kept_once_under_its_name(app: Flask) -> None:
    in_service("conciergerie")
    number = somebody(app)
    results = together(
        app, 6, lambda n: views.save("conciergerie", "Vue", f"page={n}", user_id=number)
    )
    assert results == [None] * 6
    assert counted(SavedView) == 1
    views.save("conciergerie", "Vue", "page=9", user_id=number, shared=True)
    kept = db.session.scalars(sa.select(SavedView)).one()
    assert (kept.query, kept.shared) == ("page=9", True)


def test_a_form_asked_for_several_times_has_one_link(app: Flask) -> None:
    in_service("installation")
    dossier = begin("installation")
    viewer = Viewer(COORDINATION.actor, somebody(app))
    task = "recueil"
    mark = db.session.scalars(
        sa.select(stage_forms.DossierMark.id).where(stage_forms.DossierMark.name == task)
    ).one()
    results = together(
        app,
        6,
        lambda _: stage_forms.ask(dossier, task, viewer=viewer, now=NOW, corrects_id=mark),
    )
    assert len(set(results)) == 1
    assert counted(DossierLink) == 1
