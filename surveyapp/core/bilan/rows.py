"""Rows of a page added, removed and moved, on what was typed and without losing any of it.

A table named ``calendar`` has its counter in ``calendar-rows`` and its inputs in
``calendar-0-step``; objectives nest: ``objectives-1-process-0-label``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from surveyapp.core.bilan.entry import ROWS, Inputs, one, row_count

_OPERATION = re.compile(r"(add|remove|drop|up|down):([a-z][a-z0-9_-]*?)(?::(\d{1,3}))?")


class Verb(StrEnum):
    """``remove`` asks first when something stands in the row, ``drop`` does not."""

    ADD = "add"
    REMOVE = "remove"
    DROP = "drop"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Operation:
    """What a button of a table asks: « up » the row ``index`` of ``table``."""

    verb: Verb
    table: str
    index: int = 0


def parse_operation(text: str) -> Operation | None:
    """Read « add:calendar » or « up:calendar:2 »; ``None`` for anything else."""
    match = _OPERATION.fullmatch(text)
    if match is None or (match[3] is None) != (match[1] == "add"):
        return None
    return Operation(Verb(match[1]), match[2], int(match[3] or 0))


def is_empty(inputs: Inputs, table: str, index: int) -> bool:
    """Whether nothing was typed in a row (hidden keys and counters do not count)."""
    prefix = f"{table}-{index}-"
    return not any(
        text.strip()
        for name, texts in inputs.items()
        if name.startswith(prefix) and not name.endswith(("-id", "-rows"))
        for text in texts
    )


def operate(inputs: Inputs, operation: Operation) -> tuple[dict[str, list[str]], int]:
    """The inputs after the operation, and the index of the row to show first."""
    table, index, count = operation.table, operation.index, row_count(inputs, operation.table)
    order = list(range(count))
    focus = index
    match operation.verb:
        case Verb.ADD if count < ROWS:
            order.append(count)
            focus = count
        case Verb.REMOVE | Verb.DROP if index < count:
            del order[index]
            focus = max(0, min(index, len(order) - 1))
        case Verb.UP if 0 < index < count:
            order[index - 1], order[index] = order[index], order[index - 1]
            focus = index - 1
        case Verb.DOWN if index + 1 < count:
            order[index + 1], order[index] = order[index], order[index + 1]
            focus = index + 1
    return _reorder(inputs, table, order), focus


def _reorder(inputs: Inputs, table: str, order: Sequence[int]) -> dict[str, list[str]]:
    """Give each kept row its new number."""
    places = {old: new for new, old in enumerate(order)}
    pattern = re.compile(rf"{re.escape(table)}-([0-9]{{1,4}})-(.+)", re.DOTALL)
    out: dict[str, list[str]] = {}
    for name, texts in inputs.items():
        match = pattern.fullmatch(name)
        if match is None:
            out[name] = list(texts)
        elif int(match[1]) in places:
            out[f"{table}-{places[int(match[1])]}-{match[2]}"] = list(texts)
    out[f"{table}-rows"] = [str(len(order))]
    return out


def with_blank(inputs: Inputs, table: str) -> dict[str, list[str]]:
    """The inputs with one more empty row at the end of ``table``."""
    return operate(inputs, Operation(Verb.ADD, table))[0]


def row_name(inputs: Inputs, table: str, index: int) -> str:
    """The first text of a row, shortened: what a question about the row calls it."""
    prefix = f"{table}-{index}-"
    for name in inputs:
        if name.startswith(prefix) and not name.endswith(("-id", "-rows")):
            text = " ".join(one(inputs, name).split())
            if text:
                return text if len(text) <= 60 else text[:59] + "…"
    return ""
