"""The blueprint of the directory, and what its routes share."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort
from flask_login import current_user

from surveyapp.core.directory.card import Card, membership
from surveyapp.core.directory.cells import FIELD_OF, shown
from surveyapp.models import DirectoryChange, Person, now
from surveyapp.services.people.professions import professions
from surveyapp.store import people as store
from surveyapp.store import structure

blueprint = Blueprint("people", __name__, url_prefix="/coordination/annuaire")


@blueprint.context_processor
def _helpers() -> dict[str, object]:
    labels = professions()
    return {
        "profession_label": lambda code: labels.get(code, code),
        "field_label": lambda name: FIELD_OF[name].label,
        "in_words": lambda name, value: shown(name, value, labels),
        "standing": standing,
    }


def author() -> int:
    """Who is signed in; read before a transaction begins."""
    return int(current_user.id)


def today() -> date:
    """The day where the CPTS is."""
    return now().astimezone(structure().zone).date()


def standing(until: date | None) -> str:
    """``current``, ``lapsed`` or ``never``, today."""
    return membership(until, today=today())


def person_or_404(person_id: int) -> Person:
    found = store.person(person_id)
    if found is None:
        abort(404)
    return found


def card_or_404(person_id: int) -> Card:
    return store.card_of(person_or_404(person_id))


def change_or_404(change_id: int) -> DirectoryChange:
    found = store.change(change_id)
    if found is None:
        abort(404)
    return found
