"""Which column is which field: guessed from French headings, corrected by a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from surveyapp.core.directory.card import words_key
from surveyapp.core.directory.cells import FIELD_OF, FIELDS, FULL_NAME, Field

#: Folded headings that are recognised at once.
KNOWN_HEADINGS: frozenset[str] = frozenset(
    heading for field in FIELDS for heading in (*field.headings, words_key(field.label))
)
#: Field → number of its column, from 0.
Mapping = dict[str, int]


def guess(headings: Sequence[str]) -> Mapping:
    """The likeliest field of each column; a field has one column at most."""
    keys = [words_key(heading) for heading in headings]
    scored = sorted(
        (-score, order, column)
        for order, field in enumerate(FIELDS)
        for column, key in enumerate(keys)
        if (score := _score(field, key))
    )
    found: Mapping = {}
    for _, order, column in scored:
        name = FIELDS[order].name
        if name not in found and column not in found.values():
            found[name] = column
    if "last_name" in found and "first_name" in found:
        found.pop(FULL_NAME, None)
    return found


def problem(fields: Iterable[str]) -> str:
    """Why these fields, one per column used, cannot be read; empty when they can."""
    chosen = [name for name in fields if name]
    for name in chosen:
        if name not in FIELD_OF:
            return "Choisissez chaque colonne dans la liste proposée."
        if chosen.count(name) > 1:
            label = FIELD_OF[name].label
            return f"« {label} » est choisi pour deux colonnes : gardez-en une."
    if "last_name" not in chosen and FULL_NAME not in chosen:
        return "Dites quelle colonne porte le nom : sans lui, aucune fiche ne peut être créée."
    if FULL_NAME in chosen and {"last_name", "first_name"} & set(chosen):
        return (
            "Choisissez soit « Nom » et « Prénom », soit « Nom et prénom (même colonne) », mais "
            "pas les deux."
        )
    return ""


def _score(field: Field, key: str) -> int:
    if not key:
        return 0
    if key == words_key(field.label) or key in field.headings:
        return 3
    words = key.split()
    return 1 if any(word in words for word in field.inside) else 0
