"""Choices of few people leave the coordination without their number, and cannot be worked out."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

from hypothesis import example, given
from hypothesis import strategies as st

from surveyapp.core.programme import Figure, Line, hidden, shown_choices

K = 5
NAMES = "abcdef"
CHOICES = st.lists(st.frozensets(st.sampled_from(NAMES), min_size=1), max_size=40)
ONE_CHOICE = st.lists(st.sampled_from(NAMES).map(lambda name: frozenset([name])), max_size=40)


def told(**counts: int) -> tuple[frozenset[str], ...]:
    """So many people who chose one thing."""
    return tuple(frozenset([name]) for name, count in counts.items() for _ in range(count))


def figure_of(chosen: tuple[frozenset[str], ...]) -> Figure:
    counts = Counter(name for names in chosen for name in names)
    lines = tuple(Line(name, float(n), len(chosen)) for name, n in counts.most_common())
    return Figure(float(len(chosen)), len(chosen), lines=lines, chosen=chosen)


def test_a_choice_of_few_people_reads_fewer_than_five() -> None:
    found = hidden(figure_of(told(a=12, b=7, c=3, d=2)), K)
    assert found.lines == (
        Line("a", 12, 24),
        Line("b", 7, 24),
        Line("c", None, 0, 5),
        Line("d", None, 0, 5),
    )
    assert found.chosen == ()
    assert found.value == 24


def test_a_single_hidden_choice_takes_another_with_it() -> None:
    # 12 + 7 of 20: the one that is left would be « 1 »; b is not « fewer than five ».
    found = hidden(figure_of(told(a=12, b=7, c=1)), K)
    assert found.lines == (Line("a", 12, 20), Line("b", None, 0, 0), Line("c", None, 0, 5))


def test_who_did_not_choose_is_not_told_either() -> None:
    everybody = [frozenset("a")] * 9
    assert shown_choices([*everybody, frozenset("ab")], K) == {"a"}
    assert shown_choices([*everybody, frozenset("b")], K) == set()  # 9 of 10: one did not


def test_of_fewer_than_five_people_nothing_is_told() -> None:
    assert shown_choices(told(a=4), K) == set()
    assert shown_choices((), K) == set()
    assert shown_choices(told(a=5), K) == {"a"}


@given(st.one_of(CHOICES, ONE_CHOICE))
@example([frozenset("ab")] * 5 + [frozenset("a")])
def test_no_number_is_of_few_people(chosen: list[frozenset[str]]) -> None:
    figure = hidden(figure_of(tuple(chosen)), K)
    counts = Counter(name for names in chosen for name in names)
    assert {line.name for line in figure.lines} == set(counts)  # each is still named
    for line in figure.lines:
        if line.few is None:
            assert line.value == counts[line.name] >= K
            assert len(chosen) - counts[line.name] not in range(1, K)
        else:
            assert (line.value, line.n) == (None, 0)
            assert (counts[line.name] < K) == (line.few == K)
    names = [line.name for line in figure.lines if line.few is not None]
    assert names == sorted(names)  # their order says nothing


@given(ONE_CHOICE)
def test_no_hidden_choice_is_what_is_left(chosen: list[frozenset[str]]) -> None:
    shown = shown_choices(chosen, K)
    counts = Counter(name for names in chosen for name in names)
    left = len(chosen) - sum(counts[name] for name in shown)
    assert left == 0 or left >= K or not shown
    assert len(set(counts) - shown) != 1 or left >= K or not shown


@given(CHOICES)
def test_no_difference_of_two_numbers_is_of_few_people(chosen: list[frozenset[str]]) -> None:
    for one, other in combinations(sorted(shown_choices(chosen, K)), 2):
        apart = sum((one in names) != (other in names) for names in chosen)
        assert apart == 0 or apart >= K
