"""The table of the dossiers of a journey: its columns, its order, its lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from surveyapp.core.definition import FormDefinition
from surveyapp.core.journey.columns import Cell, row, sources
from surveyapp.core.journey.definition import Actor, Column, Journey
from surveyapp.core.journey.dossier import Dossier as View
from surveyapp.core.journey.dossier import Mark
from surveyapp.models import Dossier, DossierMark, Form, FormVersion, JourneyVersion, Response, db
from surveyapp.services.dossiers import reading
from surveyapp.services.dossiers.access import Viewer, acting, sight, visible
from surveyapp.services.dossiers.journeys import calendar_here, in_service, journey_of, latest
from surveyapp.services.publish import definition_of
from surveyapp.store.dossiers import Brief, Reader, briefs

#: Columns of the journey that are shown while nobody has chosen.
SHOWN = 6
#: Questions that the name of the line already answers.
_SAID = frozenset({"civilite", "nom", "prenom"})
_EMPTY = Cell((), (2, 0.0, ""))


def reader_of(viewer: Viewer) -> Reader:
    """What lists of dossiers read on behalf of somebody."""
    actor = None if viewer.actor is Actor.COORDINATION else viewer.actor
    return Reader(visible(viewer), actor, viewer.user_id)


def journeys_of(viewer: Viewer) -> list[tuple[str, Journey]]:
    """The journeys in service in which they have something to do, with their latest version."""
    found = []
    for use in in_service():
        version = latest(use.name)
        if version is not None and concerns(viewer, journey_of(version)):
            found.append((use.title, journey_of(version)))
    return found


def journey_for(viewer: Viewer, name: str) -> Journey | None:
    """The latest version of a journey in service that is their business."""
    version = latest(name)
    journey = journey_of(version) if version else None
    return journey if journey and concerns(viewer, journey) else None


def concerns(viewer: Viewer, journey: Journey) -> bool:
    """Whether dossiers of this journey may be theirs."""
    if viewer.actor is Actor.COORDINATION:
        return True
    if viewer.actor is Actor.PARTNER:
        return journey.sharing is not None
    return viewer.actor is Actor.REFERENT and Actor.REFERENT in acting(journey)


def key_of(column: Column) -> str:
    """How an address names a column, whatever its place in the file."""
    question = f".{column.question}" if column.question else ""
    return f"{column.show}{question}{'*' if column.all else ''}"


def columns_of(viewer: Viewer, journey: Journey) -> dict[str, Column]:
    """The columns that they may see, by key, in the order of the journey."""
    names = _names(viewer, journey)
    shown = (c if names is None else _cut(c, journey, names) for c in journey.columns)
    return {key_of(column): column for column in shown if column is not None}


def _cut(column: Column, journey: Journey, names: frozenset[str]) -> Column | None:
    """What is left of a column for whoever may read these names only."""
    if not _told(column.show, journey, names):
        return None
    other = column.instead
    return column if other and _told(other[0], journey, names) else replace(column, instead=None)


def _told(name: str, journey: Journey, names: frozenset[str]) -> bool:
    """Whether they may read it: a deadline tells of whatever it runs from."""
    deadline = journey.deadline(name)
    return name in names if deadline is None else names.issuperset(deadline.after)


def _names(viewer: Viewer, journey: Journey) -> frozenset[str] | None:
    """The tasks, facts, events and stages whose cells are theirs; None for all."""
    if viewer.actor is Actor.COORDINATION:
        return None
    if viewer.actor is Actor.PARTNER:
        shared = journey.sharing
        return frozenset((*shared.tasks, *shared.facts, *shared.events)) if shared else frozenset()
    tasks = (task.name for task in journey.tasks if viewer.actor in task.by)
    stages = (stage.name for stage in journey.stages)
    facts = (fact.name for fact in journey.facts)
    events = (event.name for event in journey.events)
    return frozenset((journey.entry_task, *tasks, *stages, *facts, *events))


def usual(columns: Mapping[str, Column]) -> tuple[str, ...]:
    """The columns that are shown while nobody has chosen."""
    telling = [key for key, column in columns.items() if column.question not in _SAID]
    return tuple(telling[:SHOWN])


@dataclass(frozen=True, slots=True)
class Line:
    """A dossier in the table; ``stage`` is its label, ``cells`` as many as columns."""

    brief: Brief
    stage: str
    late: bool
    cells: tuple[Cell, ...]


def lines(
    ids: Sequence[int],
    columns: Sequence[Column],
    *,
    viewer: Viewer,
    journey: Journey,
    today: date,
) -> list[Line]:
    """The lines of these dossiers, in that order; queries do not grow with their number."""
    cells = _cells(ids, columns, viewer=viewer, journey=journey, today=today) if columns else {}
    found = briefs(ids, reader_of(viewer))
    labels = stage_labels(found, journey)
    return [
        Line(
            brief,
            labels[brief.id],
            is_late(brief, today),
            cells.get(brief.id, (_EMPTY,) * len(columns)),
        )
        for brief in found
    ]


def is_late(brief: Brief, today: date) -> bool:
    """Whether the nearest deadline is over; its day itself still counts."""
    return brief.next is not None and brief.next.on < today


def stage_labels(found: Sequence[Brief], journey: Journey) -> dict[int, str]:
    """The stage of each dossier in words; one that the journey lost is said by its version."""
    labels = {stage.name: stage.label for stage in journey.stages}
    former: dict[int, Journey] = {}
    for brief in found:
        if brief.stage not in labels and brief.version_id not in former:
            version = db.session.get_one(JourneyVersion, brief.version_id)
            former[brief.version_id] = journey_of(version)
    return {b.id: labels.get(b.stage) or former[b.version_id].label(b.stage) for b in found}


def _cells(
    ids: Sequence[int],
    columns: Sequence[Column],
    *,
    viewer: Viewer,
    journey: Journey,
    today: date,
) -> dict[int, tuple[Cell, ...]]:
    table = replace(journey, columns=tuple(columns))
    forms = forms_for(table)
    condition = sa.and_(Dossier.id.in_(ids), visible(viewer))
    found: dict[int, tuple[Cell, ...]] = {}
    for opened in reading.opened_many(db.session, condition):
        made = row(replace(opened.dossier, journey=table), forms, today)
        found[opened.row.id] = _kept(made, columns, opened, viewer=viewer, today=today)
    return found


def _kept(
    cells: tuple[Cell, ...],
    columns: Sequence[Column],
    opened: reading.Opened,
    *,
    viewer: Viewer,
    today: date,
) -> tuple[Cell, ...]:
    """A partner sees of a dossier what its own version shares, today."""
    if viewer.actor is not Actor.PARTNER:
        return cells
    seen = sight(viewer, opened, today)
    names = seen.tasks | seen.facts | seen.events if seen else frozenset()
    pairs = zip(cells, columns, strict=True)
    journey = opened.journey
    return tuple(
        cell if all(_told(name, journey, names) for name in sources(column)) else _EMPTY
        for cell, column in pairs
    )


def forms_for(journey: Journey) -> dict[str, FormDefinition]:
    """The latest version of the questionnaires that the columns of a journey read."""
    tasks = (journey.task(name) for column in journey.columns for name in sources(column))
    names = {task.form for task in tasks if task}
    if not names:
        return {}
    latest_ids = (
        sa.select(sa.func.max(FormVersion.id))
        .join(Form, Form.id == FormVersion.form_id)
        .where(Form.name.in_(names))
        .group_by(FormVersion.form_id)
    )
    versions = db.session.scalars(sa.select(FormVersion).where(FormVersion.id.in_(latest_ids)))
    definitions = [definition_of(version) for version in versions]
    return {definition.name: definition for definition in definitions}


def ordered(
    ids: Sequence[int], column: Column, *, journey: Journey, today: date, descending: bool
) -> list[int]:
    """These dossiers by a column of their journey; what is empty comes last, either way."""
    table = replace(journey, columns=(column,))
    forms, calendar = forms_for(table), calendar_here()
    marks, facts = _marks(journey, column), _facts(journey, column)
    keys = {}
    for number in ids:
        view = View(
            journey=table, marks=tuple(marks[number]), calendar=calendar, facts=facts[number]
        )
        keys[number] = row(view, forms, today)[0].order
    full = [number for number in ids if keys[number] != _EMPTY.order]
    full.sort(key=lambda number: keys[number], reverse=descending)
    return full + [number for number in ids if keys[number] == _EMPTY.order]


def _marks(journey: Journey, column: Column) -> defaultdict[int, list[Mark]]:
    """What a column reads of every dossier: only the marks of its names, all for a deadline."""
    found: defaultdict[int, list[Mark]] = defaultdict(list)
    known = (DossierMark.dossier_id, DossierMark.id, DossierMark.on, DossierMark.name)
    deadlines = [d for name in sources(column) if (d := journey.deadline(name))]
    read = bool(column.question or column.instead) or any(d.at or d.when for d in deadlines)
    answers = (DossierMark.answers, Response.document) if read else ()
    statement = (
        sa.select(*known, *answers)
        .join(Dossier, Dossier.id == DossierMark.dossier_id)
        .where(
            Dossier.journey_name == journey.name,
            sa.true() if deadlines else DossierMark.name.in_(sources(column)),
            DossierMark.withdrawn.is_(False),
        )
        .order_by(DossierMark.position)
    )
    if read:
        statement = statement.outerjoin(Response, Response.id == DossierMark.response_id)
    for number, mark_id, on, name, *documents in db.session.execute(statement):
        given: dict[str, Any] = next((d for d in reversed(documents) if d), {})
        found[number].append(Mark(name, on, str(mark_id), given))
    return found


def _facts(journey: Journey, column: Column) -> defaultdict[int, dict[str, Any]]:
    found: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    names = sources(column)
    guarded = any(d.when for d in map(journey.deadline, names) if d)
    if guarded or any(fact.name in names for fact in journey.facts):
        statement = sa.select(Dossier.id, Dossier.facts)
        for number, facts in db.session.execute(
            statement.where(Dossier.journey_name == journey.name)
        ):
            found[number] = facts
    return found
