"""The forms of a dossier, as they were filled, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from typing import Any

from surveyapp.core.definition import FormDefinition
from surveyapp.core.french import date_long, typeset
from surveyapp.core.journey.definition import ACTORS, Actor
from surveyapp.core.readable import ReadSection, read
from surveyapp.models import DossierMark, FormVersion, Response
from surveyapp.services.dossiers import stage_forms
from surveyapp.services.dossiers.access import Sight, Viewer
from surveyapp.services.dossiers.page.todo import Action, about_events
from surveyapp.services.dossiers.reading import Opened
from surveyapp.services.publish import definition_of
from surveyapp.store import dossier_page as store


@dataclass(frozen=True, slots=True)
class Filling:
    """A form that was filled.

    ``number`` counts those of the same form, the first being 1 of ``total``. ``replaced``: a
    later one corrects it. ``corrected``: when its answers were put right and by whom, in words.
    ``correctable``: the viewer may fill it again from these answers.
    ``events`` are what the viewer may note about it (a declaration is validated).
    """

    mark_id: int
    label: str
    task: str
    on: date
    by: str
    number: int
    total: int
    sections: tuple[ReadSection, ...]
    correctable: bool
    entry: bool
    replaced: bool
    events: tuple[Action, ...] = ()
    corrected: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks at which dossier, when; ``names`` are those of the colleagues."""

    opened: Opened
    viewer: Viewer
    actor: Actor
    sight: Sight
    today: date
    names: Mapping[int, str]
    zone: tzinfo

    @property
    def can_correct(self) -> bool:
        """Whether the viewer may correct the history."""
        return self.actor is Actor.COORDINATION and self.opened.row.anonymised_on is None


def fillings(look: Look) -> list[Filling]:
    """What was filled and may be read, in the order of the days."""
    tasks = {task.name for task in look.opened.journey.tasks} & look.sight.tasks
    marks = [mark for mark in look.opened.marks if mark.name in tasks]
    answers = store.responses([mark.response_id for mark in marks if mark.response_id])
    totals = Counter(mark.name for mark in marks)
    counts: Counter[str] = Counter()
    found = []
    for mark in marks:
        counts[mark.name] += 1
        place = (counts[mark.name], totals[mark.name])
        found.append(_filling(look, mark, place, answers.get(mark.response_id or 0)))
    corrected = _corrections(look)
    found = [replace(filling, corrected=corrected.get(filling.mark_id, "")) for filling in found]
    return sorted(found, key=lambda f: (f.on, not f.entry, f.number, f.mark_id))


def _corrections(look: Look) -> dict[int, str]:
    """« corrigé le … par … » of each filling whose answers changed, the last time."""
    said = {}
    for event in store.events(look.opened.row.id):
        if event.kind in ("dossier.filling_corrected", "dossier.filling_edited"):
            day = date_long(event.at.astimezone(look.zone).date())
            known = look.names.get(event.user_id or 0)
            name = known or ACTORS[Actor.PERSON] if event.user_id is None else known
            said[int(event.data["mark"])] = f"corrigé le {day} par {name or 'un compte supprimé'}"
    return said


def _filling(
    look: Look,
    mark: DossierMark,
    place: tuple[int, int],
    answer: tuple[Response, FormVersion] | None,
) -> Filling:
    journey = look.opened.journey
    return Filling(
        mark_id=mark.id,
        label=typeset(journey.label(mark.name)),
        task=mark.name,
        on=mark.on,
        by=who(mark, look.names),
        number=place[0],
        total=place[1],
        sections=_read(look.opened, mark, answer),
        correctable=_correctable(look, mark),
        entry=mark.name == journey.entry_task,
        replaced=_replaced(look.opened, mark),
        events=about_events(look.opened, mark, look.actor, look.today),
    )


def _read(
    opened: Opened, mark: DossierMark, answer: tuple[Response, FormVersion] | None
) -> tuple[ReadSection, ...]:
    definition: FormDefinition
    document: Mapping[str, Any]
    if answer is not None:
        definition, document = definition_of(answer[1]), answer[0].document
    else:
        document = mark.answers or {}
        if not document:
            return ()
        definition = stage_forms.definition_of_task(opened.journey, mark.name)
    return read(definition, document)


def _replaced(opened: Opened, mark: DossierMark) -> bool:
    return any(other.about_id == mark.id and other.name == mark.name for other in opened.marks)


def _correctable(look: Look, mark: DossierMark) -> bool:
    """As :func:`stage_forms.ask` says: the coordination, and whoever filled it."""
    if mark.response_id is None or _replaced(look.opened, mark):
        return False
    if look.opened.row.anonymised_on is not None:
        return False
    own = mark.user_id is not None and mark.user_id == look.viewer.user_id
    return look.actor is Actor.COORDINATION or own


def who(mark: DossierMark, names: Mapping[int, str]) -> str:
    """Who recorded a mark: a colleague by name, else in which part."""
    return names.get(mark.user_id or 0) or ACTORS[mark.actor]
