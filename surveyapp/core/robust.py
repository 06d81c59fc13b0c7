"""Can a figure of a few people be worked out from sums over larger groups?

Let sums be published over several groups of respondents: everybody, the physicians, those
of the north … Whoever reads them can add and subtract them. Write each group as a line of
zeros and ones, one column per respondent; what can be computed is a combination of these
lines, and it depends on the respondents whose column is not zero. The publication is
*robust* when no combination, but the one that is zero everywhere, depends on fewer than
``k`` respondents. This covers a hidden subgroup (the total minus the shown ones), two
subgroups of different questions that nearly coincide, and two states in time; it supposes
a reader who knows to which groups every single respondent belongs.

In the words of coding theory: the least weight of the code spanned by the groups is ``k``
at least. It is found exactly by a search that the weights of the atoms (respondents that
belong to the same groups) cut short.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Matrix: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Weights: TypeAlias = NDArray[np.int64]

_ZERO = 1e-9
#: Steps after which the search gives up; the publication then counts as not robust.
_PATIENCE = 1_000


def robust(members: Flags, weights: Weights, k: int) -> bool:
    """Whether every combination of the groups depends on ``k`` respondents or on none.

    ``members`` has one row per group and one column per atom, ``weights`` the number of
    respondents of each atom (0 is allowed). ``False`` also when the search takes too long.
    """
    order = np.argsort(-weights, kind="stable")
    order = order[weights[order] > 0]
    basis = _basis(members[:, order].astype(np.float64))
    return not _Search(weights[order]).reaches(basis, k - 1)


@dataclass(frozen=True, slots=True, eq=False)
class _Basis:
    """Independent rows, each alone in its pivot column, where it is 1.

    A column that is not ``counted`` was paid for: it costs nothing any more.
    """

    rows: Matrix
    pivots: tuple[int, ...]
    counted: Flags

    def without(self, line: int) -> _Basis:
        """The combinations that are zero in the pivot column of ``line``."""
        rows = np.delete(self.rows, line, axis=0)
        return _Basis(rows, self.pivots[:line] + self.pivots[line + 1 :], self.counted)

    def pivoted(self, line: int, column: int) -> _Basis:
        """The same combinations, ``column`` being the pivot of ``line``."""
        rows = _pivot(self.rows, line, column)
        pivots = (*self.pivots[:line], column, *self.pivots[line + 1 :])
        return _Basis(rows, pivots, self.counted)

    def paid(self, column: int) -> _Basis:
        counted = self.counted.copy()
        counted[column] = False
        return _Basis(self.rows, self.pivots, counted)


class _Search:
    """Looks for a combination whose columns weigh little. Columns go from heavy to light."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.patience = _PATIENCE

    def reaches(self, basis: _Basis, allowance: int) -> bool:
        """Whether a combination other than zero lives on counted columns whose weights add
        up to ``allowance`` at most (paid columns are free).
        """
        self.patience -= 1
        if self.patience < 0:
            return True
        basis = self._zero_where_too_heavy(basis, allowance)
        if not basis.pivots:
            return False
        used = basis.counted & (np.abs(basis.rows) > _ZERO).any(axis=0)
        total = int(self.weights[used].sum())
        if total <= allowance or len(basis.pivots) == 1:
            return total <= allowance
        line = min(range(len(basis.pivots)), key=lambda row: basis.pivots[row])
        column = basis.pivots[line]
        # Either the combination uses the heaviest pivot column, which costs its weight …
        spent = basis.paid(column)
        others = np.flatnonzero(spent.counted & (np.abs(spent.rows[line]) > _ZERO))
        if not len(others):
            return True
        moved = spent.pivoted(line, int(others[0]))
        if self.reaches(moved, allowance - int(self.weights[column])):
            return True
        # … or it is zero there.
        return self.reaches(basis.without(line), allowance)

    def _zero_where_too_heavy(self, basis: _Basis, allowance: int) -> _Basis:
        """The combinations that are zero on every column that cannot be paid for."""
        heavy = basis.counted & (self.weights > allowance)
        for line in reversed(range(len(basis.pivots))):
            if heavy[basis.pivots[line]]:
                basis = basis.without(line)
        while basis.pivots:
            sizes = np.abs(basis.rows[:, heavy])
            if not sizes.size or sizes.max() <= _ZERO:
                break
            line, place = divmod(int(sizes.argmax()), sizes.shape[1])
            column = int(np.flatnonzero(heavy)[place])
            basis = basis.pivoted(line, column).without(line)
        return basis


def _basis(rows: Matrix) -> _Basis:
    """A basis of the space of ``rows``, with the first columns that can be as pivots."""
    pivots: list[int] = []
    height, width = rows.shape
    for column in range(width):
        done = len(pivots)
        if done == height:
            break
        line = done + int(np.abs(rows[done:, column]).argmax())
        if abs(rows[line, column]) > _ZERO:
            rows[[done, line]] = rows[[line, done]]
            rows = _pivot(rows, done, column)
            pivots.append(column)
            if not (np.abs(rows[done + 1 :]) > _ZERO).any():
                break
    return _Basis(rows[: len(pivots)], tuple(pivots), np.ones(width, dtype=np.bool_))


def _pivot(rows: Matrix, line: int, column: int) -> Matrix:
    """Make ``column`` 1 in row ``line`` and 0 in the others."""
    unit = rows[line] / rows[line, column]
    result = rows - np.outer(rows[:, column], unit)
    result[line] = unit
    result[np.abs(result) <= _ZERO] = 0.0
    return result
