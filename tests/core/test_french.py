"""French numbers, dates and words."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core import french


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (174333, None, "174\u202f333"),
        (5.4, None, "5,4"),
        (5.0, 1, "5,0"),
        (2.25, 1, "2,3"),
        (-0.04, 1, "0,0"),
        (-1234.5, None, "-1\u202f234,5"),
        (float("nan"), None, "–"),
        (0, None, "0"),
    ],
)
def test_number(value: float, decimals: int | None, expected: str) -> None:
    assert french.number(value, decimals) == expected


def test_percent_and_money_keep_their_unit_on_the_line() -> None:
    assert french.percent(0.54) == "54\u00a0%"
    assert french.percent(0.569, 1) == "56,9\u00a0%"
    assert french.money(12_500_000) == "125\u202f000,00\u00a0€"
    assert french.money(-5) == "-0,05\u00a0€"


def test_dates_and_hours() -> None:
    assert french.date_long(date(2024, 6, 1)) == "1er\u00a0juin\u00a02024"
    assert french.date_short(date(2024, 6, 27)) == "27/06/2024"
    assert french.month(date(2024, 8, 1)) == "août\u00a02024"
    assert french.hour(time(18, 30)) == "18\u00a0h\u00a030"
    assert french.hour(time(9, 0)) == "9\u00a0h"
    moment = datetime(2026, 6, 30, 20, 30, tzinfo=UTC)
    assert french.datetime_long(moment, "Indian/Reunion").startswith("1er\u00a0juillet")
    assert french.datetime_long(moment, "Europe/Paris").endswith("22\u00a0h\u00a030")


def test_plural_zero_is_singular() -> None:
    assert french.plural(0, "réponse", "réponses") == "0\u00a0réponse"
    assert french.plural(2, "réponse", "réponses") == "2\u00a0réponses"


@pytest.mark.parametrize(
    ("text", "value"),
    [("1 234,5", 1234.5), ("1234.5", 1234.5), ("1\u202f234,5", 1234.5), ("−3", -3.0), (",5", 0.5)],
)
def test_parse_number(text: str, value: float) -> None:
    assert french.parse_number(text) == value


@pytest.mark.parametrize("text", ["", "douze", "1,2,3", "1e400", "nan", "inf", "²", "--1"])
def test_parse_number_refuses_with_a_french_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"nombre"):
        french.parse_number(text)


@pytest.mark.parametrize(
    "text", ["27/06/2024", "27-06-2024", "27.6.2024", "2024-06-27", "27 06 2024"]
)
def test_parse_date(text: str) -> None:
    assert french.parse_date(text) == date(2024, 6, 27)


def test_parse_date_refuses_two_digit_years_and_days_that_do_not_exist() -> None:
    with pytest.raises(ValueError, match="quatre chiffres"):
        french.parse_date("27/06/24")
    with pytest.raises(ValueError, match="n’existe pas"):
        french.parse_date("31/02/2024")
    with pytest.raises(ValueError, match="27/06/2024"):
        french.parse_date("demain")


@given(st.dates(min_value=date(1000, 1, 1)))
def test_dates_survive_a_round_trip(day: date) -> None:
    assert french.parse_date(french.date_short(day)) == day
    assert french.parse_date(day.isoformat()) == day


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_numbers_survive_a_round_trip(value: int) -> None:
    assert french.parse_number(french.number(value)) == value


@given(st.text(max_size=40))
def test_parsers_raise_nothing_but_value_error(text: str) -> None:
    for parse in (french.parse_number, french.parse_date):
        try:
            parse(text)
        except ValueError as error:
            assert str(error).endswith(".")


def test_lists_sort_the_french_way() -> None:
    names = ["zoé", "Émile", "eric", "Œuvre", "odile"]
    assert sorted(names, key=french.sort_key) == ["Émile", "eric", "odile", "Œuvre", "zoé"]


def test_a_quotation_inside_a_quotation_takes_other_marks() -> None:
    assert french.quoted("Soirée « Se connaître »") == "«\u00a0Soirée “Se connaître”\u00a0»"
