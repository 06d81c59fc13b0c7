"""No dossier waits for ever: wherever it is open, and whatever was done there, a deadline runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import permutations

import pytest

from surveyapp.core.journey.definition import Actor, Journey, Transition
from surveyapp.core.journey.dossier import Dossier, begin
from surveyapp.core.journey.due import terms
from tests.core.journeys import CALENDAR, NAMES, shipped

START = date(2026, 1, 5)
#: What the entry form says, when deadlines depend on it.
SAID: dict[str, tuple[dict[str, str], ...]] = {
    "conciergerie": tuple(
        {"urgence": urgency, "qualite": quality}
        for urgency in ("semaine", "mois", "souple")
        for quality in ("candidat", "adherent")
    ),
}
#: Open stages in which nothing has to run, each with its reason.
EXCEPTIONS: dict[tuple[str, str], str] = {}


def _markers(journey: Journey, stage: str) -> list[str]:
    """What may happen in a stage: the events and the forms of it that somebody records."""
    things = (*journey.events, *journey.tasks)
    return [thing.name for thing in things if stage in journey.stays(thing.during)]


def _way(journey: Journey, start: str, end: str) -> list[Transition]:
    """The shortest way from a stage to another one."""
    ways: list[list[Transition]] = [[t] for t in journey.transitions if start in t.sources]
    for way in ways:
        if way[-1].target == end:
            return way
        seen = {step.target for step in way}
        ways += [
            [*way, t]
            for t in journey.transitions
            if way[-1].target in t.sources and t.target not in seen
        ]
    return []


def _ways(journey: Journey, stage: str) -> Iterator[list[Transition]]:
    """Ways to a stage: the first stay, by every door, and a second one by every way out."""
    entry = journey.entry.name
    first = [] if stage == entry else _way(journey, entry, stage)
    yield first
    for step in journey.transitions:
        if step.target == stage:
            for source in step.sources:
                yield [*([] if source == entry else _way(journey, entry, source)), step]
        if stage in step.sources and step.target != stage:
            back = _way(journey, step.target, stage)
            if back:
                yield [*first, step, *back]


class _Walk:
    """A dossier to which something happens every day."""

    def __init__(self, dossier: Dossier) -> None:
        self.dossier, self.day, self.path = dossier, START, [dossier.stage.name]

    def note(self, name: str) -> None:
        self.day += timedelta(days=1)
        id = f"m{len(self.dossier.marks)}"
        if self.dossier.journey.task(name):
            self.dossier = self.dossier.filled(name, {}, on=self.day, id=id)
        else:
            self.dossier = self.dossier.marked(name, on=self.day, id=id)
        self.path.append(name)

    def step(self, transition: Transition) -> None:
        self.day += timedelta(days=1)
        id = f"m{len(self.dossier.marks)}"
        self.dossier = self.dossier.moved_by(transition, on=self.day, id=id)
        self.path.append(f"→ {transition.target}")

    @property
    def waits(self) -> bool:
        return not terms(self.dossier, self.day)


def _began(journey: Journey, said: dict[str, str]) -> _Walk:
    dossier = begin(journey, on=START, id="m0", calendar=CALENDAR)
    return _Walk(dossier.filled(journey.entry_task, said, on=START, id="entry"))


def _walks(journey: Journey, stage: str) -> Iterator[_Walk]:
    """Dossiers that have come to a stage, by every way, with what must be done on it or all."""
    for said in SAID.get(journey.name, ({},)):
        for way in _ways(journey, stage):
            for everything in (False, True):
                walk = _began(journey, said)
                for transition in way:
                    here = walk.dossier.stage.name
                    for name in _markers(journey, here) if everything else transition.needs:
                        if name != journey.entry_task:
                            walk.note(name)
                    walk.step(transition)
                yield walk


def _deaf(journey: Journey, stage: str) -> list[str]:
    """The ways in which nothing runs in a stage: whatever runs is met, in every order."""
    found: list[str] = []
    for walk in _walks(journey, stage):
        names = [n for n in _markers(journey, stage) if n != journey.entry_task]
        ending = {n for d in journey.deadlines for n in d.until if stage in journey.stays(d.during)}
        chosen = [n for n in names if n in ending][:4]
        orders = [*permutations(chosen), tuple(names), tuple(reversed(names))]
        for order in orders:
            copy = _Walk(walk.dossier)
            copy.day, copy.path = walk.day, list(walk.path)
            for name in ("", *order):
                if name:
                    copy.note(name)
                if copy.waits:
                    found.append(" ".join(copy.path))
                    break
    return found


@pytest.mark.parametrize("name", NAMES)
def test_something_always_runs_in_an_open_stage(name: str) -> None:
    journey = shipped(name)
    for stage in journey.open_stages:
        if (name, stage) not in EXCEPTIONS:
            assert not sorted(set(_deaf(journey, stage)), key=len)[:3], stage


def test_the_exceptions_are_stages_that_exist() -> None:
    for name, stage in EXCEPTIONS:
        assert stage in shipped(name).open_stages


def test_somebody_is_named_for_each_deadline() -> None:
    for name in NAMES:
        for deadline in shipped(name).deadlines:
            assert deadline.by and Actor.SYSTEM not in deadline.by
