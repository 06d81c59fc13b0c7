"""Columns → :class:`~surveyapp.core.summary.Summary`, within what the small-cell rule allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from surveyapp.core.answers.types import steps
from surveyapp.core.benchmark import benchmarks
from surveyapp.core.bins import bins
from surveyapp.core.columns import Column, Columns, Ints
from surveyapp.core.counting import Plan, count, rank_rows
from surveyapp.core.definition import FormDefinition, Group, Item, Kind, Question, Repeat
from surveyapp.core.disclosure import Disclosure, Verdict
from surveyapp.core.french import number
from surveyapp.core.reference import ReferenceFigure
from surveyapp.core.summary import NO_ANSWER, Cell, Reason, Row, Shape, Summary
from surveyapp.core.words import Term

#: A scale with more notes than this is summarised like any number.
_NOTES = 21
_SHAPES: dict[Kind, Shape] = {
    Kind.SELECT_ONE: Shape.CHOICE,
    Kind.SELECT_MULTIPLE: Shape.MULTIPLE,
    Kind.ACKNOWLEDGE: Shape.CHOICE,
    Kind.RANK: Shape.RANK,
    Kind.RANGE: Shape.SCALE,
    Kind.INTEGER: Shape.NUMBER,
    Kind.DECIMAL: Shape.NUMBER,
    Kind.CALCULATE: Shape.NUMBER,
    Kind.DATE: Shape.NUMBER,
    Kind.DATETIME: Shape.NUMBER,
    Kind.TIME: Shape.NUMBER,
    Kind.TEXT: Shape.TEXT,
}
_UNMEASURED = (Kind.DATE, Kind.DATETIME, Kind.TIME)


@dataclass(frozen=True, slots=True)
class Crossing:
    """The question whose options cut the respondents into subgroups."""

    question: Question
    lines: Mapping[int, Ints]  # indices of each subgroup, by code; 0 is « sans réponse »


@dataclass(frozen=True, slots=True)
class _Context:
    definition: FormDefinition
    columns: Columns
    disclosure: Disclosure
    k: int
    figures: Mapping[str, ReferenceFigure]
    texts: Mapping[str, tuple[str, ...]]
    words: Mapping[str, tuple[Term, ...]]
    crossing: Crossing | None


def summarize(  # noqa: PLR0913 - each is one ingredient of a result
    definition: FormDefinition,
    columns: Columns,
    disclosure: Disclosure,
    *,
    k: int,
    figures: Mapping[str, ReferenceFigure] | None = None,
    texts: Mapping[str, tuple[str, ...]] | None = None,
    words: Mapping[str, tuple[Term, ...]] | None = None,
    crossing: str = "",
) -> tuple[Summary, ...]:
    """One summary per question in order; a matrix gives one, with a row per line.

    ``texts`` are the reviewed open answers by question, ``words`` the counted terms of the
    answers that may be shown, in a questionnaire that was put in a meeting. ``crossing``
    names the question to cross with; when the rule does not allow it the breakdown says so.
    Questions that name a person (identity, mail, telephone, RPPS, private) and notes are left out.
    """
    context = _Context(
        definition,
        columns,
        disclosure,
        k,
        figures or {},
        texts or {},
        words or {},
        _crossing(definition, columns, crossing),
    )
    return tuple(
        summary
        for section in definition.sections
        for item in section.items
        for summary in _item(context, item, section.label)
    )


def _crossing(definition: FormDefinition, columns: Columns, name: str) -> Crossing | None:
    question = definition.question(name) if name else None
    if question is None or question.kind is not Kind.SELECT_ONE:
        return None
    codes = columns[name].values
    lines = {code: np.flatnonzero(codes == code) for code in range(len(question.choices) + 1)}
    return Crossing(question, lines)


def _item(context: _Context, item: Item, section: str) -> Iterator[Summary]:
    if isinstance(item, Group) and item.matrix:
        yield _matrix(context, item, section)
    elif isinstance(item, Group):
        for child in item.items:
            yield from _item(context, child, section)
    elif isinstance(item, Repeat):
        question = Question(Kind.INTEGER, item.name, item.label)
        yield _question(context, question, section)
    elif _shown(context, item):
        yield _question(context, item, section)
        if item.or_other:
            label = f"{item.label} – Autre, précisez"
            yield _question(context, Question(Kind.TEXT, item.other_name, label), section)


def _shown(context: _Context, question: Question) -> bool:
    if question.kind not in _SHAPES or context.definition.identifies(question):
        return False
    return bool(question.label)


def _question(context: _Context, question: Question, section: str) -> Summary:
    column, verdict = context.columns[question.name], context.disclosure[question.name]
    plan, shape = _plan(context, question, column, verdict)
    summary = _frame(context, question, section, shape)
    crossed = _crossed(context, question, shape)
    if verdict.lines is None:
        reason = verdict.withheld or Reason.BASE
        row = Row(question.name, question.label, None, withheld=reason)
        local = tuple(benchmarks(question, column, None, context.figures))
        return replace(summary, withheld=reason, rows=(row,), benchmarks=local)
    lines = np.flatnonzero(verdict.lines)
    n, asked = _sizes(column, lines, plan)
    return replace(
        summary,
        n=n,
        missing=asked - n,
        asked=asked,
        rows=_word_rows(context, question, n)
        if shape is Shape.WORDS
        else _rows(question, column, lines, plan, shape),
        benchmarks=tuple(benchmarks(question, column, lines, context.figures)),
        texts=context.texts.get(question.name, ()) if shape is Shape.TEXT else (),
        crossed_by=context.crossing.question.name if crossed and context.crossing else "",
        crossed_label=context.crossing.question.label if crossed and context.crossing else "",
        breakdown=_breakdown(context, question, column, plan, shape) if crossed else (),
    )


def _frame(context: _Context, question: Question, section: str, shape: Shape) -> Summary:
    notes = steps(question) if shape is Shape.SCALE else ()
    parameters = question.parameters
    return Summary(
        question.name,
        question.label,
        section,
        shape,
        n=None,
        missing=None,
        asked=None,
        rows=(),
        scale=(int(notes[0]), int(notes[-1])) if notes else None,
        scale_labels=(parameters.get("min_label", ""), parameters.get("max_label", "")),
        k=context.k,
        years=question.year,
    )


def _sizes(column: Column, lines: Ints, plan: Plan) -> tuple[int, int]:
    """Answers counted, and respondents asked."""
    if plan.everyone:
        return len(lines), len(lines)
    return int(column.answered()[lines].sum()), int(column.was_asked()[lines].sum())


def _plan(
    context: _Context, question: Question, column: Column, verdict: Verdict
) -> tuple[Plan, Shape]:
    counted = context.definition.live and question.words
    shape = Shape.WORDS if counted else _SHAPES[question.kind]
    options = tuple((choice.name, choice.label) for choice in question.choices)
    if question.kind is Kind.ACKNOWLEDGE:
        return Plan((("true", "Coché"),)), shape
    if shape is Shape.SCALE:
        notes = steps(question)
        if 1 < len(notes) <= _NOTES and all(float(note).is_integer() for note in notes):
            labels = tuple((number(note), number(note)) for note in notes)
            return Plan(labels, notes=notes, measured=True), shape
        shape = Shape.NUMBER
    if shape is Shape.NUMBER:
        return _histogram(context, question, column, verdict), shape
    if verdict.cells is not None and shape is Shape.CHOICE:
        options = (("", NO_ANSWER), *options)
        visible = frozenset(options[code][0] for code in verdict.cells)
        return Plan(options, everyone=True, visible=visible), shape
    if verdict.cells is not None:
        visible = frozenset(options[code - 1][0] for code in verdict.cells)
        return Plan(options, everyone=True, visible=visible), shape
    return Plan(options), shape


def _histogram(context: _Context, question: Question, column: Column, verdict: Verdict) -> Plan:
    least = context.k if context.disclosure.protected else 0
    measured = question.kind not in _UNMEASURED
    if verdict.lines is None:
        return Plan(measured=measured)
    values = column.values[verdict.lines & column.answered()]
    classes = bins(values, question.kind, least=least, years=question.year)
    options = tuple((str(place), b.label) for place, b in enumerate(classes, start=1))
    return Plan(options, bins=classes, measured=measured, years=question.year)


def _rows(
    question: Question, column: Column, lines: Ints, plan: Plan, shape: Shape
) -> tuple[Row, ...]:
    if shape is Shape.RANK:
        return rank_rows(column, lines, plan.options)
    return (count(column, lines, plan, name=question.name, label=question.label),)


def _word_rows(context: _Context, question: Question, n: int) -> tuple[Row, ...]:
    """Each term with the share of those who answered."""
    cells = tuple(
        Cell(term.key, term.text, term.count, term.count / n if n else None)
        for term in context.words.get(question.name, ())
    )
    return (Row(question.name, question.label, n, cells),)


def _crossed(context: _Context, question: Question, shape: Shape) -> bool:
    """Whether the question has a breakdown at all."""
    crossing = context.crossing
    if crossing is None or shape in (Shape.TEXT, Shape.WORDS) or question.kind is Kind.ACKNOWLEDGE:
        return False
    if context.disclosure.protected:
        return not question.profile
    return question.name != crossing.question.name


def _breakdown(
    context: _Context, question: Question, column: Column, plan: Plan, shape: Shape
) -> tuple[Row, ...]:
    """One row per subgroup; per line or option too for a matrix or a ranking."""
    crossing = context.crossing
    if crossing is None:
        return ()
    found: list[Row] = []
    for code, (name, label) in _subgroups(context, crossing):
        lines = _subgroup_lines(context, question.name, crossing, code)
        if lines is None:
            found.append(Row(name, label, None, withheld=_subgroup_reason(context)))
        elif shape is Shape.RANK:
            rows = rank_rows(column, lines, plan.options)
            found.extend(
                replace(r, name=f"{r.name}:{name}", label=f"{r.label} – {label}") for r in rows
            )
        else:
            found.append(count(column, lines, plan, name=name, label=label))
    return tuple(found)


def _subgroups(context: _Context, crossing: Crossing) -> list[tuple[int, tuple[str, str]]]:
    choices = crossing.question.choices
    found = [(code, (c.name, c.label)) for code, c in enumerate(choices, start=1)]
    if not context.disclosure.protected and len(crossing.lines[0]):
        found.append((0, ("", NO_ANSWER)))
    return found


def _subgroup_lines(context: _Context, name: str, crossing: Crossing, code: int) -> Ints | None:
    lines = crossing.lines[code]
    if not context.disclosure.protected:
        return lines
    verdict = context.disclosure[name]
    allowed = verdict.groups.get(crossing.question.name, frozenset())
    if verdict.lines is None or code not in allowed:
        return None
    return lines[verdict.lines[lines]]


def _subgroup_reason(context: _Context) -> Reason:
    """Never more than « complement »; « wait » as long as no crossing is shown at all."""
    return Reason.COMPLEMENT if context.disclosure.crossed else Reason.WAIT


def _matrix(context: _Context, group: Group, section: str) -> Summary:
    questions = [child for child in group.items if isinstance(child, Question)]
    parts = [_question(context, question, section) for question in questions]
    shown = [part for part in parts if part.withheld is None]
    label = group.label or section
    summary = _frame(context, Question(Kind.SELECT_ONE, group.name, label), section, Shape.MATRIX)
    rows = tuple(replace(part.rows[0], name=part.question, label=part.label) for part in parts)
    if not shown:
        reason = parts[0].withheld if parts else Reason.EMPTY
        return replace(summary, rows=rows, withheld=reason)
    n, asked = _matrix_sizes(context, [part.question for part in shown])
    crossed = next((part for part in shown if part.crossed_by), None)
    return replace(
        summary,
        n=n,
        missing=asked - n,
        asked=asked,
        rows=rows,
        benchmarks=tuple(b for part in parts for b in part.benchmarks),
        crossed_by=crossed.crossed_by if crossed else "",
        crossed_label=crossed.crossed_label if crossed else "",
        breakdown=tuple(
            replace(row, name=f"{part.question}:{row.name}", label=f"{part.label} – {row.label}")
            for part in shown
            for row in part.breakdown
        ),
    )


def _matrix_sizes(context: _Context, names: list[str]) -> tuple[int, int]:
    """Respondents who answered a line at least, and those who were asked one."""
    allowed = [context.disclosure[name].lines for name in names]
    lines = np.logical_and.reduce([found for found in allowed if found is not None])
    answered = np.logical_or.reduce([context.columns[name].answered() for name in names])
    asked = np.logical_or.reduce([context.columns[name].was_asked() for name in names])
    return int((answered & lines).sum()), int((asked & lines).sum())
