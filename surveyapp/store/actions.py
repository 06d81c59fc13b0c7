"""Queries about funded actions and their bilans."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from surveyapp.models import Action, Bilan, Indicator, Objective
from surveyapp.models.base import db


def actions() -> Sequence[Action]:
    """Every action with its objectives, the latest period first."""
    return db.session.scalars(
        _with_objectives().order_by(
            sa.func.coalesce(Action.period_end, Action.period_start).desc().nulls_last(),
            Action.id.desc(),
        )
    ).all()


def action_by_slug(slug: str, *, lock: bool = False) -> Action | None:
    """The action with its objectives and indicators; ``lock`` holds the row until the commit."""
    statement = _with_objectives().where(Action.slug == slug)
    if lock:
        statement = statement.with_for_update(of=Action)
    return db.session.scalars(statement.execution_options(populate_existing=lock)).one_or_none()


def slug_taken(slug: str) -> bool:
    return db.session.scalar(sa.select(Action.id).where(Action.slug == slug)) is not None


def indicator_of(action_id: int, indicator_id: int) -> Indicator | None:
    """An indicator, if it is of this action."""
    return db.session.scalars(
        sa.select(Indicator)
        .join(Indicator.objective)
        .where(Indicator.id == indicator_id, Objective.action_id == action_id)
    ).one_or_none()


def bilans(action_id: int) -> Sequence[Bilan]:
    """Bilans issued for an action, the latest first."""
    return db.session.scalars(
        sa.select(Bilan).where(Bilan.action_id == action_id).order_by(Bilan.number.desc())
    ).all()


def bilan(bilan_id: int) -> Bilan | None:
    return db.session.get(Bilan, bilan_id)


def latest_bilan(action_id: int) -> Bilan | None:
    return db.session.scalars(
        sa.select(Bilan).where(Bilan.action_id == action_id).order_by(Bilan.number.desc()).limit(1)
    ).one_or_none()


def _with_objectives() -> sa.Select[Action]:
    return sa.select(Action).options(
        selectinload(Action.objectives).selectinload(Objective.indicators)
    )
