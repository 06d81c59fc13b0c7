"""What is typed for a fact of a dossier, as it is kept."""

from __future__ import annotations

from typing import Any

from surveyapp.core.french import parse_date, parse_number, quoted
from surveyapp.core.journey.definition import Fact, FactKind
from surveyapp.services.dossiers.errors import DossierError

_LONGEST = 500


def read_fact(fact: Fact, text: str) -> Any:
    """The value that a text means; ``None`` for nothing. :raises DossierError: it means none."""
    said = text.strip()
    if not said:
        return None
    if fact.kind is FactKind.DATE:
        return _read(fact, said, parse_date)
    if fact.kind is FactKind.NUMBER:
        return _read(fact, said, parse_number)
    if fact.kind in (FactKind.YES_NO, FactKind.CHOICE):
        known = {"oui", "non"} if fact.kind is FactKind.YES_NO else {c for c, _ in fact.choices}
        if said not in known:
            raise DossierError(f"{fact.label} : choisissez une des réponses proposées.")
        return said
    if len(said) > _LONGEST:
        raise DossierError(f"{fact.label} : {_LONGEST} caractères au plus.")
    return said


def _read(fact: Fact, text: str, parse: Any) -> Any:
    try:
        value = parse(text)
    except ValueError as error:
        raise DossierError(f"{quoted(fact.label)} : {error}") from error
    return value.isoformat() if fact.kind is FactKind.DATE else value
