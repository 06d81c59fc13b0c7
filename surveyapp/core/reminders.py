"""When reminders leave: days after the invitations, days before the closing, or a chosen day.

They leave at ten in the morning where the CPTS is, whatever the clocks do in between.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from surveyapp.core.french import plural
from surveyapp.core.instant import opening

#: The plan that is proposed when the invitations leave.
PROPOSED = ("J+7", "J+14", "C-3")
#: The rule of a wave whose day the coordination chose itself; « date:J+7 » when it stands for
#: one that was proposed, which is then not proposed again.
CHOSEN = "date"
HOUR = time(10)
#: A wave that could not leave in this time is not sent any more: it would surprise.
LATE = timedelta(days=2)
#: Waves nearer to each other than this are not proposed; whoever has just been invited is
#: not reminded either.
GAP_DAYS = 3

_RULE = re.compile(r"(J\+|C-)([1-9][0-9]?)")


@dataclass(frozen=True, slots=True)
class Wave:
    """A reminder that is proposed, and when it would leave."""

    rule: str
    due_at: datetime


def on_day(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a wave of ``day`` leaves."""
    return opening(day, HOUR, zone)


def due_at(
    rule: str, *, invited_on: date, closes_at: datetime | None, zone: ZoneInfo
) -> datetime | None:
    """When the wave of a rule leaves; ``None`` when the rule does not tell.

    ``invited_on`` and the day of the closing are days of the CPTS.
    """
    found = _RULE.fullmatch(rule)
    if found is None:
        return None
    days = timedelta(days=int(found[2]))
    if found[1] == "J+":
        return on_day(invited_on + days, zone)
    return on_day(closes_at.astimezone(zone).date() - days, zone) if closes_at else None


def chosen(rule: str) -> str:
    """The rule of a wave of ``rule`` once somebody has chosen its day."""
    return f"{CHOSEN}:{rule}" if _RULE.fullmatch(rule) else rule


def origin(rule: str) -> str:
    """The rule that a wave was proposed with, also after :func:`chosen`."""
    return rule.removeprefix(f"{CHOSEN}:")


def propose(
    *,
    invited_on: date,
    closes_at: datetime | None,
    zone: ZoneInfo,
    now: datetime,
    there: Iterable[Wave] = (),
    without: Iterable[str] = (),
) -> tuple[Wave, ...]:
    """The waves of :data:`PROPOSED` that make sense, in the order of their leaving.

    The last call before the closing comes first: a wave too near to it, or to one of those
    that are ``there``, is left out, and so are the rules ``without``.
    """
    known, kept = frozenset(without), tuple(there)
    added: list[Wave] = []
    for rule in reversed(PROPOSED):
        due = due_at(rule, invited_on=invited_on, closes_at=closes_at, zone=zone)
        if due is None or rule in known:
            continue
        if not fits(due, invited_on=invited_on, closes_at=closes_at, zone=zone, now=now):
            continue
        day = due.astimezone(zone).date()
        if all(abs(_day(wave, zone) - day).days >= GAP_DAYS for wave in (*kept, *added)):
            added.append(Wave(rule, due))
    return tuple(sorted(added, key=lambda wave: wave.due_at))


def fits(
    due: datetime, *, invited_on: date, closes_at: datetime | None, zone: ZoneInfo, now: datetime
) -> bool:
    """Whether a wave lies ahead, before the closing, and not on the heels of the invitations."""
    if due <= on_day(invited_on + timedelta(days=GAP_DAYS - 1), zone):
        return False
    return due > now and (closes_at is None or due < closes_at)


def missed(due: datetime, *, now: datetime) -> bool:
    """Whether it is too late for a wave that was due."""
    return now - due > LATE


def label(rule: str) -> str:
    """« 7 jours après les invitations »."""
    found = _RULE.fullmatch(rule)
    if found is None:
        return "au jour choisi"
    days = plural(int(found[2]), "jour", "jours")
    return f"{days} après les invitations" if found[1] == "J+" else f"{days} avant la fermeture"


def _day(wave: Wave, zone: ZoneInfo) -> date:
    return wave.due_at.astimezone(zone).date()
