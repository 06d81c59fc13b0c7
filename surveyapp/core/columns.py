"""Answers as numpy columns: what everything is counted from.

A million cells fit in a few megabytes and are counted in milliseconds; documents of JSON
are read once (:mod:`surveyapp.core.decoding`) and their columns kept in a file.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from surveyapp.core.definition import FormDefinition, Group, Item, Kind, Question, Repeat
from surveyapp.core.expression import Expression

Bools: TypeAlias = NDArray[np.bool_]
Ints: TypeAlias = NDArray[np.int64]
Array: TypeAlias = NDArray[Any]

#: Grows when the meaning of a stored array changes: older files are then rebuilt.
FORMAT = 1
_WORD = 64


class ColumnsError(ValueError):
    """The bytes are not columns of this questionnaire: build them again."""


class Storage(StrEnum):
    """How the answers to a question are kept."""

    CODE = "code"  # place of the choice in the list, from 1; 0 is no answer
    MASK = "mask"  # one bit per choice, in words of 64
    NUMBER = "number"  # float64, NaN is no answer; dates are days, times are hours
    RANK = "rank"  # one column per choice: its place from 1, 0 when not ranked
    FLAG = "flag"  # answered or not: texts stay in the documents


STORAGE: dict[Kind, Storage] = {
    Kind.TEXT: Storage.FLAG,
    Kind.EMAIL: Storage.FLAG,
    Kind.TEL: Storage.FLAG,
    Kind.ACKNOWLEDGE: Storage.FLAG,
    Kind.INTEGER: Storage.NUMBER,
    Kind.DECIMAL: Storage.NUMBER,
    Kind.RANGE: Storage.NUMBER,
    Kind.CALCULATE: Storage.NUMBER,
    Kind.DATE: Storage.NUMBER,
    Kind.TIME: Storage.NUMBER,
    Kind.DATETIME: Storage.NUMBER,
    Kind.SELECT_ONE: Storage.CODE,
    Kind.SELECT_MULTIPLE: Storage.MASK,
    Kind.RANK: Storage.RANK,
}


@dataclass(frozen=True, slots=True)
class Field:
    """One key of the answer documents.

    ``kind`` is ``None`` for a repeat, which is counted by its number of turns. A field is
    asked when every expression of ``relevance`` holds, those of its page and groups included.
    """

    name: str
    kind: Kind | None
    storage: Storage
    choices: tuple[str, ...] = ()
    relevance: tuple[Expression, ...] = ()

    @property
    def words(self) -> int:
        """Number of 64-bit words of a mask."""
        return max(1, -(-len(self.choices) // _WORD))


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """The answers to one field, one line per response; see :class:`Storage`.

    ``asked`` says who was asked; ``None`` means everybody.
    """

    field: Field
    values: Array
    asked: Bools | None = None

    def answered(self) -> Bools:
        """Who gave an answer."""
        if self.field.storage is Storage.NUMBER:
            return ~np.isnan(self.values)
        if self.values.ndim == 2:
            return np.asarray(self.values.any(axis=1))
        return np.asarray(self.values != 0)

    def was_asked(self) -> Bools:
        """Who was asked; whoever answered was."""
        if self.asked is None:
            return np.ones(len(self.values), dtype=np.bool_)
        return self.asked | self.answered()

    def take(self, order: Array) -> Column:
        asked = None if self.asked is None else self.asked[order]
        return Column(self.field, self.values[order], asked)

    def join(self, other: Column) -> Column:
        asked = None
        if self.asked is not None and other.asked is not None:
            asked = np.concatenate((self.asked, other.asked))
        return Column(self.field, np.concatenate((self.values, other.values)), asked)


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """All columns of one campaign. Lines are in the order of :attr:`ids`, ascending.

    Response ids are random, so this order says nothing of when an answer came.
    """

    ids: Ints
    items: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, name: str) -> Column:
        return self.items[name]

    def __contains__(self, name: object) -> bool:
        return name in self.items

    def take(self, order: Array) -> Columns:
        """The lines that ``order`` picks (indices or a mask)."""
        items = {name: column.take(order) for name, column in self.items.items()}
        return Columns(self.ids[order], items)

    def append(self, other: Columns) -> Columns:
        """Both together; an id that is in both keeps the line of ``other``."""
        kept = self.take(~np.isin(self.ids, other.ids))
        ids = np.concatenate((kept.ids, other.ids))
        items = {name: column.join(other.items[name]) for name, column in kept.items.items()}
        return Columns(ids, items).take(np.argsort(ids, kind="stable"))

    def rows_of(self, ids: Ints) -> Bools:
        """Which lines bear one of these ids."""
        return np.isin(self.ids, ids)

    def to_bytes(self, *, tag: str = "") -> bytes:
        """A ``.npz`` archive: the same columns always give the same bytes."""
        arrays: dict[str, Array] = {"ids": self.ids, "head": _head(tag)}
        for name, column in self.items.items():
            arrays[f"v.{name}"] = column.values
            if column.asked is not None:
                arrays[f"a.{name}"] = np.packbits(column.asked)
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **arrays)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes, fields: tuple[Field, ...], *, tag: str = "") -> Columns:
        """Read what :meth:`to_bytes` wrote with the same ``tag``.

        :raises ColumnsError: the archive is damaged or of another questionnaire or tag.
        """
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files}
            if arrays["head"].tobytes() != _head(tag).tobytes():
                raise ColumnsError("other tag")
            ids = arrays["ids"]
            items = {f.name: _read(f, arrays, len(ids)) for f in fields}
        except (KeyError, ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise ColumnsError(str(error)) from error
        return cls(ids, items)


def as_table(values: Array) -> Array:
    """Values with one line per response and at least one column."""
    return values if values.ndim == 2 else values[:, np.newaxis]


def layout(definition: FormDefinition) -> tuple[Field, ...]:
    """The fields of a questionnaire in order: questions, « Autre » texts and repeats."""
    found: list[Field] = []
    for section in definition.sections:
        outer = () if section.relevant is None else (section.relevant,)
        for item in section.items:
            found.extend(_fields(item, outer))
    return tuple(found)


def empty_array(field: Field, size: int) -> Array:
    """Room for ``size`` answers, all of them missing."""
    if field.storage is Storage.NUMBER:
        return np.full(size, np.nan)
    if field.storage is Storage.MASK:
        shape = (size,) if field.words == 1 else (size, field.words)
        return np.zeros(shape, dtype=np.uint64)
    if field.storage is Storage.RANK:
        return np.zeros((size, len(field.choices)), dtype=np.uint8)
    if field.storage is Storage.CODE and len(field.choices) > 255:
        return np.zeros(size, dtype=np.int16)
    return np.zeros(size, dtype=np.uint8)


def _fields(item: Item, outer: tuple[Expression, ...]) -> Iterator[Field]:
    chain = outer if item.relevant is None else (*outer, item.relevant)
    if isinstance(item, Group):
        for child in item.items:
            yield from _fields(child, chain)
    elif isinstance(item, Repeat):
        yield Field(item.name, None, Storage.NUMBER, relevance=chain)
    elif item.kind in STORAGE:
        yield from _question(item, chain)


def _question(question: Question, chain: tuple[Expression, ...]) -> Iterator[Field]:
    choices = tuple(choice.name for choice in question.choices)
    yield Field(question.name, question.kind, STORAGE[question.kind], choices, chain)
    if question.or_other:
        yield Field(question.other_name, Kind.TEXT, Storage.FLAG, relevance=chain)


def _head(tag: str) -> NDArray[np.uint8]:
    text = json.dumps({"format": FORMAT, "tag": tag}, sort_keys=True)
    return np.frombuffer(text.encode(), dtype=np.uint8)


def _read(field: Field, arrays: Mapping[str, Array], size: int) -> Column:
    values = arrays[f"v.{field.name}"]
    model = empty_array(field, 0)
    if values.dtype != model.dtype or values.shape != (size, *model.shape[1:]):
        raise ColumnsError(f"wrong shape: {field.name}")
    if not field.relevance:
        return Column(field, values)
    packed = arrays[f"a.{field.name}"]
    return Column(field, values, np.unpackbits(packed, count=size).astype(np.bool_))
