"""The directory as a file to take away."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from surveyapp.core.directory.card import Card
from surveyapp.reports.people_table import write_people_csv, write_people_xlsx
from surveyapp.services.people.cards import note
from surveyapp.services.people.professions import professions
from surveyapp.services.transaction import transaction
from surveyapp.store import people as store
from surveyapp.store.people import PeopleFilter


def export(
    kind: str, wanted: PeopleFilter, *, author_id: int | None, today: date, now: datetime
) -> bytes:
    """Everybody who matches, as ``csv`` or ``xlsx``; the history keeps who took how many."""
    cards = [store.card_of(row) for row in store.find_people(wanted, today=today)]
    data = _MAKERS[kind](cards, today)
    with transaction() as session:
        facts = {"format": kind, "people": len(cards), "filtered": sorted(wanted.to_args())}
        note(
            session,
            "exported",
            ("directory", 0),
            author_id=author_id,
            now=now,
            data=facts,
        )
    return data


def _csv(cards: list[Card], _today: date) -> bytes:
    stream = io.BytesIO()
    write_people_csv(stream, cards, professions())
    return stream.getvalue()


def _xlsx(cards: list[Card], today: date) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "annuaire.xlsx"
        write_people_xlsx(path, cards, professions(), on=today)
        return path.read_bytes()


_MAKERS: dict[str, Callable[[list[Card], date], bytes]] = {"csv": _csv, "xlsx": _xlsx}
