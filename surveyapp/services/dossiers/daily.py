"""The work of each day: what the calendar brings to each dossier, missed days included."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from surveyapp.core.journey.dossier import Dossier as View
from surveyapp.core.journey.due import due, terms
from surveyapp.jobs import JobError, JobRun, enqueue, handler
from surveyapp.models import Dossier, DossierTerm, Job, db, now
from surveyapp.services.dossiers.errors import DossierGone
from surveyapp.services.dossiers.questionnaires import (
    note_answers,
    served_invitations,
    unrecorded,
)
from surveyapp.services.dossiers.reading import opened, views
from surveyapp.services.dossiers.settle import settle
from surveyapp.services.transaction import transaction
from surveyapp.store.structure import structure

log = logging.getLogger(__name__)

KIND = "dossiers"
LABEL = "Échéances du jour"
#: Mails of the calendar leave from this hour on, where the CPTS is.
FROM_HOUR = 6
_CHUNK = 200


@dataclass(slots=True)
class DayDone:
    """What a day brought: dossiers looked at, changed, things done, and failures."""

    dossiers: int = 0
    changed: int = 0
    done: int = 0
    failed: int = 0


def wake(at: datetime) -> None:
    """Ask for the work of the day, once, when it is morning there."""
    local = at.astimezone(structure().zone)
    if local.hour < FROM_HOUR:
        return
    key = f"{KIND}:{local.date().isoformat()}"
    with db.engine.connect() as connection:
        if connection.scalar(sa.select(Job.id).where(Job.dedupe_key == key)) is not None:
            return
    with transaction() as session:
        enqueue(session, KIND, {}, label=LABEL, dedupe_key=key)


@handler(KIND)
def daily_job(job: JobRun) -> None:
    """The work of the day on which it runs, whenever it was asked for."""
    at = now()
    done = run_day(today=at.astimezone(structure().zone).date(), now=at)
    if done.failed:
        raise JobError("Des dossiers n’ont pas pu être traités : voyez le journal du serveur.")


def run_day(*, today: date, now: datetime) -> DayDone:
    """Do what has come due in every dossier, each in a transaction of its own.

    Run twice, late or after days without it, it does each thing once. A dossier that fails
    keeps nobody else waiting.
    """
    counts = DayDone()
    for dossier_id in _with_something(today, counts):
        try:
            with transaction() as session:
                found = opened(session, dossier_id, lock=True)
                note_answers(session, found, today=today, now=now)
                counts.done += settle(session, dossier_id, today=today, now=now)
            counts.changed += 1
        except DossierGone:
            continue
        except Exception:
            log.exception("dossier %d", dossier_id)
            counts.failed += 1
    return counts


def _with_something(today: date, counts: DayDone) -> list[int]:
    """The dossiers that are not what they should be today."""
    served = served_invitations(db.session)
    found = []
    for chunk in _chunks():
        drawn, seen = _drawn(chunk), views(db.session, chunk)
        counts.dossiers += len(chunk)
        counts.failed += len(chunk) - len(seen)  # the journey of the others cannot be read
        for number, view in seen.items():
            try:
                stale = _terms(view, today) != drawn.get(number, set())
                if stale or due(view, today) or unrecorded(view, served.get(number, ())):
                    found.append(number)
            except Exception:
                log.exception("dossier %d", number)
                counts.failed += 1
        db.session.rollback()
    return found


def _chunks() -> Iterator[list[int]]:
    alive = sa.select(Dossier.id).where(Dossier.anonymised_on.is_(None)).order_by(Dossier.id)
    ids = list(db.session.scalars(alive))
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]


def _drawn(ids: list[int]) -> dict[int, set[tuple[str, int, date]]]:
    rows = db.session.execute(
        sa.select(
            DossierTerm.dossier_id, DossierTerm.name, DossierTerm.mark_id, DossierTerm.on
        ).where(DossierTerm.dossier_id.in_(ids))
    )
    found: dict[int, set[tuple[str, int, date]]] = {}
    for number, name, mark_id, on in rows:
        found.setdefault(number, set()).add((name, mark_id, on))
    return found


def _terms(view: View, today: date) -> set[tuple[str, int, date]]:
    return {(t.deadline.name, int(t.mark.id), t.on) for t in terms(view, today)}
