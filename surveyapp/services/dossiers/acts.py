"""What people do to a dossier, each in one transaction; the calendar then does its part.

Whoever acts is checked first: a dossier that is not theirs is gone for them
(:class:`DossierGone`), an act that is not theirs is refused in French.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from surveyapp.core.definition import FormDefinition
from surveyapp.core.french import date_long, quoted
from surveyapp.core.journey.calendar import add
from surveyapp.core.journey.definition import Actor, EventKind, Transition
from surveyapp.core.journey.moves import open_events, refusal, subjects
from surveyapp.models import Dossier, DossierNote
from surveyapp.services.dossiers import journeys, people
from surveyapp.services.dossiers.access import Viewer, sight
from surveyapp.services.dossiers.assigning import UNCHANGED, assign
from surveyapp.services.dossiers.changing import (
    FURTHEST,
    changing,
    check_event_day,
    coordination_only,
)
from surveyapp.services.dossiers.corrections import correct_date, withdraw
from surveyapp.services.dossiers.erasing import erase
from surveyapp.services.dossiers.errors import DossierError, DossierGone
from surveyapp.services.dossiers.facts import read_fact, write_facts
from surveyapp.services.dossiers.noting import day_of_filling, note_from_form
from surveyapp.services.dossiers.reading import Opened, opened
from surveyapp.services.dossiers.records import (
    add_mark,
    new_reference,
    touch,
)
from surveyapp.services.dossiers.settle import settle
from surveyapp.services.transaction import AnySession, transaction


def open_dossier(  # noqa: PLR0913 - what an answer is made of
    session: AnySession,
    journey_name: str,
    *,
    answers: Mapping[str, Any],
    response_id: int | None,
    definition: FormDefinition,
    on: date,
    actor: Actor,
    user_id: int | None,
    now: datetime,
    today: date,
) -> int:
    """Open a dossier for an answer to the entry form, in the caller's transaction; its key.

    The same answer opens one dossier only. The person is looked for in the directory by their
    mail address, else gets a card of their own that goes away with the dossier.

    :raises DossierError: the journey is not in service.
    """
    version = journeys.latest(journey_name)
    if version is None:
        raise DossierError("Ce parcours n’est pas en service.")
    if response_id is not None and (known := people.dossier_of_response(session, response_id)):
        return known
    journey = journeys.journey_of(version)
    person = people.find_or_add(session, definition, answers, now=now)
    row = Dossier(
        journey_name=journey_name,
        version_id=version.id,
        reference=new_reference(),
        person_id=person.id if person else None,
        stage=journey.entry.name,
        stage_on=on,
        opened_on=on,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    add_mark(session, row, journey.entry.name, on=on, actor=actor, now=now, user_id=user_id)
    _fill(session, row, journey.entry_task, response_id, (on, actor, user_id, now))
    settle(session, row.id, today=today, now=now)
    return row.id


def record_filling(  # noqa: PLR0913 - what an answer is made of
    session: AnySession,
    dossier_id: int,
    task: str,
    *,
    response_id: int,
    on: date,
    actor: Actor,
    user_id: int | None,
    now: datetime,
    today: date,
    corrects_id: int | None = None,
) -> int:
    """Record that a form was filled, in the transaction of its answer; the key of the mark.

    Whatever stage the dossier has come to since: what somebody wrote is not lost.
    ``corrects_id`` is the filling that this one takes the place of. The mark bears the day that
    the answer gives, when the form asks for one.
    """
    found = opened(session, dossier_id, lock=True)
    if found.journey.task(task) is None:
        raise DossierError("Ce formulaire ne fait plus partie du parcours.")
    by = (on, actor, user_id, now)
    if corrects_id is None:  # what a correction says was noted by the first filling
        note_from_form(session, found, task, response_id, by, today=today)
    by = (day_of_filling(session, found, task, response_id, entered=on), actor, user_id, now)
    number = _fill(session, found.row, task, response_id, by, corrects_id)
    touch(found.row, now)
    settle(session, dossier_id, today=today, now=now)
    return number


def _fill(
    session: AnySession,
    row: Dossier,
    task: str,
    response_id: int | None,
    by: tuple[date, Actor, int | None, datetime],
    corrects_id: int | None = None,
) -> int:
    on, actor, user_id, now = by
    mark = add_mark(
        session,
        row,
        task,
        on=on,
        actor=actor,
        now=now,
        user_id=user_id,
        response_id=response_id,
        about_id=corrects_id,
    )
    return mark.id


def move(  # noqa: PLR0913 - what, whose, when, why
    dossier_id: int,
    transition: str,
    *,
    viewer: Viewer,
    today: date,
    now: datetime,
    on: date | None = None,
    reason: str = "",
    stage: str = "",
) -> None:
    """Take a transition. ``stage`` is the one that the page showed, when it showed one."""
    day = on or today
    with changing(dossier_id, viewer, today=today, now=now) as (session, found, actor):
        step = found.journey.transition(transition)
        if step is None:
            raise DossierError("Ce passage n’existe plus : rechargez la page.")
        if stage and stage != found.dossier.stage.name:
            here = quoted(found.dossier.stage.label)
            raise DossierError(f"Le dossier est passé à l’étape {here} : rechargez la page.")
        if why := refusal(found.dossier, step, actor, today):
            raise DossierError(why)
        if step.reason and not reason.strip():
            raise DossierError("Indiquez le motif en quelques mots.")
        _check_step_day(found, step, day, today)
        by: dict[str, Any] = {"on": day, "actor": actor, "user_id": viewer.user_id, "now": now}
        add_mark(session, found.row, step.name, reason=reason.strip(), **by)
        add_mark(session, found.row, step.target, **by)


def _check_step_day(found: Opened, step: Transition, day: date, today: date) -> None:
    stage = found.dossier.stage
    if day > today and step.target != stage.name:
        raise DossierError("Cette date est à venir : notez le passage quand il aura eu lieu.")
    if day > add(today, FURTHEST):
        raise DossierError("Cette date est trop lointaine : vérifiez l’année.")
    if day < found.dossier.since(today):
        since = date_long(found.dossier.since(today))
        raise DossierError(
            f"Le dossier est à l’étape {quoted(stage.label)} depuis le {since} : "
            "donnez une date qui ne la précède pas."
        )


def note_event(  # noqa: PLR0913 - what, whose, when, about what
    dossier_id: int,
    event: str,
    *,
    viewer: Viewer,
    on: date,
    today: date,
    now: datetime,
    about_id: int | None = None,
    reason: str = "",
) -> None:
    """Record that something happened, or when it will; ``about_id`` is the mark it is about."""
    with changing(dossier_id, viewer, today=today, now=now) as (session, found, actor):
        kind = next((e for e in found.journey.events if e.name == event), None)
        if kind is None:
            raise DossierError("Cet événement n’existe plus : rechargez la page.")
        _check_event(found, kind, actor, about_id=about_id, today=today)
        check_event_day(found, on, today)
        add_mark(
            session,
            found.row,
            event,
            on=on,
            actor=actor,
            now=now,
            user_id=viewer.user_id,
            reason=reason.strip(),
            about_id=about_id,
        )


def _check_event(
    found: Opened, kind: EventKind, actor: Actor, *, about_id: int | None, today: date
) -> None:
    if actor not in kind.by:
        raise DossierError(f"Noter {quoted(kind.label)} ne vous revient pas.")
    if kind not in open_events(found.dossier, actor, today):
        here = quoted(found.dossier.stage.label)
        raise DossierError(
            f"{quoted(kind.label)} ne se note pas maintenant : le dossier est à l’étape {here}, "
            "ou c’est déjà noté."
        )
    if not kind.about:
        return
    possible = [mark.id for mark in subjects(found.dossier, kind, today)]
    if about_id is None or str(about_id) not in possible:
        about = quoted(found.journey.label(kind.about))
        raise DossierError(f"Choisissez de quoi il s’agit ({about}) parmi ce qui est à traiter.")


def set_facts(
    dossier_id: int, values: Mapping[str, Any], *, viewer: Viewer, today: date, now: datetime
) -> None:
    """Change what is known of a dossier; an empty value forgets it. What was known is kept
    in the history."""
    with changing(dossier_id, viewer, today=today, now=now) as (session, found, actor):
        seen = sight(viewer, found, today)
        known = {fact.name: fact for fact in found.journey.facts}
        for name in values:
            if name not in known or seen is None or name not in seen.facts:
                raise DossierError("Cette donnée n’est pas de ce dossier : rechargez la page.")
            if known[name].kind.value in ("ambassador", "colleague"):
                raise DossierError("Cette donnée se choisit par l’attribution du dossier.")
        if actor not in (Actor.COORDINATION, Actor.PARTNER):
            coordination_only(actor, "Compléter ces données")
        write_facts(session, found.row, values, author_id=viewer.user_id, now=now)


def add_note(
    dossier_id: int,
    text: str,
    *,
    shared: bool,
    viewer: Viewer,
    now: datetime,
    today: date | None = None,
) -> None:
    """Add a few words. What others than the coordination write is shared with it."""
    words = text.strip()
    if not words:
        raise DossierError("Écrivez d’abord la note.")
    with transaction() as session:
        found = opened(session, dossier_id, lock=True)
        seen = sight(viewer, found, today or now.date())
        if seen is None:
            raise DossierGone
        session.add(
            DossierNote(
                dossier_id=dossier_id,
                text=words,
                shared=shared or not seen.internal,
                user_id=viewer.user_id,
                at=now,
            )
        )
        touch(found.row, now)


__all__ = [
    "UNCHANGED",
    "add_note",
    "assign",
    "correct_date",
    "erase",
    "move",
    "note_event",
    "open_dossier",
    "read_fact",
    "record_filling",
    "set_facts",
    "withdraw",
]
