"""The work of the day when something is wrong with one dossier, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp.models import Dossier, DossierAct, DossierMark, Invitation, JourneyVersion, db
from surveyapp.services.dossiers import journeys
from surveyapp.services.dossiers.daily import run_day
from surveyapp.services.dossiers.erasing import anonymise_due
from surveyapp.services.invite import personal
from surveyapp.services.transaction import transaction
from tests import dossiers
from tests.dossiers import DAY, at

LATER = DAY + timedelta(days=1)
#: Long after the first deadline of a request.
LATE = DAY + timedelta(days=30)


@pytest.fixture(autouse=True)
def _journeys(app: Flask) -> None:
    dossiers.in_service("conciergerie")


def misplace(dossier_id: int, text: str) -> None:
    """Let a dossier follow a version that says something else."""
    with transaction() as session:
        version = JourneyVersion(
            journey_name="conciergerie", number=2, label="2", text=text, sha256="2" * 64
        )
        session.add(version)
        session.flush()
        session.get_one(Dossier, dossier_id).version_id = version.id


def acts_of(dossier_id: int) -> int:
    count = sa.select(sa.func.count()).where(DossierAct.dossier_id == dossier_id)
    return db.session.scalar(count) or 0


@pytest.mark.parametrize("fault", ["unreadable", "without its stage"])
def test_a_dossier_that_cannot_be_read_keeps_nobody_waiting(
    fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    broken, other = dossiers.begin("conciergerie"), dossiers.begin("conciergerie", number=2)
    version = journeys.latest("conciergerie")
    assert version is not None
    changed = version.text.replace("recue", "arrivee")
    misplace(broken, "stages: []" if fault == "unreadable" else changed)
    journeys._cache.clear()
    done = run_day(today=LATE, now=at(LATE))
    assert (done.dossiers, done.failed, done.changed) == (2, 1, 1)
    assert acts_of(other) > 0
    assert acts_of(broken) == 0
    assert caplog.records


def test_the_others_are_anonymised_when_one_cannot_be_read() -> None:
    broken, other = dossiers.begin("conciergerie"), dossiers.begin("conciergerie", number=2)
    for number in (broken, other):
        dossiers.know(number, on=DAY, motif_echec="offre")
        dossiers.move(number, "prendre_en_charge", on=DAY)
        dossiers.move(number, "clore_non_aboutie", on=DAY)
    misplace(broken, "stages: []")
    journeys._cache.clear()
    over = DAY.replace(year=2030)
    assert anonymise_due(today=over, now=at(over)) == 1
    db.session.rollback()
    assert db.session.get_one(Dossier, other).anonymised_on == over


def answered(number: int) -> None:
    """A request that is solved, and its satisfaction told."""
    dossier_id = dossiers.begin("conciergerie", number=number)
    dossiers.move(dossier_id, "prendre_en_charge", on=DAY)
    dossiers.move(dossier_id, "resoudre", on=DAY)
    act = sa.select(DossierAct.invitation_id).where(
        DossierAct.dossier_id == dossier_id, DossierAct.invitation_id.is_not(None)
    )
    invitation = db.session.get_one(Invitation, db.session.scalars(act).one())
    invitation_id = invitation.id
    with transaction() as session:
        personal.participate(session, invitation_id, None)


@contextmanager
def counting() -> Iterator[list[str]]:
    found: list[str] = []

    def seen(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", seen)
    yield found
    sa.event.remove(db.engine, "before_cursor_execute", seen)


def test_answers_of_long_ago_cost_no_query_each() -> None:
    def cost() -> int:
        with counting() as found:
            assert run_day(today=LATER, now=at(LATER)).changed == 0
        return len(found)

    answered(1)
    assert run_day(today=LATER, now=at(LATER)).changed == 1
    one = cost()
    for number in (2, 3, 4):
        answered(number)
    assert run_day(today=LATER, now=at(LATER)).changed == 3
    assert cost() == one
    noted = sa.select(sa.func.count()).where(DossierMark.name == "satisfaction_repondue")
    assert db.session.scalar(noted) == 4
