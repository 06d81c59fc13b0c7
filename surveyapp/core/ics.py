"""Calendars as text (RFC 5545): whole days only, one event for each.

Lines are folded at 75 octets, never inside a character; texts are escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

#: Octets of a line, its end left out.
WIDTH = 75
#: What a calendar program waits for before it asks again.
REFRESH = "PT6H"
#: Control characters that no text may hold; a line break is escaped.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u0085\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Entry:
    """Something on a day. ``uid`` never changes, whatever its day becomes."""

    uid: str
    on: date
    summary: str
    description: str = ""
    url: str = ""


def write(title: str, entries: Iterable[Entry], *, stamp: datetime) -> str:
    """A whole calendar. ``stamp`` (aware) says when it was written."""
    written = stamp.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//surveyapp//dossiers//FR",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(title)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",
        f"X-PUBLISHED-TTL:{REFRESH}",
    ]
    for entry in entries:
        lines += _event(entry, written)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines)


def _event(entry: Entry, written: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(entry.uid)}"
    yield f"DTSTAMP:{written}"
    yield f"DTSTART;VALUE=DATE:{_day(entry.on)}"
    if entry.on < date.max:
        yield f"DTEND;VALUE=DATE:{_day(entry.on + timedelta(days=1))}"
    yield f"SUMMARY:{escaped(entry.summary)}"
    if entry.description:
        yield f"DESCRIPTION:{escaped(entry.description)}"
    if entry.url:
        yield f"URL:{_CONTROL.sub('', entry.url)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """A text as the value of a property."""
    text = _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\n", "\\n")


def folded(line: str) -> str:
    """A line cut into pieces of at most 75 octets; each but the first begins with a blank."""
    pieces: list[str] = []
    piece, size = "", 0
    for character in line:
        width = len(character.encode())
        if size + width > WIDTH:
            pieces.append(piece)
            piece, size = "", 1
        piece += character
        size += width
    return "\r\n ".join([*pieces, piece])


def _day(day: date) -> str:
    return f"{day.year:04d}{day.month:02d}{day.day:02d}"
