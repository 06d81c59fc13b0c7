"""Rules on names: well formed, unique, none that something else already means."""

from __future__ import annotations

import re
from collections.abc import Iterator

from surveyapp.core.check.outline import Outline
from surveyapp.core.definition import OTHER_SUFFIX, Question, Repeat
from surveyapp.core.issues import Issue

NAME = re.compile(r"[a-z][a-z0-9_]{0,25}")
FORM_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_SPSS = ("all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with")
#: Names that pages, exports or statistics software keep for themselves.
RESERVED = frozenset((*_SPSS, "csrf_token", "other", "submit", "today", "now", "position"))


def form_name(outline: Outline) -> Iterator[Issue]:
    name = outline.definition.name
    if name and (not FORM_NAME.fullmatch(name) or len(name) > 80):
        message = (
            f"« {name} » n’est pas un nom de questionnaire : des minuscules sans accent, "
            "des chiffres et des tirets, 80 signes au plus"
        )
        yield outline.error(outline.line("name"), "form_name", message)


def well_formed(outline: Outline) -> Iterator[Issue]:
    for entry in outline.entries:
        if entry.name and not NAME.fullmatch(entry.name):
            message = (
                f"« {entry.name} » n’est pas un nom correct : une minuscule, puis des "
                "minuscules sans accent, des chiffres et « _ », 26 signes au plus"
            )
            yield outline.error(entry.line, "name", message)
        elif entry.name in RESERVED:
            message = f"le nom « {entry.name} » est réservé : choisissez-en un autre"
            yield outline.error(entry.line, "reserved_name", message)


def unique(outline: Outline) -> Iterator[Issue]:
    seen: dict[str, int] = {}
    for entry in outline.entries:
        if entry.name in seen:
            first = seen[entry.name]
            where = f" (ligne {first})" if first else ""
            message = f"le nom « {entry.name} » est déjà pris{where}"
            yield outline.error(entry.line, "duplicate_name", message)
        elif entry.name:
            seen[entry.name] = entry.line


def other_names(outline: Outline) -> Iterator[Issue]:
    """``NAME_other`` is the text of « Autre, précisez » of ``NAME``."""
    taken = {e.name: e for e in outline.entries if isinstance(e.item, Question | Repeat)}
    for _, question in outline.questions:
        clash = taken.get(question.other_name) if question.or_other else None
        if clash is not None:
            message = (
                f"le nom « {clash.name} » est réservé au texte « Autre, précisez » de "
                f"« {question.name} » : choisissez-en un autre que …{OTHER_SUFFIX}"
            )
            yield outline.error(clash.line, "reserved_name", message)


RULES = (form_name, well_formed, unique, other_names)
