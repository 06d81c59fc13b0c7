"""Running dossiers under another version of their journey: seen first, then done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from surveyapp.core.journey.changes import Moved, moved
from surveyapp.models import Dossier, DossierAct, JourneyVersion, db
from surveyapp.services.dossiers.access import Viewer
from surveyapp.services.dossiers.changing import coordination_only
from surveyapp.services.dossiers.errors import DossierError, DossierGone
from surveyapp.services.dossiers.journeys import journey_of, latest
from surveyapp.services.dossiers.reading import Opened, opened, opened_many
from surveyapp.services.dossiers.records import note, touch
from surveyapp.services.dossiers.settle import settle
from surveyapp.services.transaction import AnySession, transaction

#: Dossiers that one request may take to another version.
MOST = 200


@dataclass(frozen=True, slots=True)
class Preview:
    """What the latest version would do to a running dossier."""

    dossier_id: int
    title: str
    reference: str
    stage: str
    number: int
    moved: Moved


def move_preview(name: str, *, today: date) -> list[Preview]:
    """The dossiers that run in an older version of a journey, and what the latest would do."""
    version = latest(name)
    if version is None:
        raise DossierError("Ce parcours n’est pas en service.")
    older = sa.and_(
        Dossier.journey_name == name,
        Dossier.version_id != version.id,
        Dossier.anonymised_on.is_(None),
    )
    return list(_previews(db.session, version, older, today))


def _previews(
    session: AnySession, version: JourneyVersion, older: sa.ColumnElement[bool], today: date
) -> Iterator[Preview]:
    new = journey_of(version)
    for found in opened_many(session, older):
        row = found.row
        yield Preview(
            row.id,
            row.title,
            row.reference,
            found.dossier.stage.label,
            row.version.number,
            moved(found.journey, new, found.dossier, today=today),
        )


def move_to_latest(ids: Sequence[int], *, viewer: Viewer, today: date, now: datetime) -> int:
    """Take dossiers to the latest version of their journey, one transaction each; how many.

    Those that cannot be taken there, or are gone, stay where they are; so do those beyond
    :data:`MOST`, for the next time.
    """
    coordination_only(viewer.actor, "Changer de version")
    chosen = sorted(set(ids))[:MOST]
    return sum(_move(number, viewer=viewer, today=today, now=now) for number in chosen)


def _move(dossier_id: int, *, viewer: Viewer, today: date, now: datetime) -> bool:
    with transaction() as session:
        try:
            found = opened(session, dossier_id, lock=True)
        except DossierGone:
            return False
        version = latest(found.row.journey_name)
        if version is None or version.id == found.row.version_id:
            return False
        result = moved(found.journey, journey_of(version), found.dossier, today=today)
        if result.refusals or found.row.anonymised_on is not None:
            return False
        _settle_past(session, found, result, today=today, now=now)
        data = {"before": found.row.version.number, "after": version.number}
        note(session, dossier_id, "version", author_id=viewer.user_id, now=now, data=data)
        found.row.version_id = version.id
        session.flush()
        session.refresh(found.row, ["version"])
        touch(found.row, now)
        settle(session, dossier_id, today=today, now=now)
        return True


def _settle_past(
    session: AnySession,
    found: Opened,
    result: Moved,
    *,
    today: date,
    now: datetime,
) -> None:
    """What the new version would have done in the past is recorded, and not done."""
    for key in sorted(result.settled):
        kind, _, rest = key.partition(":")
        session.add(
            DossierAct(
                dossier_id=found.row.id,
                key=key,
                kind=kind,
                name=rest.partition(":")[0],
                on=today,
                muted=True,
                at=now,
            )
        )
