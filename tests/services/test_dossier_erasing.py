"""What leaves with a dossier, on which day, and in which order its rows are locked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp import worker
from surveyapp.core.journey.definition import Actor
from surveyapp.models import (
    AccountLink,
    CalendarFeed,
    Dossier,
    DossierLink,
    Job,
    Message,
    Structure,
    User,
    db,
)
from surveyapp.services import accounts
from surveyapp.services.dossiers import acts, ambassador_accounts, collecting, erasing
from surveyapp.services.dossiers.access import Viewer
from surveyapp.services.dossiers.stage_forms import ask
from surveyapp.services.people.cards import add_person
from surveyapp.services.purge import purge
from surveyapp.services.transaction import transaction
from tests import dossiers
from tests.dossiers import COORDINATION, DAY, at

LATER = DAY + timedelta(days=1)
REFERENT = Viewer(Actor.REFERENT, None)

pytestmark = pytest.mark.usefixtures("app")


def row(dossier_id: int) -> Dossier:
    db.session.rollback()
    return db.session.get_one(Dossier, dossier_id)


def with_account(**said: Any) -> tuple[int, int]:
    """A candidature and the account of its person, who has not opened the invitation yet."""
    number = dossiers.begin("ambassadeur", number=77, name="Partie-Demo", **said)
    person_id = row(number).person_id
    assert person_id is not None
    ambassador_accounts.invite(person_id, by=None, now=at(DAY))
    user = accounts.account_of(db.session, person_id)
    assert user is not None
    return number, user.id


def erase(number: int) -> None:
    acts.erase(number, viewer=COORDINATION, reason="Demande.", today=DAY, now=at(DAY))


def account_mails() -> list[Message]:
    kind = Message.kind == "account.invitation"
    return list(db.session.scalars(sa.select(Message).where(kind)))


def test_the_account_of_an_ambassador_goes_with_their_dossier() -> None:
    dossiers.in_service("ambassadeur")
    number, user_id = with_account()
    with transaction() as session:
        session.add(CalendarFeed(user_id=user_id, token_hash="0" * 64))
    assert len(account_mails()) == 1
    erase(number)
    user = db.session.get_one(User, user_id)
    assert (user.active, user.person_id, user.name) == (False, None, "Compte effacé")
    assert user.email == f"compte-{user_id}@efface.invalid"
    assert account_mails() == []
    for model in (AccountLink, CalendarFeed):
        assert db.session.scalars(sa.select(model)).all() == []


def test_an_account_stays_while_a_candidature_needs_it() -> None:
    dossiers.in_service("ambassadeur", "conciergerie")
    with transaction() as session:
        add_person(
            session, last_name="Partie-Demo", first_name="Prénom77", email="personne77@demo.example"
        )
    first, user_id = with_account()
    other = dossiers.begin("ambassadeur", number=77, name="Partie-Demo")
    request = dossiers.begin("conciergerie", number=77, name="Partie-Demo")
    assert row(first).person_id == row(other).person_id == row(request).person_id
    erase(request)
    erase(first)
    assert db.session.get_one(User, user_id).active
    erase(other)  # the card of the directory stays, without access
    db.session.rollback()
    assert not db.session.get_one(User, user_id).active


def closed() -> int:
    number = dossiers.begin("conciergerie")
    dossiers.move(number, "prendre_en_charge", on=DAY)
    dossiers.know(number, on=DAY, motif_echec="offre")
    dossiers.move(number, "clore_non_aboutie", on=DAY)
    return number


def test_what_was_reopened_meanwhile_is_not_anonymised(monkeypatch: pytest.MonkeyPatch) -> None:
    dossiers.in_service("conciergerie")
    number, gone = closed(), closed()
    over = DAY.replace(year=2029)
    anonymise, done = erasing.anonymise, []

    def late(dossier_id: int, **when: Any) -> bool:
        """Somebody acts between the choice and the lock."""
        if dossier_id == number:
            dossiers.move(number, "rouvrir", on=LATER)
        else:
            erase(gone)
        done.append(dossier_id)
        return anonymise(dossier_id, **when)

    monkeypatch.setattr(erasing, "anonymise", late)
    assert erasing.anonymise_due(today=over, now=at(over)) == 0
    assert sorted(done) == sorted([number, gone])
    assert row(number).anonymised_on is None and row(number).title
    assert not anonymise(number, today=over, now=at(over))


def test_a_dossier_is_anonymised_once() -> None:
    dossiers.in_service("conciergerie")
    number, over = closed(), DAY.replace(year=2029)
    assert erasing.anonymise(number, today=over, now=at(over))
    assert not erasing.anonymise(number, today=over + timedelta(days=1), now=at(over))
    assert row(number).anonymised_on == over


def test_the_purge_counts_in_the_days_of_the_cpts() -> None:
    with transaction() as session:
        session.add(Structure(id=1, name="CPTS", timezone="America/Cayenne"))
    dossiers.in_service("conciergerie")
    number = closed()
    until = erasing.opened(db.session, number).dossier.kept_until()
    assert until is not None
    evening = datetime.combine(until, datetime.min.time(), UTC) + timedelta(hours=2)
    assert purge(now=evening).dossiers == 0  # it is 23 h of the day before in Cayenne
    assert purge(now=evening + timedelta(hours=2)).dossiers == 1
    assert row(number).anonymised_on == until


def test_the_work_of_each_day_is_asked_for_on_the_day_of_the_cpts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with transaction() as session:
        session.add(Structure(id=1, name="CPTS", timezone="America/Cayenne"))
    monkeypatch.setattr(worker, "now", lambda: datetime(2026, 1, 6, 2, tzinfo=UTC))
    worker.schedule()
    keys = db.session.scalars(sa.select(Job.dedupe_key).where(Job.kind == "purge")).all()
    assert keys == ["purge:2026-01-05"]


# --- the order of locks ----------------------------------------------------------------------


@contextmanager
def statements() -> Iterator[list[str]]:
    found: list[str] = []

    def seen(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        found.append(" ".join(statement.split()))

    sa.event.listen(db.engine, "before_cursor_execute", seen)
    yield found
    sa.event.remove(db.engine, "before_cursor_execute", seen)


def test_a_filling_locks_its_dossier_before_its_link(app: Flask) -> None:
    """As erasing does: two that lock in opposite orders wait for each other for ever."""
    from tests.services.test_dossier_forms import OPINION, candidature, submit

    number = candidature()
    address = ask(number, "avis_referent", viewer=REFERENT, now=at(DAY))
    with statements() as found:
        submit(address, **OPINION)
    tables = [s.partition(" FROM ")[2].split()[0] for s in found if s.endswith("FOR UPDATE")]
    if db.engine.dialect.name == "postgresql":
        assert "dossier_link" in tables
        assert tables.index("dossier") < tables.index("dossier_link")
    assert db.session.scalars(sa.select(DossierLink.mark_id)).one() is not None
    with statements() as found:
        assert not collecting.corrects(db.session, "0" * 64)
    assert len(found) == 1 and "FOR UPDATE" not in found[0]


def test_a_link_that_goes_while_its_answer_comes_is_refused(
    app: Flask, add_user: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.services.test_dossier_forms import OPINION, candidature, submit

    address = ask(candidature(), "avis_referent", viewer=REFERENT, now=at(DAY))
    opened = collecting.opened

    def late(session: Any, dossier_id: int, **how: Any) -> Any:
        """The link has gone once the lock is there."""
        session.execute(sa.delete(DossierLink).where(DossierLink.dossier_id == dossier_id))
        return opened(session, dossier_id, **how)

    monkeypatch.setattr(collecting, "opened", late)
    with pytest.raises(collecting.NotAwaited, match="ne vaut plus"):
        submit(address, **OPINION)
