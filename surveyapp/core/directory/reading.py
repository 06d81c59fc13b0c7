"""A line of a file → what it says of a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from surveyapp.core.address import fold_address
from surveyapp.core.directory.card import Card, words_key
from surveyapp.core.directory.cells import (
    FIELD_OF,
    FULL_NAME,
    CellError,
    rpps_is_doubtful,
)
from surveyapp.core.directory.table import Row
from surveyapp.core.french import fold


@dataclass(frozen=True, slots=True)
class Said:
    """What a line says: only cells that hold something. ``refusal`` is empty when it is read.

    ``notes`` are sentences about cells that were left aside or deserve a look.
    """

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A field of a card that would become something else."""

    name: str
    before: Any
    after: Any


def read_row(row: Row, mapping: Mapping[str, int], names: Mapping[str, str]) -> Said:
    """Read the cells that have a field. ``names``: see :func:`.professions.profession_names`."""
    values: dict[str, Any] = {}
    notes: list[str] = []
    refusals: list[str] = []
    for name in FIELD_OF:  # always in the same order
        column = mapping.get(name, len(row.cells))
        text = row.cells[column] if column < len(row.cells) else ""
        if not text:
            continue
        try:
            values[name] = FIELD_OF[name].read(text, names)
        except CellError as error:
            sentence = f"{FIELD_OF[name].label} : {error}"
            if FIELD_OF[name].grave:
                refusals.append(sentence)
            else:
                notes.append(f"{sentence} La cellule est laissée de côté.")
    if FULL_NAME in values:
        values["last_name"], values["first_name"] = values.pop(FULL_NAME)
    values = {name: value for name, value in values.items() if value}
    if "last_name" not in values:
        refusals.append("Il n’y a pas de nom sur cette ligne.")
    if "rpps" in values and rpps_is_doubtful(values["rpps"]):
        notes.append("Numéro RPPS : sa clé de contrôle est fausse, vérifiez-le.")
    return Said(row.number, values, tuple(notes), refusals[0] if refusals else "")


def apply(card: Card, values: Mapping[str, Any]) -> Card:
    """The card as the line leaves it: nothing is erased, tags and languages are added.

    What only differs by capitals, accents or blanks is the same and stays as it is.
    """
    return replace(card, **{c.name: c.after for c in changes(card, values)})


def changes(card: Card, values: Mapping[str, Any]) -> tuple[Change, ...]:
    """What the line changes on the card, field by field."""
    return tuple(_changes(card, values))


def _changes(card: Card, values: Mapping[str, Any]) -> Iterator[Change]:
    for name, value in values.items():
        before = getattr(card, name)
        if name in ("tags", "languages"):
            known = {fold(word) for word in before}
            added = tuple(word for word in value if fold(word) not in known)
            if added:
                yield Change(name, before, (*before, *added))
        elif _key(name, before) != _key(name, value):
            yield Change(name, before, value)


def _key(name: str, value: Any) -> Any:
    """What makes two values of a field different."""
    if name == "email":
        return fold_address(value)
    if name == "phone":
        return "".join(c for c in value if c.isalnum() or c == "+")
    if name in ("last_name", "first_name", "commune"):
        return words_key(value) or value
    return value
