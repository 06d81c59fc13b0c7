"""When reminders leave: civil hours, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core import reminders
from surveyapp.core.instant import closing

PARIS, REUNION, CAYENNE = map(ZoneInfo, ("Europe/Paris", "Indian/Reunion", "America/Cayenne"))
ZONES = st.sampled_from([PARIS, REUNION, CAYENNE])
DAYS = st.dates(date(2025, 1, 1), date(2030, 12, 31))


@given(DAYS, ZONES, st.sampled_from(["J+7", "J+14"]))
def test_a_wave_leaves_at_ten_where_the_cpts_is(day: date, zone: ZoneInfo, rule: str) -> None:
    due = reminders.due_at(rule, invited_on=day, closes_at=None, zone=zone)
    assert due is not None
    local = due.astimezone(zone)
    assert local.time() == time(10)
    assert local.date() - day == timedelta(days=int(rule[2:]))


@pytest.mark.parametrize(
    ("invited", "hour"),
    [(date(2026, 3, 23), 8), (date(2026, 10, 19), 9), (date(2026, 6, 1), 8)],
    ids=["before the clocks go forward", "before they go back", "in summer"],
)
def test_the_clocks_change_between_the_invitation_and_the_wave(invited: date, hour: int) -> None:
    due = reminders.due_at("J+7", invited_on=invited, closes_at=None, zone=PARIS)
    assert due == datetime.combine(invited + timedelta(days=7), time(hour), UTC)


@pytest.mark.parametrize(
    ("zone", "closes", "due"),
    [
        # Midnight in Saint-Denis is 20 h in London: the closing is still that of the 30th.
        (REUNION, closing(date(2026, 6, 30), time(0), REUNION), "2026-06-27T06:00+00:00"),
        (REUNION, closing(date(2026, 6, 30), time(18, 30), REUNION), "2026-06-27T06:00+00:00"),
        # Half past nine in the evening in Cayenne is already the next day in London.
        (CAYENNE, closing(date(2026, 6, 30), time(21, 30), CAYENNE), "2026-06-27T13:00+00:00"),
        # The clocks go back between the last call and the closing.
        (PARIS, closing(date(2026, 10, 26), None, PARIS), "2026-10-23T08:00+00:00"),
        (PARIS, closing(date(2026, 10, 29), None, PARIS), "2026-10-26T09:00+00:00"),
    ],
)
def test_the_last_call_is_counted_from_the_closing_day_there(
    zone: ZoneInfo, closes: datetime, due: str
) -> None:
    found = reminders.due_at("C-3", invited_on=date(2026, 6, 1), closes_at=closes, zone=zone)
    assert found == datetime.fromisoformat(due)


def test_without_a_closing_there_is_no_last_call() -> None:
    assert reminders.due_at("C-3", invited_on=date(2026, 6, 1), closes_at=None, zone=PARIS) is None
    assert reminders.due_at("date", invited_on=date(2026, 6, 1), closes_at=None, zone=PARIS) is None


def proposed(invited: date, closes: date | None, zone: ZoneInfo = PARIS) -> list[str]:
    waves = reminders.propose(
        invited_on=invited,
        closes_at=closing(closes, None, zone) if closes else None,
        zone=zone,
        now=datetime.combine(invited, time(12), UTC),
    )
    return [wave.rule for wave in waves]


@pytest.mark.parametrize(
    ("closes", "rules"),
    [
        (date(2026, 6, 30), ["J+7", "J+14", "C-3"]),
        (None, ["J+7", "J+14"]),
        (date(2026, 6, 18), ["J+7", "C-3"]),  # J+14 would be the day after the last call
        (date(2026, 6, 11), ["C-3"]),
        (date(2026, 6, 5), []),  # nobody is reminded the day after the invitation
    ],
)
def test_what_is_proposed_to_whoever_is_invited_on_the_first(
    closes: date | None, rules: list[str]
) -> None:
    assert proposed(date(2026, 6, 1), closes) == rules


@given(DAYS, st.integers(0, 90), ZONES)
def test_waves_are_ahead_apart_and_before_the_closing(
    invited: date, length: int, zone: ZoneInfo
) -> None:
    closes = closing(invited + timedelta(days=length), None, zone)
    now = datetime.combine(invited, time(9), zone)
    waves = reminders.propose(invited_on=invited, closes_at=closes, zone=zone, now=now)
    instants = [wave.due_at for wave in waves]
    assert all(now < due < closes for due in instants)
    least = timedelta(days=reminders.GAP_DAYS, hours=-1)  # an hour, when the clocks change
    assert all(after - before >= least for before, after in pairwise(instants))


def test_a_wave_may_be_two_days_late_and_no_more() -> None:
    due = datetime(2026, 6, 8, 8, tzinfo=UTC)
    assert not reminders.missed(due, now=due + timedelta(days=2))
    assert reminders.missed(due, now=due + timedelta(days=2, seconds=1))


def test_rules_in_words() -> None:
    assert reminders.label("J+7") == "7\u00a0jours après les invitations"
    assert reminders.label("C-3") == "3\u00a0jours avant la fermeture"
    assert reminders.label("date") == "au jour choisi"
