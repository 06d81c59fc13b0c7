"""The table of dossiers: one row each, in words, and how its cells are sorted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from surveyapp.core.definition import FormDefinition, Kind, Question, Repeat
from surveyapp.core.french import date_short, fold, number
from surveyapp.core.journey.definition import Column, Fact, FactKind
from surveyapp.core.journey.dossier import Dossier, day_of
from surveyapp.core.journey.due import outcome
from surveyapp.core.readable import read_value

Forms = Mapping[str, FormDefinition]
_YES_NO = {"oui": "Oui", "non": "Non"}


@dataclass(frozen=True, slots=True)
class Cell:
    """``texts`` are what is shown, none when nothing is known. ``order`` sorts a column.

    Numbers and dates sort before texts, and what is empty comes last.
    """

    texts: tuple[str, ...]
    order: tuple[int, float, str]


_EMPTY = Cell((), (2, 0.0, ""))


def row(dossier: Dossier, forms: Forms, today: date) -> tuple[Cell, ...]:
    """The cells of a dossier, one for each column of its journey.

    ``forms`` are the questionnaires by name; an answer to one that is not there stays empty.
    """
    return tuple(_cell(dossier, column, forms, today) for column in dossier.journey.columns)


def sources(column: Column) -> tuple[str, ...]:
    """The names of what a column shows: a cell tells something of each of them."""
    return (column.show, column.instead[0]) if column.instead else (column.show,)


def _cell(dossier: Dossier, column: Column, forms: Forms, today: date) -> Cell:
    found = _shown(dossier, column, forms, today)
    if found.texts or column.instead is None:
        return found
    show, question = column.instead
    return _shown(dossier, Column(column.label, show, question, column.all), forms, today)


def _shown(dossier: Dossier, column: Column, forms: Forms, today: date) -> Cell:
    if column.question:
        return _answers(dossier, column, forms, today)
    if dossier.journey.deadline(column.show) is not None:
        term = outcome(dossier, column.show, today)
        return _EMPTY if term is None else Cell((date_short(term.on),), _by_day(term.on))
    fact = next((f for f in dossier.journey.facts if f.name == column.show), None)
    if fact is not None:
        return _fact(fact, dossier.facts.get(fact.name))
    days = sorted(mark.on for mark in dossier.happened(column.show, today))
    if not days:
        return _EMPTY
    shown = days if column.all else days[-1:]
    return Cell(tuple(date_short(day) for day in shown), _by_day(days[-1]))


def _answers(dossier: Dossier, column: Column, forms: Forms, today: date) -> Cell:
    task = dossier.journey.task(column.show)
    form = forms.get(task.form) if task else None
    asked = _asked(form, column.question) if form else None
    if asked is None:
        return _EMPTY
    fillings = [mark.answers for mark in dossier.happened(column.show, today)]
    shown = fillings if column.all else fillings[-1:]
    texts = tuple(text for answers in shown for text in _words(asked, answers))
    raw = fillings[-1].get(column.question) if fillings else None
    return Cell(texts, _order(raw, texts[-1])) if texts else _EMPTY


def _asked(form: FormDefinition, name: str) -> Question | Repeat | None:
    repeats = (item for section in form.sections for item in section.items)
    found = (item for item in repeats if isinstance(item, Repeat) and item.name == name)
    return form.question(name) or next(found, None)


def _words(asked: Question | Repeat, answers: Mapping[str, Any]) -> Iterator[str]:
    """An answer in words; of a repeat each turn, its answers one after the other."""
    if isinstance(asked, Repeat):
        for turn in answers.get(asked.name) or ():
            said = (", ".join(read_value(question, turn)) for question in asked.items)
            yield " – ".join(text for text in said if text)
        return
    day = day_of(answers.get(asked.name)) if asked.kind is Kind.DATE else None
    yield from (date_short(day),) if day else read_value(asked, answers)


def _fact(fact: Fact, value: Any) -> Cell:
    texts = tuple(fact_texts(fact, value))
    return Cell(texts, _order(value, texts[0])) if texts else _EMPTY


def fact_texts(fact: Fact, value: Any) -> Iterator[str]:
    """A fact in words; nothing when it is not known."""
    if value is None or value == "":
        return
    if fact.kind is FactKind.DATE:
        day = day_of(value)
        yield date_short(day) if day else str(value)
    elif fact.kind is FactKind.NUMBER and isinstance(value, int | float):
        yield number(value)
    else:
        labels = _YES_NO if fact.kind is FactKind.YES_NO else dict(fact.choices)
        yield labels.get(str(value), str(value))


def _order(value: Any, text: str) -> tuple[int, float, str]:
    day = day_of(value)
    if day is not None:
        return _by_day(day)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (0, float(value), "")
    return (1, 0.0, fold(text))


def _by_day(day: date) -> tuple[int, float, str]:
    return (0, float(day.toordinal()), "")
