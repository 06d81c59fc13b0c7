"""The questionnaires that are installed as files, beside what is published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from surveyapp.core.changes import Change, changes
from surveyapp.core.check import check
from surveyapp.core.codec import digest
from surveyapp.core.definition import FormDefinition
from surveyapp.core.issues import DefinitionError, Issue, errors
from surveyapp.core.journey.library import FORMS as STAGE_FORMS
from surveyapp.core.journey.library import JOURNEYS
from surveyapp.core.loader import load
from surveyapp.models import Form, FormVersion
from surveyapp.services.publish import definition_of, publish
from surveyapp.store import campaigns as store

#: Where the questionnaires of the installation lie.
FORMS = Path(__file__).parents[2] / "forms"


@dataclass(frozen=True, slots=True)
class Installed:
    """A questionnaire file as it is now; ``issues`` are its errors when it cannot be read."""

    name: str
    definition: FormDefinition | None
    sha256: str
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A questionnaire: published, installed as a file, or both.

    ``changes`` is the difference between the latest version and the file; ``new`` says that
    the file can be published.
    """

    name: str
    title: str
    form: Form | None
    latest: FormVersion | None
    installed: Installed | None
    changes: tuple[Change, ...] = ()

    @property
    def new(self) -> bool:
        file = self.installed
        if file is None or file.definition is None:
            return False
        return self.latest is None or file.sha256 != self.latest.sha256


def entries() -> list[Entry]:
    """Every questionnaire, by title."""
    forms = {form.name: form for form in store.forms()}
    paths = {path.stem: path for path in sorted(FORMS.glob("*.yaml"))}
    paths |= {name: path for name in forms if (path := _path(name))}
    files = {name: _installed(path) for name, path in paths.items()}
    found = [_entry(name, forms.get(name), files.get(name)) for name in {*files, *forms}]
    return sorted(found, key=lambda entry: entry.title.casefold())


def entry(name: str) -> Entry | None:
    """One questionnaire, or ``None``."""
    path = _path(name)
    file = _installed(path) if path else None
    form = store.form_by_name(name)
    return _entry(name, form, file) if form or file else None


def _path(name: str) -> Path | None:
    """The file of a questionnaire: open to all, or beside the journeys that ask for it."""
    for folder in (FORMS, FORMS / JOURNEYS / STAGE_FORMS):
        path = folder / f"{name}.yaml"
        if path.parent == folder and path.is_file():
            return path
    return None


def publish_file(name: str, *, author_id: int | None, folder: Path = FORMS) -> FormVersion | None:
    """Publish what the file says now; ``None`` when there is no readable file."""
    found = entry(name)
    if found is None or found.installed is None or found.installed.definition is None:
        return None
    return publish(found.installed.definition, author_id=author_id)


def _entry(name: str, form: Form | None, file: Installed | None) -> Entry:
    latest = form.versions[-1] if form and form.versions else None
    definition = file.definition if file else None
    difference: tuple[Change, ...] = ()
    if latest and definition and file and file.sha256 != latest.sha256:
        difference = changes(definition_of(latest), definition)
    title = definition.title if definition else form.title if form else name
    return Entry(name, title, form, latest, file, difference)


def _installed(path: Path) -> Installed:
    """Read a file again only when it or a list it may use has changed."""
    stamps = [path.stat().st_mtime_ns]
    stamps += sorted(p.stat().st_mtime_ns for p in (path.parent / "lists").glob("*.yaml"))
    return _read(path, tuple(stamps))


@lru_cache(maxsize=64)
def _read(path: Path, _stamps: tuple[int, ...]) -> Installed:
    try:
        definition = load(path)
    except DefinitionError as error:
        return Installed(path.stem, None, "", _short(error.issues))
    faults = errors(check(definition))
    if faults:
        return Installed(path.stem, None, "", _short(faults))
    return Installed(path.stem, definition, digest(definition))


def _short(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """The file's name is enough: its folder is the server's business."""
    return tuple(replace(issue, file=Path(issue.file).name) for issue in issues)
