"""Create, change and delete cards. Every act leaves an event with its author, and no name."""

from __future__ import annotations

from typing import Any

from surveyapp.core.directory.card import Card
from surveyapp.models import ContactBy, Person
from surveyapp.services.people.professions import profession_label
from surveyapp.services.transaction import AnySession


def add_person(session: AnySession, **fields: Any) -> Person:
    """Add a card with the fields of :class:`~surveyapp.core.directory.card.Card`.

    The keys for duplicates, order and search are filled. No event: that is the caller's.
    """
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()
    }
    row = Person()
    write_card(row, Card(**values))
    session.add(row)
    session.flush()
    return row


def write_card(row: Person, card: Card) -> None:
    """Put a card on its row, with the keys that are drawn from it."""
    for name in ("last_name", "first_name", "email", "phone", "profession", "rpps", "commune"):
        setattr(row, name, getattr(card, name))
    row.member_until = card.member_until
    row.tags, row.languages = list(card.tags), list(card.languages)
    row.contact_by = ContactBy(card.contact_by)
    row.email_key, row.sort_key = card.email_key, card.sort_key
    label = profession_label(card.profession) if card.profession else ""
    row.search = card.search_text(label)
