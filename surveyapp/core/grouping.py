"""Which subgroups may be shown: thresholds, robustness and unanimity in one place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from surveyapp.core.columns import Array, Bools, Column, Ints, Storage, as_table
from surveyapp.core.robust import robust

#: Up to this number of combinations of codes they are counted in one array.
_DENSE = 1 << 18


@dataclass(frozen=True, eq=False)
class Axis:
    """A way to cut the respondents into subgroups, and those that may be shown.

    ``codes`` is the subgroup of each line; only ``candidates`` may ever be shown, the others
    (0 is « sans réponse ») remain what is left of the total.
    """

    name: str
    codes: Ints
    size: int
    candidates: tuple[int, ...]

    @cached_property
    def order(self) -> Ints:
        """The lines, subgroup by subgroup. Small integers are sorted by counting them."""
        small = self.codes.astype(np.uint16) if self.size < 2**16 else self.codes
        return np.argsort(small, kind="stable")


class Family:
    """The groups over which sums are published, of one question.

    ``segments`` says from which published prefix on a line counts (0, 1 …); -1: in none.
    """

    def __init__(self, axes: Sequence[Axis], segments: Ints, *, k: int) -> None:
        self.k = k
        self.axes = axes
        inside = np.flatnonzero(segments >= 0)
        first, weights = _atoms([segments[inside], *(axis.codes[inside] for axis in axes)])
        self.weights = weights
        self.segments = segments[inside[first]]
        self.codes = [axis.codes[inside[first]] for axis in axes]
        self.published: list[Bools] = []

    def total(self, segment: int) -> None:
        """The whole prefix is published."""
        self.published.append(self.segments <= segment)

    def select(
        self,
        index: int,
        segment: int,
        unanimous: Callable[[Sequence[int]], bool] | None = None,
        allowed: frozenset[int] | None = None,
    ) -> frozenset[int]:
        """Publish as many subgroups of an axis as can be, the largest ones first.

        Only candidates that are also in ``allowed``, if given.

        ``unanimous`` says whether the answers of some subgroups together are all the same:
        such a row, or such a remainder, tells what each of its members answered.
        """
        base = self.segments <= segment
        candidates = self.axes[index].candidates
        groups = {
            code: base & (self.codes[index] == code)
            for code in candidates
            if allowed is None or code in allowed
        }
        sizes = {code: int(self.weights[group].sum()) for code, group in groups.items()}
        shown = [
            code
            for code in sorted(groups, key=lambda code: (-sizes[code], code))
            if sizes[code] >= self.k and not (unanimous and unanimous([code]))
        ]
        while shown:
            if self._allowed(index, base, {code: groups[code] for code in shown}, unanimous):
                break
            shown.pop()
        self.published.extend(groups[code] for code in shown)
        return frozenset(shown)

    def _allowed(
        self,
        index: int,
        base: Bools,
        shown: dict[int, Bools],
        unanimous: Callable[[Sequence[int]], bool] | None,
    ) -> bool:
        rest = base & ~np.logical_or.reduce(list(shown.values()))
        left = int(self.weights[rest].sum())
        if 0 < left < self.k:
            return False
        if left and unanimous:
            others = sorted({int(code) for code in self.codes[index][rest]} - set(shown))
            if unanimous(others):
                return False
        return robust(np.array([*self.published, *shown.values()]), self.weights, self.k)


def _atoms(parts: Sequence[Ints]) -> tuple[Ints, Ints]:
    """Lines that agree in every part: one of them and their number, per such group."""
    combined, bound = np.zeros(len(parts[0]), dtype=np.int64), 1
    for part in parts:
        size = int(part.max(initial=0)) + 1
        combined, bound = combined * size + part, bound * size
        if bound > _DENSE:
            found, combined = np.unique(combined, return_inverse=True)
            bound = len(found)
    counts = np.bincount(combined, minlength=bound)
    one = np.zeros(bound, dtype=np.int64)
    one[combined] = np.arange(len(combined))
    present = np.flatnonzero(counts)
    return one[present], counts[present].astype(np.int64)


@dataclass(slots=True, eq=False)
class Unanimity:
    """Whether the members of some subgroups all gave the same answer.

    Made for one question and one axis; several choices are unanimous when one of them was
    ticked by everybody.
    """

    column: Column
    axis: Axis
    lines: Bools
    _marks: Array = field(init=False)
    _present: Ints = field(init=False)

    def __post_init__(self) -> None:
        chosen = self.axis.order[self.lines[self.axis.order]]
        codes = self.axis.codes[chosen]
        self._present, starts = np.unique(codes, return_index=True)
        self._marks = _reduce(self.column, chosen, starts)

    def __call__(self, codes: Sequence[int]) -> bool:
        rows = self._marks[np.isin(self._present, codes)]
        if not len(rows):
            return False
        if self.column.field.storage in (Storage.CODE, Storage.MASK):
            return bool(np.bitwise_and.reduce(rows, axis=0).any())
        half = rows.shape[1] // 2
        return bool((rows[:, :half].min(axis=0) == rows[:, half:].max(axis=0)).any())


def _reduce(column: Column, order: Array, starts: Array) -> Array:
    """Per subgroup: the bits that all have in common, or the least and greatest values."""
    values = column.values[order]
    if not len(order):
        return np.zeros((0, 2))
    if column.field.storage is Storage.CODE:
        values = one_hot(values, len(column.field.choices))
    values = as_table(values)
    if column.field.storage in (Storage.CODE, Storage.MASK):
        return np.asarray(np.bitwise_and.reduceat(values, starts, axis=0))
    low = np.minimum.reduceat(values, starts, axis=0)
    high = np.maximum.reduceat(values, starts, axis=0)
    return np.concatenate((low, high), axis=1)


def one_hot(codes: Array, size: int) -> Array:
    """Codes from 1 as single bits, in as many words of 64 as needed."""
    words = max(1, -(-size // 64))
    result = np.zeros((len(codes), words), dtype=np.uint64)
    place = codes.astype(np.int64) - 1
    lines = np.flatnonzero(place >= 0)
    bits = np.left_shift(np.uint64(1), (place[lines] % 64).astype(np.uint64))
    result[lines, place[lines] // 64] = bits
    return result
