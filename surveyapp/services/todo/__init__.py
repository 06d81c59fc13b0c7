"""What needs the coordinatrice now, drawn from the state of everything else."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from surveyapp.core.campaign import Phase
from surveyapp.models import Event
from surveyapp.models.base import db
from surveyapp.permissions import Permission
from surveyapp.services.todo.items import Look, Todo, Urgency
from surveyapp.services.todo.sources import SOURCES
from surveyapp.services.transaction import transaction
from surveyapp.store.campaigns import CampaignLine, campaign_lines

__all__ = ["Board", "Todo", "Urgency", "board", "dismiss"]


@dataclass(frozen=True, slots=True)
class Board:
    """The home page: what to do, and the campaigns that take answers."""

    todos: Sequence[Todo]
    running: Sequence[CampaignLine]


def board(*, now: datetime, user_id: int, allowed: Collection[Permission]) -> Board:
    """Everything to do for one person, the most pressing first."""
    look = Look(now, user_id, campaign_lines(now=now), allowed)
    found = [
        todo for permission, source in SOURCES if permission in allowed for todo in source(look)
    ]
    seen = _seen()
    todos = [t for t in found if (t.kind, t.subject_id) not in seen]
    order = list(Urgency)
    todos.sort(key=lambda todo: order.index(todo.urgency))
    running = [line for line in look.lines if line.phase in (Phase.OPEN, Phase.SCHEDULED)]
    return Board(todos, running)


def dismiss(kind: str, subject_id: int, *, author_id: int, now: datetime) -> bool:
    """Take a dismissable notice off the page for everybody; false when it is not one."""
    if kind not in DISMISSABLE:
        return False
    with transaction() as session:
        session.add(
            Event(
                kind=f"todo.seen.{kind}",
                subject="campaign",
                subject_id=subject_id,
                user_id=author_id,
                at=now,
            )
        )
    return True


def _seen() -> set[tuple[str, int]]:
    rows = db.session.execute(
        sa.select(Event.kind, Event.subject_id).where(Event.kind.in_(_SEEN_KINDS))
    )
    return {(kind.rpartition(".")[2], subject_id) for kind, subject_id in rows}


DISMISSABLE = frozenset({"results", "few"})
_SEEN_KINDS = tuple(f"todo.seen.{kind}" for kind in sorted(DISMISSABLE))
