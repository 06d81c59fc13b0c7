"""Rows behind the declarations of ambassadors, in a number of queries that does not grow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from surveyapp.core.declarations import JOURNEY, SENT_BACK, TASK, VALIDATED, Rates
from surveyapp.models import Dossier, DossierMark, Event, FormVersion, Response, Structure, db


class MarkRow(NamedTuple):
    """A declaration or a decision, with its dossier and its answers."""

    mark: DossierMark
    dossier: Dossier
    document: dict[str, Any] | None


def marks(dossier_id: int | None = None) -> list[MarkRow]:
    """Declarations and decisions that were not withdrawn, in their order in each dossier."""
    statement = (
        sa.select(DossierMark, Dossier, Response.document)
        .join(Dossier, Dossier.id == DossierMark.dossier_id)
        .outerjoin(Response, Response.id == DossierMark.response_id)
        .where(
            Dossier.journey_name == JOURNEY,
            DossierMark.name.in_((TASK, VALIDATED, SENT_BACK)),
            DossierMark.withdrawn.is_(False),
        )
        .order_by(DossierMark.dossier_id, DossierMark.position)
    )
    if dossier_id is not None:
        statement = statement.where(Dossier.id == dossier_id)
    return [MarkRow(*row) for row in db.session.execute(statement)]


def dossier_of(mark_id: int) -> int | None:
    """The dossier in which a declaration stands."""
    return db.session.scalar(sa.select(DossierMark.dossier_id).where(DossierMark.id == mark_id))


def version_of(mark_id: int) -> FormVersion | None:
    """The version of the questionnaire that a declaration answered."""
    return db.session.scalars(
        sa.select(FormVersion)
        .join(Response, Response.version_id == FormVersion.id)
        .join(DossierMark, DossierMark.response_id == Response.id)
        .where(DossierMark.id == mark_id)
    ).first()


def last_version() -> FormVersion | None:
    """The version that the last declaration answered."""
    return db.session.scalars(
        sa.select(FormVersion)
        .join(Response, Response.version_id == FormVersion.id)
        .join(DossierMark, DossierMark.response_id == Response.id)
        .join(Dossier, Dossier.id == DossierMark.dossier_id)
        .where(Dossier.journey_name == JOURNEY, DossierMark.name == TASK)
        .order_by(FormVersion.id.desc())
        .limit(1)
    ).first()


def rates_now() -> Rates:
    """What the CPTS pays today."""
    row = db.session.execute(
        sa.select(Structure.hour_cents, Structure.kilometre_mills).where(Structure.id == 1)
    ).first()
    return Rates() if row is None else Rates(*row)


def former_rates() -> Sequence[tuple[datetime, Rates]]:
    """The rates before each change of the settings, newest first."""
    events = db.session.execute(
        sa.select(Event.at, Event.data)
        .where(Event.kind == "structure.described")
        .order_by(Event.at.desc(), Event.id.desc())
    )
    return [(at, Rates(**data["rates"])) for at, data in events if data.get("rates")]
