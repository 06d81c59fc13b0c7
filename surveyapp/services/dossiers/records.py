"""What every act on a dossier writes: marks, history, and how somebody is named."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from surveyapp.core.journey.definition import Actor
from surveyapp.models import Dossier, DossierMark, Event, Person, User
from surveyapp.services.transaction import AnySession

#: Letters and digits of a reference: none can be taken for another.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_reference() -> str:
    """« D-K7QF-2M9X »: short enough to be read out on the telephone."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return f"D-{letters[:4]}-{letters[4:]}"


def add_mark(  # noqa: PLR0913 - each is a column of the mark
    session: AnySession,
    row: Dossier,
    name: str,
    *,
    on: date,
    actor: Actor,
    now: datetime,
    user_id: int | None = None,
    reason: str = "",
    response_id: int | None = None,
    about_id: int | None = None,
) -> DossierMark:
    """Record that something happened, after all that was recorded before."""
    last = session.scalar(
        sa.select(sa.func.max(DossierMark.position)).where(DossierMark.dossier_id == row.id)
    )
    mark = DossierMark(
        dossier_id=row.id,
        position=0 if last is None else last + 1,
        name=name,
        on=on,
        actor=actor,
        user_id=user_id,
        reason=reason,
        response_id=response_id,
        about_id=about_id,
        at=now,
    )
    session.add(mark)
    session.flush()
    return mark


def note(
    session: AnySession,
    dossier_id: int,
    what: str,
    *,
    author_id: int | None,
    now: datetime,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Keep in the history who did what to a dossier, and what was there before."""
    session.add(
        Event(
            kind=f"dossier.{what}",
            subject="dossier",
            subject_id=dossier_id,
            user_id=author_id,
            at=now,
            data=dict(data or {}),
        )
    )


def touch(row: Dossier, now: datetime) -> None:
    """The dossier is not the one that somebody's page shows any more."""
    row.revision += 1
    row.updated_at = now


def person_name(person: Person | None) -> str:
    """« Marie Dupont », as facts and mails name somebody of the directory."""
    return f"{person.first_name} {person.last_name}".strip() if person else ""


def user_name(user: User | None) -> str:
    """How a colleague is named."""
    return (user.name or user.email) if user else ""
