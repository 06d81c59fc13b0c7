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
    ahead; a stage may not, but for a new stay in the present one (a mandate renewed early), and
    another stage that is entered before its day makes it void: it counts for nothing.
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
    #: Ids of the marks that are void, and of the entries that renew a stay.
    void: frozenset[str] = field(init=False, repr=False, compare=False)
    renewals: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        void, renewals = _renewed(self.journey, self.marks)
        object.__setattr__(self, "void", void)
        object.__setattr__(self, "renewals", renewals)

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
        """When it came to its present stage, or will when its stay was renewed ahead."""
        return self.entries()[-1].on

    def since(self, today: date) -> date:
        """When the stay began that runs on ``today``; a renewal to come is :meth:`planned`."""
        return self.stay(today).on

    def stay(self, today: date) -> Mark:
        """The entry of the stay that runs on ``today``."""
        entries = self.entries()
        come = [entry for entry in entries if entry.id not in self.renewals or entry.on <= today]
        return (come or entries)[-1]

    def planned(self, today: date) -> Mark | None:
        """The entry of a stay that is recorded and begins after ``today``."""
        last = self.entries()[-1]
        return last if last.id in self.renewals and last.on > today else None

    def entries(self) -> tuple[Mark, ...]:
        """The stages that were entered, in order of recording."""
        names = {stage.name for stage in self.journey.stages}
        return tuple(m for m in self.marks if m.name in names and m.id not in self.void)

    def noted(self, name: str) -> tuple[Mark, ...]:
        """Marks of that name, those that are planned too."""
        return tuple(m for m in self.marks if m.name == name and m.id not in self.void)

    def happened(self, name: str, today: date) -> tuple[Mark, ...]:
        """Marks of that name until today; what is planned has not happened."""
        return tuple(m for m in self.noted(name) if m.on <= today)

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
        """Recorded later, or dated later (something older was recorded after it).

        A stay may be renewed ahead: what comes between is of the stay before.
        """
        if than.id in self.renewals:
            return (mark.on, self.rank(mark)) > (than.on, self.rank(than))
        return mark.on > than.on or self.rank(mark) > self.rank(than)

    def in_this_stay(self, name: str, today: date) -> bool:
        """Whether it has happened for the present stay in the stage.

        What was recorded before a second stay began belongs to the first; when the stage is
        entered for the first time, whatever came before it counts.
        """
        start = self._stay_start(today)
        found = self.happened(name, today)
        if start is None or start.id in self.renewals:
            return any(start is None or self.later(mark, start) for mark in found)
        return any(self.rank(mark) > self.rank(start) for mark in found)

    def _stay_start(self, today: date) -> Mark | None:
        """The mark after which marks count: the entry that ended the stay before."""
        entries = self.entries()
        entries = entries[: entries.index(self.stay(today)) + 1]
        same = [i for i, entry in enumerate(entries) if entry.name == entries[-1].name]
        return entries[same[-2] + 1] if len(same) > 1 else None

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
            if mark.on <= today and mark.id not in self.void:
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


def _renewed(journey: Journey, marks: tuple[Mark, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """The marks that are void, then the entries that begin another stay in the same stage.

    Only such an entry is dated ahead; it is void, and its transition with it, once another
    stage was entered before its day.
    """
    names = {stage.name for stage in journey.stages}
    steps = {transition.name: transition.target for transition in journey.transitions}
    entries = [(rank, mark) for rank, mark in enumerate(marks) if mark.name in names]
    void: set[str] = set()
    renewals: set[str] = set()
    for place, (rank, mark) in enumerate(entries):
        if place == 0 or entries[place - 1][1].name != mark.name:
            continue
        renewals.add(mark.id)
        others = (m for _, m in entries[place + 1 :] if m.name != mark.name)
        if any(other.on < mark.on for other in others):
            step = marks[rank - 1]
            void |= {mark.id, step.id} if steps.get(step.name) == mark.name else {mark.id}
    return frozenset(void), frozenset(renewals)


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
