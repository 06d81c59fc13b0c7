"""A mandate renewed ahead, and what a form notes by itself, through the daily work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp.core.journey.definition import Actor
from surveyapp.models import Dossier, DossierMark, Job, Message, User, db
from surveyapp.services.dossiers.daily import run_day
from surveyapp.services.dossiers.errors import DossierError
from tests.dossiers import DAY, at, event, fill, in_service, move
from tests.spaces import entrusted, in_mandate, person_of

ONE = timedelta(days=1)


@pytest.fixture(autouse=True)
def _journeys(app: Flask, add_user: Callable[..., User]) -> None:
    add_user("coordination")
    in_service("ambassadeur", "accompagnement")


def row(number: int) -> Dossier:
    db.session.rollback()
    return db.session.get_one(Dossier, number)


def days_of(number: int, name: str) -> list[object]:
    found = sa.select(DossierMark.on).where(
        DossierMark.dossier_id == number, DossierMark.name == name
    )
    return list(db.session.scalars(found.order_by(DossierMark.position)))


def begun(number: int) -> tuple[int, int]:
    """Mails that say that a mandate begins, and letters asked for."""
    mails = sa.select(sa.func.count()).where(
        Message.dossier_id == number, Message.subject.contains("commence")
    )
    jobs = sa.select(sa.func.count()).where(Job.kind == "dossier_document")
    return db.session.scalar(mails) or 0, db.session.scalar(jobs) or 0


def renewed_ahead() -> int:
    """A mandate of a year, renewed a month before its end."""
    number = in_mandate(on=DAY)
    early = DAY + timedelta(days=335)
    fill(number, "souhait", on=early, actor=Actor.PERSON, suite="renouveler")
    move(number, "renouveler", on=DAY + timedelta(days=366), today=early)
    return number


def test_a_renewal_recorded_ahead_begins_on_its_day_and_once() -> None:
    number = renewed_ahead()
    assert row(number).stage_on == DAY
    before = begun(number)
    with pytest.raises(DossierError, match="déjà"):
        move(number, "renouveler", on=DAY + timedelta(days=366), today=DAY + timedelta(days=336))
    last = DAY + timedelta(days=366)
    for day in (last - ONE, last, last, last + ONE):
        run_day(today=day, now=at(day))
    assert row(number).stage == "mandat"
    assert row(number).stage_on == last
    assert begun(number) == (before[0] + 1, before[1] + 2)


def test_a_mandate_that_ends_before_its_renewal_is_not_renewed() -> None:
    number = renewed_ahead()
    before = begun(number)
    announced = DAY + timedelta(days=340)
    event(number, "retrait_annonce", on=announced)
    for days in (341, 355, 356, 366, 367, 400):
        day = DAY + timedelta(days=days)
        run_day(today=day, now=at(day))
    assert row(number).stage == "ancien"
    assert begun(number) == before


def test_a_sheet_notes_the_first_contact_and_starts_the_sponsoring() -> None:
    mandate = in_mandate(on=DAY)
    number = entrusted(person_of(mandate), on=DAY + ONE)
    met = DAY + 3 * ONE
    told = {"date_contact": met.isoformat(), "besoins": ["aides"], "difficulte": "non"}
    fill(number, "fiche", on=DAY + 5 * ONE, actor=Actor.AMBASSADOR, **told)
    assert days_of(number, "contact_pris") == [met]
    assert (row(number).stage, days_of(number, "commencer")) == ("parrainage", [met])
    later = {**told, "date_contact": (met + ONE).isoformat()}
    fill(number, "fiche", on=DAY + 6 * ONE, actor=Actor.AMBASSADOR, **later)
    assert days_of(number, "contact_pris") == [met]
