"""The register of places of exercise, and those that were asked for somebody who settles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from surveyapp.core.french import fold
from surveyapp.core.journey.definition import Actor, Journey, Task
from surveyapp.core.places import ANSWERS, CHANNELS, KINDS, Match, Offer, match, wishes
from surveyapp.models import Dossier, Event, Place, PlaceContact, db
from surveyapp.services.dossiers.access import Viewer
from surveyapp.services.dossiers.errors import DossierError, DossierGone
from surveyapp.services.dossiers.reading import Opened, opened
from surveyapp.services.dossiers.records import note
from surveyapp.services.dossiers.stage_forms import PREFILL
from surveyapp.services.transaction import AnySession, transaction

#: The questionnaire that says which places were asked.
FORM = "croisement-lieux"
#: It holds no more.
MOST_PLACES = 30
#: What of a place is about somebody.
_WHO = ("contact", "phone", "email")


class PlaceGone(DossierError):
    """There is no such place."""

    def __init__(self) -> None:
        super().__init__("Ce lieu n’est plus dans le registre.")


@dataclass(frozen=True, slots=True)
class PlaceCard:
    """A place as it is typed; see :class:`~surveyapp.models.dossiers.Place`."""

    name: str
    kind: str
    commune: str = ""
    professions: tuple[str, ...] = ()
    practice: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """That a place was asked: when, by which ways, what it said."""

    on: date
    channels: tuple[str, ...]
    answer: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A place before somebody's wishes, and what came of it."""

    place: Place
    match: Match
    contact: PlaceContact | None


def register(text: str = "", *, retired: bool = False) -> list[Place]:
    """The places that have all the words, by commune and name; the retired ones apart."""
    rows = db.session.scalars(sa.select(Place).where(Place.active.is_(not retired)))
    words = fold(text).split()
    found = [row for row in rows if all(word in _search(row) for word in words)]
    return sorted(found, key=lambda row: (fold(row.commune), fold(row.name), row.id))


def counts() -> tuple[int, int]:
    """How many places are in use, how many are retired."""
    rows = db.session.execute(sa.select(Place.active, sa.func.count()).group_by(Place.active))
    by_state = {bool(active): int(count) for active, count in rows}
    return by_state.get(True, 0), by_state.get(False, 0)


def place(place_id: int) -> Place:
    """:raises PlaceGone: it is not there."""
    return _find(db.session, place_id)


def save(
    card: PlaceCard, *, place_id: int | None = None, author_id: int | None, now: datetime
) -> int:
    """Add a place, or change one. :raises PlaceGone: it is not there."""
    with transaction() as session:
        said = {n: list(v) if isinstance(v, tuple) else v for n, v in asdict(card).items()}
        row = Place(active=True) if place_id is None else _find(session, place_id)
        former = {name: getattr(row, name) for name in said if getattr(row, name) != said[name]}
        for name, value in said.items():
            setattr(row, name, value)
        row.updated_at = now
        session.add(row)
        session.flush()
        if place_id is None:
            _note(session, "added", row.id, author_id, now)
        elif former:
            _note(session, "edited", row.id, author_id, now, **_history(former))
        return row.id


def _history(former: dict[str, Any]) -> dict[str, Any]:
    """What a place was; of who answers there, only that it changed: a name is not kept for ever."""
    return {
        "before": {name: value for name, value in former.items() if name not in _WHO},
        "changed": [name for name in former if name in _WHO],
    }


def set_active(place_id: int, active: bool, *, author_id: int | None, now: datetime) -> None:
    """Retire a place, or take it back. What was asked of it stays."""
    with transaction() as session:
        row = _find(session, place_id)
        if row.active is not active:
            row.active, row.updated_at = active, now
            _note(session, "restored" if active else "retired", row.id, author_id, now)


def crossing_task(journey: Journey) -> Task | None:
    """The form of a journey that says which places were asked; a journey may have none."""
    return next((task for task in journey.tasks if task.form == FORM), None)


def agreed(found: Opened, today: date) -> bool:
    """Whether the person lets the CPTS give their name to places."""
    return bool(_answers(found, today).get("accord_lieux"))


def crossing(found: Opened, today: date) -> list[Line]:
    """Every place, the best first; a retired one only when it was asked."""
    wanted = wishes(_answers(found, today))
    asked = {contact.place_id: contact for contact in _contacts(db.session, found.row.id)}
    rows = db.session.scalars(
        sa.select(Place).where(sa.or_(Place.active, Place.id.in_(list(asked))))
    )
    lines = [Line(row, match(offer_of(row), wanted), asked.get(row.id)) for row in rows]
    return sorted(lines, key=lambda line: (*line.match.order, fold(line.place.name), line.place.id))


def contact_of(dossier_id: int, place_id: int) -> PlaceContact | None:
    """What came of asking a place for a dossier."""
    return _contact(db.session, dossier_id, place_id)


def ask_place(
    dossier_id: int, place_id: int, said: Asked, *, viewer: Viewer, today: date, now: datetime
) -> None:
    """Keep that a place was asked, or what it has said since."""
    if said.on > today:
        raise DossierError("Ce contact est à venir : notez-le une fois qu’il est pris.")
    channels = [channel for channel in CHANNELS if channel in said.channels]
    if not channels or said.answer not in ANSWERS:
        raise DossierError("Indiquez comment le lieu a été contacté, et sa réponse.")
    with transaction() as session:
        _open_for(session, dossier_id, viewer)
        row, contact = _find(session, place_id), _contact(session, dossier_id, place_id)
        before = _said(contact) if contact is not None else None
        if contact is None:
            contact = PlaceContact(dossier_id=dossier_id, place_id=place_id)
            session.add(contact)
        contact.contacted_on, contact.channels = said.on, channels
        contact.answer, contact.note, contact.user_id = said.answer, said.note, viewer.user_id
        data = {
            "label": f"{row.name} : {ANSWERS[said.answer]}",
            "place": place_id,
            "on": said.on.isoformat(),
            "channels": channels,
            "answer": said.answer,
            "before": before,
        }
        note(session, dossier_id, "place_asked", author_id=viewer.user_id, now=now, data=data)


def _said(contact: PlaceContact) -> dict[str, Any]:
    return {
        "on": contact.contacted_on.isoformat(),
        "channels": list(contact.channels),
        "answer": contact.answer,
        "note": contact.note,
    }


def forget_contact(dossier_id: int, place_id: int, *, viewer: Viewer, now: datetime) -> None:
    """A place was not asked after all."""
    with transaction() as session:
        _open_for(session, dossier_id, viewer)
        contact = _contact(session, dossier_id, place_id)
        if contact is None:
            return
        data = {
            "label": contact.place.name,
            "place": place_id,
            **_said(contact),
        }
        session.delete(contact)
        note(session, dossier_id, "place_not_asked", author_id=viewer.user_id, now=now, data=data)


def offer_of(row: Place) -> Offer:
    """What a place says of itself."""
    return Offer(row.name, row.kind, row.commune, tuple(row.professions), row.practice)


def prefill(session: AnySession, row: Dossier) -> dict[str, Any]:
    """What the form of the crossing may start from: the places that were asked, in that order."""
    found = _contacts(session, row.id)[:MOST_PLACES]
    if not found:
        return {}
    return {
        "date_croisement": max(contact.contacted_on for contact in found).isoformat(),
        "lieux": [_row_of_form(contact) for contact in found],
    }


def _row_of_form(contact: PlaceContact) -> dict[str, Any]:
    where = [contact.place.name, contact.place.commune]
    row = {
        "lieu": ", ".join(word for word in where if word),
        "type_lieu": contact.place.kind,
        "canal": list(contact.channels),
        "reponse": contact.answer,
        "commentaire": contact.note,
    }
    return {name: value for name, value in row.items() if value}


PREFILL[FORM] = prefill


def _open_for(session: AnySession, dossier_id: int, viewer: Viewer) -> None:
    """The dossier may change, and it is this viewer's to change.

    :raises DossierGone: it is not theirs.
    """
    if viewer.actor is not Actor.COORDINATION:
        raise DossierGone
    found = opened(session, dossier_id, lock=True)
    if crossing_task(found.journey) is None:
        raise DossierError("Ce parcours ne rapproche pas les personnes des lieux d’exercice.")
    if found.row.closed:
        raise DossierError("Ce dossier est clos : rouvrez-le d’abord.")


def _answers(found: Opened, today: date) -> Any:
    """The last answers to the form that opened the dossier."""
    fillings = found.dossier.happened(found.journey.entry_task, today)
    return fillings[-1].answers if fillings else {}


def _contacts(session: AnySession, dossier_id: int) -> list[PlaceContact]:
    return list(
        session.scalars(
            sa.select(PlaceContact)
            .where(PlaceContact.dossier_id == dossier_id)
            .options(sa.orm.joinedload(PlaceContact.place))
            .order_by(PlaceContact.contacted_on, PlaceContact.id)
        )
    )


def _contact(session: AnySession, dossier_id: int, place_id: int) -> PlaceContact | None:
    return session.scalars(
        sa.select(PlaceContact).where(
            PlaceContact.dossier_id == dossier_id, PlaceContact.place_id == place_id
        )
    ).one_or_none()


def _find(session: AnySession, place_id: int) -> Place:
    row = session.get(Place, place_id)
    if row is None:
        raise PlaceGone
    return row


def _search(row: Place) -> str:
    texts: Iterable[str] = (row.name, row.commune, row.contact, row.note, KINDS.get(row.kind, ""))
    return fold(" ".join(texts))


def _note(
    session: AnySession,
    what: str,
    place_id: int,
    author_id: int | None,
    now: datetime,
    **data: Any,
) -> None:
    session.add(
        Event(
            kind=f"place.{what}",
            subject="place",
            subject_id=place_id,
            user_id=author_id,
            at=now,
            data=data,
        )
    )
