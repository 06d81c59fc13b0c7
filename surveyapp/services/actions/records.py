"""Rows of an action ⇄ the values of its bilan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from surveyapp.core import indicator as core
from surveyapp.core.bilan import Period, Values, decode, encode
from surveyapp.core.bilan.objectives import IndicatorEntry, ObjectiveEntry
from surveyapp.core.indicator import Comparison, Computed, IndicatorKind, Target
from surveyapp.models import Action, Indicator, Objective
from surveyapp.reports.bilan_form import bilan_form

#: Fields of the form that are columns of the table.
COLUMNS = ("title", "period", "grant", "convention")


def values_of(action: Action) -> Values:
    """Everything entered for an action."""
    document = dict(action.content)
    if action.title:
        document["title"] = action.title
    if action.period_start or action.period_end:
        days = (action.period_start, action.period_end)
        document["period"] = [day.isoformat() if day else None for day in days]
    if action.grant_cents is not None:
        document["grant"] = action.grant_cents
    if action.convention:
        document["convention"] = action.convention
    objectives = [
        core.Objective(row.label, tuple(indicator_of(i) for i in row.indicators))
        for row in action.objectives
    ]
    return decode(bilan_form(), document, objectives)


def write_values(action: Action, values: Values) -> None:
    """Put the fields and the budget on the row; objectives have rows of their own."""
    document = encode(bilan_form(), values)
    for name in COLUMNS:
        document.pop(name, None)
    period: Period = values.period("period")
    action.title = values.text("title")
    action.period_start, action.period_end = period.start, period.end
    action.grant_cents = values.money("grant")
    action.convention = values.text("convention")
    action.content = document


def indicator_of(row: Indicator) -> core.Indicator:
    return core.Indicator(
        kind=row.kind,
        label=row.label,
        expected=row.expected,
        target=read_target(row.target),
        computed=read_computed(row.computed),
        typed=row.typed or "",
        comment=row.comment,
    )


# -- objectives ---------------------------------------------------------------------------


def entries_of(action: Action) -> tuple[ObjectiveEntry, ...]:
    """Objectives as the entry page shows them."""
    return tuple(
        ObjectiveEntry(
            row.id,
            row.label,
            tuple(
                IndicatorEntry(i.id, i.kind, i.label, i.expected, i.typed or "", i.comment)
                for kind in IndicatorKind
                for i in row.indicators
                if i.kind is kind
            ),
        )
        for row in action.objectives
    )


def write_objectives(action: Action, entries: Sequence[ObjectiveEntry]) -> None:
    """Make the rows those of ``entries``: known ones change, new ones come, others go.

    A key that is not of this action counts as new.
    """
    objectives = {row.id: row for row in action.objectives}
    indicators = {i.id: i for row in action.objectives for i in row.indicators}
    kept = []
    for position, entry in enumerate(entries):
        row = objectives.pop(entry.key or 0, None) or Objective()
        row.position, row.label = position, entry.label
        row.indicators = [
            _write_indicator(indicators.pop(item.key or 0, None), item, place)
            for place, item in enumerate(entry.indicators)
        ]
        kept.append(row)
    action.objectives = kept


def _write_indicator(row: Indicator | None, entry: IndicatorEntry, position: int) -> Indicator:
    row = row or Indicator()
    row.kind, row.position = entry.kind, position
    row.label, row.expected, row.comment = entry.label, entry.expected, entry.comment
    row.typed = entry.typed or None
    return row


# -- JSON columns of an indicator ---------------------------------------------------------


def read_target(data: dict[str, Any] | None) -> Target | None:
    if data is None:
        return None
    return Target(
        comparison=Comparison(data["comparison"]),
        commitment=float(data["commitment"]),
        unit=data["unit"],
        ambition=data["ambition"],
    )


def write_target(target: Target | None) -> dict[str, Any] | None:
    if target is None:
        return None
    return {
        "comparison": target.comparison.value,
        "commitment": target.commitment,
        "unit": target.unit,
        "ambition": target.ambition,
    }


def read_computed(data: dict[str, Any] | None) -> Computed | None:
    if data is None:
        return None
    return Computed(**{**data, "computed_on": date.fromisoformat(data["computed_on"])})


def write_computed(computed: Computed) -> dict[str, Any]:
    return {
        "text": computed.text,
        "value": computed.value,
        "n": computed.n,
        "campaign": computed.campaign,
        "what": computed.what,
        "filter": computed.filter,
        "computed_on": computed.computed_on.isoformat(),
        "withheld": computed.withheld,
    }
