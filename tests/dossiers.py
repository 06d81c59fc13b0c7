"""Dossiers for tests: the shipped journeys in service, and answers to their forms."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import sqlalchemy as sa

from surveyapp.core.definition import Mode
from surveyapp.core.journey.definition import Actor
from surveyapp.models import (
    Campaign,
    Dossier,
    DossierMark,
    Event,
    Form,
    FormVersion,
    Message,
    Response,
    ResponseStatus,
    db,
    random_key,
)
from surveyapp.services.dossiers import acts, journeys
from surveyapp.services.dossiers.access import Viewer
from surveyapp.services.publish import definition_of
from surveyapp.services.transaction import transaction

DAY = date(2026, 1, 5)  # a Monday
COORDINATION = Viewer(Actor.COORDINATION, None)

#: What somebody answers to the entry form of each journey, as far as journeys look at it.
ENTRIES: dict[str, dict[str, Any]] = {
    "ambassadeur": {"profession": "40", "commune": "Lons-Demo", "entretien": "oui"},
    "accompagnement": {"profession": "60", "commune": "Lons-Demo", "besoins": ["aides"]},
    "installation": {"profession": "10", "accord_cls": True},
    "conciergerie": {"categories": ["logement"], "urgence": "mois", "qualite": "adherent"},
}


def at(day: date, hour: int = 9) -> datetime:
    """An instant of a day, in the morning in France."""
    return datetime.combine(day, time(hour), UTC)


def in_service(*names: str, on: date = DAY) -> None:
    """Put journeys into service as they ship."""
    for name in names:
        journeys.put_into_service(name, author_id=None, today=on, now=at(on))


def answer(form: str, document: dict[str, Any], *, on: date) -> tuple[int, FormVersion]:
    """A stored answer to the latest version of a form, in its internal campaign."""
    version = db.session.scalars(
        sa.select(FormVersion)
        .join(Form, Form.id == FormVersion.form_id)
        .where(Form.name == form)
        .order_by(FormVersion.number.desc())
        .limit(1)
    ).one()
    campaign_id = db.session.scalars(
        sa.select(Campaign.id).where(Campaign.version_id == version.id, Campaign.internal).limit(1)
    ).one()
    nominative = version.mode is Mode.NOMINATIVE
    db.session.add(
        row := Response(
            id=random_key(),
            campaign_id=campaign_id,
            version_id=version.id,
            anonymous=False,
            status=ResponseStatus.SUBMITTED,
            document=document,
            saved_on=on,
            submitted_on=on,
            submitted_at=at(on),
            reference=f"T-{random_key()}"[:20] if nominative else None,
        )
    )
    db.session.flush()
    return row.id, version


def begin(
    journey: str, *, on: date = DAY, name: str = "Personne-Demo", number: int = 1, **said: Any
) -> int:
    """Open a dossier by an answer of « Prénom Personne-Demo »."""
    first = f"Prénom{number}"
    document = {
        "nom": name,
        "prenom": first,
        "courriel": f"personne{number}@demo.example",
        "telephone": "06 39 98 00 00",
        **ENTRIES[journey],
        **said,
    }
    version = journeys.latest(journey)
    assert version is not None
    task = journeys.journey_of(version).task(journeys.journey_of(version).entry_task)
    assert task is not None
    with transaction() as session:
        response_id, form = answer(task.form, document, on=on)
        return acts.open_dossier(
            session,
            journey,
            answers=document,
            response_id=response_id,
            definition=definition_of(form),
            on=on,
            actor=Actor.PERSON,
            user_id=None,
            now=at(on),
            today=on,
        )


def fill(
    dossier_id: int,
    task: str,
    *,
    on: date,
    actor: Actor = Actor.COORDINATION,
    corrects_id: int | None = None,
    **said: Any,
) -> int:
    """Fill a form of a dossier; the key of its mark."""
    row = db.session.get_one(Dossier, dossier_id)
    found = journeys.journey_of(row.version).task(task)
    assert found is not None, task
    with transaction() as session:
        response_id, _ = answer(found.form, dict(said), on=on)
        return acts.record_filling(
            session,
            dossier_id,
            task,
            response_id=response_id,
            on=on,
            actor=actor,
            user_id=None,
            now=at(on),
            today=on,
            corrects_id=corrects_id,
        )


def move(
    dossier_id: int, transition: str, *, on: date, today: date | None = None, **more: Any
) -> None:
    """Take a transition as the coordination, on that day or ``today`` for that day."""
    more = {"viewer": COORDINATION, "reason": "Essai.", **more}
    acts.move(dossier_id, transition, today=today or on, now=at(today or on), on=on, **more)


def event(dossier_id: int, name: str, *, on: date, today: date | None = None, **more: Any) -> None:
    """Note an event as the coordination."""
    more = {"viewer": COORDINATION, **more}
    acts.note_event(dossier_id, name, on=on, today=today or on, now=at(today or on), **more)


def know(dossier_id: int, *, on: date, **facts: Any) -> None:
    """Set facts as the coordination."""
    acts.set_facts(dossier_id, facts, viewer=COORDINATION, today=on, now=at(on))


def row(dossier_id: int) -> Dossier:
    """As it stands in the database."""
    db.session.rollback()
    return db.session.get_one(Dossier, dossier_id)


def messages(dossier_id: int) -> list[Message]:
    """What was written about it, the first first."""
    statement = sa.select(Message).where(Message.dossier_id == dossier_id).order_by(Message.id)
    return list(db.session.scalars(statement))


def events(dossier_id: int, kind: str) -> list[Event]:
    """What its history says of a kind."""
    return list(
        db.session.scalars(
            sa.select(Event).where(
                Event.subject == "dossier", Event.subject_id == dossier_id, Event.kind == kind
            )
        )
    )


def marks(dossier_id: int, name: str) -> list[DossierMark]:
    """Those of a name, withdrawn ones included."""
    statement = sa.select(DossierMark).where(
        DossierMark.dossier_id == dossier_id, DossierMark.name == name
    )
    return list(db.session.scalars(statement.order_by(DossierMark.position)))
