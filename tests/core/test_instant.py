"""Opening and closing hours in the time zones of the CPTS, laws and known nights."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.instant import closing, is_end_of_day, opening

PARIS, REUNION, CAYENNE = (
    ZoneInfo(name) for name in ("Europe/Paris", "Indian/Reunion", "America/Cayenne")
)
#: French territories, and zones whose clocks jump at midnight or go back to the day before.
ZONES = st.sampled_from(
    [
        *("Europe/Paris", "Indian/Reunion", "America/Cayenne", "America/Miquelon"),
        *("Pacific/Noumea", "Pacific/Tahiti", "America/Havana", "America/Santiago"),
    ]
).map(ZoneInfo)
DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 30))
HOURS = st.times().map(lambda at: at.replace(second=0, microsecond=0))
INSTANTS = st.datetimes(datetime(2015, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (hypothesis adds the zone)
TICK = timedelta(microseconds=1)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("zone", "last"),
    [
        (PARIS, utc(2026, 6, 30, 22) - TICK),
        (REUNION, utc(2026, 6, 30, 20) - TICK),
        (CAYENNE, utc(2026, 7, 1, 3) - TICK),
    ],
)
@pytest.mark.parametrize("typed", [None, time(0), time(23, 59)])
def test_the_30th_of_june_at_midnight_is_the_end_of_that_day(
    zone: ZoneInfo, last: datetime, typed: time | None
) -> None:
    assert closing(date(2026, 6, 30), typed, zone) == last
    assert is_end_of_day(last, zone)


def test_the_night_when_an_hour_is_skipped() -> None:
    """On 29 March 2026 Paris goes from 2 h to 3 h, at 1 h UTC."""
    day, jump = date(2026, 3, 29), utc(2026, 3, 29, 1)
    assert opening(day, time(1, 59), PARIS) == jump - timedelta(minutes=1)
    for skipped in (time(2), time(2, 30), time(2, 59)):
        assert opening(day, skipped, PARIS) == closing(day, skipped, PARIS) == jump
    assert opening(day, time(3), PARIS) == jump
    assert opening(day, time(3, 1), PARIS) == jump + timedelta(minutes=1)


def test_the_night_when_an_hour_comes_twice() -> None:
    """On 25 October 2026 Paris lives 2 h to 3 h twice: nobody who reads the clock is late."""
    day = date(2026, 10, 25)
    assert opening(day, time(2, 30), PARIS) == utc(2026, 10, 25, 0, 30)
    assert closing(day, time(2, 30), PARIS) == utc(2026, 10, 25, 1, 30)


def test_days_of_23_and_25_hours_end_at_their_midnight() -> None:
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25)):
        length = closing(day, None, PARIS) + TICK - opening(day, None, PARIS)
        assert length == timedelta(hours=hours)


def test_midnight_that_does_not_exist_is_the_first_instant_of_the_day() -> None:
    """Havana goes from midnight to 1 h on 8 March 2026."""
    zone, day = ZoneInfo("America/Havana"), date(2026, 3, 8)
    assert opening(day, None, zone) == utc(2026, 3, 8, 5)
    assert opening(day, None, zone).astimezone(zone).time() == time(1)
    assert closing(day - timedelta(days=1), None, zone) == utc(2026, 3, 8, 5) - TICK


@given(DAYS, ZONES)
def test_a_day_ends_where_the_next_begins(day: date, zone: ZoneInfo) -> None:
    last = closing(day, None, zone)
    assert last.astimezone(zone).date() == day
    assert (last + TICK).astimezone(zone).date() == day + timedelta(days=1)
    assert opening(day, None, zone).astimezone(zone).date() == day
    assert (opening(day, None, zone) - TICK).astimezone(zone).date() < day


@given(DAYS, HOURS, ZONES)
def test_an_opening_never_comes_after_the_closing_of_the_same_hour(
    day: date, at: time, zone: ZoneInfo
) -> None:
    assert opening(day, at, zone) <= closing(day, at, zone)


@given(DAYS, HOURS, HOURS, ZONES)
def test_a_later_hour_is_never_an_earlier_instant(
    day: date, one: time, other: time, zone: ZoneInfo
) -> None:
    early, late = sorted([one, other])
    assert opening(day, early, zone) <= opening(day, late, zone)


@given(INSTANTS, ZONES)
def test_an_instant_lies_between_the_opening_and_the_closing_that_its_clock_shows(
    moment: datetime, zone: ZoneInfo
) -> None:
    moment = moment.replace(second=0, microsecond=0)
    local = moment.astimezone(zone)
    shown = local.time().replace(tzinfo=None)
    assert opening(local.date(), shown, zone) <= moment
    assert moment <= closing(local.date(), shown, zone)


@given(DAYS, HOURS, ZONES)
def test_what_a_form_shows_is_read_back_as_the_same_instant(
    day: date, at: time, zone: ZoneInfo
) -> None:
    for read in (opening, closing):
        moment = read(day, at, zone)
        local = moment.astimezone(zone)
        shown = local.time().replace(second=0, microsecond=0)
        assert read(local.date(), shown, zone) == moment
