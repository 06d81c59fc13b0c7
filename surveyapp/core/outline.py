"""What a questionnaire asks, as a list that can be read at a glance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from surveyapp.core.definition import Group, Item, Kind, Question, Repeat, Section

#: The types of questions, as the interface and the tables name them.
KINDS: dict[Kind, str] = {
    Kind.TEXT: "texte",
    Kind.EMAIL: "courriel",
    Kind.TEL: "téléphone",
    Kind.INTEGER: "nombre entier",
    Kind.DECIMAL: "nombre",
    Kind.SELECT_ONE: "un choix",
    Kind.SELECT_MULTIPLE: "plusieurs choix",
    Kind.RANK: "classement",
    Kind.RANGE: "échelle",
    Kind.DATE: "date",
    Kind.TIME: "heure",
    Kind.DATETIME: "date et heure",
    Kind.ACKNOWLEDGE: "case à cocher",
}


@dataclass(frozen=True, slots=True)
class OutlineLine:
    """One question. ``kind`` is in words, ``conditional`` when not everybody is asked."""

    label: str
    kind: str
    required: bool
    conditional: bool


def outline(section: Section) -> list[OutlineLine]:
    """The questions of a page in order, those of tables and repeated blocks included."""
    return list(_lines(section.items, conditional=section.relevant is not None))


def _lines(items: tuple[Item, ...], *, conditional: bool) -> Iterator[OutlineLine]:
    for item in items:
        depends = conditional or item.relevant is not None
        if isinstance(item, Question):
            if item.kind in KINDS:
                kind = "texte long" if item.multiline else KINDS[item.kind]
                yield OutlineLine(item.label, kind, item.required, depends)
        elif isinstance(item, Group | Repeat):
            yield from _lines(item.items, conditional=depends)
