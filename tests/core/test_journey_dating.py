"""The day of a filling is the one that its form says."""

from __future__ import annotations

from datetime import date

from surveyapp.core.journey.dating import filled_on
from tests.core.journeys import shipped

OPENED, ENTERED = date(2026, 1, 5), date(2026, 3, 1)


def day(said: str | None, task: str = "releve_croisement") -> date:
    found = shipped("installation").task(task)
    assert found is not None
    return filled_on(found, {"date_croisement": said}, entered=ENTERED, opened=OPENED)


def test_a_filling_is_dated_by_its_answer_within_the_dossier() -> None:
    assert day("2026-02-10") == date(2026, 2, 10)
    assert day("2025-12-01") == OPENED
    assert day("2026-03-02") == ENTERED
    assert day(None) == day("") == day("2026-02-10", "recueil") == ENTERED
