"""The person of a dossier: found in the directory, or with a card that goes with the dossier."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from surveyapp.core.address import fold_address
from surveyapp.core.definition import FormDefinition
from surveyapp.core.directory.card import Card, words_key
from surveyapp.models import DossierMark, Person
from surveyapp.services.people.cards import write_card
from surveyapp.services.transaction import AnySession

#: How the questionnaires call what a card holds.
_QUESTIONS = {
    "last_name": ("nom", 120),
    "first_name": ("prenom", 120),
    "phone": ("telephone", 40),
    "profession": ("profession", 40),
    "commune": ("commune", 120),
}


def dossier_of_response(session: AnySession, response_id: int) -> int | None:
    """The dossier in which an answer already stands."""
    return session.scalar(
        sa.select(DossierMark.dossier_id).where(DossierMark.response_id == response_id).limit(1)
    )


def find_or_add(
    session: AnySession, definition: FormDefinition, answers: Mapping[str, Any], *, now: datetime
) -> Person | None:
    """Who answered: the card with their mail address and a name of theirs, else a new one.

    An address alone is not enough: a practice may share one. ``None`` when nothing says who.
    """
    card = _card(definition, answers)
    if not card.last_name and not card.email:
        return None
    for known in _with_address(session, card.email):
        if _same(known, card):
            return known
    person = Person(created_at=now, updated_at=now)
    write_card(person, card)
    person.dossier_only = True
    session.add(person)
    session.flush()
    return person


def _card(definition: FormDefinition, answers: Mapping[str, Any]) -> Card:
    told: dict[str, Any] = {
        field: str(answers.get(question) or "").strip()[:length]
        for field, (question, length) in _QUESTIONS.items()
    }
    email = str(answers.get(definition.email_question or "courriel") or "").strip()[:320]
    return Card(**told, email=email)


def _with_address(session: AnySession, email: str) -> list[Person]:
    """Those of the directory first: a card that only a dossier holds is no better match."""
    if not fold_address(email):
        return []
    statement = sa.select(Person).where(Person.email_key == fold_address(email)[:320])
    return list(session.scalars(statement.order_by(Person.dossier_only, Person.id)))


def _same(known: Person, card: Card) -> bool:
    """No name that both have differs, and one is the same: a couple may share a practice, its
    address and a surname."""
    names = [
        (words_key(known.last_name), words_key(card.last_name)),
        (words_key(known.first_name), words_key(card.first_name)),
    ]
    both = [one == other for one, other in names if one and other]
    return bool(both) and all(both)
