"""How the results of an anonymous campaign move in time."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.steps import Steps, advance, next_steps, prefixes


def test_while_open_a_state_is_shown_once_k_further_answers_wait_behind_it() -> None:
    assert prefixes([5], [False], k=5, live=True) == ()
    assert prefixes([5, 4], [False, False], k=5, live=True) == ()
    assert prefixes([5, 5], [False, False], k=5, live=True) == (1,)
    assert prefixes([5, 5, 5], [False] * 3, k=5, live=True) == (1, 2)


def test_the_close_shows_everything() -> None:
    assert prefixes([5, 5, 2], [False, False, True], k=5, live=True) == (1, 3)
    assert prefixes([5, 2], [False, True], k=5, live=True) == (2,)


def test_steps_merge_until_they_hold_k_answers_to_the_question() -> None:
    assert prefixes([2, 3, 1, 4], [False] * 4, k=5, live=True) == (2,)


def test_a_question_that_waits_is_shown_at_the_close_only() -> None:
    assert prefixes([9, 9, 9], [False] * 3, k=5, live=False) == ()
    assert prefixes([9, 9, 9], [False, False, True], k=5, live=False) == (3,)


def test_after_a_reopening_fewer_than_k_further_answers_change_nothing() -> None:
    assert prefixes([20, 3], [True, True], k=5, live=True) == (1,)
    assert prefixes([20, 3, 3], [True, True, True], k=5, live=True) == (1, 3)


def test_too_few_answers_are_never_shown() -> None:
    assert prefixes([4], [True], k=5, live=True) == ()


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[int], list[bool], int]:
    steps = draw(st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=12))
    return [count for count, _ in steps], [final for _, final in steps], draw(st.integers(1, 6))


@given(stories(), st.booleans())
def test_two_states_differ_by_k_answers_at_least(
    story: tuple[list[int], list[bool], int], live: bool
) -> None:
    counts, finals, k = story
    shown = prefixes(counts, finals, k=k, live=live)
    known = [0, *(sum(counts[:prefix]) for prefix in shown)]
    assert all(b - a >= k for a, b in itertools.pairwise(known))


@given(stories(), st.booleans())
def test_what_was_shown_stays_shown(story: tuple[list[int], list[bool], int], live: bool) -> None:
    counts, finals, k = story
    states = [prefixes(counts[:i], finals[:i], k=k, live=live) for i in range(len(counts) + 1)]
    for before, after in itertools.pairwise(states):
        assert after[: len(before)] == before


@given(stories())
def test_the_first_close_always_shows_all_answers_or_none(
    story: tuple[list[int], list[bool], int],
) -> None:
    counts, _, k = story
    finals = [*([False] * len(counts)), True]
    shown = prefixes([*counts, 2], finals, k=k, live=True)
    assert shown[-1:] == ((len(finals),) if sum(counts) + 2 >= k else ())


def test_wellbeing_makes_no_step_before_the_close() -> None:
    assert next_steps(500, 0, 10) == ()


def test_a_step_holds_k_answers_or_a_tenth_of_what_is_published() -> None:
    assert next_steps(4, 0, 5) == ()
    assert next_steps(5, 0, 5) == (5,)
    assert next_steps(9, 100, 5) == ()
    assert next_steps(60, 0, 5) == (50, 10)
    assert next_steps(11, 0, 5) == (6, 5)


@given(st.integers(0, 500), st.integers(0, 5000), st.integers(1, 9))
def test_every_step_holds_k_answers_and_none_is_lost(pending: int, published: int, k: int) -> None:
    sizes = next_steps(pending, published, k)
    assert all(size >= k for size in sizes)
    assert sum(sizes) in (0, pending)


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), max_size=8), st.integers(2, 9))
def test_no_step_of_fewer_than_k_is_ever_stored(story: list[tuple[int, bool]], k: int) -> None:
    steps = Steps(np.zeros(0, dtype=np.int64), ())
    for arrivals, closed in story:
        more = np.concatenate((steps.numbers, np.zeros(arrivals, dtype=np.int64)))
        steps = advance(Steps(more, steps.finals), k=k, closed=closed)
        sizes = np.bincount(steps.numbers, minlength=len(steps.finals) + 1)[1:]
        assert (sizes >= k).all()
        if closed:
            assert (steps.numbers == 0).sum() < k
            assert not steps.finals or steps.finals[-1]
