"""What must have been done by the end of the year, without asking the engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tests.journey_year.calendar import LAST, MISSED, Moment, every_day
from tests.journey_year.story import Item, Story


@dataclass(frozen=True, order=True)
class Done:
    """A thing that was done: its day, and the day on which it was."""

    kind: str
    name: str
    on: date
    at: date
    muted: bool = False


def expected(story: Story) -> list[tuple[Done, Item]]:
    """What must have been done for a dossier by the end of the year."""
    moments: list[Moment] = [(d, 0) for d in every_day() if d not in MISSED]
    moments += [(day, 1) for day, _ in story.steps] + [(story.start, 1)]
    moments = sorted(moment for moment in moments if moment[0] <= LAST)
    come = [(item, when) for item in story.items if (when := _when(item, moments)) is not None]
    found = []
    for item, when in come:
        later = {
            actor
            for other, other_when in come
            if item.group and other.group == item.group
            if other_when == when and other.on > item.on
            for actor in other.to
        }
        muted = bool(item.group and item.to) and set(item.to) <= later
        found.append((Done(item.kind, item.name, item.on, when[0], muted), item))
    return found


def _when(item: Item, moments: Iterable[Moment]) -> Moment | None:
    """The first moment at which it can be done; none when it ends or the year ends first."""
    first = max(item.born, (item.on, 0))
    return next((m for m in moments if first <= m < item.dies), None)
