"""The rights of a person over their data: take them along, have them deleted (RGPD 15–20).

The history keeps that it was done and how many things were concerned, never what they said.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from surveyapp.core.journey.definition import Actor
from surveyapp.core.readable import read
from surveyapp.core.title import title
from surveyapp.models import (
    Campaign,
    Document,
    Dossier,
    Event,
    FormVersion,
    Job,
    Message,
    Person,
    Response,
    ResponseStatus,
    db,
)
from surveyapp.permissions import Permission
from surveyapp.services import columns_cache
from surveyapp.services.documents import file_of
from surveyapp.services.dossiers import acts
from surveyapp.services.dossiers.access import Viewer
from surveyapp.services.dossiers.errors import DossierGone
from surveyapp.services.dossiers.telling import Told, told
from surveyapp.services.forgetting import forget_answer, forget_receipts
from surveyapp.services.people import cards
from surveyapp.services.people.errors import PeopleError
from surveyapp.services.publish import definition_of
from surveyapp.services.transaction import AnySession, transaction
from surveyapp.store import people as people_store
from surveyapp.store import structure
from surveyapp.store.rights import Found, Selection

#: What the history of a dossier says of it.
ERASURE = "Droit à l’effacement."


@dataclass(slots=True)
class Deleted:
    """How many things went away. ``files``: exports that held one of the answers."""

    responses: int = 0
    mails: int = 0
    files: int = 0
    people: int = 0
    dossiers: int = 0


def delete(selection: Selection, *, author_id: int, now: datetime) -> Deleted:
    """Delete what was chosen, with the copies that this installation made of it.

    A card goes with its invitations, a dossier with all that it holds. What is gone already is
    passed over.
    """
    erased = _erase_dossiers(selection, author_id=author_id, now=now)
    counts, files, campaigns = Deleted(), list[Path](), set[int]()
    with transaction() as session:
        for response in session.scalars(_responses(selection)).all():
            counts.mails += forget_receipts(session, response.id)
            if response.status is ResponseStatus.SUBMITTED:
                campaigns.add(response.campaign_id)
                files += _forget_exports(session, response.campaign_id)
            forget_answer(session, response, author_id, now)
            counts.responses += 1
        counts.mails += _rows(session, sa.delete(Message).where(Message.id.in_(selection.mails)))
        counts.files = len(files)
        if counts.mails:
            _note(session, "mails_deleted", author_id, now, {"mails": counts.mails})
    for path in files:
        path.unlink(missing_ok=True)
    for campaign_id in campaigns:
        columns_cache.forget(campaign_id)
    counts.people = _delete_cards(selection, author_id=author_id, now=now)
    counts.dossiers = erased
    return counts


def dossier(found: Found) -> dict[str, Any]:
    """What was found, for a machine to read (RGPD 20): answers in words and as stored."""
    return {
        "réponses": [_answer(response, campaign) for response, campaign in found.responses],
        "mails": [
            {
                "à": message.recipient,
                "objet": message.subject,
                "écrit le": message.created_at.isoformat(),
                "texte": message.text,
            }
            for message in found.mails
        ],
        "fiches de l’annuaire": [_card(person) for person in found.people],
        "dossiers": [told(db.session, row.id).to_json() for row in found.dossiers],
    }


def note_export(found: Found, *, author_id: int, now: datetime) -> None:
    """Keep in the history that data of a person were taken out."""
    counts = {
        "responses": len(found.responses),
        "mails": len(found.mails),
        "people": len(found.people),
        "dossiers": len(found.dossiers),
    }
    with transaction() as session:
        _note(session, "exported", author_id, now, counts)


def name_of(response: Response) -> str:
    """Whose answer it is, as far as it says."""
    definition = definition_of(db.session.get_one(FormVersion, response.version_id))
    return title(definition, document_of(response)) or response.reference or "Sans nom"


def document_of(response: Response) -> dict[str, Any]:
    """The answers, be they sent or not."""
    draft = response.status is ResponseStatus.DRAFT
    found: dict[str, Any] = response.document.get("values", {}) if draft else response.document
    return found


def sections_of(response: Response) -> Any:
    """The answers in words; a draft may hold what its questionnaire would refuse."""
    definition = definition_of(db.session.get_one(FormVersion, response.version_id))
    return read(definition, document_of(response))


def told_of(row: Dossier) -> Told:
    """A whole dossier, in words."""
    return told(db.session, row.id)


def _responses(selection: Selection) -> sa.Select[Response]:
    return sa.select(Response).where(
        Response.id.in_(selection.responses), Response.anonymous.is_(False)
    )


def _forget_exports(session: AnySession, campaign_id: int) -> list[Path]:
    """The files of answers that were made of the campaign; what was downloaded is elsewhere."""
    slug = session.get_one(Campaign, campaign_id).slug
    made = (
        sa.select(Document)
        .join(Job, Job.document_id == Document.id)
        .where(Document.permission == Permission.EXPORT, Job.payload["slug"].as_string() == slug)
    )
    documents = session.scalars(made).unique().all()
    paths = [file_of(document) for document in documents]
    for document in documents:
        session.delete(document)
    session.flush()
    return paths


def _erase_dossiers(selection: Selection, *, author_id: int, now: datetime) -> int:
    viewer, count = Viewer(Actor.COORDINATION, author_id), 0
    today = now.astimezone(structure().zone).date()
    for dossier_id in selection.dossiers:
        with suppress(DossierGone):  # it is gone already
            acts.erase(dossier_id, viewer=viewer, reason=ERASURE, today=today, now=now)
            count += 1
    return count


def _delete_cards(selection: Selection, *, author_id: int, now: datetime) -> int:
    count = 0
    for person_id in selection.people:
        try:
            cards.delete(person_id, author_id=author_id, now=now)
        except PeopleError:  # it is gone already
            continue
        count += 1
    return count


def _note(
    session: AnySession, what: str, author_id: int, now: datetime, data: dict[str, Any]
) -> None:
    session.add(
        Event(
            at=now,
            user_id=author_id,
            kind=f"rights.{what}",
            subject="instance",
            subject_id=0,
            data=data,
        )
    )


def _rows(session: AnySession, statement: sa.Delete) -> int:
    return int(session.connection().execute(statement).rowcount)


def _answer(response: Response, campaign: Campaign) -> dict[str, Any]:
    return {
        "collecte": campaign.title,
        "envoyée": response.status is ResponseStatus.SUBMITTED,
        "référence": response.reference,
        "date": (response.submitted_on or response.saved_on).isoformat(),
        "réponses": [
            {"page": section.label, "question": line.label, "réponse": list(line.values)}
            for section in sections_of(response)
            for block in section.blocks
            for line in block.lines
        ],
        "telles quelles": document_of(response),
    }


def _card(person: Person) -> dict[str, Any]:
    card = asdict(people_store.card_of(person))
    until = card.pop("member_until")
    return {**card, "member_until": until.isoformat() if until else None}


__all__ = [
    "Deleted",
    "delete",
    "document_of",
    "dossier",
    "name_of",
    "note_export",
    "sections_of",
    "told_of",
]
