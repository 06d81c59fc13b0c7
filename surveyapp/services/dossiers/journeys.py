"""The journeys in service, and their frozen versions."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from surveyapp.core.check import check as check_form
from surveyapp.core.definition import FormDefinition
from surveyapp.core.issues import DefinitionError, errors
from surveyapp.core.journey.calendar import Calendar, Territory, territory_of
from surveyapp.core.journey.check import check
from surveyapp.core.journey.definition import Journey
from surveyapp.core.journey.library import FORMS as FORM_FILES
from surveyapp.core.journey.library import JOURNEYS, forms_of
from surveyapp.core.journey.loader import loads, read_file
from surveyapp.models import Event, JourneyUse, JourneyVersion, Structure, db
from surveyapp.services.catalogue import FORMS
from surveyapp.services.dossiers.errors import DossierError
from surveyapp.services.publish import add_version
from surveyapp.services.transaction import AnySession, transaction

#: Where the journeys of the installation lie.
FOLDER = FORMS / JOURNEYS
_CACHE_SIZE = 64
_cache: dict[str, Journey] = {}
_cache_lock = threading.Lock()


def in_service() -> list[JourneyUse]:
    """The journeys that were put into service, paused or not, by title."""
    found = db.session.scalars(sa.select(JourneyUse)).all()
    return sorted(found, key=lambda use: use.title.casefold())


def use_of(name: str) -> JourneyUse | None:
    """A journey in service, or ``None``."""
    return db.session.get(JourneyUse, name)


def latest(name: str) -> JourneyVersion | None:
    """The version in which dossiers are opened; ``None`` for a journey not in service."""
    return db.session.scalars(_versions(name).limit(1)).first()


def _versions(name: str) -> sa.Select[JourneyVersion]:
    return (
        sa.select(JourneyVersion)
        .where(JourneyVersion.journey_name == name)
        .order_by(JourneyVersion.number.desc())
    )


def journey_of(version: JourneyVersion) -> Journey:
    """The journey of a version, kept in memory since its text never changes."""
    found = _cache.get(version.sha256)
    if found is None:
        found = loads(version.text, source=f"{version.journey_name}.yaml")
        with _cache_lock:
            if len(_cache) >= _CACHE_SIZE:
                del _cache[next(iter(_cache))]
            _cache[version.sha256] = found
    return found


def calendar_here() -> Calendar:
    """The working days where the CPTS is: of its territory, else of that of its time zone."""
    row = db.session.execute(
        sa.select(Structure.territory, Structure.timezone).where(Structure.id == 1)
    ).first()
    territory, zone = row if row else (None, "")
    if territory in set(Territory):
        return Calendar(Territory(territory))
    return Calendar(territory_of(zone or ""))


@dataclass(frozen=True, slots=True)
class _File:
    """A journey file that may be put into service, with the questionnaires that it needs."""

    journey: Journey
    text: str
    forms: tuple[FormDefinition, ...]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def _read(name: str, folder: Path) -> _File:
    """:raises DossierError: no such file. :raises DefinitionError: it has faults."""
    path = folder / f"{name}.yaml"
    if path.parent != folder or not path.is_file():
        raise DossierError("Ce parcours n’est pas installé : vérifiez son nom.")
    used = (path, *folder.parent.glob("*.yaml"), *(folder / FORM_FILES).glob("*.yaml"))
    used += tuple(folder.parent.glob("lists/*.yaml"))
    return _checked(path, folder, tuple(sorted((str(p), p.stat().st_mtime_ns) for p in used)))


@lru_cache(maxsize=32)
def _checked(path: Path, folder: Path, _stamps: tuple[tuple[str, int], ...]) -> _File:
    """What the files say, read again only when one of them has changed: 26 questionnaires."""
    journey, issues = read_file(path)
    forms = forms_of(folder)
    if journey is not None:
        issues = issues + check(journey, forms=forms)
    if journey is None or errors(issues):
        raise DefinitionError(issues)
    needed = [task.form for task in journey.tasks] + [rule.form for rule in journey.invitations]
    found = tuple(forms[form] for form in dict.fromkeys(needed))
    for form in found:
        if faults := errors(check_form(form)):
            raise DefinitionError(faults)
    return _File(journey, path.read_text(encoding="utf-8"), found)


def put_into_service(
    name: str, *, author_id: int | None, today: date, now: datetime, folder: Path = FOLDER
) -> JourneyVersion:
    """Freeze what the file says now: new dossiers are opened in it, running ones stay as they are.

    The questionnaires that it needs are published with it, and the internal campaigns of its
    stages made. The same text again changes nothing.
    """
    file = _read(name, folder)
    with transaction() as session:
        use = session.get(JourneyUse, file.journey.name, with_for_update=True)
        if use is None:
            use = JourneyUse(name=file.journey.name, title="", started_on=today)
            session.add(use)
        use.title = file.journey.title
        session.flush()
        for form in file.forms:
            add_version(session, form, author_id=author_id)
        version = session.scalars(_versions(use.name).limit(1)).first()
        if version is None or version.sha256 != file.sha256:
            version = _freeze(session, file, version, author_id=author_id, now=now)
        _campaigns(session, file.journey, author_id=author_id, now=now)
        return version


def _freeze(
    session: AnySession,
    file: _File,
    before: JourneyVersion | None,
    *,
    author_id: int | None,
    now: datetime,
) -> JourneyVersion:
    version = JourneyVersion(
        journey_name=file.journey.name,
        number=before.number + 1 if before else 1,
        label=file.journey.version[:40],
        text=file.text,
        sha256=file.sha256,
        published_at=now,
        published_by_id=author_id,
    )
    session.add(version)
    session.flush()
    _note(session, "published", version, author_id=author_id, now=now)
    return version


def _campaigns(
    session: AnySession, journey: Journey, *, author_id: int | None, now: datetime
) -> None:
    from surveyapp.services.dossiers import stage_forms

    stage_forms.ensure_campaigns(session, journey, author_id=author_id, now=now)


def pause(name: str, paused: bool, *, author_id: int | None, now: datetime) -> None:
    """Open no more dossiers from answers, or open them again."""
    with transaction() as session:
        use = session.get(JourneyUse, name, with_for_update=True)
        version = session.scalars(_versions(name).limit(1)).first()
        if use is None or version is None:
            raise DossierError("Ce parcours n’est pas en service.")
        if use.paused != paused:
            use.paused = paused
            what = "paused" if paused else "resumed"
            _note(session, what, version, author_id=author_id, now=now)


def _note(
    session: AnySession,
    what: str,
    version: JourneyVersion,
    *,
    author_id: int | None,
    now: datetime,
) -> None:
    data: dict[str, Any] = {"journey": version.journey_name, "number": version.number}
    session.add(
        Event(
            kind=f"journey.{what}",
            subject="journey_version",
            subject_id=version.id,
            user_id=author_id,
            at=now,
            data=data,
        )
    )


__all__ = [
    "FOLDER",
    "calendar_here",
    "in_service",
    "journey_of",
    "latest",
    "pause",
    "put_into_service",
    "use_of",
]
