"""What stands on the page of a dossier beside its marks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from surveyapp.models import (
    Dossier,
    DossierAct,
    DossierNote,
    Event,
    FormVersion,
    JourneyUse,
    Message,
    Response,
    Role,
    User,
)
from surveyapp.models.base import db

#: The roles of whoever can be in charge of a dossier.
OWNERS = ("admin", "coordination")


def names_of(keys: Collection[int]) -> dict[int, str]:
    """How colleagues are called."""
    if not keys:
        return {}
    rows = db.session.execute(sa.select(User.id, User.name, User.email).where(User.id.in_(keys)))
    return {key: name or email for key, name, email in rows}


def authors(dossier_id: int) -> set[int | None]:
    """Whoever wrote a note of a dossier or stands in its history."""
    notes = sa.select(DossierNote.user_id).where(DossierNote.dossier_id == dossier_id)
    found: set[int | None] = set(db.session.scalars(notes))
    for event in events(dossier_id):
        found.add(event.user_id)
        found |= {side.get("owner") for side in _sides(event.data)}
    return found


def _sides(data: dict[str, Any]) -> list[dict[str, Any]]:
    """What was there before and after an assignment."""
    sides = (data.get("before"), data.get("after"))
    return [side for side in sides if isinstance(side, dict)]


def owners(owner_id: int | None) -> Sequence[User]:
    """The colleagues who can be in charge of a dossier, by name, and whoever is."""
    held = sa.and_(User.active.is_(True), User.roles.any(Role.name.in_(OWNERS)))
    return db.session.scalars(
        sa.select(User).where(sa.or_(held, User.id == owner_id)).order_by(User.name, User.id)
    ).all()


def responses(keys: Collection[int]) -> dict[int, tuple[Response, FormVersion]]:
    """Answers to forms, each with the version in which it was given."""
    if not keys:
        return {}
    rows = db.session.execute(
        sa.select(Response, FormVersion)
        .join(FormVersion, FormVersion.id == Response.version_id)
        .where(Response.id.in_(keys))
    )
    return {response.id: (response, version) for response, version in rows}


def acts(dossier_id: int) -> Sequence[DossierAct]:
    """What was done by itself."""
    return db.session.scalars(
        sa.select(DossierAct).where(DossierAct.dossier_id == dossier_id).order_by(DossierAct.at)
    ).all()


def notes(dossier_id: int, *, internal: bool) -> Sequence[DossierNote]:
    """The notes, newest first; the ``internal`` ones too."""
    statement = sa.select(DossierNote).where(DossierNote.dossier_id == dossier_id)
    if not internal:
        statement = statement.where(DossierNote.shared.is_(True))
    return db.session.scalars(statement.order_by(DossierNote.at.desc(), DossierNote.id)).all()


def messages(dossier_id: int) -> Sequence[Message]:
    """The mails that were sent or wait, newest first."""
    return db.session.scalars(
        sa.select(Message).where(Message.dossier_id == dossier_id).order_by(Message.id.desc())
    ).all()


def events(dossier_id: int) -> Sequence[Event]:
    """The history of what was corrected, oldest first."""
    return db.session.scalars(
        sa.select(Event)
        .where(Event.subject == "dossier", Event.subject_id == dossier_id)
        .order_by(Event.id)
    ).all()


def of_person(person_id: int) -> list[tuple[Dossier, str]]:
    """The dossiers of somebody and those that they accompany, with their journeys' titles."""
    rows = db.session.execute(
        sa.select(Dossier, JourneyUse.title)
        .join(JourneyUse, JourneyUse.name == Dossier.journey_name)
        .where(sa.or_(Dossier.person_id == person_id, Dossier.ambassador_id == person_id))
        .options(joinedload(Dossier.version))
        .order_by(Dossier.closed, Dossier.stage_on.desc(), Dossier.id)
    )
    return [(dossier, title) for dossier, title in rows]
