"""Calendars as text: what comes out is read again by the rules of RFC 5545."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.ics import Entry, write

STAMP = datetime(2026, 6, 12, 12, 32, tzinfo=UTC)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=200)
DAYS = st.dates(date(1900, 1, 1), date.max)


def read(text: str) -> list[dict[str, str]]:
    """The events of a calendar, their texts unescaped."""
    assert text.endswith("\r\n")
    assert re.search(r"(?<!\r)\n|\r(?!\n)", text) is None
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    events: list[dict[str, str]] = []
    for line in text.replace("\r\n ", "").split("\r\n"):
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events:
            plain = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], value)
            events[-1][name] = plain
    return events


@given(st.lists(st.tuples(TEXTS, TEXTS, DAYS), max_size=4))
def test_what_is_written_can_be_read_again(things: list[tuple[str, str, date]]) -> None:
    entries = [
        Entry(f"{number}@demo.example", on, summary, f"{more}\nfin", "https://demo.example/1")
        for number, (summary, more, on) in enumerate(things)
    ]
    events = read(write("Échéances", entries, stamp=STAMP))
    assert [event["SUMMARY"] for event in events] == [entry.summary for entry in entries]
    assert [event["DESCRIPTION"] for event in events] == [entry.description for entry in entries]
    days = [event["DTSTART;VALUE=DATE"] for event in events]
    assert days == [entry.on.strftime("%Y%m%d").zfill(8) for entry in entries]


def test_an_event_lasts_its_whole_day_and_takes_nobodys_time() -> None:
    (event,) = read(write("A", [Entry("u", date(2028, 2, 29), "B")], stamp=STAMP))
    assert event["DTEND;VALUE=DATE"] == "20280301"
    assert event["TRANSP"] == "TRANSPARENT"
    assert event["DTSTAMP"] == "20260612T123200Z"


def test_no_text_can_begin_a_property_of_its_own() -> None:
    text = write(
        "A\r\nX:1", [Entry("u", date(2026, 1, 1), "B\r\nATTACH:http://x\x0b\u2028C")], stamp=STAMP
    )
    assert "\r\nATTACH" not in text
    assert "\r\nX:1" not in text
    assert read(text)[0]["SUMMARY"] == "B\nATTACH:http://x  C"


def test_an_accent_is_never_cut_in_two() -> None:
    (event,) = read(write("A", [Entry("u", date(2026, 1, 1), "é" * 300)], stamp=STAMP))
    assert event["SUMMARY"] == "é" * 300
