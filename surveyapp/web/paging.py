"""Pages of a long list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows ``first`` to ``until`` (from 1) of ``total``; ``number`` counts from 1."""

    rows: Sequence[Row]
    number: int
    size: int
    total: int

    @property
    def last(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def until(self) -> int:
        return min(self.number * self.size, self.total)

    @property
    def around(self) -> list[int | None]:
        """Page numbers to show: the ends and the neighbours, ``None`` for a gap."""
        near = {1, self.last, *range(self.number - 1, self.number + 2)}
        shown = sorted(n for n in near if 1 <= n <= self.last)
        numbers: list[int | None] = []
        for previous, number in zip([0, *shown], shown, strict=False):
            if number - previous == 2:
                numbers.append(number - 1)
            elif number - previous > 2:
                numbers.append(None)
            numbers.append(number)
        return numbers


def clamp(text: str | None, *, total: int, size: int) -> int:
    """The page number asked for in the address, brought back into what exists."""
    asked = int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 1
    return min(max(asked, 1), max(1, -(-total // size)))
