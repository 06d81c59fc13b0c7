"""Put right what was recorded wrongly; the history keeps what was there and why it changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from surveyapp.core.french import date_long, quoted
from surveyapp.core.journey.definition import Actor, EventKind
from surveyapp.core.journey.due import DueKind, days_from
from surveyapp.models import (
    DossierAct,
    DossierMark,
    Invitation,
    Job,
    Message,
    Participation,
    WorkState,
)
from surveyapp.services.dossiers.access import Viewer
from surveyapp.services.dossiers.changing import changing, check_event_day, coordination_only
from surveyapp.services.dossiers.errors import DossierError
from surveyapp.services.dossiers.reading import Opened, opened
from surveyapp.services.dossiers.records import note
from surveyapp.services.dossiers.settle import mark_of
from surveyapp.services.transaction import AnySession


def correct_date(  # noqa: PLR0913 - which mark, by whom, when, why
    dossier_id: int,
    mark_id: int,
    on: date,
    *,
    viewer: Viewer,
    reason: str,
    today: date,
    now: datetime,
) -> None:
    """Give a mark another date, from which its deadlines run.

    Mails, letters and invitations that it caused are not repeated. Its reminders and automatic
    ends whose day is now to come are as if they had never been: they come at that day.
    """
    with changing(dossier_id, viewer, today=today, now=now) as (session, found, actor):
        marks = _correctable(found, mark_id, actor, reason)
        if marks[0].on == on:
            return
        if isinstance(_marker(found, marks[0].name), EventKind):
            check_event_day(found, on, today)
        else:
            _check_order(found, marks, on, today)
        data = _told(marks, reason) | {"before": marks[0].on.isoformat(), "after": on.isoformat()}
        for mark in marks:
            mark.on = on
        if marks[0].position == 0:
            found.row.opened_on = on
        put_off(session, dossier_id, marks, today)
        note(session, dossier_id, "date_corrected", author_id=viewer.user_id, now=now, data=data)


def withdraw(
    dossier_id: int, mark_id: int, *, viewer: Viewer, reason: str, today: date, now: datetime
) -> None:
    """Say that something never happened: an event, a filling, or the last step.

    The mails and invitations that it caused and that have not left yet do not leave, and the
    letters that it asked for are not made.
    """
    with changing(dossier_id, viewer, today=today, now=now) as (session, found, actor):
        marks = _correctable(found, mark_id, actor, reason)
        _check_withdrawal(found, marks)
        for mark in marks:
            mark.withdrawn = True
        _stop(session, dossier_id, {mark.id for mark in marks})
        data = _told(marks, reason) | {"on": marks[0].on.isoformat()}
        note(session, dossier_id, "withdrawn", author_id=viewer.user_id, now=now, data=data)


def put_off(session: AnySession, dossier_id: int, marks: list[DossierMark], today: date) -> None:
    """Forget the reminders and the ends that the new date puts off, and their waiting mails."""
    session.flush()
    view = opened(session, dossier_id).dossier
    days: dict[str, date] = {}
    for mark in filter(None, (view.mark(str(mark.id)) for mark in marks)):
        days |= days_from(view, mark, today)
    done = session.scalars(
        sa.select(DossierAct).where(
            DossierAct.dossier_id == dossier_id, DossierAct.key.in_(sorted(days))
        )
    )
    for act in [act for act in done if _to_come(act, days[act.key], today)]:
        stop_mails(session, f"dossier:{dossier_id}:{act.key}")
        session.delete(act)


def _to_come(act: DossierAct, on: date, today: date) -> bool:
    """Whether it is still to be done at its new day; today nothing is sent a second time."""
    unsent = act.muted or act.kind == DueKind.MOVE
    return on > today or (on == today and unsent)


def _correctable(found: Opened, mark_id: int, actor: Actor, reason: str) -> list[DossierMark]:
    """The mark, with the other one of its step: a transition and its stage go together."""
    coordination_only(actor, "Corriger l’historique")
    if not reason.strip():
        raise DossierError("Indiquez en quelques mots pourquoi vous corrigez.")
    mark = found.mark(mark_id)
    if mark is None:
        raise DossierError("Cette ligne n’est plus dans le dossier : rechargez la page.")
    places = [mark.position - 1, mark.position + 1]
    if (step := found.journey.transition(mark.name)) is not None:
        after = [m for m in found.marks if m.position == places[1] and m.name == step.target]
        return [mark, *after]
    if found.journey.stage(mark.name):
        before = [m for m in found.marks if m.position == places[0]]
        steps = [m for m in before if found.journey.transition(m.name)]
        return [mark, *steps]
    return [mark]


def _marker(found: Opened, name: str) -> object:
    return next((thing for thing in found.journey.markers() if thing.name == name), None)


def _told(marks: list[DossierMark], reason: str) -> dict[str, Any]:
    return {"mark": str(marks[0].id), "name": marks[0].name, "reason": reason.strip()}


#: Nothing of a dossier is older.
_FIRST_YEAR = 2000


def _check_order(found: Opened, marks: list[DossierMark], on: date, today: date) -> None:
    """Stages stay in order; nothing that was done is in the future, or older than journeys."""
    if on.year < _FIRST_YEAR:
        raise DossierError("Cette date est trop ancienne : vérifiez l’année.")
    if on > today and marks[0].on <= today:
        raise DossierError("Cette date est à venir : donnez celle où cela a eu lieu.")
    if not any(found.journey.stage(mark.name) for mark in marks):
        return
    places = [mark.position for mark in marks]
    entries = [m for m in found.marks if found.journey.stage(m.name)]
    before = [m for m in entries if m.position < min(places)]
    after = [m for m in entries if m.position > max(places)]
    if before and on < before[-1].on:
        said = quoted(found.journey.label(before[-1].name))
        raise DossierError(f"L’étape {said} commence le {date_long(before[-1].on)} : datez après.")
    if after and on > after[0].on:
        said = quoted(found.journey.label(after[0].name))
        raise DossierError(f"L’étape {said} commence le {date_long(after[0].on)} : datez avant.")


def _check_withdrawal(found: Opened, marks: list[DossierMark]) -> None:
    entry = [m.id for m in found.marks if m.name == found.journey.entry_task][:1]
    if any(m.position == 0 or m.id in entry for m in marks):
        raise DossierError("C’est l’ouverture du dossier : elle ne se retire pas.")
    stages = [m for m in found.marks if found.journey.stage(m.name)]
    moved = [m for m in marks if found.journey.stage(m.name)]
    if moved and moved[0].id != stages[-1].id:
        raise DossierError("Seul le dernier passage peut être retiré : commencez par lui.")


def _stop(session: AnySession, dossier_id: int, mark_ids: set[int]) -> None:
    """Nothing that waits because of these marks leaves; the keys of what was done name them."""
    statement = sa.select(DossierAct).where(DossierAct.dossier_id == dossier_id)
    marks = {str(number) for number in mark_ids}
    caused = [act for act in session.scalars(statement) if marks & set(act.key.split(":"))]
    for act in caused:
        stop_mails(session, f"dossier:{dossier_id}:{act.key}")
        if act.kind == DueKind.DOCUMENT:
            key = f"dossier:{dossier_id}:{act.name}:{mark_of(act.key)}"
            waiting = (Job.dedupe_key == key, Job.state == WorkState.PENDING)
            session.execute(sa.delete(Job).where(*waiting))
        if act.invitation_id is not None:
            _stop_invitation(session, dossier_id, act.invitation_id)


def stop_mails(session: AnySession, key: str) -> None:
    """Delete the mails that wait under a key, and under those that go on from it."""
    session.execute(sa.delete(Message).where(under(key), Message.state == WorkState.PENDING))


def under(key: str) -> sa.ColumnElement[bool]:
    """The mails of an act of a dossier: one to each address."""
    more = Message.dedupe_key.startswith(f"{key}:", autoescape=True)
    return sa.or_(Message.dedupe_key == key, more)


def _stop_invitation(session: AnySession, dossier_id: int, number: int) -> None:
    """Take back an invitation that this dossier wrote and that nobody has seen."""
    session.flush()
    others = sa.select(DossierAct.key).where(
        DossierAct.invitation_id == number, DossierAct.dossier_id != dossier_id
    )
    if session.scalar(others.limit(1)) is not None:
        return
    mine = (Message.invitation_id == number, Message.dossier_id == dossier_id)
    waiting = sa.delete(Message).where(*mine, Message.state == WorkState.PENDING)
    stopped = session.execute(waiting.returning(Message.id)).all()
    used = sa.or_(
        sa.exists().where(Message.invitation_id == number),
        sa.exists().where(Participation.invitation_id == number),
    )
    if stopped and not session.scalar(sa.select(used)):
        acts = sa.update(DossierAct).where(DossierAct.invitation_id == number)
        session.execute(acts.values(invitation_id=None))
        session.execute(sa.delete(Invitation).where(Invitation.id == number))
