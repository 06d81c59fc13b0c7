"""The steps that a dossier may take, by whom, and why not, in French; and what can be filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from surveyapp.core.french import date_long, quoted, typeset
from surveyapp.core.journey.definition import TO_ACTORS, Actor, EventKind, Task, Transition
from surveyapp.core.journey.dossier import Dossier, Mark, day_of


@dataclass(frozen=True, slots=True)
class Offer:
    """A transition that an actor has before them; ``refusal`` says why it must wait."""

    transition: Transition
    refusal: str | None = None


def offers(dossier: Dossier, actor: Actor, today: date) -> tuple[Offer, ...]:
    """The transitions from the present stage that are this actor's, possible now or not."""
    stage = dossier.stage.name
    return tuple(
        Offer(transition, refusal(dossier, transition, actor, today))
        for transition in dossier.journey.transitions
        if stage in transition.sources and actor in transition.by
    )


def allowed(dossier: Dossier, actor: Actor, today: date) -> tuple[Transition, ...]:
    """The transitions that this actor can take now."""
    return tuple(o.transition for o in offers(dossier, actor, today) if o.refusal is None)


def refusal(dossier: Dossier, transition: Transition, actor: Actor, today: date) -> str | None:
    """Why ``actor`` cannot take it now, as a French sentence; None when they can.

    The daily job (:attr:`Actor.SYSTEM`) takes what deadlines name, whoever else may take it.
    """
    journey = dossier.journey
    if dossier.stage.name not in transition.sources:
        here, there = quoted(dossier.stage.label), quoted(transition.label)
        return f"Le dossier est à l’étape {here} : {there} n’en part pas. Rechargez la page."
    if actor is not Actor.SYSTEM and actor not in transition.by:
        who = " ou ".join(TO_ACTORS[other] for other in transition.by)
        return typeset(f"Cette décision ne vous revient pas : elle revient {who}.")
    planned = dossier.planned(today)
    if planned is not None and transition.target == planned.name:
        return typeset(f"Le renouvellement est déjà noté à partir du {date_long(planned.on)}.")
    missing = [name for name in transition.needs if not dossier.in_this_stay(name, today)]
    if missing:
        said = ", ".join(quoted(journey.label(name)) for name in missing)
        return typeset(f"Il manque encore : {said}.")
    if not dossier.true(transition.guard, today):
        return typeset(transition.guard_message)
    return None


def open_tasks(dossier: Dossier, today: date) -> tuple[Task, ...]:
    """The forms that can be filled now: those once filled in this stay only when repeated."""
    return tuple(
        task
        for task in dossier.journey.tasks
        if dossier.stage.name in dossier.journey.stays(task.during)
        and (task.repeated or not dossier.in_this_stay(task.name, today))
        and dossier.true(task.when, today)
    )


def open_events(dossier: Dossier, actor: Actor, today: date) -> tuple[EventKind, ...]:
    """The events that this actor can record now."""
    return tuple(
        event
        for event in dossier.journey.events
        if dossier.stage.name in dossier.journey.stays(event.during)
        and actor in event.by
        and dossier.true(event.when, today)
        and (event.repeated or not dossier.in_this_stay(event.name, today))
        and (not event.about or subjects(dossier, event, today))
    )


def noted_by(
    dossier: Dossier, task: str, answers: Mapping[str, Any], today: date
) -> tuple[tuple[EventKind, date], ...]:
    """The events that a form notes when it is filled with these answers, with their days.

    None that has happened in this stay, or on that very day when it may happen again; none
    that would come before the dossier or after today.
    """
    found = []
    for event in dossier.journey.events:
        asked, question = event.noted_by or ("", "")
        day = day_of(answers.get(question)) if asked == task else None
        if day is None or not dossier.marks[0].on <= day <= today:
            continue
        here = dossier.stage.name in dossier.journey.stays(event.during)
        if event.repeated:
            known = any(mark.on == day for mark in dossier.noted(event.name))
        else:
            known = dossier.in_this_stay(event.name, today)
        if here and not known and dossier.true(event.when, today):
            found.append((event, day))
    return tuple(found)


def subjects(dossier: Dossier, event: EventKind, today: date) -> tuple[Mark, ...]:
    """The marks that an event may still be about, in their order; none for one about nothing.

    A declaration that was validated, sent back or corrected is settled.
    """
    settling = {event.name}
    for deadline in dossier.journey.deadlines:
        if deadline.each and event.name in deadline.until:
            settling |= set(deadline.until)
    return tuple(
        mark
        for mark in dossier.happened(event.about, today)
        if not dossier.about(mark, settling, today) and not dossier.replaced(mark, today)
    )
