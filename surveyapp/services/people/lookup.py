"""Is whoever sent an answer in the directory, and are they « à jour de cotisation »?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from surveyapp.core.definition import FormDefinition, Kind
from surveyapp.core.directory.card import Card, membership
from surveyapp.core.directory.cells import CellError, read_rpps
from surveyapp.core.directory.matching import Index
from surveyapp.store import people as store


@dataclass(frozen=True, slots=True)
class Found:
    """What the directory knows. ``state``: ``current``, ``lapsed``, ``never``, ``several``
    (more than one card may be theirs) or ``unknown``."""

    state: str
    person_id: int | None = None
    until: date | None = None


def look_up(definition: FormDefinition, document: Mapping[str, Any], *, today: date) -> Found:
    """Look for the person by RPPS, by mail, by name and commune. Never a reason to refuse."""
    card = _card(definition, document)
    index = Index.of(store.candidates(card, listed=True))
    match = index.match(card)
    keys = match.keys if match.sure else _by_mail(index, card) or match.keys
    if len(keys) != 1:
        return Found("several" if keys else "unknown")
    until = index.cards[keys[0]].member_until
    return Found(membership(until, today=today), keys[0], until)


def similar(card: Card, *, but: int | None = None) -> tuple[int, ...]:
    """Cards that could be the same person, to be looked at before one more is made."""
    known = {key: one for key, one in store.candidates(card).items() if key != but}
    return Index.of(known).match(card).keys


def _by_mail(index: Index[int], card: Card) -> tuple[int, ...]:
    """One card with that mail is theirs, even when the name is spelt otherwise."""
    found = tuple(index.by_email.get(card.email_key, ())) if card.email_key else ()
    return found if len(found) == 1 else ()


def _card(definition: FormDefinition, document: Mapping[str, Any]) -> Card:
    first = {"prenom", "first_name"}
    names = [(name, str(document.get(name) or "")) for name in definition.identity_questions]
    return Card(
        last_name=" ".join(text for name, text in names if name not in first and text),
        first_name=" ".join(text for name, text in names if name in first and text),
        email=_email(definition, document),
        rpps=_rpps(document),
        commune=str(document.get("commune") or ""),
    )


def _email(definition: FormDefinition, document: Mapping[str, Any]) -> str:
    mails = [q.name for q in definition.questions() if q.kind is Kind.EMAIL]
    wanted = [definition.email_question, *mails]
    return next((str(document[name]) for name in wanted if name and document.get(name)), "")


def _rpps(document: Mapping[str, Any]) -> str:
    try:
        return read_rpps(str(document.get("rpps") or ""))
    except CellError:
        return ""
