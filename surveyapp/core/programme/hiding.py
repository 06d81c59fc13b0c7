"""Choices of few people, outside the coordination: the rule of the results, on who chose what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from surveyapp.core.grouping import Axis, Family
from surveyapp.core.programme.spec import Figure


def shown_choices(chosen: Sequence[frozenset[str]], k: int) -> frozenset[str]:
    """The choices whose number may be said, the largest first.

    Each of them, those that are left, and whatever sums and differences of what is shown give,
    are of ``k`` people at least or of nobody (:class:`surveyapp.core.grouping.Family`).
    """
    counts = Counter(name for names in chosen for name in names)
    names = sorted(counts, key=lambda name: (-counts[name], name))
    family = Family(_axes(chosen, names), np.zeros(len(chosen), dtype=np.int64), k=k)
    if not names or len(chosen) < k:
        return frozenset()
    family.total(0)
    if len(family.axes) == 1:
        return frozenset(names[code - 1] for code in family.select(0, 0))
    return frozenset(name for place, name in enumerate(names) if family.select(place, 0))


def _axes(chosen: Sequence[frozenset[str]], names: Sequence[str]) -> list[Axis]:
    """One way to cut people when nobody chose two, else one for each choice."""
    if all(len(one) <= 1 for one in chosen):
        places = {name: place for place, name in enumerate(names, start=1)}
        codes = np.array([sum(places[name] for name in one) for one in chosen], dtype=np.int64)
        return [Axis("", codes, len(names) + 1, tuple(places.values()))]
    return [
        Axis(name, np.array([name in one for one in chosen], dtype=np.int64), 2, (1,))
        for name in names
    ]


def hidden(figure: Figure, k: int) -> Figure:
    """The figure as it may leave the coordination: lines of few people lose their number.

    They come last, by name: their order would say which is the larger.
    """
    shown = shown_choices(figure.chosen, k)
    lines = [
        line
        if line.name in shown
        else replace(line, value=None, n=0, few=k if (line.value or 0) < k else 0)
        for line in figure.lines
    ]
    lines.sort(key=lambda line: (line.few is not None, line.name if line.few is not None else ""))
    return replace(figure, lines=tuple(lines), chosen=())
