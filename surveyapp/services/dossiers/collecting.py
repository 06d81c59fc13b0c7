"""What an answer does to a dossier, in the transaction that stores the answer.

An answer to the entry form of a journey in service opens a dossier; one that came by the link
of a dossier is recorded there. When the dossier cannot take it, the answer is not taken either
and its draft stays.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from surveyapp.core.definition import FormDefinition
from surveyapp.core.french import typeset
from surveyapp.core.journey.definition import Actor
from surveyapp.models import Dossier, DossierLink, DossierMark, JourneyUse, db
from surveyapp.services.dossiers import acts
from surveyapp.services.dossiers.corrections import put_off
from surveyapp.services.dossiers.errors import DossierError
from surveyapp.services.dossiers.journeys import journey_of, latest
from surveyapp.services.dossiers.noting import day_of_filling
from surveyapp.services.dossiers.reading import Opened, opened
from surveyapp.services.dossiers.records import add_mark, note, touch
from surveyapp.services.dossiers.settle import settle
from surveyapp.services.dossiers.stage_forms import (
    PASSED_ON,
    refuse_anonymised,
    refuse_correction,
    still_theirs,
    task_of,
)
from surveyapp.services.transaction import AnySession

_log = logging.getLogger(__name__)
#: What is said of a form of dossiers that belongs to none, or to one that was erased.
NO_DOSSIER = "Ce formulaire se remplit depuis un dossier : ouvrez-le de nouveau de là."


class NotAwaited(Exception):
    """The dossier does not expect this form (any more); ``reason`` says why, in French.

    ``typed`` is the questionnaire with the answers that were typed, for whoever typed them.
    """

    def __init__(
        self, reason: str, typed: tuple[FormDefinition, Mapping[str, Any]] | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = typeset(reason)
        self.typed = typed


@dataclass(frozen=True, slots=True)
class Arrival:
    """An answer that has just been stored.

    ``internal``: its campaign takes the forms of dossiers. ``draft_hash`` is what it knows of
    the token of its draft; ``user_id`` the colleague who typed it for somebody else.
    """

    response_id: int
    answers: dict[str, Any]
    definition: FormDefinition
    internal: bool
    draft_hash: str
    user_id: int | None
    today: date
    now: datetime


def arrived(session: AnySession, arrival: Arrival) -> None:
    """Put an answer that bears no anonymity where it belongs.

    :raises NotAwaited: the dossier does not take it.
    """
    link = _link_of(session, arrival.draft_hash) if arrival.internal else None
    if link is not None:
        try:
            _fill(session, link, arrival)
        except DossierError as error:
            raise NotAwaited(str(error)) from error
        return
    if arrival.internal and arrival.user_id is None:
        raise NotAwaited(NO_DOSSIER)
    for name in entered_by(arrival.definition.name):
        _open(session, name, arrival)


def entered_by(form: str) -> list[str]:
    """The journeys in service that this questionnaire opens, those on pause left out."""
    return [name for name in _running() if _entry_form(name) == form]


def _running() -> list[str]:
    running = sa.select(JourneyUse.name).where(JourneyUse.paused.is_(False))
    return list(db.session.scalars(running.order_by(JourneyUse.name)))


def _entry_form(name: str) -> str:
    version = latest(name)
    if version is None:
        return ""
    journey = journey_of(version)
    task = journey.task(journey.entry_task)
    return task.form if task else ""


def _open(session: AnySession, name: str, arrival: Arrival) -> None:
    """A dossier that cannot be opened keeps nobody from answering: the coordination opens it
    from the page of the answer."""
    try:
        with session.begin_nested():
            open_from(session, name, arrival)
    except DossierError:
        _log.exception("an answer has opened no dossier")


def open_from(session: AnySession, name: str, arrival: Arrival) -> int:
    """Open the dossier of an answer; return its number."""
    return acts.open_dossier(
        session,
        name,
        answers=arrival.answers,
        response_id=arrival.response_id,
        definition=arrival.definition,
        on=arrival.today,
        actor=Actor.PERSON if arrival.user_id is None else Actor.COORDINATION,
        user_id=arrival.user_id,
        now=arrival.now,
        today=arrival.today,
    )


def _link_of(session: AnySession, draft_hash: str) -> DossierLink | None:
    return session.scalars(
        sa.select(DossierLink).where(DossierLink.draft_hash == draft_hash)
    ).one_or_none()


def _locked(session: AnySession, link: DossierLink) -> DossierLink:
    """The link, once its dossier is locked: whoever erases a dossier locks them in that order.

    :raises DossierError: it has gone meanwhile, or has served.
    """
    statement = sa.select(DossierLink).where(DossierLink.id == link.id).with_for_update()
    found = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise DossierError("Ce lien ne vaut plus : ce formulaire n’est plus attendu.")
    if found.mark_id is not None:
        raise DossierError("Ce formulaire est déjà rempli.")
    return found


def expect_draft(session: AnySession, draft_hash: str) -> None:
    """Make sure that a draft about to be kept belongs to a dossier, which stays meanwhile.

    :raises NotAwaited: its link has served, or is gone with its dossier.
    """
    waiting = sa.select(DossierLink.dossier_id).where(
        DossierLink.draft_hash == draft_hash, DossierLink.mark_id.is_(None)
    )
    dossier_id = session.scalar(waiting)
    kept = sa.select(Dossier.id).where(Dossier.id == dossier_id).with_for_update(read=True)
    if dossier_id is None or session.scalar(kept) is None or session.scalar(waiting) is None:
        raise NotAwaited(NO_DOSSIER)


def corrects(session: AnySession, draft_hash: str) -> bool:
    """Whether what is sent with this draft takes the place of a former filling."""
    link = _link_of(session, draft_hash)
    return link is not None and link.corrects_id is not None


def _fill(session: AnySession, link: DossierLink, arrival: Arrival) -> None:
    found = opened(session, link.dossier_id, lock=True)
    link = _locked(session, link)
    if not still_theirs(session, link, arrival.now):
        raise DossierError(PASSED_ON)
    task = task_of(found.journey, link.task)
    if link.corrects_id is not None:
        refuse_correction(found, task, link.actor, link.user_id, link.corrects_id)
    if link.corrects_id is not None and not _decided(found, link.corrects_id):
        link.mark_id = _correct(session, found, link, arrival)
        return
    refuse_anonymised(found)  # but not a dossier that went on: what somebody wrote is not lost
    link.mark_id = acts.record_filling(
        session,
        link.dossier_id,
        link.task,
        response_id=arrival.response_id,
        on=arrival.today,
        actor=link.actor,
        user_id=link.user_id,
        now=arrival.now,
        today=arrival.today,
        corrects_id=link.corrects_id,
    )


def _decided(found: Opened, mark_id: int) -> bool:
    """Whether something was decided about a filling (validated, sent back): its answers stay,
    and what takes its place is decided about in its turn."""
    return any(mark.about_id == mark_id for mark in found.marks)


def _correct(session: AnySession, found: Opened, link: DossierLink, arrival: Arrival) -> int:
    """The mark stays, with its date and what was done because of it; it gets the new answer.

    The former answer stays in the dossier too, on a withdrawn mark about the first: whoever
    erases or shows a dossier finds it.
    """
    mark = found.mark(link.corrects_id)
    assert mark is not None  # refuse_correction has found it
    former = add_mark(
        session,
        found.row,
        mark.name,
        on=mark.on,
        actor=mark.actor,
        user_id=mark.user_id,
        response_id=mark.response_id,
        about_id=mark.id,
        now=arrival.now,
    )
    former.withdrawn = True
    mark.response_id = arrival.response_id
    data = {"mark": str(mark.id), "task": mark.name, "former": str(former.id)}
    data |= _dated(session, found, mark, arrival.today)
    touch(found.row, arrival.now)
    note(
        session,
        found.row.id,
        "filling_corrected",
        author_id=link.user_id,
        now=arrival.now,
        data=data,
    )
    session.flush()
    settle(session, found.row.id, today=arrival.today, now=arrival.now)
    return mark.id


def _dated(session: AnySession, found: Opened, mark: DossierMark, today: date) -> dict[str, str]:
    """The mark gets the day that its new answer gives; what the history keeps of it."""
    task, before = found.journey.task(mark.name), mark.on
    if task is None or not task.date or mark.response_id is None:
        return {}
    on = day_of_filling(session, found, mark.name, mark.response_id, entered=today)
    if on == before:
        return {}
    mark.on = on
    put_off(session, found.row.id, [mark], today)
    return {"before": before.isoformat(), "after": on.isoformat()}


def edited(session: AnySession, response_id: int, *, today: date, now: datetime) -> None:
    """The author of an answer has changed it: its dossiers take note, and follow."""
    marks = session.execute(
        sa.select(DossierMark.id, DossierMark.name, DossierMark.dossier_id).where(
            DossierMark.response_id == response_id, DossierMark.withdrawn.is_(False)
        )
    ).all()
    for mark_id, name, dossier_id in marks:
        row = session.get_one(Dossier, dossier_id)
        data = {"mark": str(mark_id), "task": name}
        found = opened(session, dossier_id, lock=True)
        if (mark := found.mark(mark_id)) is not None:
            data |= _dated(session, found, mark, today)
        touch(row, now)
        note(session, dossier_id, "filling_edited", author_id=None, now=now, data=data)
        session.flush()
        settle(session, dossier_id, today=today, now=now)
