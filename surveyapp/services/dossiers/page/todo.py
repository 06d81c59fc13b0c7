"""What is to be done now on a dossier, by whoever looks at it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from surveyapp.core import declarations
from surveyapp.core.french import NBSP, plural, typeset
from surveyapp.core.journey.definition import (
    TO_ACTORS,
    Actor,
    EventKind,
    FactKind,
    StageKind,
    Transition,
)
from surveyapp.core.journey.due import Term, terms
from surveyapp.core.journey.moves import Offer, offers, open_events, open_tasks
from surveyapp.models import DossierMark
from surveyapp.services.dossiers.access import Sight
from surveyapp.services.dossiers.reading import Opened

#: Facts that say to whom the dossier was assigned.
ASSIGNED = (FactKind.AMBASSADOR, FactKind.COLLEAGUE)
_VARIABLE = re.compile(r"\$\{([^}]*)\}")


class Way(StrEnum):
    """How something is done: by filling a form, by noting that it happened, or on the page
    where a declaration is validated or sent back."""

    FORM = "form"
    EVENT = "event"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that the viewer can do now. ``about``: the mark that an event is about.

    ``again``: the form was filled before. ``instead_of``: who is asked to fill it, when the
    viewer does it in their place. ``planned``: the event is to happen on that day, its mark
    is ``planned_id``.
    """

    way: Way
    name: str
    label: str
    hint: str = ""
    about: str = ""
    again: bool = False
    instead_of: str = ""
    planned: date | None = None
    planned_id: int = 0


@dataclass(frozen=True, slots=True)
class DeadlineLine:
    """A deadline that runs. ``mine``: the viewer is among those who must act.

    ``since`` tells it from others of the same name: the day of the mark that it follows.
    """

    label: str
    on: date
    urgency: str  # late, today, soon, later
    words: str
    by: str
    mine: bool
    actions: tuple[Action, ...] = ()
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A transition before the viewer; ``refusal`` says why it must wait.

    ``ends``: it closes the dossier without success; ``leads``: it is the way on, which needs no
    reason. ``facts`` and ``people``: what its
    condition asks for is a fact of the dossier, or to whom it is assigned.
    """

    name: str
    label: str
    refusal: str | None
    ends: bool
    leads: bool
    facts: bool = False
    people: bool = False


@dataclass(frozen=True, slots=True)
class Todo:
    """Deadlines with what meets them, then what else is awaited, then the rest."""

    deadlines: tuple[DeadlineLine, ...]
    awaited: tuple[Action, ...]
    steps: tuple[Step, ...]
    forms: tuple[Action, ...]
    events: tuple[Action, ...]

    @property
    def ready(self) -> tuple[Step, ...]:
        """What can be done now, the way on first."""
        found = (s for s in self.steps if s.refusal is None and not s.ends)
        return tuple(sorted(found, key=lambda step: not step.leads))

    @property
    def waiting(self) -> tuple[Step, ...]:
        return tuple(s for s in self.steps if s.refusal is not None and not s.ends)

    @property
    def ends(self) -> tuple[Step, ...]:
        return tuple(s for s in self.steps if s.ends)

    @property
    def busy(self) -> bool:
        """Whether something is to be filled or noted before any step."""
        return bool(self.awaited or any(line.actions and line.mine for line in self.deadlines))

    @property
    def mine(self) -> bool:
        """Whether something awaits the viewer."""
        return bool(self.awaited or self.ready or any(line.mine for line in self.deadlines))


def todo(opened: Opened, actor: Actor, sight: Sight, today: date) -> Todo:
    """What ``actor`` has before them."""
    dossier = opened.dossier
    if opened.row.anonymised_on is not None:
        return Todo((), (), (), (), ())
    offered = offers(dossier, actor, today)
    able = _able(opened, actor, today)
    lines = tuple(
        _line(opened, term, actor, able, today)
        for term in terms(dossier, today)
        if sight.whole or actor in term.deadline.by
    )
    said = {action.name for line in lines for action in line.actions}
    needed = set(_needed(opened, offered, today))
    rest = [action for action in able.values() if action.name not in said]
    awaited = tuple(action for action in rest if action.name in needed)
    forms = (a for a in rest if a.way is Way.FORM and a not in awaited)
    return Todo(
        deadlines=lines,
        awaited=awaited,
        steps=tuple(_step(opened, offer) for offer in offered),
        forms=tuple(forms),
        events=tuple(a for a in able.values() if a.way is Way.EVENT),
    )


def about_events(
    opened: Opened, mark: DossierMark, actor: Actor, today: date
) -> tuple[Action, ...]:
    """What ``actor`` can note about one filling and nobody has noted yet."""
    if any(other.about_id == mark.id for other in opened.marks):
        return ()
    declared = (opened.row.journey_name, mark.name) == (declarations.JOURNEY, declarations.TASK)
    if declared and actor is Actor.COORDINATION:
        label = "Examiner la déclaration"
        return (Action(Way.REVIEW, mark.name, label, about=str(mark.id)),)
    return tuple(
        Action(Way.EVENT, event.name, typeset(event.label), about=str(mark.id))
        for event in open_events(opened.dossier, actor, today)
        if event.about == mark.name
    )


def days_until(on: date, today: date) -> str:
    """« en retard de 3 jours », « aujourd’hui », « demain », « dans 5 jours »."""
    days = (on - today).days
    if days < 0:
        return f"en retard de {plural(-days, 'jour', 'jours')}"
    if days < 2:
        return "demain" if days else "aujourd’hui"
    return f"dans {days}{NBSP}jours"


def urgency(on: date, today: date) -> str:
    """How near a deadline is: late, today, soon (a week) or later."""
    days = (on - today).days
    if days <= 0:
        return "today" if days == 0 else "late"
    return "soon" if days <= 7 else "later"


def _able(opened: Opened, actor: Actor, today: date) -> dict[str, Action]:
    """Everything that ``actor`` can fill or note now, but what is about another mark.

    The coordination may fill what the others are asked for, who tell it by telephone.
    """
    dossier = opened.dossier
    found: dict[str, Action] = {}
    for task in open_tasks(dossier, today):
        if actor in task.by or actor is Actor.COORDINATION:
            again = bool(dossier.happened(task.name, today))
            other = "" if actor in task.by else TO_ACTORS[task.by[0]]
            found[task.name] = Action(
                Way.FORM,
                task.name,
                typeset(task.label),
                typeset(task.hint),
                again=again,
                instead_of=other,
            )
    for event in open_events(dossier, actor, today):
        if not event.about:
            found[event.name] = _event(opened, event, today)
    return found


def _event(opened: Opened, event: EventKind, today: date) -> Action:
    ahead = [mark for mark in opened.marks if mark.name == event.name and mark.on > today]
    if not ahead:
        return Action(Way.EVENT, event.name, typeset(event.label))
    nearest = min(ahead, key=lambda mark: mark.on)
    return Action(
        Way.EVENT, event.name, typeset(event.label), planned=nearest.on, planned_id=nearest.id
    )


def _line(
    opened: Opened, term: Term, actor: Actor, able: dict[str, Action], today: date
) -> DeadlineLine:
    deadline = term.deadline
    actions = [able[name] for name in deadline.until if name in able]
    if deadline.each and (mark := opened.mark(int(term.mark.id))):
        actions += about_events(opened, mark, actor, today)
    return DeadlineLine(
        label=typeset(deadline.label),
        on=term.on,
        urgency=urgency(term.on, today),
        words=days_until(term.on, today),
        by=" ou ".join(TO_ACTORS[other] for other in deadline.by),
        mine=actor in deadline.by,
        actions=tuple(actions),
        since=term.mark.on if deadline.each else None,
    )


def _needed(opened: Opened, offered: tuple[Offer, ...], today: date) -> Iterator[str]:
    """What the transitions that must wait still lack: what has not happened, and the forms
    that their conditions read."""
    dossier = opened.dossier
    for offer in offered:
        step = offer.transition
        missing = [name for name in step.needs if not dossier.in_this_stay(name, today)]
        yield from missing
        if offer.refusal is not None and not missing:
            read = (name.partition(".")[0] for name in _read_by(step))
            yield from (name for name in read if not dossier.in_this_stay(name, today))


def _read_by(step: Transition) -> list[str]:
    """The names that the condition of a transition reads."""
    return _VARIABLE.findall(step.guard.source) if step.guard else []


def _step(opened: Opened, offer: Offer) -> Step:
    step = offer.transition
    stage = opened.journey.stage(step.target)
    read = set(_read_by(step)) if offer.refusal is not None else set()
    kinds = {fact.kind for fact in opened.journey.facts if fact.name in read}
    return Step(
        name=step.name,
        label=typeset(step.label),
        refusal=offer.refusal,
        ends=stage is not None and stage.kind is StageKind.LOST,
        leads=not step.reason,
        facts=bool(kinds - set(ASSIGNED)),
        people=bool(kinds & set(ASSIGNED)),
    )
