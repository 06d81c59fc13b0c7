"""The steps of a campaign as the database keeps them (see :mod:`surveyapp.core.steps`)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from surveyapp.core.columns import Columns, Ints
from surveyapp.core.steps import Steps, advance
from surveyapp.models import ResultStep
from surveyapp.models.base import db
from surveyapp.services.transaction import AnySession, transaction

Stored = tuple[tuple[int, bool], ...]


def stored(campaign_id: int) -> Stored:
    """(number, final) of the steps that exist: changes whenever anything in them does."""
    rows = db.session.execute(
        sa.select(ResultStep.number, ResultStep.final)
        .where(ResultStep.campaign_id == campaign_id)
        .order_by(ResultStep.number)
    )
    return tuple((number, final) for number, final in rows)


def load(campaign_id: int, columns: Columns) -> Steps:
    """The step of every line; 0 for the answers that are in none."""
    rows = db.session.execute(
        sa.select(ResultStep.number, ResultStep.final, ResultStep.members)
        .where(ResultStep.campaign_id == campaign_id)
        .order_by(ResultStep.number)
    ).all()
    numbers = np.zeros(len(columns), dtype=np.int64)
    for number, _, members in rows:
        numbers[columns.rows_of(unpack(members))] = number
    return Steps(numbers, tuple(final for _, final, _ in rows))


def settle(
    campaign_id: int, columns: Columns, steps: Steps, *, k: int, closed: bool
) -> Steps | None:
    """Let the waiting answers join. ``None``: another process was faster, load again.

    The steps only change here. They are stored before anything is shown from them, so
    every process shows the same from then on.
    """
    following = advance(steps, k=k, closed=closed)
    if following is steps:
        return steps
    try:
        with transaction() as session:
            before = tuple(enumerate(steps.finals, start=1))
            if stored(campaign_id) != before:
                return None
            _store(session, campaign_id, columns, steps, following)
    except IntegrityError:
        return None
    return following


def _store(
    session: AnySession, campaign_id: int, columns: Columns, before: Steps, after: Steps
) -> None:
    kept = len(before.finals)
    if after.finals[:kept] != before.finals:  # the last step of the open campaign was merged
        kept -= 1
        session.execute(
            sa.delete(ResultStep).where(
                ResultStep.campaign_id == campaign_id, ResultStep.number > kept
            )
        )
    rows = [
        {
            "campaign_id": campaign_id,
            "number": number,
            "final": after.finals[number - 1],
            "members": pack(columns.ids[after.numbers == number]),
        }
        for number in range(kept + 1, len(after.finals) + 1)
    ]
    session.execute(sa.insert(ResultStep), rows)


def pack(ids: Ints) -> bytes:
    """Ids as little-endian 64-bit integers, ascending."""
    return np.sort(ids).astype("<i8").tobytes()


def unpack(data: bytes) -> Ints:
    return np.frombuffer(data, dtype="<i8").astype(np.int64)


def delete(session: AnySession, campaign_ids: Sequence[int]) -> None:
    """Forget the steps of campaigns whose answers are all deleted."""
    session.execute(sa.delete(ResultStep).where(ResultStep.campaign_id.in_(campaign_ids)))
