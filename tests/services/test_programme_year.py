"""The figures of a simulated year, beside counts made by hand from the rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp.core.programme import volumes, year_of
from surveyapp.models import Dossier, DossierMark, Response, db
from surveyapp.services.programme.cases import load_cases
from surveyapp.services.programme.results import Result, results
from tests import dossiers as world
from tests import journey_year as year
from tests.services.test_programme import notes

NOW = datetime(2026, 12, 31, 20, tzinfo=UTC)
Rows = dict[int, list[tuple[str, date]]]


def _rows(journey: str) -> Rows:
    """What happened to each dossier, in order."""
    found: Rows = defaultdict(list)
    for key, name, on in db.session.execute(
        sa.select(DossierMark.dossier_id, DossierMark.name, DossierMark.on)
        .join(Dossier, Dossier.id == DossierMark.dossier_id)
        .where(Dossier.journey_name == journey, DossierMark.withdrawn.is_(False))
        .order_by(DossierMark.dossier_id, DossierMark.position)
    ):
        found[key].append((name, on))
    return found


def _last(rows: list[tuple[str, date]], *names: str) -> date | None:
    return max((on for name, on in rows if name in names and on <= year.LAST), default=None)


def _kept(
    rows: Rows, starts: tuple[str, ...], until: str, plus: int, stays: set[str]
) -> tuple[int, int]:
    """Kept and counted; ``plus``: months, or days when negative."""
    kept = counted = 0
    stages = {"contact", "entretien", "croisement", "visites", "suivi", "reflexion", "installe"}
    stages |= {"ailleurs", "abandon", "demande_recue", "premier_contact", "parrainage"}
    stages |= {"non_installe", "sans_suite"}
    for told in rows.values():
        start = _last(told, *starts)
        if start is None:
            continue
        due = year.days(start, -plus) if plus < 0 else year.months(start, plus)
        if due > year.LAST:
            continue
        done = [on for name, on in told if name == until and start <= on <= year.LAST]
        at_due = [name for name, on in told if name in stages and on <= due][-1]
        now = [name for name, on in told if name in stages][-1]
        if done or (due < year.LAST and {at_due, now} & stays):
            counted += 1
            kept += bool(done) and min(done) <= due
    return kept, counted


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_figures_equal_a_hand_count(app: Flask, database_url: str) -> None:
    # A third of the year; figures on both databases are in test_programme.py.
    year.live(year.build(3))
    found = {one.code: one for one in results(year_of(2026), today=year.LAST, now=NOW)}
    helped, installed = _rows("accompagnement"), _rows("installation")

    contacts = [key for key, told in helped.items() if _last(told, "contact_pris")]
    assert found["contacts"].value == len(contacts) > 0
    shares = Counter(db.session.get_one(Dossier, key).ambassador_id for key in contacts)
    parts = [int(part.text) for part in found["contacts"].parts]
    assert sorted(parts) == sorted(shares.values())
    won = [key for key in contacts if db.session.get_one(Dossier, key).stage == "installe"]
    assert (found["transformation"].figure.counted, found["transformation"].figure.n) == (
        len(won),
        len(contacts),
    )
    in_mandate = sa.select(sa.func.count(Dossier.id)).where(Dossier.stage == "mandat")
    assert found["ambassadeurs"].value == db.session.scalar(in_mandate)

    crossed = _kept(
        installed, ("entretien_tenu",), "releve_croisement", -10, {"entretien", "croisement"}
    )
    assert _shown(found["croisement"]) == crossed
    after = {"suivi", "reflexion", "installe"}
    for code, months in (("suivi_3", 3), ("suivi_6", 6), ("suivi_12", 12)):
        there = _visited(installed, code, months, after)
        here = _kept(helped, ("contact_pris",), code, months, {"parrainage", "installe"})
        assert _shown(found[code]) == (there[0] + here[0], there[1] + here[1]), code
    _counts(found)


def _visited(rows: Rows, task: str, months: int, stays: set[str]) -> tuple[int, int]:
    """From the latest of visits and interviews."""
    return _kept(rows, ("visite", "entretien_tenu"), task, months, stays)


def _shown(one: Result) -> tuple[int, int]:
    return one.figure.counted or 0, one.figure.n


def _counts(found: dict[str, Result]) -> None:
    """Declared time, needs, requests."""
    declared = db.session.scalars(
        sa.select(Response.document)
        .join(DossierMark, DossierMark.response_id == Response.id)
        .where(
            DossierMark.name == "declaration",
            DossierMark.id.in_(
                sa.select(DossierMark.about_id).where(
                    DossierMark.name == "declaration_validee", DossierMark.on <= year.LAST
                )
            ),
        )
    ).all()
    assert found["temps"].figure.n == len(declared) > 0
    assert found["temps"].value == sum(document["total_minutes"] for document in declared) / 60
    for code, journey in (("besoins", "accompagnement"), ("conciergerie", "conciergerie")):
        count = sa.select(sa.func.count(Dossier.id)).where(Dossier.journey_name == journey)
        assert found[code].value == db.session.scalar(count), code


# -- ten dossiers, counted on the fingers ----------------------------------------------------

LATE = date(2026, 12, 31)
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
