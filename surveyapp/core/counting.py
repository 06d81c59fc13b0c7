"""One line of figures: the answers of some respondents to one question, counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from surveyapp.core.bins import Bin
from surveyapp.core.columns import Array, Column, Ints, Storage, as_table
from surveyapp.core.summary import Cell, Row


@dataclass(frozen=True, slots=True)
class Plan:
    """How the answers to a question become cells.

    ``options`` are (name, label) pairs: choices, notes of a scale (whose values are
    ``notes``) or classes (``bins``); a first option named ``""`` counts the missing answers.
    ``measured`` asks for mean and median (of ``years``, the median alone). ``everyone``: the
    base is all respondents, not those who answered. ``visible``: names of the only cells that
    may be shown.
    """

    options: tuple[tuple[str, str], ...] = ()
    notes: tuple[float, ...] = ()
    bins: tuple[Bin, ...] = ()
    measured: bool = False
    years: bool = False
    everyone: bool = False
    visible: frozenset[str] | None = None


def count(column: Column, lines: Ints, plan: Plan, *, name: str, label: str) -> Row:
    """The row of the respondents at the indices ``lines``."""
    part = Column(column.field, column.values[lines])
    answered = part.answered()
    n = len(lines) if plan.everyone else int(answered.sum())
    tally = _TALLIES[column.field.storage](part.values, answered, plan)
    cells = tuple(
        _cell(option, found, n, plan.visible)
        for option, found in zip(plan.options, tally, strict=True)
    )
    if not plan.measured or not n:
        return Row(name, label, n, cells)
    values = part.values[answered]
    mean = None if plan.years else float(values.mean())
    return Row(name, label, n, cells, mean, float(np.median(values)))


def rank_rows(column: Column, lines: Ints, options: tuple[tuple[str, str], ...]) -> tuple[Row, ...]:
    """One row per ranked option: mean rank, and how often it stands at each place."""
    part = Column(column.field, column.values[lines])
    ranks = part.values[part.answered()]
    places = tuple((str(place), str(place)) for place in range(1, len(options) + 1))
    return tuple(_rank_row(option, ranks[:, index], places) for index, option in enumerate(options))


def share_of(column: Column, lines: Ints, codes: frozenset[int]) -> tuple[int, int]:
    """How many of the respondents chose at least one of these options, and the base."""
    part = Column(column.field, column.values[lines])
    if column.field.storage is Storage.CODE:
        chosen = np.isin(part.values, list(codes))
    else:
        words = as_table(part.values)
        chosen = np.zeros(len(lines), dtype=np.bool_)
        for code in codes:
            chosen |= _bit(words, code - 1)
    return int(chosen.sum()), int(part.answered().sum())


def _cell(option: tuple[str, str], found: int, n: int, visible: frozenset[str] | None) -> Cell:
    name, label = option
    if visible is not None and name not in visible:
        return Cell(name, label, None, None)
    return Cell(name, label, found, found / n if n else None)


def _rank_row(option: tuple[str, str], ranks: Array, places: tuple[tuple[str, str], ...]) -> Row:
    given = ranks[ranks > 0]
    n = len(given)
    tally = np.bincount(given, minlength=len(places) + 1)[1:]
    cells = tuple(_cell(p, int(c), n, None) for p, c in zip(places, tally, strict=True))
    return Row(*option, n, cells, float(given.mean()) if n else None)


def _codes(values: Array, _answered: Array, plan: Plan) -> list[int]:
    with_missing = bool(plan.options) and plan.options[0][0] == ""
    size = len(plan.options) + (not with_missing)
    found = [int(n) for n in np.bincount(values, minlength=size)[:size]]
    return found if with_missing else found[1:]


def _masks(values: Array, _answered: Array, plan: Plan) -> list[int]:
    words = as_table(values)
    return [int(_bit(words, place).sum()) for place in range(len(plan.options))]


def _numbers(values: Array, answered: Array, plan: Plan) -> list[int]:
    values = values[answered]
    if plan.bins:
        return [b.holds(values) for b in plan.bins]
    return [int(np.isclose(values, note, rtol=0, atol=1e-6).sum()) for note in plan.notes]


def _flags(_values: Array, answered: Array, plan: Plan) -> list[int]:
    return [int(answered.sum())] * len(plan.options)


def _bit(words: Array, place: int) -> Array:
    shifted = words[:, place // 64] >> np.uint64(place % 64)
    return np.asarray((shifted & np.uint64(1)).astype(np.bool_))


_TALLIES: dict[Storage, Callable[[Array, Array, Plan], list[int]]] = {
    Storage.CODE: _codes,
    Storage.MASK: _masks,
    Storage.NUMBER: _numbers,
    Storage.FLAG: _flags,
}
