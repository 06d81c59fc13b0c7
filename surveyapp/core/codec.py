"""FormDefinition ⇄ the JSON document of a published version.

The document has the very shape of the YAML file, its shared choice lists written out, so
that one reader serves both and an export is a file that loads again. Lines and file names
are not part of it.
"""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from surveyapp.core.definition import (
    Choice,
    FormDefinition,
    Group,
    Item,
    Notice,
    Question,
    Repeat,
    Section,
)
from surveyapp.core.expression import Expression
from surveyapp.core.issues import DefinitionError, errors
from surveyapp.core.loader import UNLIMITED, build
from surveyapp.core.reading import Report, from_plain

Document = dict[str, Any]


def to_document(definition: FormDefinition) -> Document:
    """A JSON-able object that holds the whole questionnaire."""
    months = definition.retention_months
    return _present(
        {
            "name": definition.name,
            "title": definition.title,
            "version": definition.version,
            "mode": definition.mode.value,
            "k": definition.k,
            "language": definition.language,
            "unit": definition.unit.value,
            "live": definition.live,
            "duration_minutes": definition.duration_minutes,
            "retention_months": UNLIMITED if months is None else months,
            "draft_retention_days": definition.draft_retention_days,
            "description": definition.description,
            "introduction": definition.introduction,
            "submit_label": definition.submit_label,
            "thanks": definition.thanks,
            "safety_box": definition.safety_box,
            "email_question": definition.email_question,
            "identity_questions": list(definition.identity_questions),
            "edit_until_close": definition.edit_until_close,
            "again": definition.again,
            "notice": _notice(definition.notice),
            "prerequisites": [
                {
                    "section": prerequisite.section,
                    "expression": prerequisite.expression.source,
                    "label": prerequisite.label,
                    "message": prerequisite.message,
                }
                for prerequisite in definition.prerequisites
            ],
            "choices": {
                name: [_choice(choice) for choice in choices]
                for name, choices in definition.choice_lists.items()
            },
            "survey": [_section(section) for section in definition.sections],
        }
    )


def from_document(document: Document) -> FormDefinition:
    """Read a document back; raise :class:`DefinitionError` if it is not one of ours."""
    report = Report(str(document.get("name", "")))
    definition = build(from_plain(document), report)
    if errors(report.issues):
        raise DefinitionError(report.issues)
    return definition


def digest(definition: FormDefinition) -> str:
    """SHA-256, in hexadecimal, of the document with its keys sorted."""
    data = orjson.dumps(to_document(definition), option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(data).hexdigest()


def _present(pairs: Document) -> Document:
    """Without what is empty: text, list, object, false, None, missing expression."""
    found: Document = {}
    for key, value in pairs.items():
        plain = value.source if isinstance(value, Expression) else value
        if plain or (plain == 0 and plain is not False):
            found[key] = plain
    return found


def _notice(notice: Notice) -> Document:
    return _present(
        {
            "controller": notice.controller,
            "purpose": notice.purpose,
            "legal_basis": notice.legal_basis,
            "recipients": notice.recipients,
            "retention": notice.retention,
            "rights": notice.rights,
            "contact": notice.contact,
            "optional": notice.optional,
        }
    )


def _choice(choice: Choice) -> Document:
    own = {"name": choice.name, "label": choice.label, "exclusive": choice.exclusive}
    return _present({**own, **choice.attributes})


def _section(section: Section) -> Document:
    return _present(
        {
            "type": "group",
            "name": section.name,
            "label": section.label,
            "hint": section.hint,
            "relevant": section.relevant,
            "items": [_item(item) for item in section.items],
        }
    )


def _item(item: Item) -> Document:
    if isinstance(item, Question):
        return _question(item)
    own = {
        "name": item.name,
        "label": item.label,
        "hint": item.hint,
        "relevant": item.relevant,
        "items": [_item(child) for child in item.items],
    }
    if isinstance(item, Group):
        appearance = "table-list" if item.matrix else ""
        return _present({"type": "group", "appearance": appearance, **own})
    return _present({"type": "repeat", "parameters": _repeat_parameters(item), **own})


def _repeat_parameters(repeat: Repeat) -> Document:
    bounds = {"min": repeat.minimum, "max": repeat.maximum}
    return {**bounds, "add_label": repeat.add_label} if repeat.add_label else bounds


def _question(question: Question) -> Document:
    words = (question.kind.value, question.list_name, "or_other" if question.or_other else "")
    use = question.reference
    return _present(
        {
            "type": " ".join(word for word in words if word),
            "name": question.name,
            "label": question.label,
            "hint": question.hint,
            "required": question.required,
            "required_message": question.required_message,
            "relevant": question.relevant,
            "constraint": question.constraint,
            "constraint_message": question.constraint_message,
            "warning": question.warning,
            "warning_message": question.warning_message,
            "calculation": question.calculation,
            "choice_filter": question.choice_filter,
            "appearance": " ".join(sorted(question.appearance)),
            "parameters": dict(question.parameters),
            "default": question.default,
            "autocomplete": question.autocomplete,
            "profile": question.profile,
            "private": question.private,
            "reference": use and _present({"figure": use.figure, "choices": list(use.choices)}),
        }
    )
