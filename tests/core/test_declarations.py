"""What declarations come to: whole cents, only what was validated, at the rates of that day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.declarations import (
    Amounts,
    Content,
    Declaration,
    Rates,
    State,
    Trip,
    content_of,
    duration,
    is_period,
    period_label,
    rates_at,
    statement,
)

DAY = date(2027, 6, 3)


def one(number: int = 1, **more: Any) -> Declaration:
    told: dict[str, Any] = {
        "id": number,
        "dossier_id": 1,
        "reference": "D-AAAA-0001",
        "holder": "Ariane Exemple-Demo",
        "sort_key": "exemple-demo ariane",
        "filed_on": DAY,
        "content": Content(DAY.replace(day=1), 95),
        "state": State.VALIDATED,
        "rates": Rates(3000, 600),
        **more,
    }
    return Declaration(**told)


def test_answers_become_time_and_trips() -> None:
    answers = {
        "mois": "2027-06-14",
        "activites": [{"activite": "formation", "minutes": 120}, {"minutes": 15}],
        "trajets": [
            {
                "date_trajet": "2027-06-03",
                "parcours": "A – B",
                "moyen": "voiture",
                "kilometres": 42,
            },
            {"date_trajet": "2027-06-09", "parcours": "A – C", "moyen": "commun", "montant": 12.35},
        ],
        "remarque": "Rien",
    }
    found = content_of(answers, filed_on=DAY, means={"voiture": "Voiture personnelle"})
    assert (found.month, found.minutes, found.remark) == (date(2027, 6, 1), 135, "Rien")
    assert found.trips == (
        Trip(date(2027, 6, 3), "A – B", "Voiture personnelle", 42, 0),
        Trip(date(2027, 6, 9), "A – C", "commun", 0, 1235),
    )


def test_what_an_anonymised_dossier_lost_is_left_out() -> None:
    found = content_of({"activites": [{"minutes": 30}]}, filed_on=DAY, means={})
    assert (found.month, found.minutes, found.trips) == (date(2027, 6, 1), 30, ())


@pytest.mark.parametrize(
    ("minutes", "cents", "expected"),
    [(60, 3000, 3000), (1, 3000, 50), (1, 30, 1), (1, 29, 0), (95, 3000, 4750), (0, 3000, 0)],
)
def test_time_is_paid_to_the_cent_rounded_half_up(minutes: int, cents: int, expected: int) -> None:
    paid = one(content=Content(DAY, minutes), rates=Rates(cents, None)).amounts
    assert paid == Amounts(minutes=minutes, time_cents=expected)


def test_a_rate_that_is_not_set_counts_for_nothing_and_is_said() -> None:
    trips = (Trip(DAY, "A – B", "Voiture", 10, 0), Trip(DAY, "A – C", "Train", 0, 1250))
    line = one(content=Content(DAY.replace(day=1), 60, trips), rates=Rates(None, None))
    assert line.amounts.total_cents == 1250
    assert statement([line], "2027-06").lacks_rates
    assert not statement([one()], "2027-06").lacks_rates


def test_only_validated_ones_of_the_period_count_and_the_others_are_told() -> None:
    may = Content(date(2027, 5, 1), 60)
    lines = [
        one(1),
        one(2, dossier_id=2, holder="Basile", sort_key="basile"),
        one(3, state=State.WAITING),
        one(4, state=State.SENT_BACK),
        one(5, state=State.REPLACED),
        one(6, content=may),
        one(7, state=State.WAITING, content=may),
    ]
    june = statement(lines, "2027-06")
    assert [share.holder for share in june.shares] == ["Basile", "Ariane Exemple-Demo"]
    assert [line.id for line in june.declarations] == [2, 1]
    assert (june.amounts.minutes, june.waiting, june.label) == (190, 1, "juin 2027")
    year = statement(lines, "2027")
    assert [line.id for line in year.declarations] == [2, 6, 1]
    assert (year.waiting, year.label) == (2, "année 2027")


@given(
    st.lists(st.tuples(st.integers(1, 6000), st.integers(1, 4), st.integers(1, 9999)), max_size=9)
)
def test_columns_add_up_to_their_totals(drawn: list[tuple[int, int, int]]) -> None:
    lines = [
        one(n, dossier_id=who, content=Content(DAY.replace(day=1), minutes), rates=Rates(cents, 70))
        for n, (minutes, who, cents) in enumerate(drawn)
    ]
    found = statement(lines, "2027-06")
    assert found.amounts.total_cents == sum(line.amounts.total_cents for line in lines)
    assert found.amounts.total_cents == sum(share.amounts.total_cents for share in found.shares)
    assert len(found.declarations) == len(lines)


def test_each_is_paid_at_the_rate_of_its_day() -> None:
    start = datetime(2027, 1, 1, tzinfo=UTC)
    changes = [
        (start + timedelta(days=60), Rates(hour_cents=2500)),  # then 30 €
        (start + timedelta(days=30), Rates(kilometre_mills=500)),  # then 0,60 €
        (start + timedelta(days=10), Rates()),  # until then nothing was set
    ]
    now = Rates(3000, 600)

    def at(days: int) -> Rates:
        return rates_at(start + timedelta(days=days), now, changes)

    assert at(70) == Rates(3000, 600)
    assert at(60) == Rates(3000, 600)
    assert at(59) == Rates(2500, 600)
    assert at(20) == Rates(2500, 500)
    assert at(0) == Rates(2500, 500), "before any rate was set, the first one"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(45, "45 min"), (60, "1 h"), (150, "2 h 30"), (61, "1 h 01"), (0, "0 min")],
)
def test_durations_are_said_as_one_says_them(minutes: int, words: str) -> None:
    assert duration(minutes).replace("\u00a0", " ") == words


def test_a_period_is_a_month_or_a_year() -> None:
    assert [p for p in ("2027-06", "2027", "1900") if not is_period(p)] == []
    wrong = ("", "2027-13", "2027-00", "2027-6", "27", "juin", "2027-06-01", "0000", "२०२७")
    assert [p for p in wrong if is_period(p)] == []
    assert (period_label("2027-12"), period_label("2027")) == ("décembre 2027", "année 2027")
