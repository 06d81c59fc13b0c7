"""Which text a mail gets, and how the coordination changes it.

The campaign's own text goes first, then that of all campaigns, then the program's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from surveyapp.core.letter import LANGUAGES, Fault, LetterKind, Wording, check
from surveyapp.models import Event, MailTemplate
from surveyapp.services.letters.defaults import default_wording
from surveyapp.services.transaction import AnySession, transaction

EVERYWHERE = "all"


class BadWording(Exception):
    """The text cannot be saved or sent; ``faults`` say why, in French."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Place:
    """One text: of which mail, in which language, for which campaign (``None``: all)."""

    kind: LetterKind
    language: str
    campaign_id: int | None = None

    @property
    def scope(self) -> str:
        return EVERYWHERE if self.campaign_id is None else f"campaign:{self.campaign_id}"

    @property
    def key(self) -> tuple[str, str, str]:
        """The primary key of its row."""
        return self.scope, self.kind.value, self.language


def kinds_of(campaign_id: int | None) -> list[LetterKind]:
    """The mails that can be reworded; the digest speaks of several campaigns at once."""
    return [k for k in LetterKind if campaign_id is None or k is not LetterKind.DIGEST]


def wording_of(
    session: AnySession, kind: LetterKind, *, campaign_id: int | None, language: str
) -> Wording:
    """The text to send: the nearest that was written, else the program's."""
    own = own_wording(session, Place(kind, language, campaign_id))
    if own is None and campaign_id is not None:
        own = own_wording(session, Place(kind, language))
    return own or default_wording(kind, language)


def own_wording(session: AnySession, place: Place) -> Wording | None:
    """The text that was written at this very place."""
    row = session.get(MailTemplate, place.key)
    return Wording(row.subject, row.body) if row else None


def changed_places(session: AnySession, campaign_id: int | None) -> set[tuple[LetterKind, str]]:
    """Which mails of a campaign (or of all) have a text of their own."""
    scope = Place(LetterKind.INVITATION, "fr", campaign_id).scope
    statement = sa.select(MailTemplate.kind, MailTemplate.language)
    rows = session.execute(statement.where(MailTemplate.scope == scope))
    return {(LetterKind(kind), language) for kind, language in rows if language in LANGUAGES}


def checked(kind: LetterKind, wording: Wording) -> Wording:
    """The text without blanks around it.

    :raises BadWording: something is wrong with it.
    """
    if faults := check(kind, wording):
        raise BadWording(faults)
    body = wording.body.replace("\r\n", "\n").strip()
    return Wording(" ".join(wording.subject.split()), body)


def save(place: Place, wording: Wording, *, author_id: int, now: datetime) -> None:
    """Use this text from now on.

    :raises BadWording: something is wrong with it; nothing is saved.
    """
    wording = checked(place.kind, wording)
    with transaction() as session:
        row = session.get(MailTemplate, place.key)
        if row is None:
            scope, kind, language = place.key
            row = MailTemplate(scope=scope, kind=kind, language=language)
            session.add(row)
        row.subject, row.body = wording.subject, wording.body
        session.add(_event("letter.changed", place, author_id, now))


def restore(place: Place, *, author_id: int, now: datetime) -> None:
    """Go back to the text that holds for all campaigns, or to the program's."""
    with transaction() as session:
        row = session.get(MailTemplate, place.key)
        if row is not None:
            session.delete(row)
            session.add(_event("letter.restored", place, author_id, now))


def _event(kind: str, place: Place, author_id: int, now: datetime) -> Event:
    return Event(
        kind=kind,
        subject="instance" if place.campaign_id is None else "campaign",
        subject_id=place.campaign_id or 0,
        user_id=author_id,
        at=now,
        data={"kind": place.kind.value, "language": place.language},
    )
