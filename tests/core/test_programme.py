"""Figures of the programme, each beside a count by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.definition import Repeat
from surveyapp.core.issues import DefinitionError
from surveyapp.core.journey.dossier import Dossier, Mark
from surveyapp.core.programme import (
    Case,
    Figure,
    Line,
    Period,
    PeriodError,
    Way,
    figure,
    load_indicators,
    read_period,
    volumes,
    year_of,
)
from surveyapp.reports.paper import TEMPLATES
from tests.core.journeys import CALENDAR, every_form, shipped

SPECS = {spec.code: spec for spec in load_indicators(TEMPLATES / "programme/indicators.yaml")}
YEAR = year_of(2026)
TODAY = date(2026, 12, 31)

#: « name day », with answers and what it is about.
Told = (
    tuple[str, str] | tuple[str, str, Mapping[str, Any]] | tuple[str, str, Mapping[str, Any], str]
)


def d(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def case(journey: str, *told: Told, ambassador: str = "", **facts: Any) -> Case:
    """A dossier with these marks; the id of each is its place."""
    marks = []
    for place, (name, day, *more) in enumerate(told):
        answers = more[0] if more else {}
        marks.append(Mark(name, d(day), f"m{place}", answers, *(str(m) for m in more[1:])))
    dossier = Dossier(journey=shipped(journey), marks=tuple(marks), calendar=CALENDAR, facts=facts)
    return Case(dossier, ambassador)


def count(code: str, *cases: Case, period: Period = YEAR, today: date = TODAY) -> Figure:
    by_journey: dict[str, list[Case]] = {}
    for one in cases:
        by_journey.setdefault(one.dossier.journey.name, []).append(one)
    return figure(SPECS[code], by_journey, period, today=today)


def contact(day: str, *more: Told, ambassador: str = "Ana-Demo") -> Case:
    told: tuple[Told, ...] = (
        ("demande_recue", "01-02"),
        ("premier_contact", "01-03"),
        ("contact_pris", day),
        ("parrainage", day),
        *more,
    )
    return case("accompagnement", *told, ambassador=ambassador)


def test_contacts_are_first_contacts_of_the_period_in_all_and_by_ambassador() -> None:
    waiting = case("accompagnement", ("demande_recue", "02-01"))
    found = count(
        "contacts",
        contact("01-10"),
        contact("03-31", ("contact_pris", "05-01")),  # a second one is not another contact
        contact("04-01", ambassador="Bob-Demo"),
        waiting,
        period=Period(d("01-01"), d("03-31")),
    )
    assert (found.value, found.n) == (2, 2)
    assert found.lines == (Line("Ana-Demo", 2, 2),)
    planned = contact("06-10")
    assert count("contacts", planned, today=d("06-09")).value == 0


def test_five_contacts_are_not_over_five() -> None:
    spec = SPECS["contacts"]
    assert spec.comparison == ">"
    assert spec.commitment == 5


def test_transformation_is_of_the_contacts_of_the_period() -> None:
    installed = contact("02-01", ("installe", "08-01"))
    reopened = contact("02-01", ("installe", "08-01"), ("parrainage", "09-01"))
    gone = contact("02-01", ("non_installe", "08-01"))
    before = Period(d("06-01"), d("12-31"))
    found = count("transformation", installed, reopened, gone, contact("03-01"))
    assert (found.value, found.counted, found.n) == (25, 1, 4)
    assert count("transformation", installed, period=before).value is None
    assert count("transformation", installed, today=d("07-31")).value == 0


def mandate(*more: Told) -> Case:
    return case("ambassadeur", ("candidature_recue", "01-02"), ("mandat", "03-01"), *more)


@pytest.mark.parametrize(
    ("today", "expected"), [("02-28", 0), ("03-01", 2), ("09-01", 1), ("12-31", 1)]
)
def test_ambassadors_are_those_in_mandate_that_day(today: str, expected: int) -> None:
    renewed = mandate(("mandat", "12-31"))
    left = mandate(("ancien", "09-01"))
    found = count("ambassadeurs", renewed, left, today=d(today))
    assert found.value == expected


def crossing(held: str, *more: Told) -> Case:
    told: tuple[Told, ...] = (
        ("contact", "01-02"),
        ("entretien", "01-05"),
        ("entretien_tenu", held),
        ("croisement", held),
        *more,
    )
    return case("installation", *told)


def test_the_croisement_counts_by_the_day_it_was_done_not_noted() -> None:
    in_time = crossing("02-01", ("releve_croisement", "02-11"))
    noted_late = crossing(
        "02-01", ("releve_croisement", "02-20", {"date_croisement": "2026-02-10"})
    )
    before_the_interview = crossing(
        "02-01", ("releve_croisement", "02-20", {"date_croisement": "2025-02-10"})
    )
    late = crossing("02-01", ("releve_croisement", "02-12"))
    forgotten = crossing("02-01")
    gone = crossing("02-01", ("abandon", "02-05"))
    gone_late = crossing("02-01", ("abandon", "02-25"))
    found = count(
        "croisement",
        *(in_time, noted_late, before_the_interview, late, forgotten, gone, gone_late),
    )
    assert (found.counted, found.n) == (2, 6)
    assert found.value == pytest.approx(100 / 3)


def test_a_deadline_counts_once_its_day_has_come() -> None:
    done = crossing("02-01", ("releve_croisement", "02-03"))
    open_ = crossing("02-01")
    assert count("croisement", done, open_, today=d("02-10")).n == 0
    assert count("croisement", done, open_, today=d("02-11")).n == 1
    assert count("croisement", done, open_, today=d("02-12")).n == 2
    assert count("croisement", done, period=Period(d("02-01"), d("02-10"))).n == 0


def test_a_corrected_filling_counts_as_it_was_corrected() -> None:
    wrong = ("releve_croisement", "02-05", {"date_croisement": "2026-02-04"})
    right = ("releve_croisement", "03-01", {"date_croisement": "2026-02-25"}, "m4")
    assert count("croisement", crossing("02-01", wrong)).counted == 1
    assert count("croisement", crossing("02-01", wrong, right)).counted == 0


def test_follow_ups_are_of_both_journeys() -> None:
    visited = crossing(
        "02-01", ("suivi", "03-01"), ("suivi_3", "05-01", {"date_point": "2026-05-01"})
    )
    late = contact("02-01", ("suivi_3", "06-01", {"date_point": "2026-05-20"}))
    found = count("suivi_3", visited, late)
    assert (found.value, found.counted, found.n) == (50, 1, 2)
    assert found.lines == (Line("accompagnement", 0, 1), Line("installation", 100, 1))
    assert count("suivi_12", visited, late).n == 0


def test_needs_count_each_person_once_and_hide_under_five() -> None:
    def needs(*fiches: list[str], asked: tuple[str, ...] = ("aides",)) -> Case:
        told: list[Told] = [("demande_recue", "03-01"), ("demande", "03-01", {"besoins": [*asked]})]
        told += [("fiche", "04-01", {"besoins": codes}) for codes in fiches]
        return case("accompagnement", *told)

    five = [needs(["aides", "vie"], ["vie"]), *(needs(["aucun"], asked=("vie",)) for _ in range(3))]
    assert count("besoins", *five) == Figure(None, 4, withheld=True)
    found = count("besoins", *five, needs(asked=("other",)))
    assert found.value == 5
    assert found.lines == (Line("vie", 4, 5), Line("aides", 1, 5), Line("other", 1, 5))


def test_origins_are_of_the_forms_that_say_one() -> None:
    said = [
        case("installation", ("contact", "01-02"), ("recueil", "01-02", {"source_contact": name}))
        for name in ("ars", "ars", "pair", "elu", "ars")
    ]
    silent = case("installation", ("contact", "01-02"), ("recueil", "01-02", {}))
    found = count("origines", *said, silent)
    assert (found.value, found.n) == (5, 5)
    assert found.lines == (Line("ars", 3, 5), Line("elu", 1, 5), Line("pair", 1, 5))


def declared(month: str, minutes: int) -> Told:
    turns = [{"activite": "accompagnement", "minutes": minutes}]
    answers = {"mois": f"2026-{month}-15", "activites": turns, "total_minutes": minutes}
    return ("declaration", "10-01", answers)


def test_time_is_what_coordination_validated_by_the_month_declared() -> None:
    found = count(
        "temps",
        mandate(declared("05", 90), ("declaration_validee", "10-02", {}, "m2")),
        mandate(declared("05", 600)),
        mandate(declared("05", 600), ("declaration_renvoyee", "10-02", {}, "m2")),
        mandate(
            declared("05", 600),
            ("declaration_validee", "10-02", {}, "m2"),
            ("declaration_renvoyee", "10-03", {}, "m2"),
        ),
        mandate(declared("04", 60), ("declaration_validee", "10-02", {}, "m2")),
        period=Period(d("05-01"), d("05-31")),
    )
    assert (found.value, found.n) == (1.5, 1)
    assert found.lines == (Line("accompagnement", 1.5, 1),)


def request(day: str, *categories: str, more: tuple[Told, ...] = (), **facts: Any) -> Case:
    asked: Told = ("demande", day, {"categories": list(categories)})
    return case("conciergerie", ("recue", day), asked, *more, **facts)


def test_volumes_are_by_category_and_month() -> None:
    cases = [
        request("01-05", "logement", "ecole", more=(("resolue", "01-15"),)),
        request("01-31", "logement", more=(("non_aboutie", "02-04"),), motif_echec="delai"),
        request("03-01", "vehicule"),
        request("12-01", "vehicule"),
    ]
    quarter = Period(d("01-01"), d("03-31"))
    found = volumes(cases, quarter, today=TODAY)
    assert found.requests == (2, 0, 1)
    assert [(row.name, row.counts, row.total) for row in found.rows] == [
        ("logement", (2, 0, 0), 2),
        ("ecole", (1, 0, 0), 1),
        ("vehicule", (0, 0, 1), 1),
    ]
    assert (found.total, found.solved, found.failed, found.open) == (3, 1, 1, 1)
    assert found.days == 7
    assert found.reasons == (("delai", 1),)
    assert found.mean(TODAY) == 1
    assert found.mean(d("02-15")) == 1.5
    running = volumes(cases, YEAR, today=d("02-15"))
    assert running.months == (d("01-01"), d("02-01"))
    assert running.requests == (2, 0)
    assert len(volumes([], Period(date(2027, 1, 1), date(2027, 3, 31)), today=TODAY).months) == 1
    assert count("conciergerie", *cases).value == 4
    assert count("conciergerie", *cases).lines[0] == Line("logement", 2, 4)
    assert volumes([], YEAR, today=TODAY).days is None


@pytest.mark.parametrize("code", SPECS)
def test_nothing_counts_as_nothing(code: str) -> None:
    found = count(code)
    assert not found.n
    assert not found.withheld


def test_indicators_name_what_the_journeys_have() -> None:
    forms = every_form()
    for spec in SPECS.values():
        assert spec.label and spec.how and spec.source, spec.code
        for name in spec.journeys:
            journey = shipped(name)
            marks = {thing.name for thing in journey.markers()}
            assert {spec.mark, spec.stage, spec.approved, spec.refused} - {""} <= marks, spec.code
            deadline = journey.deadline(spec.deadline)
            if spec.way is Way.KEPT:
                assert deadline, spec.code
                tasks = [journey.task(until) for until in deadline.until]
                assert all(t and forms[t.form].question(spec.day) for t in tasks), spec.code
        for path in spec.answers:
            task = shipped(path.journey).task(path.task)
            assert task, path
            items = {i.name for s in forms[task.form].sections for i in s.items}
            repeats = {
                i.name for s in forms[task.form].sections for i in s.items if isinstance(i, Repeat)
            }
            assert forms[task.form].question(path.question) or path.question in repeats, items
        if spec.way is Way.SURVEY:
            assert forms[spec.form].question(spec.question), spec.code


def test_a_file_of_indicators_says_its_faults(tmp_path: Any) -> None:
    path = tmp_path / "indicators.yaml"
    path.write_text(
        "indicators:\n  - {code: a, label: A, how: h, way: magie, answers: [x.y], commitment: z}\n"
        "  - {code: a, label: A, how: h, colour: red}\n"
    )
    with pytest.raises(DefinitionError) as caught:
        load_indicators(path)
    codes = {issue.code for issue in caught.value.issues}
    assert codes == {"value", "path", "number", "unknown_key", "twice"}


# -- periods ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "before", "text"),
    [
        (YEAR, year_of(2025), "année 2026"),
        (
            Period(d("04-01"), d("06-30")),
            Period(d("01-01"), d("03-31")),
            "du 1er avril 2026 au 30 juin 2026",
        ),
        (
            Period(d("03-10"), d("03-12")),
            Period(d("03-07"), d("03-09")),
            "du 10 mars 2026 au 12 mars 2026",
        ),
    ],
)
def test_the_period_before(period: Period, before: Period, text: str) -> None:
    assert period.previous == before
    assert period.text.replace("\u00a0", " ") == text


DAYS = st.dates(date(2001, 1, 1), date(2150, 1, 1))


@given(DAYS, DAYS)
def test_periods_follow_each_other(one: date, other: date) -> None:
    period = Period(min(one, other), max(one, other))
    before = period.previous
    assert before.first <= before.last
    assert (period.first - before.last).days == 1
    assert period.months()[0] <= period.first
    assert period.months()[-1] <= period.last


def test_an_address_says_a_period() -> None:
    def read(year: str = "", first: str = "", last: str = "") -> Period:
        return read_period(year=year, first=first, last=last, today=TODAY)

    assert read() == YEAR
    assert read("2024") == year_of(2024)
    assert read("2024", "01/02/2026", "28/02/2026") == Period(d("02-01"), d("02-28"))
    for wrong in (
        ("abc", "", ""),
        ("99", "", ""),
        ("²", "", ""),
        ("", "01/02/2026", ""),
        ("", "01/03/2026", "28/02/2026"),
        ("", "demain", "28/02/2026"),
        ("", "01/01/1026", "28/02/2026"),
    ):
        with pytest.raises(PeriodError):
            read(*wrong)
