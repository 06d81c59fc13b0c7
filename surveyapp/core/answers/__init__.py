"""From what was typed to what is stored: the server's word on every answer.

The answer document of a response is a JSON object. Its keys are question names, its values:

- text, email, tel, time (``HH:MM``), dateTime (``AAAA-MM-JJTHH:MM``), date: a text;
- integer: an integer; decimal, range: a number; calculate: a number or a text;
- select_one: a choice name; select_multiple: choice names in the order of the list; rank:
  all choice names, first the preferred one;
- « Autre, précisez »: the text, under ``NAME_other``;
- acknowledge: ``true``; repeat: a list of such objects; not answered: no key.

A question that is not asked (its own condition or that of its group, repeat or page is
false) has no key. A condition sees only what is asked: the answer to a hidden question
counts as empty, so the order in which answers come changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from surveyapp.core.answers.judge import WARNINGS, judge
from surveyapp.core.answers.reading import SILENT, Reading, Row
from surveyapp.core.definition import FormDefinition, Section
from surveyapp.core.problems import Problem

__all__ = ["SILENT", "Outcome", "Reading", "Row", "clean", "outcome", "relevant_sections"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What remains of the answers, and what is to be corrected.

    ``values`` is the answer document; ``problems`` block, ``warnings`` do not; ``sections``
    are the names of the pages that this respondent sees, in order.
    """

    values: dict[str, Any]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    sections: tuple[str, ...]


def clean(
    definition: FormDefinition,
    values: Mapping[str, Any],
    *,
    today: date,
    section: str | None = None,
) -> Outcome:
    """Check ``values`` against the questionnaire and keep what may be stored.

    Ill-formed and hidden answers are dropped, calculations recomputed. ``section`` limits
    the problems and warnings to one page; the values are always those of the whole
    questionnaire. ``clean`` of its own result changes nothing.
    """
    return outcome(Reading(definition, values, today=today), section)


def outcome(reading: Reading, section: str | None = None) -> Outcome:
    """:func:`clean` of a reading that exists already."""
    found = tuple(judge(reading, section))
    return Outcome(
        values=reading.values(),
        problems=tuple(p for p in found if p.code not in WARNINGS),
        warnings=tuple(p for p in found if p.code in WARNINGS),
        sections=tuple(s.name for s in reading.sections()),
    )


def relevant_sections(
    definition: FormDefinition, values: Mapping[str, Any], *, today: date
) -> tuple[Section, ...]:
    """The pages that this respondent sees: relevant, with something to read or to answer."""
    return Reading(definition, values, today=today).sections()
