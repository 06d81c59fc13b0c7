"""The search of :mod:`surveyapp.core.robust` against plain enumeration."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from surveyapp.core.robust import robust


def reachable(groups: NDArray[np.bool_], k: int) -> bool:
    """Whether leaving out fewer than ``k`` respondents makes a combination vanish.

    One column per respondent. Written as the definition says, without any cleverness.
    """
    full = np.linalg.matrix_rank(groups.astype(float))
    people = range(groups.shape[1])
    for size in range(1, k):
        for few in combinations(people, min(size, groups.shape[1])):
            rest = np.delete(groups, few, axis=1).astype(float)
            if (np.linalg.matrix_rank(rest) if rest.size else 0) < full:
                return True
    return False


def check(groups: list[list[int]], k: int) -> bool:
    matrix = np.array(groups, dtype=bool)
    return robust(matrix, np.ones(matrix.shape[1], dtype=np.int64), k)


def test_a_group_of_k_may_be_published() -> None:
    assert check([[1, 1, 1]], 3)


def test_a_smaller_group_may_not() -> None:
    assert not check([[1, 1]], 3)


def test_the_rest_of_a_total_counts() -> None:
    everybody = [1, 1, 1, 1, 1, 1, 1]
    assert not check([everybody, [1, 1, 1, 1, 1, 0, 0]], 3)
    assert check([everybody, [1, 1, 1, 1, 0, 0, 0]], 3)


def test_two_groups_that_nearly_coincide_betray_their_difference() -> None:
    assert not check([[1, 1, 1, 1, 0], [0, 1, 1, 1, 1]], 3)


def test_three_groups_may_betray_what_two_do_not() -> None:
    first = [1, 1, 1, 0, 0, 0, 1]
    second = [0, 0, 0, 1, 1, 1, 0]
    both = [1, 1, 1, 1, 1, 1, 0]
    assert check([first, second], 2)
    assert not check([first, second, both], 2)


def test_an_empty_group_says_nothing() -> None:
    assert check([[0, 0, 0], [1, 1, 1]], 3)


def test_weights_stand_for_respondents() -> None:
    groups = np.array([[1, 1], [1, 0]], dtype=bool)
    assert robust(groups, np.array([5, 5]), 5)
    assert not robust(groups, np.array([5, 4]), 5)
    assert robust(groups, np.array([5, 0]), 5)


@st.composite
def publications(draw: st.DrawFn) -> tuple[NDArray[np.bool_], int]:
    people = draw(st.integers(1, 9))
    group = st.lists(st.booleans(), min_size=people, max_size=people)
    groups = draw(st.lists(group, min_size=1, max_size=6))
    return np.array(groups, dtype=bool), draw(st.integers(2, 4))


@given(publications())
def test_the_search_agrees_with_enumeration(case: tuple[NDArray[np.bool_], int]) -> None:
    groups, k = case
    ones = np.ones(groups.shape[1], dtype=np.int64)
    assert robust(groups, ones, k) is not reachable(groups, k)


@given(publications())
def test_merging_equal_respondents_changes_nothing(
    case: tuple[NDArray[np.bool_], int],
) -> None:
    groups, k = case
    atoms, counts = np.unique(groups, axis=1, return_counts=True)
    ones = np.ones(groups.shape[1], dtype=np.int64)
    assert robust(atoms, counts, k) is robust(groups, ones, k)


def test_a_search_without_end_counts_as_not_robust(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("surveyapp.core.robust._PATIENCE", 0)
    assert not check([[1, 1, 1]], 3)
