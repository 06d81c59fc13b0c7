"""A calendar of one's own: deadlines and planned events of dossiers, at a secret address.

The coordination's has the periodic meetings of the journeys too.
Calendars are copied to telephones and to other companies: they carry no full name, but for
the coordination, which finds its dossiers by it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

import sqlalchemy as sa

from surveyapp.core.ics import Entry, write
from surveyapp.core.journey.definition import Actor
from surveyapp.core.personal import calendar_token, token_hash
from surveyapp.links import absolute_url
from surveyapp.models import CalendarFeed, User, db, random_key
from surveyapp.permissions import Permission, granted
from surveyapp.services.dossiers.access import Viewer, viewer_of
from surveyapp.services.dossiers.board import Line, agenda
from surveyapp.services.invite.personal import key
from surveyapp.services.programme import meetings
from surveyapp.services.programme.meetings import Planned
from surveyapp.services.transaction import transaction
from surveyapp.store import structure

#: How far back a calendar goes: what is overdue for longer stands in « À faire » only.
PAST = timedelta(days=60)
#: How far ahead periodic meetings stand in it.
AHEAD = timedelta(days=366)


def address(user_id: int) -> str | None:
    """The address of somebody's calendar; ``None`` while they have none."""
    row = db.session.get(CalendarFeed, user_id)
    return None if row is None else _url(row.key_id)


def renew(user_id: int, *, now: datetime) -> str:
    """Give somebody a new address; the one before stops working at once."""
    number = random_key()
    with transaction() as session:
        session.get(User, user_id, with_for_update=True)  # a second press waits for the first
        session.execute(sa.delete(CalendarFeed).where(CalendarFeed.user_id == user_id))
        session.add(
            CalendarFeed(
                user_id=user_id,
                key_id=number,
                token_hash=token_hash(calendar_token(key(), number)),
                created_at=now,
            )
        )
    return _url(number)


def stop(user_id: int) -> None:
    """Take the address away."""
    with transaction() as session:
        session.execute(sa.delete(CalendarFeed).where(CalendarFeed.user_id == user_id))


def calendar(token: str, *, today: date, now: datetime) -> str | None:
    """The calendar at an address; ``None`` when it leads nowhere, or nowhere any more."""
    user = db.session.scalars(
        sa.select(User)
        .join(CalendarFeed, CalendarFeed.user_id == User.id)
        .where(CalendarFeed.token_hash == token_hash(token), User.active)
    ).first()
    viewer = viewer_of(user) if user is not None else None
    if user is None or viewer is None:
        return None
    space = Permission.SPACE in granted({role.name for role in user.roles})
    host = urlsplit(absolute_url("respond.home")).hostname or "surveyapp"
    lines = agenda(viewer, today=today, since=today - PAST)
    entries = [_entry(line, viewer, host, space=space) for line in lines]
    if viewer.actor is Actor.COORDINATION:
        found = meetings.planned(first=today - PAST, last=today + AHEAD)
        entries += [_meeting(one, host) for one in found]
    return write(f"Dossiers – {structure().name}", entries, stamp=now)


def _entry(line: Line, viewer: Viewer, host: str, *, space: bool) -> Entry:
    name = line.title if viewer.actor is Actor.COORDINATION else line.short
    endpoint = "space.show" if space else "dossiers.show"
    kind = "event" if line.planned else "deadline"
    return Entry(
        uid=f"{kind}-{line.name}-{line.mark_id}-{line.dossier_id}@{host}",
        on=line.on,
        summary=f"{line.label} – {name}",
        description=f"{line.journey}, {line.stage}. Dossier {line.reference}.",
        url=absolute_url(endpoint, dossier_id=line.dossier_id),
    )


def _meeting(one: Planned, host: str) -> Entry:
    """A periodic meeting, on its real day once that is known."""
    return Entry(
        uid=f"{one.key.replace(':', '-')}-{one.journey}@{host}",
        on=one.on,
        summary=one.label,
        description=f"{one.title}." + ("" if one.fixed else " Date à confirmer."),
        url=absolute_url("meetings.edit", journey=one.journey, key=one.key),
    )


def _url(number: int) -> str:
    return absolute_url("feed.calendar", token=calendar_token(key(), number))
