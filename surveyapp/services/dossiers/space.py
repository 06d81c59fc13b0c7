"""The space of an ambassador: whom they accompany, and their own mandate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from surveyapp.core.journey.definition import Actor, EventKind
from surveyapp.core.journey.due import Term, stay_ends_on, terms
from surveyapp.core.journey.moves import open_tasks
from surveyapp.models import Dossier, DossierMark, Person, db
from surveyapp.services.dossiers.access import Viewer, actor_in
from surveyapp.services.dossiers.ambassadors import JOURNEY
from surveyapp.services.dossiers.board import Act, ActKind, acts_of
from surveyapp.services.dossiers.changing import check_event_day
from surveyapp.services.dossiers.errors import DossierError
from surveyapp.services.dossiers.page.answers import Filling
from surveyapp.services.dossiers.page.sheet import Sheet
from surveyapp.services.dossiers.reading import Opened, opened_many
from surveyapp.services.dossiers.records import person_name

#: The event after which a declaration is not corrected any more.
VALIDATED = "declaration_validee"


@dataclass(frozen=True, slots=True)
class Accompaniment:
    """Somebody who is accompanied: how to reach them, what comes next, what can be done.

    ``form`` is the one that is filled after each exchange, and that alerts the coordination.
    """

    dossier_id: int
    name: str
    phone: str
    email: str
    stage: str
    closed: bool
    next: Term | None
    late: bool
    acts: tuple[Act, ...]
    form: Act | None

    @property
    def running(self) -> bool:
        """Something is still to be done, even when the dossier is closed."""
        return not self.closed or self.next is not None


@dataclass(frozen=True, slots=True)
class Declared:
    """One filling of an ambassador's own, and what the coordination made of it."""

    filling: Filling
    state: str
    on: date | None
    message: str
    validated: bool

    @property
    def correctable(self) -> bool:
        return self.filling.correctable and not self.validated


def accompaniments(viewer: Viewer, *, today: date) -> list[Accompaniment]:
    """Those of an ambassador, the most pressing first, the finished ones last."""
    if viewer.person_id is None:
        return []
    mine = sa.and_(Dossier.ambassador_id == viewer.person_id, Dossier.anonymised_on.is_(None))
    found = opened_many(db.session, mine)
    # read at once: each row then finds its card in memory
    keys = [one.row.person_id for one in found if one.row.person_id is not None]
    cards = list(db.session.scalars(sa.select(Person).where(Person.id.in_(keys))))
    done = [_accompaniment(one, viewer, today) for one in found]
    del cards
    return sorted(done, key=lambda one: (not one.running, _next_day(one), one.name))


def _next_day(one: Accompaniment) -> date:
    return one.next.on if one.next else date.max


def _accompaniment(one: Opened, viewer: Viewer, today: date) -> Accompaniment:
    actor, person = actor_in(viewer, one.row), one.row.person
    mine = [term for term in terms(one.dossier, today) if actor in term.deadline.by]
    first, alert = mine[0] if mine else None, alert_task(one, viewer, today)
    return Accompaniment(
        dossier_id=one.row.id,
        name=person_name(person) or one.row.title or one.row.reference,
        phone=person.phone if person else "",
        email=person.email if person else "",
        stage=one.dossier.stage.label,
        closed=one.row.closed,
        next=first,
        late=first is not None and first.late(today),
        acts=tuple(acts_of(one.dossier, first.deadline, actor, today)) if first else (),
        form=Act(ActKind.FORM, alert, one.journey.label(alert)) if alert else None,
    )


def mandate_id(viewer: Viewer) -> int | None:
    """The dossier of their own mandate: the one that runs, else the latest."""
    if viewer.person_id is None:
        return None
    return db.session.scalar(
        sa.select(Dossier.id)
        .where(
            Dossier.person_id == viewer.person_id,
            Dossier.journey_name == JOURNEY,
            Dossier.anonymised_on.is_(None),
        )
        .order_by(Dossier.closed, Dossier.opened_on.desc(), Dossier.id)
        .limit(1)
    )


def declared(sheet: Sheet) -> list[Declared]:
    """What they filled that the coordination validates or sends back, the newest first."""
    opened = sheet.look.opened
    checked = {event.about for event in opened.journey.events if event.about}
    fillings = (f for f in sheet.fillings if f.task in checked and not f.replaced)
    return [_declared(opened, filling) for filling in fillings]


def _declared(opened: Opened, filling: Filling) -> Declared:
    about = [mark for mark in opened.marks if mark.about_id == filling.mark_id]
    said: DossierMark | None = about[-1] if about else None
    return Declared(
        filling=filling,
        state=opened.journey.label(said.name) if said else "",
        on=said.on if said else None,
        message=said.reason if said else "",
        validated=said is not None and said.name == VALIDATED,
    )


def consequences(opened: Opened, event: EventKind, *, on: date, today: date) -> Iterator[Term]:
    """The deadlines that would begin if the event were noted; none on a day it cannot be."""
    try:
        check_event_day(opened, on, today)
    except DossierError:
        return
    before = {(term.deadline.name, term.on) for term in terms(opened.dossier, today)}
    after = opened.dossier.marked(event.name, on=on, id="0")
    for term in terms(after, max(on, today)):
        if (term.deadline.name, term.on) not in before:
            yield term


def alert_task(opened: Opened, viewer: Viewer, today: date) -> str:
    """The form by which they alert the coordination now: the one that a mail to it follows
    on a condition. Empty when there is none."""
    told = {
        name
        for mail in opened.journey.mails
        if mail.when is not None and Actor.COORDINATION in mail.to
        for name in mail.after
    }
    actor = actor_in(viewer, opened.row)
    able = (task for task in open_tasks(opened.dossier, today) if actor in task.by)
    return next((task.name for task in able if task.name in told), "")


def ends_on(opened: Opened, today: date) -> date | None:
    """The day on which their mandate ends by itself, whatever they wish for afterwards."""
    running = [term.on for term in terms(opened.dossier, today) if term.deadline.take]
    stay = stay_ends_on(opened.dossier, today)
    return min([*running, stay] if stay else running, default=None)


def renewed_on(opened: Opened, today: date) -> date | None:
    """The day on which it begins again, once that is decided."""
    planned = opened.dossier.planned(today)
    return planned.on if planned else None
