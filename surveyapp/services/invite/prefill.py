"""What the directory already knows of whoever opens a personal link.

Only in a nominative questionnaire, and only as a proposal: the person reads it on the page
and changes it as they like.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from surveyapp.core.definition import FormDefinition, Kind, Mode, Question
from surveyapp.core.personal import token_hash
from surveyapp.models import Invitation, Person, db

#: What a question asks for, by what browsers are told of it.
_FIELDS = {
    "given-name": "first_name",
    "family-name": "last_name",
    "email": "email",
    "tel": "phone",
    "address-level2": "commune",
}


def known_answers(definition: FormDefinition, token: str) -> dict[str, Any]:
    """Answers that the card of the person gives, by name of question."""
    if definition.mode is not Mode.NOMINATIVE:
        return {}
    person = db.session.scalar(
        sa.select(Person).join(Invitation).where(Invitation.token_hash == token_hash(token))
    )
    if person is None:
        return {}
    found = {q.name: _answer(definition, q, person) for q in definition.questions()}
    return {name: value for name, value in found.items() if value}


def _answer(definition: FormDefinition, question: Question, person: Person) -> str:
    if question.kind is Kind.SELECT_ONE:
        choice = question.choice(person.profession) if _profession(question) else None
        return choice.name if choice else ""
    if question.name == definition.email_question:
        return person.email
    if "rpps" in question.appearance:
        return person.rpps
    return str(getattr(person, _FIELDS.get(question.autocomplete, ""), ""))


def _profession(question: Question) -> bool:
    return question.list_name == "profession" or question.autocomplete == "organization-title"
