"""What hangs on a card besides its invitations: dossiers, accompaniments, an account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from surveyapp.core.french import plural
from surveyapp.models import Dossier, User
from surveyapp.services.people.errors import PeopleError
from surveyapp.services.transaction import AnySession

#: Every column that names a person, with the name under which a merge notes what it moved.
_COLUMNS: Mapping[str, Any] = {
    "dossiers": Dossier.person_id,
    "accompanied": Dossier.ambassador_id,
    "accounts": User.person_id,
}


@dataclass(frozen=True, slots=True)
class Ties:
    """Dossiers of the person, dossiers that they accompany, open accounts that are theirs."""

    dossiers: int
    accompanied: int
    accounts: int

    @property
    def any(self) -> bool:
        return bool(self.dossiers or self.accompanied or self.accounts)


def ties_of(session: AnySession, person_id: int) -> Ties:
    """What would lose its person with the card."""
    counts = {name: len(_keys(session, name, person_id)) for name in _COLUMNS}
    open_ones = sa.select(sa.func.count()).where(User.person_id == person_id, User.active)
    return Ties(**{**counts, "accounts": session.scalar(open_ones) or 0})


def refuse_tied(session: AnySession, person_id: int) -> None:
    """:raises PeopleError: the card holds dossiers or an account together."""
    ties = ties_of(session, person_id)
    if not ties.any:
        return
    dossiers = ties.dossiers + ties.accompanied
    if dossiers:
        said = plural(dossiers, "dossier tient", "dossiers tiennent")
        raise PeopleError(
            f"{said} à cette fiche : effacez-les ou attribuez-les autrement d’abord, ou gardez "
            "la fiche."
        )
    raise PeopleError("Un compte tient à cette fiche : désactivez-le d’abord, ou gardez la fiche.")


def tied(session: AnySession, person_ids: Iterable[int]) -> set[int]:
    """Those of these people on whose card something hangs, be it a closed account."""
    found: set[int] = set()
    for column in _COLUMNS.values():
        found |= set(session.scalars(sa.select(column).where(column.is_not(None)).distinct()))
    return found & set(person_ids)


def move_ties(session: AnySession, *, source: int, target: int) -> dict[str, list[int]]:
    """Give what hangs on one card to another; the keys of what moved, to undo it."""
    moved = {name: _keys(session, name, source) for name in _COLUMNS}
    restore_ties(session, moved, target=target)
    return moved


def restore_ties(session: AnySession, moved: Mapping[str, Any], *, target: int) -> None:
    """Give to a card what :func:`move_ties` noted."""
    for name, column in _COLUMNS.items():
        keys = list(moved.get(name, ()))
        model = column.class_
        session.execute(
            sa.update(model).where(model.id.in_(keys)).values({column.key: target}),
            execution_options={"synchronize_session": False},
        )


def _keys(session: AnySession, name: str, person_id: int) -> list[int]:
    column = _COLUMNS[name]
    return list(session.scalars(sa.select(column.class_.id).where(column == person_id)))
