"""Every shared vector, in Python."""

from __future__ import annotations

import pytest

from tests.core.expression_cases import Case, plain, random_cases, same, vectors

ALL = list(vectors())


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.group}: {case.source[:60]}")
def test_vector(case: Case) -> None:
    assert same(case.run(), case.expected), (plain(case.run()), case.expected)


def test_there_are_a_few_hundred() -> None:
    assert len(ALL) > 400


def test_random_expressions_never_raise() -> None:
    for case in random_cases(seed=1, count=3_000):
        assert isinstance(case.run(), str | float | bool | list)
