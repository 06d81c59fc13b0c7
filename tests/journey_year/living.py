"""The year that is lived: every morning the job, then people."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time

import sqlalchemy as sa

from surveyapp.models import DossierAct, Message, WorkState, db
from surveyapp.services import accounts
from surveyapp.services.dossiers.daily import run_day
from surveyapp.services.invite import personal
from surveyapp.services.transaction import transaction
from tests import dossiers
from tests.journey_year.accompaniments import accompaniment
from tests.journey_year.calendar import FIRST, MISSED, days, every_day
from tests.journey_year.candidatures import AMBASSADORS, candidature
from tests.journey_year.installations import installation
from tests.journey_year.requests import request
from tests.journey_year.story import World, today_is

JOURNEYS = ("ambassadeur", "accompagnement", "installation", "conciergerie")
SIZES = {"ambassadeur": 40, "accompagnement": 60, "installation": 30, "conciergerie": 120}


def build(part: int = 1) -> World:
    """Every story of the year, or one in ``part`` of those that are not ambassadors."""
    world = World()
    world.stories = [candidature(i) for i in range(SIZES["ambassadeur"])]
    world.stories += [accompaniment(world, i) for i in range(SIZES["accompagnement"])]
    world.stories += [installation(i) for i in range(SIZES["installation"])]
    world.stories += [request(i) for i in range(SIZES["conciergerie"])]
    if part > 1:
        first, rest = world.stories[:AMBASSADORS], world.stories[AMBASSADORS:]
        world.stories = [*first, *rest[::part]]
    return world


def add_accounts() -> None:
    """The colleagues who are written to: one who coordinates, two referents, a partner."""
    with transaction() as session:
        for role, number in (("coordination", 1), ("referent", 1), ("referent", 2)):
            email = f"{role}{number}@demo.example"
            accounts.add_user(session, email=email, name=role, role=role, hashed="")
        accounts.add_user(
            session, email="partenaire1@demo.example", name="CLS", role="partenaire", hashed=""
        )


def live(world: World, *, missed: Collection[date] = MISSED) -> None:
    """Lead every dossier through the year: the job of the morning, then people.

    Mails leave in the evening. Every fifth day the job runs twice, and on some days with a
    clock that is a day slow.
    """
    add_accounts()
    dossiers.in_service(*JOURNEYS, on=FIRST)
    for day in every_day():
        today_is[0] = day
        if day not in missed:
            _job(day)
        for story in world.stories:
            if story.start == day:
                story.id = dossiers.begin(story.journey, on=day, number=story.number, **story.said)
            for on, step in story.steps:
                if on == day:
                    step(story.id)
            if story.answered == day:
                _answer(story.id)
        _mails_leave()


def _mails_leave() -> None:
    """What waits is sent: it can no longer be taken back."""
    waiting = sa.update(Message).where(Message.state == WorkState.PENDING)
    with transaction() as session:
        session.execute(waiting.values(state=WorkState.DONE))


def _job(day: date) -> None:
    morning = datetime.combine(day, time(5), UTC)
    run_day(today=day, now=morning)
    if day.toordinal() % 5 == 0:
        run_day(today=day, now=morning)
    if day.toordinal() % 17 == 0:
        run_day(today=days(day, -1), now=morning)


def _answer(dossier_id: int) -> None:
    """The person fills the questionnaire that they were invited to."""
    invitation = db.session.scalar(
        sa.select(DossierAct.invitation_id).where(
            DossierAct.dossier_id == dossier_id, DossierAct.kind == "invitation"
        )
    )
    assert invitation is not None
    with transaction() as session:
        personal.participate(session, invitation, None)
