"""A journey as the rules need it: names, who can be reached from where, guards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from surveyapp.core.definition import FormDefinition
from surveyapp.core.expression import Expression
from surveyapp.core.issues import Issue, Severity, sentence
from surveyapp.core.journey.definition import (
    EventKind,
    Journey,
    Stage,
    StageKind,
    Task,
    Transition,
)


@dataclass(frozen=True, slots=True)
class Guard:
    """An expression of the journey and where it stands."""

    key: str
    expression: Expression

    @property
    def line(self) -> int:
        return self.expression.line


class Plan:
    """The journey laid flat, and ways to report."""

    def __init__(self, journey: Journey, forms: Mapping[str, FormDefinition] | None) -> None:
        self.journey = journey
        self.forms = forms

    def line(self, key: str) -> int:
        """Line of a top-level key, 1 when it is absent."""
        return self.journey.lines.get(key, 1)

    def error(self, line: int, code: str, message: str) -> Issue:
        return Issue(self.journey.source, line, code, sentence(message))

    def warning(self, line: int, code: str, message: str) -> Issue:
        return Issue(self.journey.source, line, code, sentence(message), Severity.WARNING)

    @cached_property
    def stages(self) -> dict[str, Stage]:
        return {stage.name: stage for stage in self.journey.stages}

    @cached_property
    def markers(self) -> dict[str, Stage | EventKind | Task | Transition]:
        """What leaves a mark, by name."""
        return {thing.name: thing for thing in self.journey.markers()}

    @cached_property
    def following(self) -> dict[str, frozenset[str]]:
        """The stages that can be reached from each stage, itself included."""
        steps: dict[str, set[str]] = {name: set() for name in self.stages}
        for transition in self.journey.transitions:
            for source in transition.sources:
                if source in steps and transition.target in steps:
                    steps[source].add(transition.target)
        return {name: _closure(name, steps) for name in steps}

    @cached_property
    def reachable(self) -> frozenset[str]:
        """The stages that a dossier can come to."""
        entries = [s.name for s in self.journey.stages if s.kind is StageKind.ENTRY]
        return frozenset(name for entry in entries for name in self.following[entry])

    def where(self, name: str) -> frozenset[str]:
        """The stages in which a mark of that name can be left; of a transition, its target."""
        thing = self.markers.get(name)
        found: Iterable[str] = ()
        if isinstance(thing, Stage):
            found = (thing.name,)
        elif isinstance(thing, Transition):
            found = (thing.target,) if self.reachable & set(thing.sources) else ()
        elif thing is not None:
            found = self.journey.stays(thing.during)
        return self.reachable & set(found)

    def leads(self, starts: Iterable[str], ends: Iterable[str]) -> bool:
        """Whether a stage of ``ends`` can be reached from one of ``starts``, or is one."""
        wanted = set(ends)
        return any(self.following[start] & wanted for start in starts if start in self.following)

    def guards(self) -> Iterator[Guard]:
        """Every expression of the journey."""
        journey = self.journey
        for transition in journey.transitions:
            if transition.guard is not None:
                yield Guard("guard", transition.guard)
        for thing in (*journey.events, *journey.tasks, *journey.deadlines, *journey.followers):
            if thing.when is not None:
                yield Guard("when", thing.when)
        if journey.sharing is not None:
            yield Guard("when", journey.sharing.when)


def _closure(start: str, steps: Mapping[str, set[str]]) -> frozenset[str]:
    found, waiting = {start}, [start]
    while waiting:
        for step in steps[waiting.pop()] - found:
            found.add(step)
            waiting.append(step)
    return frozenset(found)
