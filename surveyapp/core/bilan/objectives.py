"""Objectives and their indicators on the entry page: rows that keep their identity.

An indicator also has a target and a source, entered on a page of its own; here stand its
label, what was expected, what was typed as obtained, and the comment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from surveyapp.core.bilan.entry import LONG, Fault, Inputs, one, read_text, row_count
from surveyapp.core.indicator import IndicatorKind

#: The texts of an indicator's row.
PARTS = ("label", "expected", "typed", "comment")


@dataclass(frozen=True, slots=True)
class IndicatorEntry:
    """``key`` is the row's identity; ``None`` for a new one."""

    key: int | None
    kind: IndicatorKind
    label: str = ""
    expected: str = ""
    typed: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ObjectiveEntry:
    key: int | None
    label: str
    indicators: tuple[IndicatorEntry, ...] = ()

    def of_kind(self, kind: IndicatorKind) -> tuple[IndicatorEntry, ...]:
        return tuple(i for i in self.indicators if i.kind is kind)


def fill_objectives(objectives: Iterable[ObjectiveEntry]) -> dict[str, list[str]]:
    """Inputs that show the objectives; one empty objective when there is none."""
    inputs: dict[str, list[str]] = {}
    count = 0
    for number, objective in enumerate(objectives):
        path = f"objectives-{number}"
        inputs[f"{path}-id"] = [_key(objective.key)]
        inputs[f"{path}-label"] = [objective.label]
        for kind in IndicatorKind:
            inputs |= _fill_indicators(f"{path}-{kind}", objective.of_kind(kind))
        count += 1
    if not count:
        inputs |= {f"objectives-0-{kind}-rows": ["1"] for kind in IndicatorKind}
    inputs["objectives-rows"] = [str(max(count, 1))]
    return inputs


def _fill_indicators(table: str, indicators: tuple[IndicatorEntry, ...]) -> dict[str, list[str]]:
    inputs = {f"{table}-rows": [str(max(len(indicators), 1))]}
    for index, indicator in enumerate(indicators):
        inputs[f"{table}-{index}-id"] = [_key(indicator.key)]
        for part in PARTS:
            inputs[f"{table}-{index}-{part}"] = [getattr(indicator, part)]
    return inputs


def with_rows(inputs: Inputs) -> dict[str, list[str]]:
    """The inputs with a row to write in for each kind of indicator of each objective."""
    out = {name: list(texts) for name, texts in inputs.items()}
    for number in range(row_count(inputs, "objectives")):
        for kind in IndicatorKind:
            table = f"objectives-{number}-{kind}"
            if not row_count(inputs, table):
                out[f"{table}-rows"] = ["1"]
    return out


def _key(key: int | None) -> str:
    return "" if key is None else str(key)


def read_objectives(inputs: Inputs) -> tuple[tuple[ObjectiveEntry, ...], tuple[Fault, ...]]:
    """Objectives as typed, without the empty rows, and what is wrong with them."""
    faults: list[Fault] = []
    out = []
    for number in range(row_count(inputs, "objectives")):
        path = f"objectives-{number}"
        indicators = tuple(
            indicator
            for kind in IndicatorKind
            for indicator in _read_indicators(inputs, path, kind, faults)
        )
        label = read_text(f"{path}-label", inputs, faults, limit=LONG)
        if label or indicators:
            out.append(ObjectiveEntry(_read_key(inputs, path), label, indicators))
    return tuple(out), tuple(faults)


def _read_indicators(
    inputs: Inputs, path: str, kind: IndicatorKind, faults: list[Fault]
) -> list[IndicatorEntry]:
    out = []
    for index in range(row_count(inputs, f"{path}-{kind}")):
        row = f"{path}-{kind}-{index}"
        texts = {part: read_text(f"{row}-{part}", inputs, faults, limit=LONG) for part in PARTS}
        key = _read_key(inputs, row)
        if any(texts.values()):
            out.append(IndicatorEntry(key, kind, **texts))
    return out


def _read_key(inputs: Inputs, path: str) -> int | None:
    text = one(inputs, f"{path}-id")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
