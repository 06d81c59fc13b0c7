"""The submitted answers of a campaign, by the ten thousand: ids, raw documents, one text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from surveyapp.core.columns import Ints
from surveyapp.models import Response, ResponseStatus, Verbatim, VerbatimState
from surveyapp.models.base import db

#: Rows fetched at once, and ids named in one query.
_BATCH = 2_000
_IDS = 500
#: Beyond so many ids it is faster to read everything.
_MANY = 5_000
_LOW = 2**31 - 1


class Decided(NamedTuple):
    """What was decided of one open answer."""

    question: str
    response_id: int
    state: VerbatimState
    text: str | None


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Changes with the set of ids; says nothing of when an answer came."""

    count: int
    low: int
    high: int

    @classmethod
    def of(cls, ids: Ints) -> Fingerprint:
        """The fingerprint of ids that are at hand."""
        return cls(len(ids), int((ids & _LOW).sum()), int((ids >> 31).sum()))


def fingerprint(campaign_id: int) -> Fingerprint:
    """That of the submitted answers, computed by the database from an index."""
    statement = sa.select(*_mixed(Response.id)).where(*_submitted(campaign_id))
    found = db.session.execute(statement).one()
    return Fingerprint(*(int(value) for value in found))


def submitted_ids(campaign_id: int) -> Ints:
    """Ids of the submitted answers, ascending."""
    ids = db.session.scalars(sa.select(Response.id).where(*_submitted(campaign_id)))
    return np.sort(np.fromiter(ids, dtype=np.int64))


def documents(campaign_id: int) -> Iterator[tuple[int, str]]:
    """(id, JSON text) of every submitted answer, in no particular order."""
    yield from _stream(sa.select(Response.id, raw_document()).where(*_submitted(campaign_id)))


def documents_of(campaign_id: int, ids: Sequence[int]) -> Iterator[tuple[int, str]]:
    """(id, JSON text) of these answers."""
    for start in range(0, len(ids), _IDS):
        part = ids[start : start + _IDS]
        statement = sa.select(Response.id, raw_document())
        yield from _stream(statement.where(*_submitted(campaign_id), Response.id.in_(part)))


def records(campaign_id: int) -> Iterator[tuple[str | None, date | None, str]]:
    """(reference, day, JSON text) of every submitted answer, by day, as they are read.

    Only for campaigns whose respondents are known; the caller sees to that.
    """
    statement = (
        sa.select(Response.reference, Response.submitted_on, raw_document())
        .where(*_submitted(campaign_id))
        .order_by(Response.submitted_on, Response.id)
        .execution_options(yield_per=_BATCH)
    )
    for rows in db.session.execute(statement).partitions():
        yield from ((reference, day, text) for reference, day, text in rows)


def texts(campaign_id: int, question: str) -> Iterator[tuple[int, str]]:
    """(id, text) of the answers to an open question."""
    text = Response.document[question].as_string()
    statement = sa.select(Response.id, text).where(*_submitted(campaign_id), text.is_not(None))
    yield from _stream(statement)


def texts_of(campaign_id: int, question: str, ids: Sequence[int]) -> dict[int, str]:
    """The answers of these respondents to an open question."""
    if len(ids) > _MANY:
        wanted = set(ids)
        return {key: text for key, text in texts(campaign_id, question) if key in wanted}
    text = Response.document[question].as_string()
    found: dict[int, str] = {}
    for start in range(0, len(ids), _IDS):
        part = ids[start : start + _IDS]
        rows = db.session.execute(sa.select(Response.id, text).where(Response.id.in_(part)))
        found.update((key, value) for key, value in rows if value is not None)
    return found


def text_of(response_id: int, question: str) -> str:
    """One answer to an open question, empty when it is not there."""
    text = Response.document[question].as_string()
    return db.session.scalar(sa.select(text).where(Response.id == response_id)) or ""


def decision(response_id: int, question: str) -> Verbatim | None:
    """What was decided of one open answer."""
    return db.session.scalars(
        sa.select(Verbatim).where(
            Verbatim.response_id == response_id, Verbatim.question == question
        )
    ).one_or_none()


def decisions(campaign_id: int, question: str = "") -> list[Decided]:
    """What was decided of the open answers, of one question if it is named."""
    columns = (Verbatim.question, Verbatim.response_id, Verbatim.state, Verbatim.text)
    statement = sa.select(*columns).where(Verbatim.campaign_id == campaign_id)
    if question:
        statement = statement.where(Verbatim.question == question)
    return [Decided(*row) for row in db.session.execute(statement)]


def review_state(campaign_id: int) -> frozenset[tuple[object, ...]]:
    """Changes with any decision on an open answer: a changed decision has another id."""
    rows = db.session.execute(
        sa.select(Verbatim.question, Verbatim.state, *_mixed(Verbatim.id))
        .where(Verbatim.campaign_id == campaign_id)
        .group_by(Verbatim.question, Verbatim.state)
    )
    return frozenset(tuple(row) for row in rows)


def raw_document() -> sa.ColumnElement[str]:
    """The document as its JSON text: the database driver does not decode it."""
    return sa.cast(Response.document, sa.Text)


def _mixed(key: InstrumentedAttribute[int]) -> tuple[sa.ColumnElement[int], ...]:
    """Number of ids and two sums that change with the set of them."""
    return (
        sa.func.count(),
        sa.func.coalesce(sa.func.sum(key.bitwise_and(_LOW)), 0),
        sa.func.coalesce(sa.func.sum(key // 2**31), 0),
    )


def _submitted(campaign_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Response.campaign_id == campaign_id,
        Response.status == ResponseStatus.SUBMITTED,
    )


def _stream(statement: sa.Select[int, str]) -> Iterator[tuple[int, str]]:
    result = db.session.execute(statement.execution_options(yield_per=_BATCH))
    for rows in result.partitions():
        yield from ((key, text) for key, text in rows)
