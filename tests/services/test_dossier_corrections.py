"""What a correction of the history does to what was done, and to what is still to come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, timedelta
from hashlib import sha256
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp.jobs import JobRun
from surveyapp.models import (
    Dossier,
    DossierFile,
    DossierMark,
    DossierTerm,
    Invitation,
    Job,
    JourneyVersion,
    Message,
    User,
    WorkState,
    db,
)
from surveyapp.services.dossiers import access, acts, journeys, making, reading, versions
from surveyapp.services.dossiers.daily import run_day
from surveyapp.services.dossiers.page.sheet import sheet
from surveyapp.services.people.cards import add_person
from surveyapp.services.transaction import transaction
from tests import dossiers
from tests.dossiers import COORDINATION, DAY, at
from tests.services.test_dossier_ambassadors import ambassador


@pytest.fixture(autouse=True)
def _journeys(app: Flask, add_user: Callable[..., User]) -> None:
    add_user("coordination")
    dossiers.in_service("ambassadeur", "accompagnement", "installation", "conciergerie")


def day(number: int) -> date:
    return DAY + timedelta(days=number)


def row(dossier_id: int) -> Dossier:
    db.session.rollback()
    return db.session.get_one(Dossier, dossier_id)


def mark_of(dossier_id: int, name: str) -> int:
    statement = sa.select(DossierMark.id).where(
        DossierMark.dossier_id == dossier_id, DossierMark.name == name
    )
    return db.session.scalars(statement.order_by(DossierMark.position.desc())).first() or 0


def messages(dossier_id: int, kind: str = "dossier.mail") -> list[Message]:
    db.session.rollback()
    statement = sa.select(Message).where(Message.dossier_id == dossier_id, Message.kind == kind)
    return list(db.session.scalars(statement.order_by(Message.id)))


def leave() -> None:
    """What waits in the outbox leaves."""
    with transaction() as session:
        session.execute(sa.update(Message).values(state=WorkState.DONE))


def by(today: date) -> dict[str, Any]:
    return {"viewer": COORDINATION, "today": today, "now": at(today)}


def correct(dossier_id: int, name: str, on: date, *, today: date) -> None:
    number = mark_of(dossier_id, name)
    acts.correct_date(dossier_id, number, on, reason="Erreur de saisie.", **by(today))


def withdraw(dossier_id: int, name: str, *, today: date) -> None:
    acts.withdraw(dossier_id, mark_of(dossier_id, name), reason="Erreur.", **by(today))


def guide(name: str = "Guide-Demo", mail: str = "guide@demo.example") -> int:
    with transaction() as session:
        return add_person(session, last_name=name, first_name="Lou", email=mail).id


def mandate() -> int:
    """A mandate that began on the first day."""
    person = ambassador(11, "Lons-Demo", "60")
    return db.session.scalars(sa.select(Dossier.id).where(Dossier.person_id == person)).one()


def sponsored(contact: date, *, today: date) -> int:
    """An accompaniment whose first contact is noted at a day."""
    number = dossiers.begin("accompagnement")
    acts.assign(number, ambassador_id=guide(), **by(DAY))
    dossiers.move(number, "attribuer", on=DAY)
    dossiers.event(number, "contact_pris", on=contact, today=today)
    assert row(number).stage == "parrainage"
    return number


def reminded(dossier_id: int) -> list[tuple[str, date]]:
    """Who was reminded on which day."""
    found = [m for m in messages(dossier_id) if (m.dedupe_key or "").split(":")[2] == "reminder"]
    return [(m.recipient, m.created_at.date()) for m in found]


# --- dates -----------------------------------------------------------------------------------


def test_an_automatic_end_that_came_too_early_comes_at_the_day_of_the_corrected_date() -> None:
    number = mandate()
    dossiers.event(number, "retrait_annonce", on=day(10), today=day(40))  # a month too early
    assert (row(number).stage, row(number).stage_on) == ("ancien", day(25))
    withdraw(number, "ancien", today=day(40))
    assert row(number).stage == "mandat"
    correct(number, "retrait_annonce", day(40), today=day(40))
    terms = sa.select(DossierTerm.on).where(DossierTerm.name == "fin_preavis")
    assert db.session.scalars(terms).all() == [day(55)]
    run_day(today=day(54), now=at(day(54)))
    assert row(number).stage == "mandat"
    run_day(today=day(56), now=at(day(56)))
    assert (row(number).stage, row(number).stage_on) == ("ancien", day(55))
    subjects = [m.subject for m in messages(number)]
    assert subjects.count("Votre retrait est bien noté") == 1


def test_reminders_that_a_wrong_date_muted_or_sent_come_at_their_days() -> None:
    today = day(365)
    number = sponsored(DAY, today=today)  # a year too early: everything is overdue
    leave()
    before = len(reminded(number))
    correct(number, "contact_pris", today, today=today)
    assert len(reminded(number)) == before
    wanted = [date(2027, 3, 29), date(2027, 6, 21), date(2027, 6, 28)]
    for on in (one + timedelta(days=shift) for one in wanted for shift in (-1, 0, 1)):
        run_day(today=on, now=at(on))
    assert [on for _, on in reminded(number)[before:]] == wanted  # third month, end, sixth month
    # Mails that follow the assignment itself were not repeated.
    assert [m.subject for m in messages(number)].count(
        "Un nouvel accompagnement vous est confié"
    ) == 1


def test_a_correction_to_an_earlier_day_reminds_once_and_ends_what_is_over() -> None:
    number = mandate()
    dossiers.event(number, "retrait_annonce", on=day(40))
    correct(number, "retrait_annonce", day(20), today=day(41))
    assert (row(number).stage, row(number).stage_on) == ("ancien", day(35))
    sponsor = sponsored(day(2), today=day(2))
    run_day(today=day(85), now=at(day(85)))  # a week before the third month
    assert len(reminded(sponsor)) == 1
    correct(sponsor, "contact_pris", day(1), today=day(85))
    run_day(today=day(86), now=at(day(86)))
    assert len(reminded(sponsor)) == 1


@pytest.mark.parametrize(
    ("path", "count"), [((9, 0), 1), ((30, 0, 30, 0), 1), ((9, 0, 9), 2), ((3, 60, 0, 80, 1), 2)]
)
def test_to_and_fro_a_reminder_leaves_once_for_each_day_of_its_term(
    path: tuple[int, ...], count: int
) -> None:
    number = sponsored(DAY, today=DAY)
    today = day(84)  # the day after that of the reminder
    run_day(today=today, now=at(today))
    for shift in path:
        leave()
        correct(number, "contact_pris", day(shift), today=today)
        run_day(today=today, now=at(today))
    for on in (day(92), day(110)):
        run_day(today=on, now=at(on))
    assert len(reminded(number)) == count
    said = [(m.recipient, m.subject, m.text) for m in messages(number)]
    assert len({(who, what, text.split("http")[0]) for who, what, text in said}) == len(said)


def test_a_reminder_that_waits_with_the_wrong_day_does_not_leave() -> None:
    number = sponsored(DAY, today=DAY)
    run_day(today=day(84), now=at(day(84)))
    assert len(reminded(number)) == 1
    correct(number, "contact_pris", day(40), today=day(84))
    assert reminded(number) == []


# --- withdrawals -----------------------------------------------------------------------------


def letters(dossier_id: int) -> list[Job]:
    db.session.rollback()
    statement = sa.select(Job).where(Job.kind == "dossier_document").order_by(Job.id)
    return [job for job in db.session.scalars(statement) if job.payload["dossier_id"] == dossier_id]


def test_a_mandate_that_is_withdrawn_issues_no_letter() -> None:
    number = mandate()
    asked = letters(number)
    assert {job.payload["name"] for job in asked} == {"lettre_mandat", "attestation_mandat"}
    runs = [(job.id, dict(job.payload)) for job in asked]
    withdraw(number, "mandat", today=DAY)
    assert letters(number) == []
    # Those that the worker holds already find the mark gone.
    for key, payload in runs:
        run = JobRun(key, "dossier_document", payload, 1)
        making.make_letters(run)
    assert db.session.scalars(sa.select(DossierFile)).all() == []


def test_a_mandate_that_is_withdrawn_while_its_letter_is_made_keeps_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number = mandate()
    job = letters(number)[0]
    run = JobRun(job.id, "dossier_document", dict(job.payload), 1)
    real = making.render_document

    def slow(*given: Any) -> Any:
        if row(number).stage == "mandat":
            withdraw(number, "mandat", today=DAY)
        return real(*given)

    monkeypatch.setattr(making, "render_document", slow)
    making.make_letters(run)
    assert db.session.scalars(sa.select(DossierFile)).all() == []


def closed() -> int:
    """A request that was solved: the questionnaire of satisfaction waits in the outbox."""
    number = dossiers.begin("conciergerie")
    dossiers.move(number, "prendre_en_charge", on=DAY)
    dossiers.move(number, "resoudre", on=DAY)
    assert len(messages(number, "invitation")) == 1
    return number


def invitations() -> list[int]:
    return list(db.session.scalars(sa.select(Invitation.id)))


def test_a_closing_that_is_withdrawn_stops_the_questionnaire_and_the_next_one_asks() -> None:
    number = closed()
    withdraw(number, "resolue", today=DAY)
    assert messages(number, "invitation") == [] and invitations() == []
    dossiers.move(number, "resoudre", on=day(2))
    assert len(messages(number, "invitation")) == 1 and len(invitations()) == 1


def test_an_invitation_that_has_left_stays() -> None:
    number = closed()
    leave()
    withdraw(number, "resolue", today=DAY)
    assert len(messages(number, "invitation")) == 1 and len(invitations()) == 1


# --- another ambassador ----------------------------------------------------------------------

NEW = "Un nouvel accompagnement vous est confié"
TOLD = "Votre ambassadeur ou ambassadrice va vous contacter"


def reassign(number: int, person: int | None) -> None:
    acts.assign(number, ambassador_id=person, **by(DAY))


def told(number: int) -> list[tuple[str, str]]:
    """Who was told of the assignment, and whom the person was told of."""
    found = []
    for message in messages(number):
        if message.subject == NEW:
            found.append(("to", message.recipient.partition("@")[0]))
        if message.subject == TOLD:
            found.append(("named", message.text.partition("Lou ")[2].split("-")[0]))
    return sorted(found)


def assigned() -> tuple[int, int, int]:
    number = dossiers.begin("accompagnement")
    first, second = (
        guide("Alpha-Demo", "alpha@demo.example"),
        guide("Beta-Demo", "beta@demo.example"),
    )
    reassign(number, first)
    dossiers.move(number, "attribuer", on=DAY)
    assert told(number) == [("named", "Alpha"), ("to", "alpha")]
    return number, first, second


def test_what_waits_for_the_former_ambassador_is_written_to_the_next() -> None:
    number, first, second = assigned()
    reassign(number, second)
    assert told(number) == [("named", "Beta"), ("to", "beta")]
    reassign(number, second)
    assert told(number) == [("named", "Beta"), ("to", "beta")]
    reassign(number, None)
    assert told(number) == []
    run_day(today=day(1), now=at(day(1)))
    assert told(number) == []
    reassign(number, first)
    assert told(number) == [("named", "Alpha"), ("to", "alpha")]


def test_when_the_mails_have_left_the_next_ambassador_is_told_once() -> None:
    number, first, second = assigned()
    leave()
    old = [("named", "Alpha"), ("to", "alpha")]
    reassign(number, second)
    assert told(number) == sorted([*old, ("named", "Beta"), ("to", "beta")])
    reassign(number, first)  # nobody had heard of the other yet
    assert told(number) == old
    reassign(number, second)
    leave()
    reassign(number, first)
    assert told(number) == sorted([*old, *old, ("named", "Beta"), ("to", "beta")])


def test_before_the_assignment_and_after_the_end_nobody_is_told() -> None:
    number, first, second = assigned()
    leave()
    dossiers.move(number, "reattribuer", on=DAY)
    reassign(number, second)
    assert told(number) == [("named", "Alpha"), ("to", "alpha")]
    dossiers.move(number, "abandonner", on=DAY)
    reassign(number, first)
    assert told(number) == [("named", "Alpha"), ("to", "alpha")]


def test_a_reminder_that_waits_goes_to_the_next_ambassador() -> None:
    number, _, second = assigned()
    leave()
    run_day(today=day(5), now=at(day(5)))
    assert reminded(number) == [("alpha@demo.example", day(5))]
    acts.assign(number, ambassador_id=second, **by(day(5)))
    assert reminded(number) == [("beta@demo.example", day(5))]


# --- versions, and what the timeline says ----------------------------------------------------


def details(number: int, today: date) -> list[str]:
    opened = reading.opened(db.session, number)
    sight = access.sight(COORDINATION, opened, today)
    assert sight is not None
    page = sheet(opened, COORDINATION, sight, today=today, zone=UTC)
    lines = [line for one in page.days for line in one.lines]
    return [line.detail.partition(":")[2].strip() for line in lines if "écarté" in line.detail]


def newer(name: str, before: str, after: str) -> None:
    version = journeys.latest(name)
    assert version is not None and before in version.text
    with transaction() as session:
        text = version.text.replace(before, after)
        sha = sha256(text.encode()).hexdigest()
        session.add(JourneyVersion(journey_name=name, number=2, label="2", text=text, sha256=sha))


def test_the_timeline_says_why_something_was_not_sent() -> None:
    number = sponsored(DAY, today=DAY)
    run_day(today=day(100), now=at(day(100)))
    assert set(details(number, day(100))) == {"un envoi plus récent dit la même chose"}
    ended = mandate()
    run_day(today=day(400), now=at(day(400)))
    assert row(ended).stage == "ancien"
    assert "le passage automatique a eu lieu aussitôt" in details(ended, day(400))


def test_dossiers_are_taken_to_a_version_one_by_one_and_so_many_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    numbers = sorted(dossiers.begin("conciergerie", number=count) for count in range(3))
    newer("conciergerie", "plus: P5D", "plus: P1D")
    monkeypatch.setattr(versions, "MOST", 2)
    when = by(day(4))
    assert versions.move_to_latest([*numbers, 12], **when) == 1  # 12 is gone, and counts
    assert versions.move_to_latest(numbers, **when) == 1
    assert versions.move_to_latest(numbers[1:], **when) == 1
    muted = details(numbers[0], day(4))
    assert "il datait d’avant le passage à une autre version du parcours" in muted


def test_a_dossier_that_fails_keeps_no_other_in_its_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    numbers = sorted(dossiers.begin("conciergerie", number=count) for count in range(2))
    newer("conciergerie", "plus: P5D", "plus: P9D")
    real = versions.settle

    def settle(session: Any, target: int, **when: Any) -> int:
        if target == numbers[1]:
            raise RuntimeError("broken")
        return real(session, target, **when)

    monkeypatch.setattr(versions, "settle", settle)
    with pytest.raises(RuntimeError):
        versions.move_to_latest(numbers[::-1], **by(DAY))
    assert [row(number).version.number for number in numbers] == [2, 1]
