"""Days: holidays of each territory, working days, durations, dates where people live."""

from __future__ import annotations

from calendar import isleap, monthrange
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.journey.calendar import (
    MAX_YEARS,
    Calendar,
    Duration,
    Territory,
    add,
    easter,
    local_date,
    parse_duration,
    public_holidays,
    subtract,
    territory_of,
)

DAYS = st.dates(date(1900, 1, 1), date(2300, 12, 31))
TERRITORIES = st.sampled_from(Territory)
YEARS = st.integers(1900, 2400)


@pytest.mark.parametrize(
    "day",
    [
        *(date(2000, 4, 23), date(2008, 3, 23), date(2011, 4, 24), date(2019, 4, 21)),
        *(date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28)),
        *(date(2028, 4, 16), date(2038, 4, 25), date(2049, 4, 18)),
    ],
)
def test_easter(day: date) -> None:
    assert easter(day.year) == day


@given(YEARS)
def test_easter_is_a_sunday_of_spring(year: int) -> None:
    assert easter(year).weekday() == 6
    assert date(year, 3, 22) <= easter(year) <= date(year, 4, 25)


@given(YEARS)
def test_easter_follows_the_table_of_epacts(year: int) -> None:
    """Another way to the same day: the paschal full moon by its epact, then a Sunday."""
    century = year // 100 + 1
    shifted = 3 * century // 4 - 12
    epact = (11 * (year % 19 + 1) + 20 + (8 * century + 5) // 25 - 5 - shifted) % 30
    if epact == 24 or (epact == 25 and year % 19 + 1 > 11):
        epact += 1
    moon = 44 - epact + (30 if 44 - epact < 21 else 0)
    sunday = moon + 7 - (5 * year // 4 - shifted - 10 + moon) % 7
    assert easter(year) == date(year, 3, 1) + timedelta(days=sunday - 1)


def test_the_eleven_days_of_2026() -> None:
    days = " ".join(f"{day:%m-%d}" for day in sorted(public_holidays(2026)))
    assert days == "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25"


@pytest.mark.parametrize(
    ("territory", "own"),
    [
        (Territory.METROPOLE, []),
        (Territory.ALSACE_MOSELLE, ["04-03", "12-26"]),
        (Territory.GUADELOUPE, ["05-27"]),
        (Territory.GUYANE, ["06-10"]),
        (Territory.MARTINIQUE, ["05-22"]),
        (Territory.MAYOTTE, ["04-27"]),
        (Territory.REUNION, ["12-20"]),
        (Territory.SAINT_BARTHELEMY, ["10-09"]),
        (Territory.SAINT_MARTIN, ["05-28"]),
        (Territory.SAINT_PIERRE_ET_MIQUELON, []),
    ],
)
def test_days_of_one_territory(territory: Territory, own: list[str]) -> None:
    days = public_holidays(2026, territory) - public_holidays(2026)
    assert sorted(f"{day:%m-%d}" for day in days) == own


def test_zones_tell_the_territory() -> None:
    assert territory_of("Indian/Reunion") is Territory.REUNION
    assert territory_of("America/Cayenne") is Territory.GUYANE
    assert territory_of("Europe/Paris") is Territory.METROPOLE
    assert all(ZoneInfo(zone) for zone in ("America/Marigot", "America/Miquelon"))


def test_working_days_in_la_reunion() -> None:
    """20 December 2027 is a Monday: free there, worked in metropolitan France."""
    friday = date(2027, 12, 17)
    assert Calendar(Territory.REUNION).add_working_days(friday, 1) == date(2027, 12, 21)
    assert Calendar(Territory.METROPOLE).add_working_days(friday, 1) == date(2027, 12, 20)


def test_working_days_in_guyane() -> None:
    """10 June 2026 is a Wednesday; Easter Monday is free everywhere."""
    guyane = Calendar(Territory.GUYANE)
    assert guyane.add_working_days(date(2026, 6, 8), 2) == date(2026, 6, 11)
    assert Calendar().add_working_days(date(2026, 6, 8), 2) == date(2026, 6, 10)
    assert guyane.add_working_days(date(2026, 4, 3), 1) == date(2026, 4, 7)


def test_ten_working_days_through_a_week_of_holidays() -> None:
    """From 30 April 2026: 1 and 8 May are Fridays, 14 May is Ascension."""
    assert Calendar().add_working_days(date(2026, 4, 30), 10) == date(2026, 5, 19)


def test_days_that_custom_makes_free() -> None:
    schoelcher = frozenset({date(2026, 7, 21)})
    calendar = Calendar(Territory.MARTINIQUE, extra=schoelcher)
    assert calendar.add_working_days(date(2026, 7, 20), 1) == date(2026, 7, 22)


@given(DAYS, st.integers(1, 60), TERRITORIES)
def test_a_number_of_working_days_is_that_many(day: date, count: int, place: Territory) -> None:
    calendar = Calendar(place)
    end = calendar.add_working_days(day, count)
    between = (day + timedelta(days=n) for n in range(1, (end - day).days + 1))
    assert calendar.is_working_day(end)
    assert sum(calendar.is_working_day(each) for each in between) == count


@given(DAYS, st.integers(0, 60), TERRITORIES)
def test_working_days_backwards(day: date, count: int, place: Territory) -> None:
    calendar = Calendar(place)
    if calendar.is_working_day(day):
        forth = calendar.add_working_days(day, count)
        assert calendar.add_working_days(forth, -count) == day


def test_end_of_a_shorter_month() -> None:
    month = Duration(months=1)
    assert add(date(2026, 1, 31), month) == date(2026, 2, 28)
    assert add(date(2028, 1, 31), month) == date(2028, 2, 29)
    assert add(date(2026, 1, 31), Duration(months=3)) == date(2026, 4, 30)
    assert add(date(2028, 2, 29), Duration(months=12)) == date(2029, 2, 28)
    assert add(date(2028, 2, 29), Duration(months=48)) == date(2032, 2, 29)
    assert add(date(2026, 12, 31), Duration(months=2)) == date(2027, 2, 28)
    assert subtract(date(2026, 3, 31), month) == date(2026, 2, 28)
    assert subtract(date(2026, 1, 15), month) == date(2025, 12, 15)


def test_a_leap_century() -> None:
    assert add(date(2000, 1, 31), Duration(months=1)) == date(2000, 2, 29)
    assert add(date(2100, 1, 31), Duration(months=1)) == date(2100, 2, 28)


@given(DAYS, st.integers(0, 600))
def test_adding_months_keeps_the_day_or_takes_the_last(day: date, months: int) -> None:
    moved = add(day, Duration(months=months))
    last = monthrange(moved.year, moved.month)[1]
    assert moved.day == min(day.day, last)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months


@given(DAYS, st.integers(0, 600))
def test_a_month_back_never_passes_the_start(day: date, months: int) -> None:
    back = subtract(add(day, Duration(months=months)), Duration(months=months))
    assert timedelta(0) <= day - back <= timedelta(days=3)


@given(DAYS, DAYS, st.integers(0, 240))
def test_later_starts_end_no_earlier(one: date, other: date, months: int) -> None:
    first, second = sorted((one, other))
    assert add(first, Duration(months=months)) <= add(second, Duration(months=months))


@given(DAYS)
def test_a_year_has_365_days_but_around_a_leap_day(day: date) -> None:
    length = (add(day, Duration(months=12)) - day).days
    leap = isleap(day.year) if day.month <= 2 else isleap(day.year + 1)
    if (day.month, day.day) == (2, 29):
        assert length == 365
    else:
        assert length == (366 if leap else 365)


@pytest.mark.parametrize(
    ("text", "months", "days"),
    [("P10D", 0, 10), ("P1M", 1, 0), ("P1Y", 12, 0), ("P2W", 0, 14), ("P1Y6M3D", 18, 3)],
)
def test_durations(text: str, months: int, days: int) -> None:
    assert parse_duration(text) == Duration(months, days)


@pytest.mark.parametrize("text", ["", "P", "10D", "P1H", "PT1H", "P-1D", "P1D1M", "p10d", "P1.5D"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="P10D"):
        parse_duration(text)


@pytest.mark.parametrize("text", [f"P{MAX_YEARS + 1}Y", "P99999D"])
def test_a_duration_has_an_end(text: str) -> None:
    with pytest.raises(ValueError, match="100 ans"):
        parse_duration(text)


@given(st.integers(0, 1200), st.integers(0, 36600))
def test_durations_read_back(months: int, days: int) -> None:
    duration = Duration(months, days)
    assert parse_duration(str(duration)) == duration


def test_the_same_instant_has_two_dates() -> None:
    moment = datetime(2026, 12, 31, 21, 30, tzinfo=UTC)
    assert local_date(moment, ZoneInfo("Indian/Reunion")) == date(2027, 1, 1)
    assert local_date(moment, ZoneInfo("America/Cayenne")) == date(2026, 12, 31)
    assert local_date(moment, ZoneInfo("Europe/Paris")) == date(2026, 12, 31)


def test_an_instant_without_a_zone_has_no_date() -> None:
    with pytest.raises(ValueError, match="zone"):
        local_date(datetime(2026, 1, 1), ZoneInfo("Europe/Paris"))  # noqa: DTZ001


@given(
    st.integers(0, 4_000_000_000).map(lambda second: datetime.fromtimestamp(second, UTC)),
    st.sampled_from(["Europe/Paris", "Indian/Reunion", "America/Cayenne", "Pacific/Noumea"]),
)
def test_a_local_date_is_a_day_away_at_most(moment: datetime, zone: str) -> None:
    there = ZoneInfo(zone)
    assert abs(local_date(moment, there) - moment.date()) <= timedelta(days=1)
    assert local_date(moment, there) <= local_date(moment + timedelta(hours=1), there)
