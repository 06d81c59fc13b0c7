"""Bring back what an import or a merge changed, except where somebody went on since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from surveyapp.core.directory.card import Card
from surveyapp.models import ChangeKind, ChangeState, DirectoryChange, Invitation, Person
from surveyapp.services.people.cards import note, write_card
from surveyapp.services.people.errors import PeopleError
from surveyapp.services.people.merge import restore_invitations
from surveyapp.services.people.ties import restore_ties, tied
from surveyapp.services.transaction import AnySession, transaction
from surveyapp.store import people as store


@dataclass(frozen=True, slots=True)
class Undone:
    """How many cards are as before, and the keys of those that were left as they are."""

    restored: int
    left: tuple[int, ...]


def undo(change_id: int, *, author_id: int | None, now: datetime) -> Undone:
    """Undo an import card by card, or a merge as a whole.

    :raises PeopleError: it is undone already or too old, or the merged card was changed since.
    """
    with transaction() as session:
        change = session.get(DirectoryChange, change_id, with_for_update=True)
        if change is None or change.state is not ChangeState.APPLIED:
            raise PeopleError("Cette opération est déjà annulée.")
        if not change.changes:
            raise PeopleError(
                "Cette opération ne peut plus être annulée : ce qu’elle a changé n’est gardé que "
                "90 jours."
            )
        back = _undo_merge if change.kind is ChangeKind.MERGE else _undo_import
        undone = back(session, change, now)
        change.counts = {**change.counts, "restored": undone.restored, "left": len(undone.left)}
        change.changes, change.mapping = [], {"left": list(undone.left)}
        change.state = ChangeState.UNDONE
        note(
            session,
            "undone",
            ("directory_change", change_id),
            author_id=author_id,
            now=now,
            data={"restored": undone.restored, "left": len(undone.left)},
        )
        return undone


def _undo_import(session: AnySession, change: DirectoryChange, now: datetime) -> Undone:
    rows = _rows(session, [entry["id"] for entry in change.changes])
    invited = _invited(session, rows)
    left, restored = [], 0
    for entry in change.changes:
        row = rows.get(entry["id"])
        if row is None:
            continue  # deleted since, on purpose
        if _changed_since(row, entry) or (entry["before"] is None and row.id in invited):
            left.append(row.id)
        elif entry["before"] is None:
            session.delete(row)
            restored += 1
        else:
            write_card(row, Card.from_json(entry["before"]))
            row.dossier_only = entry.get("dossier_only", False)
            row.updated_at = now
            restored += 1
    return Undone(restored, tuple(left))


def _undo_merge(session: AnySession, change: DirectoryChange, now: datetime) -> Undone:
    if len(change.changes) != 2:
        raise PeopleError("L’une des deux fiches a été supprimée depuis : la fusion reste.")
    kept, other = change.changes
    row = session.get(Person, kept["id"])
    if row is None or _changed_since(row, kept):
        raise PeopleError(
            "La fiche a été modifiée depuis la fusion : l’annuler effacerait ces changements. "
            "Créez plutôt une nouvelle fiche pour la seconde personne."
        )
    write_card(row, Card.from_json(kept["before"]))
    row.updated_at = now
    row.dossier_only = kept.get("dossier_only", False)
    again = Person(id=other["id"], created_at=now, updated_at=now)
    write_card(again, Card.from_json(other["before"]))
    again.dossier_only = other.get("dossier_only", False)
    session.add(again)
    session.flush()
    restore_invitations(session, change, other_id=again.id)
    restore_ties(session, change.mapping.get("ties", {}), target=again.id)
    return Undone(2, ())


def _changed_since(row: Person, entry: Mapping[str, Any]) -> bool:
    return bool(store.card_of(row).to_json() != entry["after"])


def _rows(session: AnySession, keys: list[int]) -> dict[int, Person]:
    found: dict[int, Person] = {}
    for start in range(0, len(keys), 500):
        several = Person.id.in_(keys[start : start + 500])
        found |= {row.id: row for row in session.scalars(sa.select(Person).where(several))}
    return found


def _invited(session: AnySession, rows: Mapping[int, Person]) -> set[int]:
    """Who has an invitation, a dossier or an account: the card is needed."""
    invited = set(session.scalars(sa.select(Invitation.person_id).distinct()))
    return (invited & set(rows)) | tied(session, rows)
