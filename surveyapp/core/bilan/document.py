"""A bilan as it is printed: plain data that the Word file and the PDF only lay out.

The same data is what an issued bilan keeps (:func:`to_document`, :func:`from_document`), so
that it can be printed again, identical, when the values or the form have changed.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Printed:
    """A text, or nothing; ``todo`` where something required is missing."""

    text: str
    todo: str = ""


@dataclass(frozen=True, slots=True)
class BoxView:
    """A box to tick. ``precise``: a text belongs to it."""

    name: str
    label: str
    ticked: bool
    depth: int
    precise: bool
    text: Printed


@dataclass(frozen=True, slots=True)
class FollowView:
    label: str
    text: Printed


@dataclass(frozen=True, slots=True)
class ColumnView:
    label: str
    width: int
    numeric: bool


@dataclass(frozen=True, slots=True)
class LineView:
    """One indicator, numbered inside its objective."""

    number: int
    label: Printed
    expected: Printed
    obtained: Printed
    provenance: str


@dataclass(frozen=True, slots=True)
class ObjectiveView:
    number: int
    label: Printed
    lines: tuple[LineView, ...]


@dataclass(frozen=True, slots=True)
class BudgetRowView:
    level: str
    code: str
    label: str
    planned: str
    actual: str
    gap: str
    ratio: str


@dataclass(frozen=True, slots=True)
class BudgetSideView:
    title: str
    rows: tuple[BudgetRowView, ...]


@dataclass(frozen=True, slots=True)
class BudgetView:
    note: str
    todo: str
    sides: tuple[BudgetSideView, ...]
    closing: str


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field; what is not for its kind stays empty.

    ``boxes`` of a yes-or-no question are « Oui » and « Non ».
    """

    name: str
    kind: str
    label: str
    note: str
    heading: str
    layout: str
    text: Printed
    boxes: tuple[BoxView, ...] = ()
    follow: FollowView | None = None
    columns: tuple[ColumnView, ...] = ()
    rows: tuple[tuple[Printed, ...], ...] = ()
    legend: str = ""
    objectives: tuple[ObjectiveView, ...] = ()
    budget: BudgetView | None = None
    signatories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionView:
    name: str
    number: str
    title: str
    layout: str
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True)
class SheetView:
    name: str
    heading: str
    title: str
    sections: tuple[SectionView, ...]


@dataclass(frozen=True, slots=True)
class BilanView:
    """Everything that the document holds. ``missing`` labels what is to be completed."""

    form: str
    supertitle: str
    title: str
    year: str
    structure: str
    action: str
    sheets: tuple[SheetView, ...]
    missing: tuple[str, ...]

    def fields(self) -> Iterator[FieldView]:
        for sheet in self.sheets:
            for section in sheet.sections:
                yield from section.fields

    def field(self, name: str) -> FieldView:
        """:raises KeyError: no such field."""
        for field in self.fields():
            if field.name == name:
                return field
        raise KeyError(name)


def to_document(view: BilanView) -> dict[str, Any]:
    """The view as JSON."""
    return asdict(view)


def from_document(document: Mapping[str, Any]) -> BilanView:
    """A view that was kept. Keys that an older version lacks take their default."""
    return _structure(BilanView, document)


def _structure(cls: type[T], data: Mapping[str, Any]) -> T:
    hints = get_type_hints(cls)
    values = {
        f.name: _value(hints[f.name], data[f.name])
        for f in fields(cls)  # type: ignore[arg-type]
        if f.name in data
    }
    return cls(**values)


def _value(hint: Any, data: Any) -> Any:
    if get_origin(hint) is types.UnionType:
        if data is None:
            return None
        hint = get_args(hint)[0]
    if get_origin(hint) is tuple:
        return tuple(_value(get_args(hint)[0], item) for item in data)
    if is_dataclass(hint) and isinstance(hint, type):
        return _structure(hint, data)
    return data
