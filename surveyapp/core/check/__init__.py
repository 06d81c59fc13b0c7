"""Everything that a questionnaire says wrongly, at once, with file and line, in French.

A rule is a function that takes an :class:`~surveyapp.core.check.outline.Outline` and yields
issues; a new one is a function and a line in the ``RULES`` of its module.
"""

from __future__ import annotations

from collections.abc import Collection

from surveyapp.core.check import choices, expressions, live, names, privacy, structure, texts
from surveyapp.core.check.outline import Outline
from surveyapp.core.definition import FormDefinition
from surveyapp.core.issues import Issue, Severity

__all__ = ["Issue", "Severity", "check"]

_RULES = (
    *names.RULES,
    *structure.RULES,
    *choices.RULES,
    *expressions.RULES,
    *privacy.RULES,
    *live.RULES,
    *texts.RULES,
)


def check(definition: FormDefinition, *, figures: Collection[str] | None = None) -> list[Issue]:
    """Every issue of the questionnaire, by file and line.

    ``figures`` are the keys of the reference figures that exist; without it, ``reference``
    keys are not looked up.
    """
    outline = Outline(definition, figures)
    return sorted({issue for rule in _RULES for issue in rule(outline)})
