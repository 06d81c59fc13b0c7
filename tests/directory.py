"""What the tests of the directory share."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from surveyapp.models import Campaign, DirectoryChange, Event, Invitation, Person, db
from surveyapp.services.people import cards, imports
from surveyapp.services.transaction import transaction

NOW = datetime(2026, 6, 15, 10, tzinfo=UTC)
TODAY = date(2026, 6, 15)


def person(**fields: Any) -> int:
    with transaction() as session:
        return cards.add_person(session, **{"last_name": "Exemple", **fields}).id


def change(key: int) -> DirectoryChange:
    db.session.rollback()
    return db.session.get_one(DirectoryChange, key)


def started(text: str) -> int:
    return imports.start("annuaire.csv", text.encode(), author_id=None, now=NOW)


def applied(text: str) -> int:
    key = started(text)
    digest = imports.preview(change(key)).plan.digest
    imports.apply(key, digest=digest, author_id=None, now=NOW)
    return key


def directory() -> dict[int, dict[str, Any]]:
    """Every column of every card but the times."""
    db.session.rollback()
    names = [c.key for c in sa.inspect(Person).column_attrs if not c.key.endswith("_at")]
    return {
        row.id: {name: getattr(row, name) for name in names}
        for row in db.session.scalars(sa.select(Person))
    }


def events() -> list[tuple[str, dict[str, Any]]]:
    return [(e.kind, e.data) for e in db.session.scalars(sa.select(Event).order_by(Event.id))]


def invite(person_id: int, campaign: Campaign, token: str, **fields: Any) -> int:
    with transaction() as session:
        row = Invitation(
            campaign_id=campaign.id, person_id=person_id, token_hash=token * 64, **fields
        )
        session.add(row)
        session.flush()
        return row.id
