"""Create, change and delete cards. Every act leaves an event with its author, and no name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from surveyapp.core.directory.card import NAMES, Card
from surveyapp.core.french import fold
from surveyapp.models import (
    ChangeKind,
    ChangeState,
    ContactBy,
    DirectoryChange,
    Event,
    Invitation,
    Message,
    Person,
    Response,
    WorkState,
)
from surveyapp.models.base import db
from surveyapp.services.people.errors import PeopleError
from surveyapp.services.people.professions import profession_label
from surveyapp.services.people.ties import refuse_tied
from surveyapp.services.transaction import AnySession, transaction
from surveyapp.store import people as store


def add_person(session: AnySession, **fields: Any) -> Person:
    """Add a card with the fields of :class:`~surveyapp.core.directory.card.Card`.

    The keys for duplicates, order and search are filled. No event: that is the caller's.
    """
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()
    }
    row = Person()
    write_card(row, Card(**values))
    session.add(row)
    session.flush()
    return row


def write_card(row: Person, card: Card) -> None:
    """Put a card on its row, with the keys that are drawn from it.

    Whoever was known by a dossier only is in the directory from now on.
    """
    row.dossier_only = False
    for name in ("last_name", "first_name", "email", "phone", "profession", "rpps", "commune"):
        setattr(row, name, getattr(card, name))
    row.member_until = card.member_until
    row.tags, row.languages = list(card.tags), list(card.languages)
    row.contact_by = ContactBy(card.contact_by)
    row.email_key, row.sort_key = card.email_key, card.sort_key
    label = profession_label(card.profession) if card.profession else ""
    row.search = card.search_text(label)


def create(card: Card, *, author_id: int | None, now: datetime) -> int:
    """Add somebody by hand; return the key of the card."""
    with transaction() as session:
        row = Person(created_at=now, updated_at=now)
        write_card(row, card)
        session.add(row)
        session.flush()
        note(session, "created", ("person", row.id), author_id=author_id, now=now)
        return row.id


class EditedMeanwhileError(PeopleError):
    """Somebody else changed the card while it was being edited; ``revision`` is theirs."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            "Cette fiche a été modifiée pendant que vous écriviez. Comparez avec la fiche, puis "
            "enregistrez de nouveau pour garder ce que vous avez écrit."
        )
        self.revision = revision


def revision(row: Person) -> str:
    """Changes with every change of the card."""
    return row.updated_at.isoformat()


def edit(
    person_id: int, card: Card, *, seen: str = "", author_id: int | None, now: datetime
) -> bool:
    """Change a card; whether anything changed.

    :param seen: its :func:`revision` when the page was shown; empty: do not look.
    :raises EditedMeanwhileError: it is another one now; nothing is written.
    :raises PeopleError: the card is gone.
    """
    with transaction() as session:
        row = find(session, person_id)
        if seen and seen != revision(row):
            raise EditedMeanwhileError(revision(row))
        before = store.card_of(row)
        changed = [name for name in NAMES if getattr(before, name) != getattr(card, name)]
        if not changed:
            return False
        write_card(row, card)
        row.updated_at = now
        data = {"fields": changed}
        note(session, "edited", ("person", person_id), author_id=author_id, now=now, data=data)
        return True


@dataclass(frozen=True, slots=True)
class Remains:
    """What a deletion takes along, and what of the person stays elsewhere."""

    invitations: int
    answers: int  # identified answers that hold the mail address


def remains(row: Person) -> Remains:
    """What the question before a deletion must say."""
    invitations = sa.select(sa.func.count(Invitation.id)).where(Invitation.person_id == row.id)
    answers = sa.select(sa.func.count(Response.id)).where(
        Response.anonymous.is_(False), Response.search.contains(fold(row.email), autoescape=True)
    )
    return Remains(
        invitations=db.session.scalar(invitations) or 0,
        answers=(db.session.scalar(answers) or 0) if row.email_key else 0,
    )


def delete(person_id: int, *, author_id: int | None, now: datetime) -> None:
    """Remove a card, its invitations, the mails that wait for them, and what past imports
    and merges keep of it; :raises PeopleError: it is gone, or dossiers hang on it."""
    with transaction() as session:
        row = find(session, person_id)
        refuse_tied(session, person_id)
        invited = sa.select(Invitation.id).where(Invitation.person_id == person_id)
        session.execute(
            sa.delete(Message).where(
                Message.invitation_id.in_(invited), Message.state == WorkState.PENDING
            )
        )
        forget_changes(session, person_id)
        session.delete(row)
        note(session, "deleted", ("person", person_id), author_id=author_id, now=now)


def join(person_id: int, *, author_id: int | None, now: datetime) -> None:
    """Take somebody whom only a dossier knew into the directory; :raises PeopleError: gone."""
    with transaction() as session:
        row = find(session, person_id)
        if row.dossier_only:
            row.dossier_only, row.updated_at = False, now
            note(session, "joined", ("person", person_id), author_id=author_id, now=now)


def forget_changes(session: AnySession, person_id: int) -> None:
    """Take a card out of what past imports and merges keep to be undone.

    The cards that were merged into it are of the same person: they go too, with the
    invitations that a merge has dropped.
    """
    changes = session.scalars(_applied().with_for_update()).all()
    gone = {person_id}
    for change in reversed(changes):  # a card merged into one that was merged in its turn
        if change.kind is ChangeKind.MERGE and gone & _into(change):
            gone |= {entry["id"] for entry in change.changes}
    for change in changes:
        kept = [entry for entry in change.changes if entry["id"] not in gone]
        if len(kept) == len(change.changes):
            continue
        change.changes = kept
        if change.kind is ChangeKind.MERGE:
            change.mapping = {}


def _into(change: DirectoryChange) -> set[int]:
    """The card that a merge has kept."""
    return {entry["id"] for entry in change.changes if entry["after"] is not None}


def _applied() -> sa.Select[DirectoryChange]:
    applied = DirectoryChange.state == ChangeState.APPLIED
    return sa.select(DirectoryChange).where(applied).order_by(DirectoryChange.id)


def find(session: AnySession, person_id: int) -> Person:
    """:raises PeopleError: the card is gone."""
    row = session.get(Person, person_id, with_for_update=True)
    if row is None:
        raise PeopleError("Cette fiche n’existe plus.")
    return row


def note(
    session: AnySession,
    what: str,
    subject: tuple[str, int],
    *,
    author_id: int | None,
    now: datetime,
    data: dict[str, Any] | None = None,
) -> None:
    """Keep in the history who did what; never a name, an address or a number."""
    session.add(
        Event(
            kind=f"people.{what}",
            subject=subject[0],
            subject_id=subject[1],
            user_id=author_id,
            at=now,
            data=data or {},
        )
    )


__all__ = [
    "EditedMeanwhileError",
    "Remains",
    "add_person",
    "create",
    "delete",
    "edit",
    "find",
    "forget_changes",
    "join",
    "note",
    "remains",
    "revision",
    "write_card",
]
