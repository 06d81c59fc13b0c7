"""Everything that a journey says wrongly in its meaning, at once, with file and line.

As in :mod:`surveyapp.core.check`: a rule is a function that takes a :class:`Plan` and yields
issues; a new one is a function and a line in the ``RULES`` of its module.
"""

from __future__ import annotations

from collections.abc import Mapping

from surveyapp.core.definition import FormDefinition
from surveyapp.core.issues import Issue
from surveyapp.core.journey.check import guards, lengths, names, paths, texts, times
from surveyapp.core.journey.check.plan import Plan
from surveyapp.core.journey.definition import Journey

__all__ = ["check"]

_RULES = (*names.RULES, *lengths.RULES, *paths.RULES, *times.RULES, *guards.RULES, *texts.RULES)


def check(journey: Journey, *, forms: Mapping[str, FormDefinition] | None = None) -> list[Issue]:
    """Every issue of the journey, by line.

    ``forms`` are the questionnaires that exist, by name; without it forms, and the answers that
    guards read, are not looked up.
    """
    plan = Plan(journey, forms)
    return sorted({issue for rule in _RULES for issue in rule(plan)})
