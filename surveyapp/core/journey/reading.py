"""The pieces that only journey files have: durations, actors, guards on answers."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import TypeVar

from surveyapp.core.expression import Expression, ExpressionError, parse
from surveyapp.core.journey.calendar import Duration, parse_duration
from surveyapp.core.journey.definition import Actor
from surveyapp.core.reading import UNREADABLE, Fields, suggestion

_Member = TypeVar("_Member", bound=StrEnum)
_VARIABLE = re.compile(r"\$\{[^}]*\}")
#: Between a task and a question inside the syntax tree; no name of ours holds a hyphen.
JOINT = "-"


def duration(fields: Fields, key: str, default: Duration | None = None) -> Duration:
    """A duration that must be there, unless there is a ``default``."""
    text = fields.text(key) if default is not None else fields.needed(key)
    if not text:
        return default or Duration()
    try:
        return parse_duration(text)
    except ValueError as error:
        fields.error(key, "duration", f"« {key} » : {text} n’est pas une durée. {error}")
        return default or Duration()


def actors(fields: Fields, key: str, default: tuple[Actor, ...] = ()) -> tuple[Actor, ...]:
    """Who acts; the daily job is nobody's choice, it comes from ``take``."""
    known = [actor.value for actor in Actor if actor is not Actor.SYSTEM]
    words = fields.words(key)
    for word in words:
        if word not in known:
            message = f"le rôle « {word} » n’existe pas ({', '.join(known)})"
            fields.error(key, "unknown_role", message + suggestion(word, known))
    return tuple(Actor(word) for word in words if word in known) or default


def guard(fields: Fields, key: str) -> Expression | None:
    """An expression in which ``${tâche.question}`` reads the answer to a task's form.

    The point becomes a hyphen inside of the tree: same length, so that positions in messages
    stay right. The text remains what the author typed.
    """
    text = unicodedata.normalize("NFC", fields.raw(key)).strip()
    if not text:
        return None
    line = fields.line_of(key)
    joined = _VARIABLE.sub(lambda match: match[0].replace(".", JOINT), text)
    try:
        return Expression(text, parse(joined).ast, line)
    except ExpressionError as error:
        place = f" (caractère {error.position + 1})" if error.position else ""
        fields.error(key, f"expression_{error.code}", f"« {key} » : {error.message}{place}")
        return Expression(text, UNREADABLE, line)
