"""Small journeys for tests, and a daily job that keeps what it does in memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from surveyapp.core.definition import FormDefinition
from surveyapp.core.issues import Issue
from surveyapp.core.journey.calendar import Calendar, Territory
from surveyapp.core.journey.check import check
from surveyapp.core.journey.definition import Actor, Journey
from surveyapp.core.journey.dossier import Dossier, begin
from surveyapp.core.journey.due import Due, DueKind, due
from surveyapp.core.journey.loader import load, loads, read
from surveyapp.core.journey.moves import refusal, subjects
from surveyapp.core.loader import load_directory
from tests.core.samples import form, page

FORMS = Path(__file__).parents[2] / "forms"
JOURNEYS = FORMS / "journeys"
CALENDAR = Calendar(Territory.METROPOLE)

HEAD = {
    "name": "name: essai",
    "title": "title: Essai",
    "version": 'version: "1"',
    "entry_task": "entry_task: demande",
    "stages": "stages: [{name: debut, label: Début, kind: entry}, {name: milieu, label: Milieu},"
    " {name: fin, label: Fin, kind: won}]",
    "transitions": "transitions: [{name: avancer, label: Avancer, from: [debut], to: milieu},"
    " {name: finir, label: Finir, from: [milieu], to: fin}]",
    "tasks": "tasks: [{name: demande, label: Demande, form: essai, by: [person]}]",
}


def text(body: str, *, without: tuple[str, ...] = ()) -> str:
    """A whole journey: what ``body`` does not say comes from :data:`HEAD`."""
    said = {*re.findall(r"^([a-z_]+):", body, re.MULTILINE), *without}
    head = [line for key, line in HEAD.items() if key not in said]
    return "\n".join([*head, body.strip("\n")]) + "\n"


def journey(body: str = "") -> Journey:
    return loads(text(body), source="essai.yaml")


def issues(source: str) -> list[Issue]:
    """The faults of a journey whose only questionnaire asks for an opinion and a date."""
    found, faults = read(source, source="essai.yaml")
    return faults if found is None else faults + check(found, forms={"essai": form(FORM)})


def dossier(body: str = "", *, on: date, calendar: Calendar = CALENDAR) -> Dossier:
    return begin(journey(body), on=on, id="m0", calendar=calendar)


@cache
def every_form() -> dict[str, FormDefinition]:
    folders = (FORMS, JOURNEYS / "forms")
    return {found.name: found for folder in folders for found in load_directory(folder)}


@cache
def shipped(name: str) -> Journey:
    return load(JOURNEYS / f"{name}.yaml")


NAMES = tuple(sorted(path.stem for path in JOURNEYS.glob("*.yaml")))

#: The questionnaire of small journeys.
FORM = page(
    "{type: select_one on, name: avis, label: Avis}", "{type: date, name: jour, label: Jour}"
)

Act = Callable[["Run"], None]


@dataclass
class Run:
    """A dossier that lives day by day: people act, and the daily job runs or does not."""

    dossier: Dossier
    today: date
    done: list[tuple[date, Due]] = field(default_factory=list)
    count: int = 0

    def _id(self) -> str:
        self.count += 1
        return f"m{self.count}"

    def event(self, name: str, *, on: date | None = None) -> None:
        """It is about the last thing that it may be about."""
        kind = self.dossier.journey.event(name)
        about = subjects(self.dossier, kind, self.today)[-1].id if kind and kind.about else ""
        self.dossier = self.dossier.marked(name, on=on or self.today, id=self._id(), about=about)

    def fill(self, task: str, **answers: Any) -> None:
        self.dossier = self.dossier.filled(task, answers, on=self.today, id=self._id())

    def know(self, **facts: Any) -> None:
        self.dossier = self.dossier.knowing(**facts)

    def take(self, name: str, *, by: Actor = Actor.COORDINATION) -> None:
        transition = self.dossier.journey.transition(name)
        assert transition is not None, name
        why = refusal(self.dossier, transition, by, self.today)
        assert why is None, f"{self.today}: {name}: {why}"
        self.dossier = self.dossier.moved_by(transition, on=self.today, id=self._id())

    def job(self) -> None:
        """What a service does every night: act, write down, ask again."""
        while items := due(self.dossier, self.today):
            item = items[0]
            self.dossier = self.dossier.having_done([item.key])
            self.done.append((self.today, item))
            if item.kind is DueKind.MOVE:
                transition = self.dossier.journey.transition(item.name)
                assert transition is not None
                self.dossier = self.dossier.moved_by(transition, on=item.on, id=item.key)


def live(
    name: str,
    acts: dict[date, Act],
    *,
    start: date,
    days: int,
    missed: Iterable[date] = (),
    calendar: Calendar = CALENDAR,
) -> Run:
    """A dossier of a journey that ships, from ``start``, for ``days``; acts are in the daytime,
    after the job of that day."""
    run = Run(begin(shipped(name), on=start, id="m0", calendar=calendar), start)
    away = set(missed)
    for offset in range(days):
        run.today = start + timedelta(days=offset)
        if run.today not in away:
            run.job()
        if run.today in acts:
            acts[run.today](run)
    run.today += timedelta(days=1)
    run.job()
    return run


def table(run: Run) -> list[str]:
    """« 2026-01-08 deadline attribution », by date; muted ones carry a mark."""
    return sorted(
        f"{item.on} {item.kind} {item.name}{' (muet)' if item.muted else ''}"
        for _, item in run.done
    )
