"""From dossiers to figures: one small function for each way of counting.

``today`` bounds what is known: an event that is planned has not happened. A figure of a past
period says what is known of it today (the outcome of a contact comes months after it).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from surveyapp.core.journey.definition import Deadline, Stage, StageKind
from surveyapp.core.journey.dossier import Dossier, Mark
from surveyapp.core.journey.due import Term, outcome
from surveyapp.core.programme.period import Period
from surveyapp.core.programme.spec import Case, Cases, Figure, IndicatorSpec, Line, Way

#: The option that says that there is nothing: it is no need and no action.
NOTHING = frozenset({"aucun", "aucune"})
_HOUR = 60


def figure(spec: IndicatorSpec, cases: Cases, period: Period, *, today: date) -> Figure:
    """What ``spec`` counts over the period; a survey is counted elsewhere and gives nothing."""
    count = _WAYS.get(spec.way)
    found = count(spec, cases, period, today) if count else Figure(None, 0)
    if 0 < found.n < spec.k:
        return Figure(None, found.n, withheld=True)
    return found


def stage_on(dossier: Dossier, day: date) -> Stage | None:
    """Where it was at the end of a day; None before it began."""
    entries = [mark for mark in dossier.entries() if mark.on <= day]
    return dossier.journey.stage(entries[-1].name) if entries else None


def _of(spec: IndicatorSpec, cases: Cases) -> Iterator[Case]:
    for journey in spec.journeys:
        yield from cases.get(journey, ())


def _first(spec: IndicatorSpec, cases: Cases, period: Period, today: date) -> list[Case]:
    """Those in which the mark happened for the first time in the period."""
    found = []
    for case in _of(spec, cases):
        day = min((m.on for m in case.dossier.happened(spec.mark, today)), default=None)
        if day in period:
            found.append(case)
    return found


def _marks(spec: IndicatorSpec, cases: Cases, period: Period, today: date) -> Figure:
    found = _first(spec, cases, period, today)
    return Figure(float(len(found)), len(found), lines=_lines(c.ambassador for c in found))


def _won(spec: IndicatorSpec, cases: Cases, period: Period, today: date) -> Figure:
    found = _first(spec, cases, period, today)
    stages = [stage_on(case.dossier, today) for case in found]
    won = sum(stage is not None and stage.kind is StageKind.WON for stage in stages)
    return _share(won, len(found))


def _in_stage(spec: IndicatorSpec, cases: Cases, period: Period, today: date) -> Figure:
    day = min(period.last, today)
    stages = [stage_on(case.dossier, day) for case in _of(spec, cases)]
    count = sum(stage is not None and stage.name == spec.stage for stage in stages)
    return Figure(float(count), count)


def _kept(spec: IndicatorSpec, cases: Cases, period: Period, today: date) -> Figure:
    """Of the deadlines whose day came in the period, those that were met by that day."""
    judged: list[tuple[str, bool]] = []
    for case in _of(spec, cases):
        kept = _judge(spec, case.dossier, period, today)
        if kept is not None:
            judged.append((case.dossier.journey.name, kept))
    by_journey = Counter(journey for journey, _ in judged)
    lines = tuple(
        Line(name, 100 * sum(kept for journey, kept in judged if journey == name) / n, n)
        for name, n in sorted(by_journey.items())
    )
    total = _share(sum(kept for _, kept in judged), len(judged))
    return Figure(total.value, total.n, total.counted, lines if len(lines) > 1 else ())


def _judge(spec: IndicatorSpec, dossier: Dossier, period: Period, today: date) -> bool | None:
    """Whether its deadline was met in time; None when it is not to be counted (yet)."""
    term = outcome(dossier, spec.deadline, today)
    if term is None or term.on not in period or term.on > today:
        return None
    met_on = _met_on(spec, dossier, term, today)
    if met_on is not None:
        return met_on <= term.on
    return False if term.on < today and _bound(dossier, term.deadline, term.on, today) else None


def _met_on(spec: IndicatorSpec, dossier: Dossier, term: Term, today: date) -> date | None:
    """The day of the fact: the one that the form gives, when it fits, else that of its mark."""
    if not term.deadline.until:
        return term.met_on
    marks = [m for name in term.deadline.until for m in _standing(dossier, name, today)]
    days = [_day(m, spec.day, term.mark.on) for m in marks if dossier.later(m, term.mark)]
    return min(days, default=None)


def _standing(dossier: Dossier, name: str, today: date) -> list[Mark]:
    """What happened, without the fillings that another one corrected."""
    return [mark for mark in dossier.happened(name, today) if not dossier.replaced(mark, today)]


def _day(mark: Mark, question: str, first: date) -> date:
    try:
        day = date.fromisoformat(str(mark.answers.get(question, "")))
    except ValueError:
        return mark.on
    return day if first <= day <= mark.on else mark.on


def _bound(dossier: Dossier, deadline: Deadline, on: date, today: date) -> bool:
    """Whether it still ran on its day, or runs now: who left before is not late."""
    stays = dossier.journey.stays(deadline.during)
    stages = (stage_on(dossier, on), stage_on(dossier, today))
    return any(stage is not None and stage.name in stays for stage in stages)


def _choices(spec: IndicatorSpec, cases: Cases, period: Period, today: date) -> Figure:
    """Each dossier counts once for each choice, however many forms say it."""
    told: list[frozenset[str]] = []
    for path in dict.fromkeys(path.journey for path in spec.answers):
        for case in cases.get(path, ()):
            chosen = frozenset(_chosen(spec, path, case.dossier, period, today))
            told += [chosen] if chosen else []
    counts = Counter(name for chosen in told for name in chosen)
    lines = _ranked(counts, len(told))
    return Figure(float(len(told)), len(told), lines=lines, chosen=tuple(told))


def _chosen(
    spec: IndicatorSpec, journey: str, dossier: Dossier, period: Period, today: date
) -> Iterator[str]:
    for path in spec.answers:
        if path.journey != journey:
            continue
        for mark in _standing(dossier, path.task, today):
            if mark.on in period:
                yield from (n for n in options(mark.answers, path.question) if n not in NOTHING)


def options(answers: Mapping[str, Any], question: str) -> tuple[str, ...]:
    """What was chosen, of one choice or of several."""
    value = answers.get(question)
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(str(name) for name in value) if isinstance(value, list | tuple) else ()


def _opened(spec: IndicatorSpec, cases: Cases, period: Period, today: date) -> Figure:
    found = [
        case.dossier
        for case in _of(spec, cases)
        if (on := case.dossier.marks[0].on) in period and on <= today
    ]
    told = tuple(frozenset(_last_choices(spec, dossier, today)) for dossier in found)
    counts = Counter(name for chosen in told for name in chosen)
    lines = _ranked(counts, len(found))
    return Figure(float(len(found)), len(found), lines=lines, chosen=told)


def _last_choices(spec: IndicatorSpec, dossier: Dossier, today: date) -> Iterator[str]:
    for path in spec.answers:
        fillings = [m for m in dossier.happened(path.task, today) if m.answers]
        yield from options(fillings[-1].answers, path.question) if fillings else ()


def _minutes(spec: IndicatorSpec, cases: Cases, period: Period, today: date) -> Figure:
    """Hours of the forms that were accepted, by the month that they are of."""
    minutes, n = 0.0, 0
    by_activity: Counter[str] = Counter()
    for case in _of(spec, cases):
        for mark in _standing(case.dossier, spec.mark, today):
            said = case.dossier.about(mark, (spec.approved, spec.refused), today)
            last = case.dossier.latest(said)
            if last and last.name == spec.approved and _day(mark, spec.day, date.min) in period:
                n += 1
                minutes += _number(mark.answers.get(spec.question))
                by_activity.update(_activities(mark.answers, spec.answers[0].question))
    lines = _ranked({name: amount / _HOUR for name, amount in by_activity.items()}, n)
    return Figure(minutes / _HOUR, n, lines=lines)


def _activities(answers: Mapping[str, Any], repeat: str) -> dict[str, int]:
    """Minutes by activity, of the turns of a repeat."""
    found: Counter[str] = Counter()
    rows = answers.get(repeat)
    for turn in rows if isinstance(rows, list | tuple) else ():
        if isinstance(turn, Mapping):
            found[str(turn.get("activite", ""))] += int(_number(turn.get("minutes")))
    return {name: amount for name, amount in found.items() if name}


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _share(count: int, n: int) -> Figure:
    return Figure(100 * count / n if n else None, n, count)


def _lines(names: Iterator[str]) -> tuple[Line, ...]:
    counts = Counter(name for name in names if name)
    return _ranked(counts, 0)


def _ranked(counts: Mapping[str, float], n: int) -> tuple[Line, ...]:
    """The largest first; those that are equal by name."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Line(name, float(amount), n or int(amount)) for name, amount in ordered)


_WAYS: dict[Way, Callable[[IndicatorSpec, Cases, Period, date], Figure]] = {
    Way.MARKS: _marks,
    Way.WON: _won,
    Way.STAGE: _in_stage,
    Way.KEPT: _kept,
    Way.CHOICES: _choices,
    Way.OPENED: _opened,
    Way.MINUTES: _minutes,
}
