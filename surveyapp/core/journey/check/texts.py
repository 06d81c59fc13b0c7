"""Rules on what people read: typography, and the words that mails fill."""

from __future__ import annotations

import re
from collections.abc import Iterator

from surveyapp.core.check.texts import faults
from surveyapp.core.issues import Issue
from surveyapp.core.journey.check.plan import Plan
from surveyapp.core.journey.definition import MAIL_FIELDS, Mail
from surveyapp.core.reading import suggestion

_FIELD = re.compile(r"\{([^{}\n]*)\}")
_KEYS = ("label", "hint", "guard_message", "caution", "subject", "text")


def _texts(plan: Plan) -> Iterator[tuple[int, str, str]]:
    for key in ("title", "description"):
        yield plan.line(key), key, getattr(plan.journey, key)
    for thing in plan.journey.named():
        for key in _KEYS:
            text = getattr(thing, key, "")
            if text:
                yield thing.line, key, text
    for column in plan.journey.columns:
        yield column.line, "label", column.label
    for fact in plan.journey.facts:
        for _, label in fact.choices:
            yield fact.line, "label", label


def typography(plan: Plan) -> Iterator[Issue]:
    for line, key, text in _texts(plan):
        for code, message in faults(key, text):
            yield plan.warning(line, code, message)


def placeholders(plan: Plan) -> Iterator[Issue]:
    """Only mails have fields; elsewhere braces would be shown."""
    for thing in plan.journey.named():
        known = MAIL_FIELDS if isinstance(thing, Mail) else ()
        for key in _KEYS:
            for word in _FIELD.findall(getattr(thing, key, "")):
                if word not in known:
                    hint = suggestion(word, known)
                    message = f"« {key} » : {{{word}}} n’est remplacé par rien{hint}"
                    yield plan.error(thing.line, "placeholder", message)


RULES = (typography, placeholders)
