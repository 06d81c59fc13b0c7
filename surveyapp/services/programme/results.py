"""Every indicator of the programme over a period: value, N, target, verdict, trend, provenance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from surveyapp.core import french
from surveyapp.core.indicator import Target, read_value
from surveyapp.core.programme import (
    Cases,
    Figure,
    IndicatorSpec,
    Line,
    Period,
    Way,
    figure,
    hidden,
    shown_choices,
)
from surveyapp.core.summary import Reason, reason_text
from surveyapp.services.programme.cases import labels_of, load_cases
from surveyapp.services.programme.satisfaction import Survey, survey
from surveyapp.services.programme.targets import State, spec_of, specs, states

#: Most digits after the comma that a figure needs to agree with its verdict.
_DECIMALS = 4
#: Figures that only grow while the period runs: they are not missed before its end.
_GROWING = frozenset({Way.MARKS, Way.OPENED, Way.MINUTES})
#: Figures whose target is that of a civil year.
_YEARLY = frozenset({Way.MARKS, Way.OPENED, Way.MINUTES})
#: Figures that are the count itself.
_COUNTS = frozenset({Way.MARKS, Way.STAGE, Way.CHOICES, Way.OPENED})
_PEOPLE = {Way.CHOICES: "personnes"}
#: What the N of each way of counting is made of.
_BASES: dict[Way, tuple[str, str]] = {
    Way.MARKS: ("accompagnement", "accompagnements"),
    Way.WON: ("contact", "contacts"),
    Way.STAGE: ("mandat", "mandats"),
    Way.KEPT: ("échéance", "échéances"),
    Way.CHOICES: ("personne", "personnes"),
    Way.OPENED: ("demande", "demandes"),
    Way.MINUTES: ("déclaration validée", "déclarations validées"),
    Way.SURVEY: ("réponse", "réponses"),
}


class Verdict(StrEnum):
    """What is said of a value beside its target."""

    REACHED = "reached"
    MISSED = "missed"
    NOT_YET = "not_yet"  # the period is not over and the figure still grows
    NONE = "none"  # nothing to compare


@dataclass(frozen=True, slots=True)
class Part:
    """A line of a figure, in words. ``share`` is a ratio in [0, 1] of the longest line.

    ``inside``: only the coordination sees its number.
    """

    label: str
    text: str
    share: float
    reached: bool | None = None
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """One indicator over a period. ``before`` is what the period before was, in words."""

    spec: IndicatorSpec
    state: State
    figure: Figure
    text: str
    why: str
    base: str
    verdict: Verdict
    ambition_reached: bool | None
    before: str
    trend: str
    parts: tuple[Part, ...]
    origin: str
    counted_on: date

    @property
    def provenance(self) -> str:
        """One line: what it rests on, of which period, counted when."""
        day = french.date_long(self.counted_on)
        return f"{self.origin}{french.NBSP}· calculé le {day}"

    @property
    def full(self) -> str:
        """« 67 % (4 sur 6 échéances) », « 2 demandes »; nothing without a value."""
        if not self.text:
            return ""
        if self.spec.way in _COUNTS:
            one, many = _BASES[self.spec.way]
            noun = many if (self.value or 0) >= 2 else one  # « 0 contact », « 1 contact »
            return f"{self.text}{french.NBSP}{noun}"
        return f"{self.text} ({self.base})"

    @property
    def compared(self) -> str:
        """« 1, en hausse », « rien à compter »: the period before, and the trend."""
        return f"{self.before}, {self.trend}" if self.trend else self.before

    @property
    def code(self) -> str:
        return self.spec.code

    @property
    def label(self) -> str:
        return self.spec.label

    @property
    def target(self) -> Target | None:
        return self.state.target

    @property
    def value(self) -> float | None:
        return self.figure.value


def results(period: Period, *, today: date, now: datetime, inside: bool = False) -> list[Result]:
    """Every indicator, the abandoned ones too, in the order of the file.

    ``inside``: for the coordination, with the choices of few people too.
    """
    aims = states(min(period.last, today))
    found = _results(list(specs()), load_cases(), period, aims, today=today, now=now)
    return found if inside else [_outside(one, period) for one in found]


def result(
    code: str,
    period: Period,
    *,
    today: date,
    now: datetime,
    target: Target | None = None,
    inside: bool = False,
) -> Result:
    """One of them; ``target`` instead of its own. :raises ProgrammeError: there is none such."""
    spec = spec_of(code)
    journeys = {*spec.journeys, *(path.journey for path in spec.answers)}
    cases = load_cases(*journeys) if journeys else {}
    aims = states(min(period.last, today)) | ({code: State(target)} if target else {})
    found = _results([spec], cases, period, aims, today=today, now=now)[0]
    return found if inside else _outside(found, period)


def _outside(one: Result, period: Period) -> Result:
    """As it leaves the coordination: choices of few people have no number."""
    if not one.spec.cells or one.figure.withheld:
        return one
    figure = hidden(one.figure, one.spec.cells)
    parts = _parts(one.spec, figure, one.target, labels_of(one.spec), period)
    return replace(one, figure=figure, parts=parts)


def _results(
    wanted: list[IndicatorSpec],
    cases: Cases,
    period: Period,
    aims: Mapping[str, State],
    *,
    today: date,
    now: datetime,
) -> list[Result]:
    found = []
    for spec in wanted:
        here = _count(spec, cases, period, today=today, now=now)
        before = _count(spec, cases, period.previous, today=today, now=now)
        found.append(_result(spec, aims[spec.code], (here, before), period, today))
    return found


def _count(
    spec: IndicatorSpec, cases: Cases, period: Period, *, today: date, now: datetime
) -> Survey:
    if spec.way is Way.SURVEY:
        return survey(spec, period, today=today, now=now)
    return Survey(figure(spec, cases, period, today=today))


def _result(
    spec: IndicatorSpec, state: State, counted: tuple[Survey, Survey], period: Period, today: date
) -> Result:
    here, _ = counted
    found, target = here.figure, state.target
    verdict = _verdict(spec, state, found, period, today)
    hopes = target and found.value is not None and verdict is not Verdict.NONE
    return Result(
        spec=spec,
        state=state,
        figure=found,
        text=_text(spec, found.value, target),
        why=_why(spec, here),
        base=_base(spec, found),
        verdict=verdict,
        ambition_reached=(
            target.ambition_reached(found.value)
            if hopes and target and found.value is not None
            else None
        ),
        before=_before(spec, counted, target),
        trend=_trend(spec, counted, period, today),
        parts=_parts(spec, found, target, labels_of(spec), period),
        origin=_origin(spec, here, period),
        counted_on=today,
    )


def _verdict(
    spec: IndicatorSpec, state: State, found: Figure, period: Period, today: date
) -> Verdict:
    target = state.target
    yearly = spec.way in _YEARLY and period.year is None
    if target is None or found.value is None or state.abandoned or yearly:
        return Verdict.NONE
    if target.reached(found.value):
        return Verdict.REACHED
    growing = spec.way in _GROWING and target.comparison.value in (">", ">=")
    return Verdict.NOT_YET if growing and today <= period.last else Verdict.MISSED


def _text(spec: IndicatorSpec, value: float | None, target: Target | None) -> str:
    """Rounded, but never so that it says the contrary of the verdict: 4,04 is over 4."""
    if value is None:
        return ""
    for decimals in range(_first_decimals(spec), _DECIMALS + 1):
        text = _figure(spec, value, decimals)
        shown = read_value(text)
        if target is None or shown is None or target.reached(shown) == target.reached(value):
            break
    return text


def _first_decimals(spec: IndicatorSpec) -> int:
    return 1 if spec.way in (Way.SURVEY, Way.MINUTES) else 0


def _figure(spec: IndicatorSpec, value: float, decimals: int) -> str:
    whole = spec.way is not Way.SURVEY and abs(value - round(value)) < 10**-_DECIMALS
    amount = french.number(value, 0 if whole else decimals)
    if spec.unit.startswith("/"):
        return amount + spec.unit
    if spec.unit in ("%", "h"):
        return f"{amount}{french.NBSP}{spec.unit}"
    return amount


def _why(spec: IndicatorSpec, here: Survey) -> str:
    """Why there is no value."""
    if here.figure.value is not None:
        return ""
    if here.reason:
        return here.reason
    if here.figure.withheld:
        return reason_text(Reason.BASE, spec.k).replace("réponses", "personnes")
    return "Rien à compter sur cette période."


def _base(spec: IndicatorSpec, found: Figure) -> str:
    """« 4 sur 6 échéances », « 12 réponses »; nothing when the value is the count itself."""
    if found.withheld or spec.way in (Way.MARKS, Way.STAGE):
        return ""
    one, many = _BASES[spec.way]
    if spec.way in (Way.CHOICES, Way.OPENED):
        return many if found.n > 1 else one
    total = french.plural(found.n, one, many)
    return total if found.counted is None else f"{french.number(found.counted)} sur {total}"


def _before(spec: IndicatorSpec, counted: tuple[Survey, Survey], target: Target | None) -> str:
    here, before = counted
    if here.source and here.source == before.source:
        return "mêmes réponses"
    if before.figure.withheld:
        return f"trop peu de {_PEOPLE.get(spec.way, 'réponses')}"
    found = _text(spec, before.figure.value, target) if before.figure.n else ""
    return found or "rien à compter"


def _trend(spec: IndicatorSpec, counted: tuple[Survey, Survey], period: Period, today: date) -> str:
    """« en hausse », « en baisse », « stable »; a growing figure may still catch up."""
    value, before = (found.figure.value for found in counted)
    same = counted[0].source and counted[0].source == counted[1].source
    if value is None or before is None or same or not counted[1].figure.n:
        return ""
    difference = round(value - before, 2)
    if difference <= 0 and spec.way in _GROWING | {Way.CHOICES} and today < period.last:
        return "période en cours"
    return "en hausse" if difference > 0 else "en baisse" if difference < 0 else "stable"


def _parts(
    spec: IndicatorSpec,
    found: Figure,
    target: Target | None,
    labels: Mapping[str, str],
    period: Period,
) -> tuple[Part, ...]:
    most = max((line.value or 0.0 for line in found.lines), default=0.0) or 1.0
    compared = target if spec.way is Way.MARKS and period.year is not None else None
    shown = shown_choices(found.chosen, spec.cells) if spec.cells else frozenset()
    return tuple(
        Part(
            label=labels.get(line.name, line.name),
            text=_part(spec, line),
            share=(line.value or 0.0) / (100.0 if spec.unit == "%" else most),
            reached=compared.reached(line.value) if compared and line.value is not None else None,
            inside=bool(spec.cells and found.chosen) and line.name not in shown,
        )
        for line in found.lines
    )


def _part(spec: IndicatorSpec, line: Line) -> str:
    if line.few is not None:
        return f"moins de{french.NBSP}{line.few}" if line.few else "non montré"
    if line.value is None:
        return ""
    text = _figure(spec, line.value, _first_decimals(spec))
    if spec.way is Way.KEPT:
        one, many = _BASES[spec.way]
        return f"{text} ({french.plural(line.n, one, many)})"
    if spec.way in (Way.CHOICES, Way.OPENED) and line.n:
        return f"{text} ({french.percent(line.value / line.n)})"
    return text


def _origin(spec: IndicatorSpec, here: Survey, period: Period) -> str:
    what = f"Collecte{french.NBSP}: {here.source}" if here.source else _journeys(spec)
    return f"{french.NBSP}· ".join((what, period.text))


def _journeys(spec: IndicatorSpec) -> str:
    if spec.way is Way.SURVEY:
        return "Questionnaire de satisfaction"
    names = dict.fromkeys([*spec.journeys, *(path.journey for path in spec.answers)])
    return f"Parcours {', '.join(names)}"
