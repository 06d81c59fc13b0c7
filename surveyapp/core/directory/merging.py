"""Two cards of one person → one card, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from surveyapp.core.directory.card import NAMES, Card
from surveyapp.core.french import fold

KEPT, OTHER, BOTH = "kept", "other", "both"
#: Fields that hold several words, which can be put together.
SEVERAL = frozenset({"tags", "languages"})


@dataclass(frozen=True, slots=True)
class Difference:
    """A field on which the cards differ, and what is proposed."""

    name: str
    kept: Any
    other: Any
    proposed: str

    @property
    def several(self) -> bool:
        return self.name in SEVERAL


def differences(kept: Card, other: Card) -> tuple[Difference, ...]:
    """Fields to choose. What is filled is proposed before what is empty, the later
    subscription before the earlier, both lists before one."""
    return tuple(
        Difference(name, getattr(kept, name), getattr(other, name), _proposed(name, kept, other))
        for name in NAMES
        if getattr(kept, name) != getattr(other, name)
    )


def merge(kept: Card, other: Card, choices: Mapping[str, str]) -> Card:
    """The card that remains. ``choices``: field → :data:`KEPT`, :data:`OTHER` or
    :data:`BOTH`; the proposal stands where nothing is chosen."""
    values: dict[str, Any] = {}
    for difference in differences(kept, other):
        choice = choices.get(difference.name, difference.proposed)
        if choice == OTHER:
            values[difference.name] = difference.other
        elif choice == BOTH and difference.several:
            values[difference.name] = _together(difference.kept, difference.other)
    return replace(kept, **values)


def _proposed(name: str, kept: Card, other: Card) -> str:
    mine, theirs = getattr(kept, name), getattr(other, name)
    if name in SEVERAL:
        return BOTH
    if not mine or (name == "member_until" and theirs and theirs > mine):
        return OTHER
    return KEPT


def _together(mine: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    known = {fold(word) for word in mine}
    return (*mine, *(word for word in theirs if fold(word) not in known))
