"""A thing to do, and what its sources look at."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from surveyapp.core.campaign import Phase
from surveyapp.permissions import Permission
from surveyapp.store import structure
from surveyapp.store.campaigns import CampaignLine


class Urgency(StrEnum):
    """How pressing; in the order of the page."""

    URGENT = "urgent"
    SOON = "soon"
    GOOD = "good"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do: ``action`` opens ``endpoint`` with ``slug``.

    With ``dismissable`` it can be taken off the page: the event ``todo.seen.KIND`` of
    ``subject_id`` remembers it.
    """

    kind: str
    title: str
    detail: str
    action: str
    endpoint: str
    slug: str = ""
    urgency: Urgency = Urgency.INFO
    subject_id: int = 0
    dismissable: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """What a source may look at."""

    now: datetime
    user_id: int
    lines: Sequence[CampaignLine]
    allowed: Collection[Permission]

    def in_phase(self, phase: Phase) -> Iterator[CampaignLine]:
        return (line for line in self.lines if line.phase is phase)

    @property
    def today(self) -> date:
        """The day, where the CPTS is."""
        return self.now.astimezone(structure().zone).date()
