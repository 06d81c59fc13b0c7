"""Whose dossier it is: which ones somebody sees, in which part they act, and what of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from surveyapp.core.journey.definition import Actor, Journey
from surveyapp.models import Dossier, User
from surveyapp.services.dossiers.journeys import in_service, journey_of, latest
from surveyapp.services.dossiers.reading import Opened

#: The first role of an account in this order says in which part it acts.
_PARTS: tuple[tuple[str, Actor], ...] = (
    ("admin", Actor.COORDINATION),
    ("coordination", Actor.COORDINATION),
    ("referent", Actor.REFERENT),
    ("partenaire", Actor.PARTNER),
    ("ambassadeur", Actor.AMBASSADOR),
)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks; ``person_id`` is the card of an ambassador."""

    actor: Actor
    user_id: int | None
    person_id: int | None = None


def viewer_of(user: User) -> Viewer | None:
    """In which part an account acts on dossiers; ``None`` when in none."""
    roles = {role.name for role in user.roles}
    actor = next((actor for role, actor in _PARTS if role in roles), None)
    return None if actor is None else Viewer(actor, user.id, user.person_id)


def visible(viewer: Viewer) -> sa.ColumnElement[bool]:
    """The condition on :class:`Dossier` of those that are theirs."""
    if viewer.actor is Actor.COORDINATION:
        return sa.true()
    if viewer.actor is Actor.REFERENT:
        return Dossier.journey_name.in_(sorted(_of_referents()))
    if viewer.actor is Actor.PARTNER:
        return Dossier.shared.is_(True)
    if viewer.actor is Actor.AMBASSADOR and viewer.person_id is not None:
        return sa.or_(
            Dossier.ambassador_id == viewer.person_id, Dossier.person_id == viewer.person_id
        )
    return sa.false()


def _of_referents() -> set[str]:
    """The journeys in which referents act."""
    names = (use.name for use in in_service())
    return {n for n in names if (v := latest(n)) and Actor.REFERENT in acting(journey_of(v))}


def acting(journey: Journey) -> frozenset[Actor]:
    """Everybody who has something to do in a journey."""
    found = [actor for task in journey.tasks for actor in task.by]
    found += [actor for event in journey.events for actor in event.by]
    found += [actor for transition in journey.transitions for actor in transition.by]
    return frozenset(found)


def actor_in(viewer: Viewer, row: Dossier) -> Actor:
    """In which part they act there: an ambassador is the person in a dossier of their own."""
    own = viewer.actor is Actor.AMBASSADOR and viewer.person_id is not None
    if own and row.person_id == viewer.person_id and row.ambassador_id != viewer.person_id:
        return Actor.PERSON
    return viewer.actor


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody sees of a dossier: names of tasks, facts and events.

    ``whole``: everything; ``internal``: the internal notes too; ``contact``: how to reach the
    person.
    """

    whole: bool
    tasks: frozenset[str]
    facts: frozenset[str]
    events: frozenset[str]
    internal: bool
    contact: bool


def sight(viewer: Viewer, opened: Opened, today: date) -> Sight | None:
    """What they see of it; ``None`` when it is not theirs."""
    if not _theirs(viewer, opened, today):
        return None
    journey = opened.journey
    facts = frozenset(fact.name for fact in journey.facts)
    events = frozenset(event.name for event in journey.events)
    actor = actor_in(viewer, opened.row)
    if actor is Actor.COORDINATION:
        tasks = frozenset(task.name for task in journey.tasks)
        return Sight(True, tasks, facts, events, internal=True, contact=True)
    if actor is Actor.REFERENT:
        tasks = frozenset(_tasks(journey, actor))
        return Sight(False, tasks, facts, events, internal=False, contact=True)
    if actor is Actor.PARTNER:
        names = opened.dossier.shared(today)
        tasks = frozenset(task.name for task in journey.tasks) & names
        return Sight(False, tasks, facts & names, events & names, internal=False, contact=True)
    tasks = frozenset(_tasks(journey, actor, Actor.PERSON))
    return Sight(False, tasks, frozenset(), events, internal=False, contact=True)


def _tasks(journey: Journey, *actors: Actor) -> Iterator[str]:
    """The entry, and what these may fill."""
    yield journey.entry_task
    yield from (task.name for task in journey.tasks if set(actors) & set(task.by))


def _theirs(viewer: Viewer, opened: Opened, today: date) -> bool:
    """:func:`visible`, for one dossier that is there."""
    row = opened.row
    if viewer.actor is Actor.REFERENT:
        return row.journey_name in _of_referents()
    if viewer.actor is Actor.PARTNER:
        return row.shared and bool(opened.dossier.shared(today))
    if viewer.actor is Actor.AMBASSADOR:
        own = (row.ambassador_id, row.person_id)
        return viewer.person_id is not None and viewer.person_id in own
    return viewer.actor is Actor.COORDINATION
