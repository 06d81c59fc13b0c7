"""A dossier of the year: what people do, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from surveyapp.core.journey.definition import Actor
from surveyapp.models import Dossier, db
from surveyapp.services.dossiers import acts
from tests import dossiers
from tests.journey_year.calendar import FIRST, NEVER, Moment


@dataclass(frozen=True)
class Item:
    """Something that must be done on its day, unless what ends it comes first.

    ``born`` is when it begins to exist. ``group``: those of one deadline, of which a late one
    is silent when a later one of the same moment goes to the same people.
    """

    kind: str
    name: str
    on: date
    born: Moment
    dies: Moment = NEVER
    to: tuple[str, ...] = ()
    mail: str = ""
    group: str = ""


@dataclass
class Story:
    """One dossier: what people do, by day, and what must come of it by itself."""

    journey: str
    number: int
    start: date
    said: dict[str, Any] = field(default_factory=dict)
    steps: list[tuple[date, Callable[[int], None]]] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    ambassador: int | None = None
    answered: date | None = None
    id: int = 0

    # what people do

    def do(self, day: date, *steps: Callable[[int], None]) -> date:
        self.steps += [(day, step) for step in steps]
        return day

    # what must come

    def mail(self, name: str, on: date, *to: str, born: date | None = None) -> None:
        self.items.append(Item("mail", name, on, (born or on, 1), to=to, mail=name))

    def document(self, name: str, on: date) -> None:
        self.items.append(Item("document", name, on, (on, 1)))

    def invitation(self, on: date, born: date | None = None) -> None:
        self.items.append(Item("invitation", "satisfaction", on, (born or on, 1), to=("person",)))

    def deadline(
        self,
        name: str,
        on: date,
        *reminders: tuple[date, tuple[str, ...], str],
        born: date,
        dies: date | None = None,
        by: tuple[str, ...] = ("coordination",),
    ) -> None:
        """A deadline that somebody begins on ``born`` and meets or ends on ``dies``."""
        end = (dies, 1) if dies else NEVER
        group = f"{name}:{on}"
        found = [
            Item("reminder", name, day, (born, 1), end, to, mail, group)
            for day, to, mail in reminders
        ]
        found.append(Item("deadline", name, on, (born, 1), end, by, "", group))
        self.items += found


# --- what people do, in short ------------------------------------------------------------------

today_is: list[date] = [FIRST]


def move(name: str) -> Callable[[int], None]:
    return lambda dossier: dossiers.move(dossier, name, on=today_is[0])


def event(name: str) -> Callable[[int], None]:
    return lambda dossier: dossiers.event(dossier, name, on=today_is[0])


def know(**facts: Any) -> Callable[[int], None]:
    return lambda dossier: dossiers.know(dossier, on=today_is[0], **facts)


def fill(task: str, *, by: Actor = Actor.COORDINATION, **said: Any) -> Callable[[int], None]:
    def step(dossier: int) -> None:
        dossiers.fill(dossier, task, on=today_is[0], actor=by, **said)

    return step


def settle_declaration(dossier: int) -> None:
    """Validate the declaration that waits."""
    mark = db.session.scalar(
        sa.text("SELECT id FROM dossier_mark WHERE dossier_id = :id AND name = 'declaration'"),
        {"id": dossier},
    )
    dossiers.event(dossier, "declaration_validee", on=today_is[0], about_id=int(mark))


def assign(world: World, ambassador: int) -> Callable[[int], None]:
    def step(dossier: int) -> None:
        day = today_is[0]
        acts.assign(
            dossier,
            viewer=dossiers.COORDINATION,
            today=day,
            now=dossiers.at(day),
            ambassador_id=world.ambassador_card(ambassador),
        )

    return step


@dataclass
class World:
    """Every dossier of the year."""

    stories: list[Story] = field(default_factory=list)

    def ambassador_card(self, number: int) -> int:
        """The card of an ambassador: that of the person of their own dossier."""
        own = next(s for s in self.stories if s.journey == "ambassadeur" and s.number == number)
        found = db.session.scalar(sa.select(Dossier.person_id).where(Dossier.id == own.id))
        assert found is not None
        return found
