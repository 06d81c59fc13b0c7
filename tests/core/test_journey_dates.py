"""Laws of dates that deadlines live by, each against another way to count them."""

from __future__ import annotations

from calendar import isleap
from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.journey.calendar import (
    Calendar,
    Duration,
    Territory,
    add,
    easter,
    local_date,
    public_holidays,
    territory_of,
)
from surveyapp.core.journey.due import terms
from tests.core.journeys import dossier

YEARS = st.integers(1950, 2200)
DAYS = st.dates(date(1950, 1, 1), date(2200, 12, 31))
MONTHS = st.integers(0, 300)
OVERSEAS = st.sampled_from([Territory.REUNION, Territory.GUYANE])
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2080, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
ONE_DAY = timedelta(days=1)


# --- months -----------------------------------------------------------------------------------


@given(YEARS)
def test_from_31_january_one_month_is_the_eve_of_march(year: int) -> None:
    body = "deadlines: [{name: r, label: R, after: [debut], plus: P1M}]"
    for first in (29, 30, 31):
        (term,) = terms(dossier(body, on=date(year, 1, first)), date(year, 2, 1))
        assert term.on == date(year, 3, 1) - ONE_DAY
    assert add(date(year, 1, 28), Duration(months=1)) == date(year, 2, 28)


@given(YEARS, st.integers(1, 60))
def test_each_month_from_the_31st_is_the_last_day(year: int, count: int) -> None:
    """Counted from the start, not from the one before: 31 January, 28 February, 31 March."""
    found = add(date(year, 1, 31), Duration(months=count))
    assert found.day == 31 or (found + ONE_DAY).day == 1


@given(YEARS.filter(isleap), st.integers(1, 60))
def test_anniversaries_of_a_leap_day(year: int, count: int) -> None:
    found = add(date(year, 2, 29), Duration(months=12 * count))
    assert found == date(year + count, 3, 1) - ONE_DAY


@given(DAYS, MONTHS, MONTHS)
def test_two_delays_are_their_sum_but_for_the_ends_of_months(day: date, one: int, two: int) -> None:
    whole = add(day, Duration(months=one + two))
    steps = add(add(day, Duration(months=one)), Duration(months=two))
    assert timedelta(0) <= whole - steps <= timedelta(days=3)
    if day.day <= 28:
        assert whole == steps


@given(DAYS, MONTHS, st.integers(0, 400))
def test_months_come_before_days(day: date, months: int, days: int) -> None:
    whole = add(day, Duration(months, days))
    assert whole == add(day, Duration(months=months)) + timedelta(days=days)


# --- working days in La Réunion and in Guyane ------------------------------------------------


def free(day: date, territory: Territory) -> bool:
    """Written down a second time, from the laws, day by day."""
    own = {Territory.REUNION: (12, 20), Territory.GUYANE: (6, 10)}.get(territory)
    fixed = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
    moving = (day - easter(day.year)).days in (1, 39, 50)
    here = (day.month, day.day)
    return day.isoweekday() in (6, 7) or here in fixed or here == own or moving


@given(DAYS, st.integers(1, 90), OVERSEAS)
def test_a_deadline_in_working_days_overseas(start: date, count: int, place: Territory) -> None:
    body = (
        "deadlines: [{name: r, label: R, after: [debut],"
        f" plus: P{count}D, working_days: true, during: [debut]}}]"
    )
    (term,) = terms(dossier(body, on=start, calendar=Calendar(place)), start)
    expected, left = start, count
    while left:
        expected += ONE_DAY
        left -= not free(expected, place)
    assert term.on == expected


@given(DAYS, st.integers(1, 60), OVERSEAS)
def test_overseas_differs_by_its_own_day_only(start: date, count: int, place: Territory) -> None:
    there = Calendar(place).add_working_days(start, count)
    paris = Calendar().add_working_days(start, count)
    years = range(start.year, there.year + 1)
    own = {day for year in years for day in public_holidays(year, place) - public_holidays(year)}
    worked = [day for day in own if start < day <= paris and Calendar().is_working_day(day)]
    assert there >= paris
    assert (there != paris) == bool(worked)


@given(YEARS)
def test_a_year_has_as_many_working_days_less_its_own(year: int) -> None:
    def worked(place: Territory) -> set[date]:
        days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
        return {day for day in days if day.year == year and Calendar(place).is_working_day(day)}

    for place, own in ((Territory.REUNION, (12, 20)), (Territory.GUYANE, (6, 10))):
        assert worked(Territory.METROPOLE) - worked(place) <= {date(year, *own)}
        assert worked(place) <= worked(Territory.METROPOLE)


# --- zones ------------------------------------------------------------------------------------


@given(MOMENTS)
def test_the_date_on_the_wall_overseas(moment: datetime) -> None:
    """Neither La Réunion nor Guyane changes its clocks: +4 and −3 all year."""
    reunion = moment.astimezone(timezone(timedelta(hours=4))).date()
    guyane = moment.astimezone(timezone(timedelta(hours=-3))).date()
    assert local_date(moment, ZoneInfo("Indian/Reunion")) == reunion
    assert local_date(moment, ZoneInfo("America/Cayenne")) == guyane
    assert guyane <= local_date(moment, ZoneInfo("Europe/Paris")) <= reunion


@given(MOMENTS, st.sampled_from(["Europe/Paris", "Indian/Reunion", "America/Cayenne"]))
def test_the_date_is_that_of_the_instant_whatever_its_zone(moment: datetime, zone: str) -> None:
    here = ZoneInfo(zone)
    for other in ("Asia/Tokyo", "America/Miquelon", "Pacific/Noumea"):
        assert local_date(moment.astimezone(ZoneInfo(other)), here) == local_date(moment, here)


@pytest.mark.parametrize("year", [2026, 2028])
def test_every_day_is_lived_once_when_clocks_change(year: int) -> None:
    """In Paris a day has 23 hours in March and 25 in October; none is skipped or lived twice."""
    start = datetime(year, 1, 1, tzinfo=UTC)
    moments = [start + timedelta(hours=n) for n in range(24 * 365)]
    days = [local_date(moment, ZoneInfo("Europe/Paris")) for moment in moments]
    assert days == sorted(days)
    hours = Counter(days)
    assert sorted(hours)[1:-1] == [date(year, 1, 2) + timedelta(n) for n in range(len(hours) - 2)]
    lengths = Counter(list(hours.values())[1:-1])
    assert (lengths[23], lengths[25]) == (1, 1)


@given(MOMENTS, st.sampled_from(["Europe/Paris", "Indian/Reunion", "America/Cayenne"]))
def test_ten_days_from_an_interview_in_the_evening(moment: datetime, zone: str) -> None:
    """The delay counts local days: the same hour, ten days on, is on the day of the deadline."""
    body = "deadlines: [{name: r, label: R, after: [debut], plus: P10D}]"
    here = ZoneInfo(zone)
    on = local_date(moment, here)
    (term,) = terms(dossier(body, on=on, calendar=Calendar(territory_of(zone))), on)
    wall = moment.astimezone(here)
    assert (wall + timedelta(days=10)).date() == term.on, "wall time, whatever clocks do"
