"""The table of dossiers: one row each, in words, and how its cells are sorted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from surveyapp.core.definition import FormDefinition
from surveyapp.core.french import date_short, fold, number
from surveyapp.core.journey.definition import Column, Fact, FactKind
from surveyapp.core.journey.dossier import Dossier, day_of
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


def _cell(dossier: Dossier, column: Column, forms: Forms, today: date) -> Cell:
    if column.question:
        return _answers(dossier, column, forms, today)
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
    question = form.question(column.question) if form else None
    if question is None:
        return _EMPTY
    fillings = [mark.answers for mark in dossier.happened(column.show, today)]
    shown = fillings if column.all else fillings[-1:]
    texts = tuple(text for answers in shown for text in read_value(question, answers))
    raw = fillings[-1].get(column.question) if fillings else None
    return Cell(texts, _order(raw, texts[-1])) if texts else _EMPTY


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
