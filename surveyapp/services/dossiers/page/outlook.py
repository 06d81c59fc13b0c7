"""What a transition would do, said before anybody takes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from surveyapp.core.french import typeset
from surveyapp.core.journey.definition import TO_ACTORS, Actor, Journey, Mail, Transition
from surveyapp.core.journey.due import Due, DueKind, due, terms
from surveyapp.services.dossiers.reading import Opened


@dataclass(frozen=True, slots=True)
class Sending:
    """A mail that leaves at once: its subject, to whom."""

    subject: str
    to: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """Mails that leave, documents that are made, deadlines that begin and that end."""

    mails: tuple[Sending, ...]
    documents: tuple[str, ...]
    invitations: tuple[str, ...]
    deadlines: tuple[tuple[str, date], ...]
    ended: tuple[str, ...]


def outlook(opened: Opened, transition: Transition, *, on: date, today: date) -> Outlook:
    """What would happen if ``transition`` were taken, dated ``on``: at once, or on that day."""
    before, today = opened.dossier, max(on, today)
    after = before.moved_by(transition, on=on, id="0")
    known = {item.key for item in due(before, today)}
    new = [item for item in due(after, today) if item.key not in known and not item.muted]
    was = {(term.deadline.name, term.on): term for term in terms(before, today)}
    will = {(term.deadline.name, term.on): term for term in terms(after, today)}
    still = {name for name, _ in will}
    return Outlook(
        mails=tuple(_sending(opened.journey, item) for item in new if item.kind is DueKind.MAIL),
        documents=_labels(opened.journey, new, DueKind.DOCUMENT),
        invitations=_labels(opened.journey, new, DueKind.INVITATION),
        deadlines=tuple(
            (typeset(t.deadline.label), t.on) for key, t in will.items() if key not in was
        ),
        ended=tuple(typeset(t.deadline.label) for (name, _), t in was.items() if name not in still),
    )


def _sending(journey: Journey, item: Due) -> Sending:
    mail = journey.mail(item.name)
    return Sending(typeset(mail.subject if mail else item.name), to_whom(item.to))


def sending(mail: Mail) -> Sending:
    """A mail of a journey, before it is written."""
    return Sending(typeset(mail.subject), to_whom(mail.to))


def to_whom(actors: tuple[Actor, ...]) -> str:
    """« à la personne concernée et à la coordination »."""
    return " et ".join(TO_ACTORS[actor] for actor in actors)


def _labels(journey: Journey, items: list[Due], kind: DueKind) -> tuple[str, ...]:
    return tuple(typeset(journey.label(item.name)) for item in items if item.kind is kind)
