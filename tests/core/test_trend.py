"""Answers over time."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.trend import MOST_BARS, describe, trend

DAYS = st.dictionaries(
    st.dates(date(2024, 1, 1), date(2026, 6, 1)), st.integers(1, 900), min_size=1, max_size=60
)


def test_without_answers_there_is_nothing_to_draw() -> None:
    assert trend([], until=date(2026, 6, 1)) is None


def test_days_without_answers_are_shown_empty() -> None:
    found = trend([(date(2026, 6, 1), 4), (date(2026, 6, 3), 2)], until=date(2026, 6, 4))
    assert found is not None
    assert found.unit == "jour"
    assert [(bar.short, bar.count, bar.share) for bar in found.bars] == [
        ("01/06", 4, 1.0),
        ("02/06", 0, 0.0),
        ("03/06", 2, 0.5),
        ("04/06", 0, 0.0),
    ]
    assert describe(found) == (
        "6\u00a0réponses par jour, de «\u00a01er\u00a0juin\u00a02026\u00a0» à "
        "«\u00a04\u00a0juin\u00a02026\u00a0»\u202f; "
        "le plus haut\u00a0: 4, 1er\u00a0juin\u00a02026."
    )


def test_a_longer_time_is_told_in_weeks_then_in_months() -> None:
    start = date(2026, 1, 7)
    weeks = trend([(start, 1)], until=start + timedelta(days=60))
    months = trend([(start, 1)], until=start + timedelta(days=400))
    assert weeks is not None
    assert weeks.unit == "semaine"
    assert weeks.bars[0].label == "semaine du 5\u00a0janvier\u00a02026"
    assert months is not None
    assert months.unit == "mois"
    assert months.bars[0].label == "janvier\u00a02026"
    assert months.bars[-1].label == "février\u00a02027"


@given(DAYS, st.dates(date(2024, 1, 1), date(2026, 6, 1)))
def test_no_answer_is_lost_and_there_are_never_many_bars(
    days: dict[date, int], until: date
) -> None:
    found = trend(days.items(), until=until)
    assert found is not None
    assert sum(bar.count for bar in found.bars) == sum(days.values())
    assert len(found.bars) <= MOST_BARS
    assert max(bar.share for bar in found.bars) == 1
