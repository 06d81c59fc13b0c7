"""One figure of a campaign, for an indicator: taken from its results, never counted apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import numpy as np

from surveyapp.core import french
from surveyapp.core.answers.types import steps
from surveyapp.core.columns import STORAGE, Column, Ints, Storage
from surveyapp.core.counting import share_of
from surveyapp.core.definition import Kind, Question
from surveyapp.core.french import NBSP
from surveyapp.core.summary import Reason, reason_text
from surveyapp.models import Campaign
from surveyapp.services.results import Published, published


class MeasureKind(StrEnum):
    """What is computed."""

    COUNT = "count"  # responses; with a question, the answers to it
    MEAN = "mean"
    SHARE = "share"  # who chose one of ``choices``, among those who answered
    AT_LEAST = "at_least"  # whose answer is ``threshold`` or more, among those who answered


@dataclass(frozen=True, slots=True)
class Measure:
    """Which figure: a kind, and the question that it looks at (none: the whole campaign)."""

    kind: MeasureKind
    question: str = ""
    choices: tuple[str, ...] = ()
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """The figure with its provenance.

    ``value`` is a ratio in [0, 1] for shares, else in the unit of the question; ``None``
    when it is withheld or cannot be computed, and ``withheld`` is then a French sentence.
    ``n`` is the number of answers it rests on, ``text`` the figure in French, ``what`` the
    question and the measure in words, ``unit`` « % », « /10 » (a scale that starts at 0 or
    1) or nothing.
    """

    value: float | None
    n: int | None
    withheld: str
    text: str
    what: str
    unit: str
    campaign: str
    on: date


class MeasureError(ValueError):
    """The measure does not fit the questionnaire; the message is a French sentence."""


def measure(
    campaign: Campaign,
    wanted: Measure,
    *,
    today: date,
    internal: bool = False,
    at: datetime | None = None,
) -> Measured:
    """The figure as it may be published; ``internal`` as in :func:`.results.results`.

    :raises MeasureError: an unknown question, or a measure that has no meaning for it.
    """
    shown = published(campaign, internal=internal, at=at)
    question = _question(shown, wanted)
    unit = _unit(question, wanted)
    value, n, reason = _value(shown, question, wanted)
    withheld = reason_text(reason, shown.definition.k) if reason else ""
    if value is None and not withheld:
        withheld = reason_text(Reason.EMPTY, shown.definition.k)
    return Measured(
        value=value,
        n=n,
        withheld=withheld,
        text=_text(value, wanted, unit),
        what=_what(question, wanted),
        unit=unit,
        campaign=campaign.title,
        on=today,
    )


def measurable(question: Question) -> tuple[MeasureKind, ...]:
    """The kinds of measure that make sense for a question; none for notes and texts."""
    storage = STORAGE.get(question.kind)
    if storage is Storage.NUMBER:
        return (MeasureKind.COUNT, MeasureKind.MEAN, MeasureKind.AT_LEAST)
    if storage in (Storage.CODE, Storage.MASK):
        return (MeasureKind.COUNT, MeasureKind.SHARE)
    return (MeasureKind.COUNT,) if storage else ()


def _question(shown: Published, wanted: Measure) -> Question | None:
    if not wanted.question:
        if wanted.kind is not MeasureKind.COUNT:
            raise MeasureError("Choisissez la question à mesurer.")
        return None
    question = shown.definition.question(wanted.question)
    if question is None:
        raise MeasureError(f"La question «{NBSP}{wanted.question}{NBSP}» n’existe pas.")
    if wanted.kind not in measurable(question):
        raise MeasureError(f"Cette mesure n’a pas de sens pour «{NBSP}{question.label}{NBSP}».")
    known = {choice.name for choice in question.choices}
    if wanted.kind is MeasureKind.SHARE and not (wanted.choices and set(wanted.choices) <= known):
        raise MeasureError(f"Choisissez des réponses de «{NBSP}{question.label}{NBSP}».")
    if wanted.kind is MeasureKind.AT_LEAST and wanted.threshold is None:
        raise MeasureError("Donnez la valeur à atteindre.")
    return question


def _value(
    shown: Published, question: Question | None, wanted: Measure
) -> tuple[float | None, int | None, Reason | None]:
    """Value, base, and the reason when they are withheld.

    The number of responses to a campaign is never withheld: it says who took part, not
    what was said.
    """
    if question is None:
        received = len(shown.columns)
        return float(received), received, None
    verdict = shown.disclosure[question.name]
    if verdict.lines is None:
        return None, None, verdict.withheld
    column = shown.columns[question.name]
    codes = _codes(question, wanted)
    if verdict.cells is not None and not (codes or {0}) <= verdict.cells:
        return None, None, Reason.COMPLEMENT
    answered = verdict.lines & column.answered()
    lines = np.flatnonzero(verdict.lines if codes and verdict.cells is not None else answered)
    return _figure(column, lines, wanted, codes), len(lines), None


def _codes(question: Question, wanted: Measure) -> frozenset[int]:
    places = {choice.name: i for i, choice in enumerate(question.choices, start=1)}
    return frozenset(places[name] for name in wanted.choices if name in places)


def _figure(column: Column, lines: Ints, wanted: Measure, codes: frozenset[int]) -> float | None:
    if wanted.kind is MeasureKind.COUNT:
        return float(len(lines))
    if not len(lines):
        return None
    if wanted.kind is MeasureKind.SHARE:
        return share_of(column, lines, codes)[0] / len(lines)
    values = column.values[lines]
    if wanted.kind is MeasureKind.MEAN:
        return float(values.mean())
    return float((values >= (wanted.threshold or 0.0) - 1e-9).mean())


def _unit(question: Question | None, wanted: Measure) -> str:
    if wanted.kind in (MeasureKind.SHARE, MeasureKind.AT_LEAST):
        return "%"
    if question is not None and wanted.kind is MeasureKind.MEAN and question.kind is Kind.RANGE:
        notes = steps(question)
        if notes and notes[0] in (0, 1):
            return f"/{french.number(notes[-1])}"
    return ""


def _text(value: float | None, wanted: Measure, unit: str) -> str:
    """« 54 % », « 4,2/5 », « 28 »."""
    if value is None:
        return ""
    if unit == "%":
        return french.percent(value)
    return french.number(value, 1 if wanted.kind is MeasureKind.MEAN else None) + unit


def _what(question: Question | None, wanted: Measure) -> str:
    """« moyenne de « Votre note » »."""
    if question is None:
        return "nombre de réponses"
    label = f"«{NBSP}{question.label}{NBSP}»"
    if wanted.kind is MeasureKind.COUNT:
        return f"nombre de réponses à {label}"
    if wanted.kind is MeasureKind.MEAN:
        return f"moyenne de {label}"
    if wanted.kind is MeasureKind.AT_LEAST:
        return f"part des réponses de {french.number(wanted.threshold or 0.0)} et plus à {label}"
    labels = [choice.label for choice in question.choices if choice.name in wanted.choices]
    chosen = " ou ".join(f"«{NBSP}{name}{NBSP}»" for name in labels)
    return f"part des réponses {chosen} à {label}"
