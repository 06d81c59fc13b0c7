"""The journeys that are installed as files, beside those in service, and how they begin."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from surveyapp.core.issues import Issue, errors
from surveyapp.core.journey.changes import differences
from surveyapp.core.journey.check import check
from surveyapp.core.journey.definition import Journey
from surveyapp.core.journey.library import forms_of
from surveyapp.core.journey.loader import read_file
from surveyapp.models import (
    Campaign,
    Dossier,
    DossierMark,
    Form,
    FormVersion,
    JourneyUse,
    JourneyVersion,
    Response,
    ResponseStatus,
    db,
)
from surveyapp.services import respond
from surveyapp.services.dossiers import journeys
from surveyapp.services.dossiers.access import Viewer
from surveyapp.services.dossiers.changing import coordination_only
from surveyapp.services.dossiers.collecting import Arrival, entered_by, open_from
from surveyapp.services.dossiers.errors import DossierError
from surveyapp.services.dossiers.records import note
from surveyapp.services.dossiers.stage_forms import campaign_of, task_of
from surveyapp.services.publish import definition_of
from surveyapp.services.respond import Door
from surveyapp.services.transaction import transaction


@dataclass(frozen=True, slots=True)
class JourneyFile:
    """A journey file as it is now; ``issues`` are its errors, and then it cannot be used."""

    name: str
    journey: Journey | None
    sha256: str
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Installed:
    """A journey: in service, installed as a file, or both.

    ``changes`` says what the file changes to what is in service; ``new`` that it can be put
    into service. ``running`` dossiers are open, ``older`` ones run in a former version.
    """

    name: str
    file: JourneyFile | None
    use: JourneyUse | None
    version: JourneyVersion | None
    new: bool
    changes: tuple[str, ...]
    running: int
    older: int

    @property
    def journey(self) -> Journey | None:
        """What is in service, else what the file says."""
        if self.version is not None:
            return journeys.journey_of(self.version)
        return self.file.journey if self.file else None

    @property
    def title(self) -> str:
        return self.journey.title if self.journey else self.name

    @property
    def active(self) -> bool:
        """Whether it takes new dossiers."""
        return self.use is not None and not self.use.paused


def every(folder: Path = journeys.FOLDER) -> list[Installed]:
    """Every journey, by title."""
    names = {path.stem for path in folder.glob("*.yaml")}
    names |= {use.name for use in journeys.in_service()}
    found = [entry for name in names if (entry := one(name, folder))]
    return sorted(found, key=lambda entry: entry.title.casefold())


def one(name: str, folder: Path = journeys.FOLDER) -> Installed | None:
    """One journey, or ``None``."""
    path = folder / f"{name}.yaml"
    file = _read(path, _stamps(folder)) if path.parent == folder and path.is_file() else None
    use, version = journeys.use_of(name), journeys.latest(name)
    if file is None and use is None:
        return None
    new = file is not None and not file.issues and (not version or file.sha256 != version.sha256)
    changed: tuple[str, ...] = ()
    if new and version and file and file.journey:
        changed = differences(journeys.journey_of(version), file.journey)
    running = _count(name, Dossier.closed.is_(False))
    older = _count(name, Dossier.version_id != version.id) if version else 0
    return Installed(name, file, use, version, new, changed, running, older)


def _count(name: str, condition: sa.ColumnElement[bool]) -> int:
    mine = sa.and_(Dossier.journey_name == name, Dossier.anonymised_on.is_(None))
    return db.session.scalar(sa.select(sa.func.count(Dossier.id)).where(mine, condition)) or 0


def _stamps(folder: Path) -> tuple[int, ...]:
    files = (*folder.glob("*.yaml"), *folder.glob("*/*.yaml"), *folder.parent.glob("*.yaml"))
    return tuple(sorted(path.stat().st_mtime_ns for path in files))


@lru_cache(maxsize=64)
def _read(path: Path, _stamps: tuple[int, ...]) -> JourneyFile:
    """Read a file again only when it or a questionnaire has changed."""
    journey, issues = read_file(path)
    if journey is not None:
        issues = issues + check(journey, forms=forms_of(path.parent))
    faults = tuple(replace(issue, file=Path(issue.file).name) for issue in errors(issues))
    return JourneyFile(path.stem, journey, hashlib.sha256(path.read_bytes()).hexdigest(), faults)


def entry_form(name: str) -> str:
    """The questionnaire that opens a dossier. :raises DossierError: not in service."""
    version = journeys.latest(name)
    if version is None:
        raise DossierError("Ce parcours n’est pas en service.")
    journey = journeys.journey_of(version)
    return task_of(journey, journey.entry_task).form


def doors(name: str) -> Sequence[Campaign]:
    """The campaigns by which people enter a journey, the latest first."""
    return db.session.scalars(
        sa.select(Campaign)
        .join(FormVersion, FormVersion.id == Campaign.version_id)
        .join(Form, Form.id == FormVersion.form_id)
        .where(Form.name == entry_form(name), Campaign.internal.is_(False))
        .order_by(Campaign.created_at.desc(), Campaign.id.desc())
    ).all()


def entry_slug(name: str, *, now: datetime) -> str:
    """The campaign in which the coordination types what somebody asks for: the one that takes
    answers now, else the internal one, which always does.

    :raises DossierError: not in service, or on pause.
    """
    use = journeys.use_of(name)
    if use is None or use.paused:
        raise DossierError(
            "Ce parcours n’ouvre pas de dossier pour le moment : remettez-le en service."
        )
    for campaign in doors(name):
        info = respond.find(campaign.slug)
        if info is not None and info.door(now) is Door.OPEN:
            return info.slug
    internal = campaign_of(db.session, entry_form(name))
    if internal is None:
        raise DossierError(
            "Le formulaire d’entrée n’est pas publié : remettez le parcours en service."
        )
    return internal.slug


def waiting(name: str) -> list[int]:
    """The answers to the entry form that stand in no dossier, the oldest first."""
    known = sa.select(DossierMark.response_id).where(DossierMark.response_id.is_not(None))
    statement = (
        sa.select(Response.id)
        .join(Campaign, Campaign.id == Response.campaign_id)
        .join(FormVersion, FormVersion.id == Response.version_id)
        .join(Form, Form.id == FormVersion.form_id)
        .where(
            Form.name == entry_form(name),
            Response.status == ResponseStatus.SUBMITTED,
            Response.anonymous.is_(False),
            Campaign.internal.is_(False),
            Response.id.not_in(known),
        )
        .order_by(Response.submitted_on, Response.id)
    )
    return list(db.session.scalars(statement))


def open_waiting(name: str, *, viewer: Viewer, today: date, now: datetime) -> int:
    """Open the dossiers of answers received before; how many. Their delays begin today."""
    coordination_only(viewer.actor, "Ouvrir des dossiers")
    _refuse_pause(name)
    numbers = waiting(name)
    for number in numbers:
        _open(name, number, viewer=viewer, today=today, now=now)
    return len(numbers)


def open_answer(response_id: int, *, viewer: Viewer, today: date, now: datetime) -> int:
    """Open the dossier of one answer that has none; its number.

    :raises DossierError: no journey in service begins with that questionnaire.
    """
    coordination_only(viewer.actor, "Ouvrir un dossier")
    name = next(iter(journeys_of_answer(response_id)), None)
    if name is None:
        raise DossierError("Aucun parcours en service ne commence par ce questionnaire.")
    return _open(name, response_id, viewer=viewer, today=today, now=now)


def journeys_of_answer(response_id: int) -> list[str]:
    """The journeys in service that an answer can enter."""
    form = db.session.scalar(
        sa.select(Form.name)
        .join(FormVersion, FormVersion.form_id == Form.id)
        .join(Response, Response.version_id == FormVersion.id)
        .where(
            Response.id == response_id,
            Response.status == ResponseStatus.SUBMITTED,
            Response.anonymous.is_(False),
        )
    )
    return entered_by(form) if form else []


def dossiers_of_answer(response_id: int) -> Sequence[Dossier]:
    """The dossiers in which an answer stands."""
    mine = sa.select(DossierMark.dossier_id).where(DossierMark.response_id == response_id)
    return db.session.scalars(sa.select(Dossier).where(Dossier.id.in_(mine))).all()


def _refuse_pause(name: str) -> None:
    use = journeys.use_of(name)
    if use is None or use.paused:
        raise DossierError(
            "Ce parcours n’ouvre pas de dossier pour le moment : reprenez-le d’abord."
        )


def _open(name: str, response_id: int, *, viewer: Viewer, today: date, now: datetime) -> int:
    with transaction() as session:
        response = session.get(Response, response_id)
        if response is None:
            raise DossierError("Cette réponse n’existe plus.")
        version = session.get_one(FormVersion, response.version_id)
        arrival = Arrival(
            response_id=response_id,
            answers=dict(response.document),
            definition=definition_of(version),
            internal=False,
            draft_hash="",
            user_id=None,
            today=today,
            now=now,
        )
        number = open_from(session, name, arrival)
        data: dict[str, Any] = {"response": str(response_id)}
        note(session, number, "opened_from_answer", author_id=viewer.user_id, now=now, data=data)
    return number


def history(name: str) -> Iterator[JourneyVersion]:
    """The versions that were in service, the latest first."""
    use = journeys.use_of(name)
    yield from reversed(use.versions if use else [])
