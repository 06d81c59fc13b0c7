"""What is to be done for a dossier: pure, and the same however often it is asked.

Contract of the daily job: build the :class:`Dossier` with the keys that are recorded as done,
call :func:`due`, and in one transaction per item act, record its key (unique per dossier) and
write the event; then ask again until nothing is left, since a move may open something else. A
job that runs twice, late, or after days on which it did not run does each thing once: what is
recorded is not given again, and what was missed is given with the date that it should have had.
A clock that goes back gives nothing new.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from surveyapp.core.journey.calendar import Calendar, add, subtract
from surveyapp.core.journey.definition import (
    Actor,
    Deadline,
    Document,
    Follower,
    Mail,
    Reminder,
)
from surveyapp.core.journey.dossier import Dossier, Mark, day_of
from surveyapp.core.journey.moves import refusal


class DueKind(StrEnum):
    """What to do: note that a deadline has come, remind, send, make, invite, move."""

    DEADLINE = "deadline"
    REMINDER = "reminder"
    MAIL = "mail"
    DOCUMENT = "document"
    INVITATION = "invitation"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to do.

    ``name`` is that of the deadline, mail, document, rule or transition; ``deadline`` that of
    the deadline that a reminder or a move belongs to; ``mail`` the text that a reminder sends.
    ``on`` is the date that it should have: a move is recorded with it. A ``muted`` one is
    recorded and not sent: a later one to the same people says the same.
    """

    key: str
    kind: DueKind
    name: str
    on: date
    to: tuple[Actor, ...] = ()
    deadline: str = ""
    mail: str = ""
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A deadline of a dossier: the mark that it runs from, its day, the day it was met.

    ``agreed``: its day is the one that an answer gives.
    """

    deadline: Deadline
    mark: Mark
    on: date
    met_on: date | None = None
    agreed: bool = False

    def late(self, today: date) -> bool:
        """Whether its day has passed without its being met; its day itself still counts."""
        return self.met_on is None and self.on < today

    @property
    def kept(self) -> bool | None:
        """Met in time or not; None while nobody knows."""
        return None if self.met_on is None else self.met_on <= self.on


def due(dossier: Dossier, today: date) -> tuple[Due, ...]:
    """Everything to do that has come by ``today`` and is not in ``dossier.acted``, by date."""
    found = [*_followers(dossier, today), *_of_terms(dossier, today)]
    return tuple(sorted(found, key=lambda item: (item.on, item.key)))


def terms(dossier: Dossier, today: date) -> tuple[Term, ...]:
    """The deadlines that run now and are not met, the nearest first."""
    stage, stays = dossier.stage.name, dossier.journey.stays
    running = (d for d in dossier.journey.deadlines if stage in stays(d.during))
    found = (term for deadline in running for term in _terms(dossier, deadline, today))
    alive = [term for term in found if term.met_on is None]
    return tuple(sorted(alive, key=lambda term: (term.on, term.deadline.name)))


def stay_ends_on(dossier: Dossier, today: date) -> date | None:
    """The day on which the calendar would end the present stay, if nobody wished otherwise."""
    stay = dossier.stay(today)
    ends = [
        add(stay.on, deadline.plus, _working(dossier, deadline))
        for deadline in dossier.journey.deadlines
        if deadline.take and stay.name in deadline.after
    ]
    return min(ends, default=None)


def next_deadline(dossier: Dossier, today: date) -> Term | None:
    """The nearest deadline from today on; those that are overdue are :func:`overdue`."""
    return next((term for term in terms(dossier, today) if not term.late(today)), None)


def overdue(dossier: Dossier, today: date) -> tuple[Term, ...]:
    """The deadlines whose day has passed, the oldest first."""
    return tuple(term for term in terms(dossier, today) if term.late(today))


def outcome(dossier: Dossier, name: str, today: date) -> Term | None:
    """How a deadline ended or stands, whatever the present stage: what indicators count.

    None when nothing ever started it. Without ``until``, leaving ``during`` is what meets it.
    Of a deadline that each mark runs, the last; :func:`outcomes` gives all.
    """
    return next(reversed(outcomes(dossier, name, today)), None)


def outcomes(dossier: Dossier, name: str, today: date) -> tuple[Term, ...]:
    """Like :func:`outcome`, one for each mark of a deadline that each runs, in their order."""
    deadline = dossier.journey.deadline(name)
    return () if deadline is None else _terms(dossier, deadline, today)


def days_from(dossier: Dossier, mark: Mark, today: date) -> dict[str, date]:
    """By key, the days of the reminders and of the ends of all deadlines that ``mark`` starts.

    Whatever the stage is, and whether they were done or not: what a corrected date compares.
    """
    found: dict[str, date] = {}
    for deadline in dossier.journey.deadlines:
        if mark.name in deadline.after:
            term = _term(dossier, deadline, mark, today)
            reminders = (_reminder(dossier, term, one) for one in deadline.reminders)
            found |= {item.key: item.on for item in reminders}
            ends = (DueKind.MOVE, DueKind.DEADLINE)
            found |= {f"{kind}:{_of(term)}": term.on for kind in ends}
    return found


def _terms(dossier: Dossier, deadline: Deadline, today: date) -> tuple[Term, ...]:
    marks = [mark for name in deadline.after for mark in dossier.happened(name, today)]
    true = [mark for mark in marks if dossier.true(deadline.when, today, of=mark)]
    if deadline.each:
        true.sort(key=lambda mark: (mark.on, dossier.rank(mark)))
    else:
        latest = dossier.latest(true)
        true = [latest] if latest is not None else []
    return tuple(_term(dossier, deadline, mark, today) for mark in true)


def _term(dossier: Dossier, deadline: Deadline, mark: Mark, today: date) -> Term:
    met_on = _met_on(dossier, deadline, mark, today)
    agreed = _agreed(dossier, deadline, mark, today)
    on = agreed or add(mark.on, deadline.plus, _working(dossier, deadline))
    return Term(deadline, mark, on, met_on, agreed is not None)


def _agreed(dossier: Dossier, deadline: Deadline, mark: Mark, today: date) -> date | None:
    """The day that an answer gives: that of the mark itself, else of the last filling after it.

    One before the mark is a mistake, and counts for nothing.
    """
    if deadline.at is None:
        return None
    task, question = deadline.at
    later = (m for m in dossier.happened(task, today) if dossier.later(m, mark))
    filling = mark if mark.name == task else dossier.latest(later)
    day = day_of(filling.answers.get(question)) if filling is not None else None
    return day if day is not None and day >= mark.on else None


def _met_on(dossier: Dossier, deadline: Deadline, mark: Mark, today: date) -> date | None:
    if deadline.each and deadline.until:
        # The same form filled again to correct this filling takes its place.
        about = dossier.about(mark, (*deadline.until, mark.name), today)
        return min((m.on for m in about), default=None)
    if deadline.until:
        found = [m for name in deadline.until for m in dossier.happened(name, today)]
        if any(dossier.later(m, mark) for m in _steps_ahead(dossier, deadline, today)):
            return min((m.on for m in found if dossier.later(m, mark)), default=today)
    else:
        stays = dossier.journey.stays(deadline.during)
        found = [m for m in dossier.entries() if m.name not in stays and m.on <= today]
    return min((m.on for m in found if dossier.later(m, mark)), default=None)


def _steps_ahead(dossier: Dossier, deadline: Deadline, today: date) -> Iterator[Mark]:
    """The transitions that meet it, recorded for a day to come: the mandate is renewed."""
    for name in deadline.until:
        if dossier.journey.transition(name) is not None:
            yield from (mark for mark in dossier.noted(name) if mark.on > today)


def _working(dossier: Dossier, deadline: Deadline) -> Calendar | None:
    return dossier.calendar if deadline.working_days else None


def _followers(dossier: Dossier, today: date) -> Iterator[Due]:
    """Mails, documents and invitations, once for each mark that they follow."""
    for follower in dossier.journey.followers:
        if follower.during is not None and dossier.stage.name not in follower.during:
            continue
        for name in follower.after:
            for mark in dossier.happened(name, today):
                item = _follower(follower, mark)
                come = item.on <= today and item.key not in dossier.acted
                if come and dossier.true(follower.when, today, of=mark):
                    yield item


def _follower(follower: Follower, mark: Mark) -> Due:
    kind = DueKind.INVITATION
    to: tuple[Actor, ...] = ()
    if isinstance(follower, Mail):
        kind = DueKind.MAIL
    elif isinstance(follower, Document):
        kind = DueKind.DOCUMENT
    if not isinstance(follower, Document):
        to = follower.to
    key = f"{kind}:{follower.name}:{mark.id}"
    return Due(key, kind, follower.name, add(mark.on, follower.plus), to)


def _of_terms(dossier: Dossier, today: date) -> Iterator[Due]:
    """The reminders and the ends of the deadlines that run."""
    for term in terms(dossier, today):
        items = [_reminder(dossier, term, reminder) for reminder in term.deadline.reminders]
        items.append(_end(dossier, term, today))
        come = [item for item in items if item.on <= today and item.key not in dossier.acted]
        yield from _muted(come)


def _reminder(dossier: Dossier, term: Term, reminder: Reminder) -> Due:
    shift = subtract if reminder.before else add
    on = shift(term.on, reminder.offset, _working(dossier, term.deadline))
    when = f"{'before' if reminder.before else 'after'}-{reminder.offset}"
    name = term.deadline.name
    key = f"reminder:{_of(term)}:{when}:{'+'.join(reminder.to)}"
    return Due(key, DueKind.REMINDER, name, on, reminder.to, name, reminder.mail)


def _of(term: Term) -> str:
    """What its keys share.

    Another delay or another agreed day is another deadline, another date of its mark is not:
    whoever corrects it forgets what is then still to come (:func:`days_from`).
    """
    agreed = f":{term.on.isoformat()}" if term.agreed else ""
    return f"{term.deadline.name}:{term.deadline.plus}:{term.mark.id}{agreed}"


def _end(dossier: Dossier, term: Term, today: date) -> Due:
    """The move that the deadline takes, or the note that it has come and who must act.

    A move that is refused (a condition does not hold) leaves the note, so that somebody sees it.
    """
    deadline = term.deadline
    transition = dossier.journey.transition(deadline.take)
    if transition is not None and refusal(dossier, transition, Actor.SYSTEM, today) is None:
        key = f"move:{_of(term)}"
        return Due(key, DueKind.MOVE, transition.name, term.on, deadline=deadline.name)
    key = f"deadline:{_of(term)}"
    return Due(key, DueKind.DEADLINE, deadline.name, term.on, deadline.by, deadline.name)


def _muted(come: list[Due]) -> Iterator[Due]:
    """Of what was missed, only the latest is still worth saying to each.

    Whatever announces a move that is made at once is not.
    """
    moves = any(item.kind is DueKind.MOVE for item in come)
    for item in come:
        later = {actor for other in come if other.on > item.on for actor in other.to}
        said = bool(item.to) and set(item.to) <= later
        before_move = moves and item.kind is not DueKind.MOVE
        yield replace(item, muted=said or before_move)
