"""What the tests of the coordinatrice's pages share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from surveyapp.models import (
    Campaign,
    Response,
    ResponseStatus,
    Structure,
    db,
    random_key,
)
from surveyapp.services.transaction import transaction
from tests.web.checking import Page, words

DAY = timedelta(days=1)
#: Name of the questionnaires of :mod:`tests.answering`.
NAME = "essai"


def now() -> datetime:
    return datetime.now(UTC)


def describe_structure() -> None:
    """A structure whose clock is not that of the server."""
    with transaction() as session:
        session.add(Structure(name="CPTS des Exemples", timezone="Indian/Reunion"))


def campaign() -> Campaign:
    """The only campaign, as the database has it now."""
    db.session.rollback()
    return db.session.scalars(sa.select(Campaign)).one()


def answers(found: Campaign, count: int, *, days_ago: int = 0, anonymous: bool = True) -> None:
    """Submitted answers without content."""
    day = (now() - days_ago * DAY).date()
    row = {
        "campaign_id": found.id,
        "version_id": found.version_id,
        "anonymous": anonymous,
        "status": ResponseStatus.SUBMITTED,
        "document": {},
        "saved_on": day,
        "submitted_on": day,
    }
    with transaction() as session:
        session.execute(sa.insert(Response), [row | {"id": random_key()} for _ in range(count)])


def titles(page: Page) -> list[str]:
    """The second-level headings."""
    return [words(heading) for heading in page.tree.iter("h2")]
