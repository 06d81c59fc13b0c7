"""Lists of identified answers. An anonymous campaign never gets here: it has no rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import sqlalchemy as sa

from surveyapp.core.french import fold
from surveyapp.models import Response, ResponseStatus
from surveyapp.models.base import db


class Sort(StrEnum):
    """What a list is sorted by; the values are those of the address."""

    DATE = "date"
    NAME = "nom"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Filter:
    """What the coordinatrice looks for. Every word of ``text`` must be found."""

    text: str = ""
    since: date | None = None
    until: date | None = None
    sort: Sort = Sort.DATE
    descending: bool = True


_KEYS = {
    Sort.DATE: (Response.submitted_on, Response.submitted_at),
    Sort.NAME: (Response.title_key,),
    Sort.REFERENCE: (Response.reference,),
}


#: Whoever asks for rows gets identified ones, whatever the campaign says.
_IDENTIFIED = Response.anonymous.is_(False)


def count_responses(campaign_id: int, wanted: Filter) -> int:
    """How many submitted answers match."""
    statement = sa.select(sa.func.count()).where(*_conditions(campaign_id, wanted))
    return db.session.scalar(statement) or 0


def find_responses(
    campaign_id: int, wanted: Filter, *, offset: int, limit: int
) -> Sequence[Response]:
    """A slice of the matching answers, in the order asked for."""
    keys = (key.desc() if wanted.descending else key.asc() for key in _KEYS[wanted.sort])
    page = (
        sa.select(Response.id)
        .where(*_conditions(campaign_id, wanted), _IDENTIFIED)
        .order_by(*keys, Response.id)
        .offset(offset)
        .limit(limit)
    )
    found = db.session.scalars(page).all()
    rows = db.session.scalars(sa.select(Response).where(Response.id.in_(found)))
    by_id = {row.id: row for row in rows}
    return [by_id[key] for key in found if key in by_id]


def response_of(campaign_id: int, response_id: int) -> Response | None:
    """One submitted, identified answer of this campaign."""
    return db.session.scalars(
        sa.select(Response).where(
            Response.id == response_id, *_conditions(campaign_id, Filter()), _IDENTIFIED
        )
    ).one_or_none()


def _conditions(campaign_id: int, wanted: Filter) -> list[sa.ColumnElement[bool]]:
    conditions = [
        Response.campaign_id == campaign_id,
        Response.status == ResponseStatus.SUBMITTED,
    ]
    for word in fold(wanted.text).split():
        conditions.append(
            sa.or_(
                Response.search.contains(word, autoescape=True),
                sa.func.lower(Response.reference).contains(word, autoescape=True),
            )
        )
    if wanted.since is not None:
        conditions.append(Response.submitted_on >= wanted.since)
    if wanted.until is not None:
        conditions.append(Response.submitted_on <= wanted.until)
    return conditions
