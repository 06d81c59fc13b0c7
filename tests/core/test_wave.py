"""Titles and dates that are proposed for a new wave or a copy, and addresses of pages."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.wave import copy_title, proposed_closing, wave_title
from surveyapp.core.webaddress import address_problem

TODAY = date(2027, 5, 3)  # a Monday


@pytest.mark.parametrize(
    ("previous", "year", "expected"),
    [
        ("Bien-être 2026", 2027, "Bien-être 2027"),
        ("Bien-être 2026", 2026, "Bien-être 2027"),
        ("Saison 2025-2026", 2027, "Saison 2026-2027"),
        ("Bien-être des soignants", 2027, "Bien-être des soignants – 2027"),
        ("Commune 20260", 2027, "Commune 20260 – 2027"),
        ("x" * 300, 2027, "x" * 293 + " – 2027"),
    ],
)
def test_a_wave_carries_its_year(previous: str, year: int, expected: str) -> None:
    assert wave_title(previous, year=year, longest=300) == expected


def test_a_copy_says_that_it_is_one_and_says_it_once() -> None:
    once = copy_title("Bien-être 2026", longest=300)
    assert once == "Bien-être 2026 (copie)"
    assert copy_title(once, longest=300) == once
    assert len(copy_title("x" * 300, longest=300)) == 300


@given(st.dates(), st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.none() | st.dates())
def test_a_wave_ends_on_a_working_day_one_to_nine_weeks_later(
    opened: date, today: date, closed: date | None
) -> None:
    end = proposed_closing(today, opened=opened, closed=closed)
    assert end.weekday() < 5
    assert 7 <= (end - today).days <= 62


def test_a_wave_lasts_as_long_as_the_one_before() -> None:
    before = {"opened": date(2026, 6, 1), "closed": date(2026, 6, 18)}
    assert proposed_closing(TODAY, **before) == date(2027, 5, 20)
    assert proposed_closing(TODAY, opened=None, closed=None) == date(2027, 5, 31)


@pytest.mark.parametrize(
    "address",
    [
        "https://www.cpts.demo.example/merci?a=1#b",
        "http://cpts.demo.example",
        "https://cpts.demo.example:8443/",
        "https://épi.demo.example/été",
    ],
)
def test_the_address_of_a_page(address: str) -> None:
    assert address_problem(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "www.cpts.demo.example",
        "//cpts.demo.example",
        "https://",
        "https://localhost",
        "https://camille@cpts.demo.example",
        "https://cpts.demo.example/\n",
        "https://cpts.demo.example/a b",
        "https:\\\\cpts.demo.example",
        "https://[::1",
        "https://cpts.demo.example:port/",
        'https://cpts.demo.example/"onclick',
        "https://cpts.demo.example/" + "x" * 500,
        "\u202ehttps://cpts.demo.example",
    ],
)
def test_anything_else_is_refused_with_an_example(address: str) -> None:
    assert "adresse" in (address_problem(address) or "").lower()


@given(st.text())
def test_no_text_makes_the_check_fail(text: str) -> None:
    address_problem(text)
    address_problem("https://" + text)
