"""The steps by which the results of an anonymous campaign move.

Answers join the published results in blocks, called steps, of ``k`` at least; a *final* step
is made when the campaign has closed (:func:`advance`). What is published of a question is
always a *prefix*: the answers of the steps 1 to i. :func:`prefixes` chooses these i so that
two states of one question differ by ``k`` of its answers at least or not at all:

- while the campaign is open, a prefix is shown only when ``k`` further answers to this
  question wait behind it. Whatever comes later, the final state can then be shown too: no
  answer is ever left out because of what was shown before;
- an optional question moves more slowly than the campaign: its steps are merged until they
  hold ``k`` answers to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from surveyapp.core.columns import Bools, Ints
from surveyapp.core.summary import LIVE_LIMIT


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """``numbers``: the step of each line, from 1; 0 is in none yet. ``finals``: per step."""

    numbers: Ints
    finals: tuple[bool, ...]

    @classmethod
    def single(cls, size: int) -> Steps:
        """Everything in one final step: for campaigns that may be read at any time."""
        return cls(np.ones(size, dtype=np.int64), (True,))

    def up_to(self, prefix: int) -> Bools:
        """The lines of the first ``prefix`` steps."""
        return np.asarray((self.numbers > 0) & (self.numbers <= prefix))

    def counts(self, lines: Bools) -> list[int]:
        """How many of these lines each step holds."""
        found = np.bincount(self.numbers[lines], minlength=len(self.finals) + 1)
        return [int(count) for count in found[1:]]


def prefixes(
    counts: Sequence[int], finals: Sequence[bool], *, k: int, live: bool
) -> tuple[int, ...]:
    """Every prefix that has been shown of a question so far; the last is the current one.

    ``counts`` are its answers per step. Without ``live`` only final steps are shown. The
    differences between prefixes, and the first of them, hold ``k`` answers at least.
    """
    shown: list[int] = []
    candidate = held = waiting = 0
    for number, (count, final) in enumerate(zip(counts, finals, strict=True), start=1):
        waiting += count
        if candidate and waiting >= k:
            shown.append(candidate)
            candidate = held = 0
        if final and held + waiting >= k:
            shown.append(number)
            candidate = held = waiting = 0
        elif live and not final and not candidate and waiting >= k:
            candidate, held, waiting = number, waiting, 0
    return tuple(shown)


def next_steps(pending: int, published: int, k: int) -> tuple[int, ...]:
    """Sizes of the steps to make of ``pending`` answers of an open campaign; often none.

    Steps grow with what is already published (a tenth of it), so that there are never many.
    When much is waiting, a small step is set apart: it is what the first one waits for.
    """
    if k >= LIVE_LIMIT or pending < max(k, published // 10):
        return ()
    if pending < 2 * k:
        return (pending,)
    last = min(2 * k, pending // 2)
    return (pending - last, last)


def advance(steps: Steps, *, k: int, closed: bool) -> Steps:
    """The steps after the answers that are in none have joined, as far as they may.

    Which answers make which step follows the order of the lines, that is of random ids. At
    the close everything left makes the final step, together with the last step of the open
    campaign: that one has never been shown (:func:`prefixes`), and a remainder of fewer than
    ``k`` answers must not stand alone in the database either. After a reopening such a
    remainder waits for others.
    """
    numbers, finals = steps.numbers.copy(), list(steps.finals)
    if closed:
        last = len(finals)
        merged = bool(finals) and not finals[-1]
        members = (numbers == 0) | (merged & (numbers == last))
        if members.sum() < k:
            return steps
        if not merged:
            finals.append(True)
        finals[-1] = True
        numbers[members] = len(finals)
        return Steps(numbers, tuple(finals))
    pending = np.flatnonzero(numbers == 0)
    start = 0
    for size in next_steps(len(pending), int((numbers > 0).sum()), k):
        finals.append(False)
        numbers[pending[start : start + size]] = len(finals)
        start += size
    return Steps(numbers, tuple(finals)) if start else steps
