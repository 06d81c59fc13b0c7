"""Where journeys and their questionnaires lie: ``forms/journeys`` and ``forms/journeys/forms``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from surveyapp.core.definition import FormDefinition
from surveyapp.core.issues import Issue
from surveyapp.core.journey.check import check
from surveyapp.core.journey.loader import read_file
from surveyapp.core.loader import read_file as read_form

#: The folder of the journeys, beside the questionnaires that are open to all.
JOURNEYS = "journeys"
#: In it, the folder of the questionnaires that only stages ask for.
FORMS = "forms"


def is_journey(path: Path) -> bool:
    """Whether a file is a journey, by where it lies."""
    return path.parent.name == JOURNEYS


def definition_files(folder: Path) -> Iterator[Path]:
    """The questionnaires of a folder, then its journeys and the questionnaires of these."""
    yield from sorted(folder.glob("*.yaml"))
    journeys = folder if folder.name == JOURNEYS else folder / JOURNEYS
    if journeys != folder:
        yield from sorted(journeys.glob("*.yaml"))
    yield from sorted((journeys / FORMS).glob("*.yaml"))


def forms_of(journeys: Path) -> dict[str, FormDefinition]:
    """The questionnaires that the journeys of a folder may name, those that can be read."""
    files = (*journeys.parent.glob("*.yaml"), *(journeys / FORMS).glob("*.yaml"))
    found = (read_form(file)[0] for file in files)
    return {definition.name: definition for definition in found if definition is not None}


def journey_issues(path: Path, forms: dict[str, FormDefinition]) -> list[Issue]:
    """Every fault of a journey file, of form and of meaning."""
    journey, issues = read_file(path)
    return issues if journey is None else issues + check(journey, forms=forms)
