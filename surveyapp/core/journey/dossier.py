"""The view of a dossier that the rules of a journey look at.

A service builds it from its rows, asks, writes down what comes out as events, and builds it
again. Nothing here changes: :meth:`Dossier.marked` and its like give another view.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from surveyapp.core.expression import Env, Expression, truth
from surveyapp.core.journey.calendar import Calendar, Duration, add
from surveyapp.core.journey.definition import Journey, Stage, Transition
from surveyapp.core.journey.reading import JOINT


@dataclass(frozen=True, slots=True)
class Mark:
    """Something happened: a stage was entered, a transition taken, a form filled, an event.

    ``on`` is a local date, that of the fact and not of its recording. An event may be planned
    ahead; a stage may not, but for a new stay in the present one (a mandate renewed early).
    ``id`` never changes, even when the date is corrected: what the daily job has done is known
    by it, so that a correction repeats nothing that is past. ``answers`` are those of the form,
    if it is one. ``about`` is the id of the mark that it concerns: of the declaration that an
    event validates, of the filling that a form corrects.
    """

    name: str
    on: date
    id: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A dossier, frozen.

    ``marks`` are in the order in which they were recorded, the first being its entry in the
    journey. ``facts`` are by name; dates may be dates or ISO texts. ``acted`` holds the keys of
    what was already done.
    """

    journey: Journey
    marks: tuple[Mark, ...]
    calendar: Calendar
    facts: Mapping[str, Any] = field(default_factory=dict)
    acted: frozenset[str] = frozenset()

    @property
    def stage(self) -> Stage:
        """Where it is now. :raises LookupError: when no stage was ever entered."""
        entries = self.entries()
        stage = self.journey.stage(entries[-1].name) if entries else None
        if stage is None:
            raise LookupError("a dossier without an entry is in no stage")
        return stage

    @property
    def entered_on(self) -> date:
        """When it came to its present stage."""
        return self.entries()[-1].on

    def entries(self) -> tuple[Mark, ...]:
        """The stages that were entered, in order of recording."""
        names = {stage.name for stage in self.journey.stages}
        return tuple(mark for mark in self.marks if mark.name in names)

    def happened(self, name: str, today: date) -> tuple[Mark, ...]:
        """Marks of that name until today; what is planned has not happened."""
        return tuple(m for m in self.marks if m.name == name and m.on <= today)

    def mark(self, id: str) -> Mark | None:
        """The mark that bears this id."""
        return next((mark for mark in self.marks if mark.id == id), None)

    def about(self, mark: Mark, names: Iterable[str], today: date) -> tuple[Mark, ...]:
        """Marks of these names until today that concern this one."""
        found = (m for name in names for m in self.happened(name, today))
        return tuple(m for m in found if m.about == mark.id)

    def replaced(self, mark: Mark, today: date) -> bool:
        """Whether the form was filled again to correct this very filling."""
        return bool(self.about(mark, (mark.name,), today))

    def latest(self, marks: Iterable[Mark]) -> Mark | None:
        """The one with the latest date; of two on one day, the one recorded later."""
        return max(marks, key=lambda mark: (mark.on, self.rank(mark)), default=None)

    def rank(self, mark: Mark) -> int:
        """Its place in the order of recording."""
        return self.marks.index(mark)

    def later(self, mark: Mark, than: Mark) -> bool:
        """Recorded later, or dated later (something older was recorded after it)."""
        return mark.on > than.on or self.rank(mark) > self.rank(than)

    def in_this_stay(self, name: str, today: date) -> bool:
        """Whether it has happened for the present stay in the stage.

        What was recorded before a second stay began belongs to the first; when the stage is
        entered for the first time, whatever came before it counts.
        """
        start = self._stay_start()
        return any(self.rank(mark) > start for mark in self.happened(name, today))

    def _stay_start(self) -> int:
        """Rank after which marks count: that of the entry that ended the stay before."""
        entries = self.entries()
        same = [i for i, entry in enumerate(entries) if entry.name == entries[-1].name]
        return self.rank(entries[same[-2] + 1]) if len(same) > 1 else -1

    def true(self, guard: Expression | None, today: date, *, of: Mark | None = None) -> bool:
        """Whether a guard holds; no guard always does. ``of``: see :meth:`values`."""
        return guard is None or truth(guard, Env(self.values(today, of=of), today))

    def values(self, today: date, *, of: Mark | None = None) -> dict[str, Any]:
        """What guards read: facts, ``tâche.question``, and the last date of each mark.

        The answers of a form are those of its last filling, or those of the mark ``of`` when
        it is one: what follows a form reads that very form. An event about a filling reads it.
        """
        found: dict[str, Any] = dict(self.facts)
        for mark in self.marks:
            if mark.on <= today:
                found[mark.name] = max(found.get(mark.name, ""), mark.on.isoformat())
        answers = {mark.name: mark.answers for mark in self.marks}
        about = self.mark(of.about) if of is not None and of.about else None
        answers |= {mark.name: mark.answers for mark in (about, of) if mark is not None}
        for task, given in answers.items():
            found |= {f"{task}{JOINT}{name}": value for name, value in given.items()}
        return found

    def marked(self, name: str, *, on: date, id: str, about: str = "") -> Dossier:
        """The same with one more mark."""
        return replace(self, marks=(*self.marks, Mark(name, on, id, about=about)))

    def moved_by(self, transition: Transition, *, on: date, id: str) -> Dossier:
        """The same after a transition: it leaves its own mark, and that of the stage."""
        taken = self.marked(transition.name, on=on, id=f"{id}.t")
        return taken.marked(transition.target, on=on, id=id)

    def filled(
        self, task: str, answers: Mapping[str, Any], *, on: date, id: str, about: str = ""
    ) -> Dossier:
        """The same after a form was filled; ``about``: the filling that this one corrects."""
        return replace(self, marks=(*self.marks, Mark(task, on, id, dict(answers), about)))

    def knowing(self, **facts: Any) -> Dossier:
        """The same with other facts."""
        return replace(self, facts={**self.facts, **facts})

    def having_done(self, keys: Iterable[str]) -> Dossier:
        """The same, these keys being done."""
        return replace(self, acted=self.acted | frozenset(keys))

    def shared(self, today: date) -> frozenset[str]:
        """Tasks, facts and events that a partner may see; none without the agreement."""
        sharing = self.journey.sharing
        if sharing is None or not self.true(sharing.when, today):
            return frozenset()
        return frozenset((*sharing.tasks, *sharing.facts, *sharing.events))

    def kept_until(self) -> date | None:
        """The day on which a closed dossier is anonymised; None while it is open."""
        stage = self.stage
        if not stage.closed:
            return None
        months = stage.retention_months or self.journey.retention_months
        return add(self.entered_on, Duration(months=months))


def day_of(value: Any) -> date | None:
    """A date, or what its ISO text says."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def begin(journey: Journey, *, on: date, id: str, calendar: Calendar) -> Dossier:
    """A new dossier, in the entry of its journey."""
    first = Mark(journey.entry.name, on, id)
    return Dossier(journey=journey, marks=(first,), calendar=calendar)
