"""Two waves side by side: the same questions, and nothing that one of them withholds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.comparison import Measured, Obstacle, compare, margin
from surveyapp.core.summary import Cell, Reason, Row, Shape, Summary
from tests import summaries
from tests.summaries import cells


def question(counts: list[tuple[str, int | None]], n: int = 40, name: str = "q") -> Summary:
    rows = (Row(name, "Fatigué ?", n, cells(counts, n)),)
    return Summary(name, "Fatigué ?", "Santé", Shape.CHOICE, n, 0, n, rows, k=10)


def test_shares_of_the_same_question_stand_side_by_side() -> None:
    before, after = question([("Oui", 10), ("Non", 30)]), question([("Oui", 20), ("Non", 20)])
    (found,) = compare([before], [after])
    assert (found.n_before, found.n_after, found.obstacle) == (40, 40, None)
    assert [(li.label, li.before, li.after, li.gap) for li in found.lines] == [
        ("Oui", 0.25, 0.5, 0.25),
        ("Non", 0.75, 0.5, -0.25),
    ]


def test_a_scale_is_compared_by_its_mean() -> None:
    after = summaries.scale()
    before = replace(after, rows=(replace(after.rows[0], mean=5.0),))
    (found,) = compare([before], [after])
    (line,) = found.lines
    assert (line.label, line.measured, line.before, line.after) == (
        *("Moyenne", Measured.MEAN),
        *(5.0, 6.425),
    )


@pytest.mark.parametrize("make", summaries.EVERY.values(), ids=list(summaries.EVERY))
def test_every_shape_compares_with_itself_without_a_gap(make: object) -> None:
    summary: Summary = make()  # type: ignore[operator]
    for found in compare([summary], [summary]):
        assert found.obstacle in (None, Obstacle.WITHHELD)
        assert all(line.gap in (None, 0) for line in found.lines)


@pytest.mark.parametrize(
    ("change", "obstacle"),
    [
        ({"label": "Fatiguée ?"}, Obstacle.CHANGED),
        ({"shape": Shape.MULTIPLE}, Obstacle.CHANGED),
        ({"scale": (0, 10)}, Obstacle.CHANGED),
        ({"withheld": Reason.BASE}, Obstacle.WITHHELD),
        ({"question": "autre"}, Obstacle.NEW),
    ],
)
def test_what_cannot_be_compared_shows_no_figure(
    change: dict[str, object], obstacle: Obstacle
) -> None:
    before = question([("Oui", 10), ("Non", 30)])
    after = replace(before, **change)  # type: ignore[arg-type]
    found = compare([before], [after])[0]
    assert (found.obstacle, found.lines) == (obstacle, ())


def test_a_question_withheld_in_the_first_wave_only_stays_hidden() -> None:
    after = question([("Oui", 10), ("Non", 30)])
    before = replace(after, withheld=Reason.WAIT, n=None)
    (found,) = compare([before], [after])
    assert (found.lines, found.withheld) == ((), Reason.WAIT)


def test_questions_and_options_that_went_or_came_are_listed() -> None:
    before = [question([("Oui", 10), ("Non", 30)]), question([("Oui", 1)], name="vieille")]
    after = [replace(before[0], rows=(Row("q", "", 40, (Cell("z", "Parfois", 40, 1.0),)),))]
    found = compare(before, after)
    assert [(line.label, line.before, line.after) for line in found[0].lines] == [
        ("Parfois", None, 1.0),
        ("Oui", 0.25, None),
        ("Non", 0.75, None),
    ]
    assert (found[1].question, found[1].obstacle) == ("vieille", Obstacle.GONE)


def test_open_answers_are_not_compared() -> None:
    assert compare([summaries.texts()], [summaries.texts()]) == ()


counts = st.lists(
    st.tuples(st.sampled_from(["Oui", "Non", "Parfois"]), st.none() | st.integers(0, 40)),
    min_size=1,
    max_size=3,
)


@given(counts, counts, st.sampled_from([None, *Reason]), st.sampled_from([None, *Reason]))
def test_a_figure_is_shown_only_if_its_own_wave_publishes_it(
    old: list[tuple[str, int | None]],
    new: list[tuple[str, int | None]],
    hidden_before: Reason | None,
    hidden_after: Reason | None,
) -> None:
    before = replace(question(old), withheld=hidden_before)
    after = replace(question(new), withheld=hidden_after)
    (found,) = compare([before], [after])
    published = [{c.share for c in one.rows[0].cells} | {None} for one in (before, after)]
    if hidden_before or hidden_after:
        assert found.lines == ()
    for line in found.lines:
        assert line.before in published[0]
        assert line.after in published[1]


def test_the_margin_is_wide_for_small_surveys() -> None:
    assert round(margin(28, 28), 2) == 0.26
    assert margin(300, 236) < margin(28, 236)
