"""An indicator's target, and where its value comes from: a campaign and a measure, or an
indicator of the programme over a period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

import sqlalchemy as sa

from surveyapp.core import french
from surveyapp.core.bilan.proposals import Facts
from surveyapp.core.definition import Unit
from surveyapp.core.indicator import Computed, Target, read_value
from surveyapp.core.programme import Period
from surveyapp.models import Action, Campaign, CampaignState, Event, Indicator
from surveyapp.models.base import db
from surveyapp.services.actions.errors import ActionNotFoundError, PageConflictError
from surveyapp.services.actions.records import read_target, write_computed, write_target
from surveyapp.services.measure import (
    Measure,
    Measured,
    MeasureError,
    MeasureKind,
    measure,
)
from surveyapp.services.programme.results import result
from surveyapp.services.programme.targets import ProgrammeError
from surveyapp.services.publish import definition_of
from surveyapp.services.transaction import transaction
from surveyapp.store import actions as store
from surveyapp.store import structure

#: Most digits after the comma that a figure needs to agree with its verdict.
_DECIMALS = 4
#: The page of the entry form where obtained values are typed (``edit.OBJECTIVES_PAGE``).
_GOALS = "objectifs"


@dataclass(frozen=True, slots=True)
class Source:
    """Which figure of which campaign."""

    campaign_id: int
    measure: Measure


@dataclass(frozen=True, slots=True)
class ProgrammeSource:
    """Which indicator of the programme, over which days."""

    code: str
    first: date
    last: date


AnySource: TypeAlias = Source | ProgrammeSource


def read_source(data: Mapping[str, Any] | None) -> AnySource | None:
    """The source that is stored with an indicator."""
    if data is None:
        return None
    if "programme" in data:
        first, last = (date.fromisoformat(data[name]) for name in ("first", "last"))
        return ProgrammeSource(data["programme"], first, last)
    wanted = Measure(
        kind=MeasureKind(data["kind"]),
        question=data["question"],
        choices=tuple(data["choices"]),
        threshold=data["threshold"],
    )
    return Source(data["campaign_id"], wanted)


def write_source(source: AnySource | None) -> dict[str, Any] | None:
    if source is None:
        return None
    if isinstance(source, ProgrammeSource):
        days = {"first": source.first.isoformat(), "last": source.last.isoformat()}
        return {"programme": source.code, **days}
    wanted = source.measure
    return {
        "campaign_id": source.campaign_id,
        "kind": wanted.kind.value,
        "question": wanted.question,
        "choices": list(wanted.choices),
        "threshold": wanted.threshold,
    }


def facts_of(action: Action) -> Facts:
    """Which campaigns feed the action's indicators."""
    rows = [row for objective in action.objectives for row in objective.indicators]
    sources = (read_source(row.source) for row in rows)
    ids = {source.campaign_id for source in sources if isinstance(source, Source)}
    if not ids:
        return Facts()
    states = db.session.scalars(sa.select(Campaign.state).where(Campaign.id.in_(ids))).all()
    closed = sum(state in (CampaignState.CLOSED, CampaignState.ARCHIVED) for state in states)
    return Facts(campaigns=len(states), closed_campaigns=closed)


def compute(source: AnySource, target: Target | None, *, now: datetime) -> Computed:
    """The figure as it may leave the house, with where it comes from.

    :raises MeasureError: the campaign or the question is not there, or the measure does not
        fit it.
    """
    if isinstance(source, ProgrammeSource):
        return _of_programme(source, target, now=now)
    campaign = db.session.get(Campaign, source.campaign_id)
    if campaign is None:
        raise MeasureError("Cette collecte n’existe plus : choisissez-en une autre.")
    day = now.astimezone(structure().zone).date()
    found = measure(campaign, source.measure, today=day, at=now)
    value = found.value
    if value is not None and found.unit == "%":
        value *= 100
    return Computed(
        text=_text(found, value, target, campaign, counted=_counted(source)),
        value=value,
        n=found.n,
        campaign=found.campaign,
        what=found.what,
        filter=_period(campaign),
        computed_on=found.on,
        withheld=found.withheld,
    )


def _of_programme(source: ProgrammeSource, target: Target | None, *, now: datetime) -> Computed:
    """An indicator of the programme, judged by the target of the action and not by its own."""
    day = now.astimezone(structure().zone).date()
    period = Period(source.first, source.last)
    try:
        found = result(source.code, period, today=day, now=now, target=target)
    except ProgrammeError as error:
        raise MeasureError(str(error)) from error
    nothing = found.why if found.value is None else ""
    return Computed(
        text=found.full,
        value=found.value,
        n=None,
        campaign="",
        what=found.label,
        filter=found.origin,
        computed_on=day,
        withheld=nothing,
    )


def _counted(source: Source) -> bool:
    return source.measure.kind is MeasureKind.COUNT


def _text(
    found: Measured,
    value: float | None,
    target: Target | None,
    campaign: Campaign,
    *,
    counted: bool,
) -> str:
    """« 4,2/5 (12 réponses) »: the figure, and the number of answers that it rests on."""
    if value is None or found.n is None:
        return ""
    figure = _figure(found, value, target)
    if counted:
        return figure
    unit = definition_of(campaign.version).unit
    one, many = ("structure", "structures") if unit is Unit.STRUCTURE else ("réponse", "réponses")
    return f"{figure} ({french.plural(found.n, one, many)})"


def _figure(found: Measured, value: float, target: Target | None) -> str:
    """Rounded, but never so that it says the contrary of the verdict: 4,04 is over 4."""
    text = found.text
    if target is None:
        return text
    for decimals in range(1, _DECIMALS + 1):
        shown = read_value(text)
        if shown is not None and target.reached(shown) == target.reached(value):
            return text
        space = french.NBSP if found.unit == "%" else ""
        text = french.number(value, decimals) + space + found.unit
    return text


def _period(campaign: Campaign) -> str:
    """« réponses du 3 mars au 30 avril 2026 », « depuis le 3 mars 2026 »."""
    zone = structure().zone

    def day(moment: datetime) -> date:
        return moment.astimezone(zone).date()

    if campaign.opens_at is None:
        return ""
    start = french.date_long(day(campaign.opens_at))
    if campaign.closes_at is None:
        return f"depuis le {start}"
    return f"du {start} au {french.date_long(day(campaign.closes_at))}"


def page_key(indicator_id: int) -> str:
    """Name under which the last save of an indicator's page is noted."""
    return f"indicateur-{indicator_id}"


def set_source(  # noqa: PLR0913 - who, what, from which state, when
    slug: str,
    indicator_id: int,
    *,
    target: Target | None,
    source: AnySource | None,
    revision: int,
    user_id: int | None,
    now: datetime,
) -> None:
    """Give an indicator its target and its source, and compute its value at once.

    What was typed as obtained stays beside it.

    :raises MeasureError: the measure does not fit the questionnaire.
    :raises PageConflictError: somebody changed them since ``revision``.
    """
    computed = compute(source, target, now=now) if source else None
    with transaction() as session:
        action, row = _find(slug, indicator_id)
        if action.page_revisions.get(page_key(indicator_id), 0) > revision:
            raise PageConflictError(action.revision, ())
        row.target, row.source = write_target(target), write_source(source)
        row.computed = write_computed(computed) if computed else None
        action.revision += 1
        revisions = {**action.page_revisions, page_key(indicator_id): action.revision}
        action.page_revisions = revisions
        action.updated_at = now
        session.add(_event(action, "source", user_id, now, {"indicator": indicator_id}))


@dataclass(frozen=True, slots=True)
class Refreshed:
    """How many values were computed again, and the labels of those that could not be."""

    count: int
    failed: tuple[str, ...]


def refresh(slug: str, *, user_id: int | None, now: datetime) -> Refreshed:
    """Compute again every indicator of an action that has a source."""
    found: dict[int, Computed] = {}
    failed: list[str] = []
    for row in _rows(_action(slug)):
        source = read_source(row.source)
        if source is None:
            continue
        try:
            found[row.id] = compute(source, read_target(row.target), now=now)
        except MeasureError:
            failed.append(row.label)
    with transaction() as session:
        action = _action(slug, lock=True)
        for row in _rows(action):
            if row.id in found and row.source is not None:
                row.computed = write_computed(found[row.id])
        action.updated_at = now
        session.add(_event(action, "refreshed", user_id, now, {"count": len(found)}))
    return Refreshed(len(found), tuple(failed))


def take_computed(
    slug: str, indicator_id: int, *, revision: int, user_id: int | None, now: datetime
) -> None:
    """Let the computed value stand: what was typed instead of it goes, the history keeps it.

    :raises PageConflictError: somebody changed the action since ``revision``.
    """
    with transaction() as session:
        action, row = _find(slug, indicator_id)
        if action.revision > revision:
            raise PageConflictError(action.revision, ())
        typed, row.typed = row.typed, None
        action.revision += 1
        revisions = {**action.page_revisions, _GOALS: action.revision}
        action.page_revisions, action.updated_at = revisions, now
        data = {"indicator": indicator_id, "typed": typed}
        session.add(_event(action, "computed_taken", user_id, now, data))


def _rows(action: Action) -> list[Indicator]:
    return [row for objective in action.objectives for row in objective.indicators]


def _action(slug: str, *, lock: bool = False) -> Action:
    action = store.action_by_slug(slug, lock=lock)
    if action is None:
        raise ActionNotFoundError(slug)
    return action


def _find(slug: str, indicator_id: int) -> tuple[Action, Indicator]:
    action = _action(slug, lock=True)
    for row in _rows(action):
        if row.id == indicator_id:
            return action, row
    raise ActionNotFoundError(slug)


def _event(
    action: Action, what: str, user_id: int | None, now: datetime, data: dict[str, Any]
) -> Event:
    return Event(
        kind=f"action.{what}",
        subject="action",
        subject_id=action.id,
        user_id=user_id,
        at=now,
        data=data,
    )
