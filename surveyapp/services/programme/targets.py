"""What each indicator aims at, and every change of it: dated, with its reason, never lost.

The file says what an indicator ships with; what the CPTS decides afterwards are
:class:`~surveyapp.models.ProgrammeChange` rows. The target of a period is the one in force at
its end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from surveyapp.core.french import typeset
from surveyapp.core.indicator import Comparison, Target
from surveyapp.core.programme import IndicatorSpec, load_indicators
from surveyapp.models import ProgrammeChange, ProgrammeIndicator, User
from surveyapp.models.base import db
from surveyapp.reports.paper import TEMPLATES
from surveyapp.services.transaction import AnySession, transaction

FILE = TEMPLATES / "programme" / "indicators.yaml"
_MOST = 2000


class ProgrammeError(ValueError):
    """It cannot be done; the message is a French sentence. ``field`` is what is to correct."""

    def __init__(self, message: str, field: str = "reason") -> None:
        super().__init__(typeset(message))
        self.field = field


@dataclass(frozen=True, slots=True)
class State:
    """What an indicator aims at, at some date; no target when it only informs."""

    target: Target | None
    abandoned: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the history of an indicator."""

    on: date
    at: datetime
    author: str
    before: State
    after: State
    reason: str


@lru_cache(maxsize=1)
def specs() -> tuple[IndicatorSpec, ...]:
    """The indicators, in the order of the page."""
    return load_indicators(FILE)


def spec_of(code: str) -> IndicatorSpec:
    """:raises ProgrammeError: there is no such indicator."""
    found = next((spec for spec in specs() if spec.code == code), None)
    if found is None:
        raise ProgrammeError("Cet indicateur n’existe plus.")
    return found


def history(code: str) -> list[Change]:
    """The changes of an indicator, the latest date first."""
    spec = spec_of(code)
    rows = db.session.execute(
        sa.select(ProgrammeChange, User)
        .join(ProgrammeIndicator, ProgrammeIndicator.id == ProgrammeChange.indicator_id)
        .outerjoin(User, User.id == ProgrammeChange.user_id)
        .where(ProgrammeIndicator.code == code)
        .order_by(ProgrammeChange.on.desc(), ProgrammeChange.id.desc())
    )
    return [
        Change(
            on=row.on,
            at=row.at,
            author=(user.name or user.email) if user else "",
            before=_read(spec, row.before),
            after=_read(spec, row.after),
            reason=row.reason,
        )
        for row, user in rows
    ]


def states(day: date) -> dict[str, State]:
    """What each indicator aimed at, by code, at the end of a day."""
    found = {spec.code: _shipped(spec) for spec in specs()}
    known = {spec.code: spec for spec in specs()}
    rows = db.session.execute(
        sa.select(ProgrammeIndicator.code, ProgrammeChange.after)
        .join(ProgrammeIndicator, ProgrammeIndicator.id == ProgrammeChange.indicator_id)
        .where(ProgrammeChange.on <= day)
        .order_by(ProgrammeChange.on, ProgrammeChange.id)
    )
    for code, after in rows:
        if code in known:
            found[code] = _read(known[code], after)
    return found


def change_target(
    code: str,
    target: Target | None,
    *,
    on: date,
    reason: str,
    user_id: int | None,
    now: datetime,
) -> None:
    """Aim at something else from a day on; without ``target`` the indicator only informs.

    :raises ProgrammeError: nothing changes, or no reason is given.
    """

    def change(state: State) -> State:
        if state.abandoned:
            raise ProgrammeError("Cet indicateur est abandonné : reprenez-le d’abord.", "on")
        if state.target == target:
            raise ProgrammeError("Cette cible est déjà la sienne à cette date.", "commitment")
        return State(target)

    _change(code, change, on=on, reason=reason, user_id=user_id, now=now)


def abandon(
    code: str, abandoned: bool, *, on: date, reason: str, user_id: int | None, now: datetime
) -> None:
    """Follow an indicator no more from a day on, or again. It stays in the history.

    :raises ProgrammeError: that is how it is already, or no reason is given.
    """

    def change(state: State) -> State:
        if state.abandoned == abandoned:
            said = "abandonné" if abandoned else "suivi"
            raise ProgrammeError(f"Cet indicateur est déjà {said} à cette date.", "on")
        return replace(state, abandoned=abandoned)

    _change(code, change, on=on, reason=reason, user_id=user_id, now=now)


def _change(
    code: str,
    change: Callable[[State], State],
    *,
    on: date,
    reason: str,
    user_id: int | None,
    now: datetime,
) -> None:
    spec = spec_of(code)
    if not reason.strip():
        raise ProgrammeError("Dites pourquoi : le motif reste dans l’historique.")
    if len(reason) > _MOST:
        raise ProgrammeError("Ce motif est trop long : gardez l’essentiel.")
    with transaction() as session:
        row = _row(session, spec)
        before = _in_force(spec, row.changes, on)
        after = change(before)
        row.changes.append(
            ProgrammeChange(
                on=on,
                before=_write(before),
                after=_write(after),
                reason=reason.strip(),
                user_id=user_id,
                at=now,
            )
        )
        session.flush()
        _store(row, _in_force(spec, row.changes, date.max), row.changes)


def _row(session: AnySession, spec: IndicatorSpec) -> ProgrammeIndicator:
    """Its row, locked; made at the first change."""
    row = session.scalars(
        sa.select(ProgrammeIndicator).where(ProgrammeIndicator.code == spec.code).with_for_update()
    ).one_or_none()
    if row is None:
        row = ProgrammeIndicator(
            code=spec.code, label=spec.label[:300], unit=spec.unit, position=specs().index(spec)
        )
        session.add(row)
        session.flush()
    return row


def _in_force(spec: IndicatorSpec, changes: Sequence[ProgrammeChange], day: date) -> State:
    known = [change for change in changes if change.on <= day]
    if not known:
        return _shipped(spec)
    return _read(spec, max(known, key=lambda change: (change.on, change.id)).after)


def _store(row: ProgrammeIndicator, state: State, changes: Sequence[ProgrammeChange]) -> None:
    """Write on the row what the latest change says."""
    target = state.target
    row.comparison = target.comparison.value if target else ""
    row.commitment = target.commitment if target else None
    row.ambition = target.ambition if target else None
    row.abandoned_on = max(change.on for change in changes) if state.abandoned else None


def _shipped(spec: IndicatorSpec) -> State:
    if spec.comparison is None or spec.commitment is None:
        return State(None)
    return State(Target(spec.comparison, spec.commitment, spec.unit, spec.ambition))


def _read(spec: IndicatorSpec, data: dict[str, Any]) -> State:
    if not data.get("comparison"):
        return State(None, bool(data.get("abandoned")))
    ambition = data.get("ambition")
    target = Target(
        Comparison(data["comparison"]),
        float(data["commitment"]),
        spec.unit,
        None if ambition is None else float(ambition),
    )
    return State(target, bool(data.get("abandoned")))


def _write(state: State) -> dict[str, Any]:
    target = state.target
    return {
        "comparison": target.comparison.value if target else "",
        "commitment": target.commitment if target else None,
        "ambition": target.ambition if target else None,
        "abandoned": state.abandoned,
    }
