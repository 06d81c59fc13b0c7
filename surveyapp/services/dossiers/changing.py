"""One act of somebody on a dossier: checked, locked, written down, settled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from surveyapp.core.french import date_long
from surveyapp.core.journey.calendar import Duration, add
from surveyapp.core.journey.definition import Actor
from surveyapp.services.dossiers.access import Viewer, actor_in, sight
from surveyapp.services.dossiers.errors import DossierError, DossierGone
from surveyapp.services.dossiers.reading import Opened, opened
from surveyapp.services.dossiers.records import touch
from surveyapp.services.dossiers.settle import settle
from surveyapp.services.transaction import AnySession, transaction

#: No event is planned further ahead.
FURTHEST = Duration(months=24)


@contextmanager
def changing(
    dossier_id: int, viewer: Viewer, *, today: date, now: datetime
) -> Iterator[tuple[AnySession, Opened, Actor]]:
    """One act: the dossier, locked, and in which part ``viewer`` acts; settled at the end.

    :raises DossierGone: there is none, or it is not theirs.
    """
    with transaction() as session:
        found = opened(session, dossier_id, lock=True)
        if sight(viewer, found, today) is None:
            raise DossierGone
        if found.row.anonymised_on is not None:
            raise DossierError("Ce dossier est anonymisé : il ne change plus.")
        yield session, found, actor_in(viewer, found.row)
        touch(found.row, now)
        settle(session, dossier_id, today=today, now=now)


def check_event_day(found: Opened, day: date, today: date) -> None:
    """:raises DossierError: nothing of this dossier can be on that day."""
    if day < found.row.opened_on:
        since = date_long(found.row.opened_on)
        raise DossierError(f"Le dossier est ouvert depuis le {since} : donnez une date depuis.")
    if day > add(today, FURTHEST):
        raise DossierError("Cette date est trop lointaine : vérifiez l’année.")


def coordination_only(actor: Actor, what: str) -> None:
    """:raises DossierError: somebody else wants to do what only the coordination does."""
    if actor is not Actor.COORDINATION:
        raise DossierError(f"{what} revient à la coordination : demandez-le-lui.")
