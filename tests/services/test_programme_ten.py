"""Figures of the programme on ten dossiers, counted on the fingers."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from surveyapp.core.programme import volumes, year_of
from surveyapp.services.programme.cases import load_cases
from surveyapp.services.programme.results import results
from tests import dossiers as world
from tests.services.test_programme import notes

LATE = date(2026, 12, 31)
NOW = datetime(2026, 12, 31, 20, tzinfo=UTC)
NB = "\u00a0"
FEW = f"moins de{NB}5"
WHERE = ("ars", "ars", "ars", "ars", "ars", "pair", "pair", "pair", "pair", "pair")
WANTS = (*(["logement"] for _ in range(5)), *(["ecole"] for _ in range(4)), ["logement", "ecole"])


@pytest.fixture
def ten(app: Flask) -> None:
    """Ten dossiers of each journey; seven notes of satisfaction."""
    world.in_service("accompagnement", "installation", "conciergerie")
    for number in range(10):
        on = date(2026, 2 + number // 4, 10)  # four in February, four in March, two in April
        world.begin("installation", on=on, number=number, source_contact=WHERE[number])
        world.begin("conciergerie", on=on, number=number, categories=WANTS[number])
        needs = ["aides"] if number < 5 else ["aides", "vie"]
        world.begin("accompagnement", on=on, number=number, besoins=needs)
    notes(5, 5, 5, 4, 4, 4, 3)


def test_ten_dossiers_equal_a_count_on_the_fingers(ten: None) -> None:
    found = {one.code: one for one in results(year_of(2026), today=LATE, now=NOW, inside=True)}

    def lines(code: str) -> dict[str, float | None]:
        return {line.name: line.value for line in found[code].figure.lines}

    satisfaction = found["satisfaction"]
    assert (satisfaction.text, satisfaction.figure.n) == ("4,3/5", 7)  # 30 / 7
    assert satisfaction.value == pytest.approx(30 / 7)
    assert (found["origines"].value, lines("origines")) == (10, {"ars": 5, "pair": 5})
    assert (found["besoins"].value, lines("besoins")) == (10, {"aides": 10, "vie": 5})
    assert found["conciergerie"].value == 10
    assert lines("conciergerie") == {"logement": 6, "ecole": 5}
    cases = load_cases("conciergerie")["conciergerie"]
    counted = volumes(cases, year_of(2026), today=date(2026, 5, 31))
    assert counted.requests == (0, 4, 4, 2, 0)
    assert [(row.name, row.counts, row.total) for row in counted.rows] == [
        ("logement", (0, 4, 1, 1, 0), 6),
        ("ecole", (0, 0, 3, 2, 0), 5),
    ]


def test_ten_dossiers_outside_the_coordination(ten: None) -> None:
    found = {one.code: one for one in results(year_of(2026), today=LATE, now=NOW)}
    assert [part.text for part in found["origines"].parts] == [f"5 (50{NB}%)"] * 2
    needs = [part.text for part in found["besoins"].parts]
    assert needs == [f"10 (100{NB}%)", f"5 (50{NB}%)"]
    # Six of ten leave four who did not: that number would say too much.
    wants = [part.text for part in found["conciergerie"].parts]
    assert wants == [f"5 (50{NB}%)", "non montré"]
    assert FEW not in wants
