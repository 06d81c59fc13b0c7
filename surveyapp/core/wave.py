"""The same questionnaire again: what a new wave, or a copy, is called and when it ends."""

from __future__ import annotations

import re
from datetime import date, timedelta

#: What the title of a copy ends with until it is given its own.
COPY = " (copie)"
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
#: How long a wave lasts when the one before does not tell, and the bounds of what it tells.
USUAL_DAYS = 28
_SHORTEST, _LONGEST = 7, 60
_SATURDAY = 5


def wave_title(previous: str, *, year: int, longest: int) -> str:
    """« Bien-être 2026 » → « Bien-être 2027 »; a title without a year is given one."""
    years = [int(found) for found in _YEAR.findall(previous)]
    if not years:
        end = f" – {year}"
        return previous[: longest - len(end)].rstrip() + end
    last = max(years)
    wanted = year if year > last else last + 1
    return _YEAR.sub(lambda found: str(int(found[0]) + wanted - last), previous)


def copy_title(original: str, *, longest: int) -> str:
    """A title that nobody takes for the first one."""
    return original.removesuffix(COPY)[: longest - len(COPY)].rstrip() + COPY


def proposed_closing(today: date, *, opened: date | None, closed: date | None) -> date:
    """As many days as the wave before, on a day of the week when people work."""
    days = (closed - opened).days if opened and closed else USUAL_DAYS
    end = today + timedelta(days=min(max(days, _SHORTEST), _LONGEST))
    while end.weekday() >= _SATURDAY:
        end += timedelta(days=1)
    return end
