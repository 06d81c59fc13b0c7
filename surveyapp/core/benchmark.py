"""The local figure that stands beside a reference figure (domain.md A.4.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from surveyapp.core.columns import Column, Ints, Storage
from surveyapp.core.counting import share_of
from surveyapp.core.definition import Question
from surveyapp.core.reference import ReferenceFigure
from surveyapp.core.summary import Benchmark


def benchmarks(
    question: Question,
    column: Column,
    lines: Ints | None,
    figures: Mapping[str, ReferenceFigure],
) -> Iterator[Benchmark]:
    """The reference figure of a question, with the local value over ``lines``.

    ``lines`` is ``None`` when the result is withheld; the local value is then unknown.
    """
    use = question.reference
    figure = figures.get(use.figure) if use else None
    if use is None or figure is None:
        return
    local = None if lines is None else _local(column, lines, use.choices)
    yield Benchmark(
        key=figure.key,
        value=figure.value,
        unit=figure.unit,
        source=f"{figure.study} – {figure.source}",
        wording=figure.wording,
        comparability=figure.comparability,
        doubtful=figure.doubtful,
        local=local,
    )


def _local(column: Column, lines: Ints, choices: tuple[str, ...]) -> float | None:
    """Share of the respondents who chose one of ``choices``; without choices, the mean."""
    if column.field.storage is Storage.NUMBER:
        values = column.values[lines]
        values = values[~np.isnan(values)]
        if not len(values):
            return None
        if not choices:
            return float(values.mean())
        return float(np.isin(values, [float(choice) for choice in choices]).mean())
    known = {name: code for code, name in enumerate(column.field.choices, start=1)}
    codes = frozenset(known[name] for name in choices if name in known)
    if column.field.storage not in (Storage.CODE, Storage.MASK) or not codes:
        return None
    found, base = share_of(column, lines, codes)
    return found / base if base else None
