"""What is typed for a fact of a dossier, as it is kept; and how it is changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from surveyapp.core.french import parse_date, parse_number, quoted
from surveyapp.core.journey.definition import Fact, FactKind
from surveyapp.models import Dossier
from surveyapp.services.dossiers.errors import DossierError
from surveyapp.services.dossiers.records import note
from surveyapp.services.transaction import AnySession

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


def write_facts(
    session: AnySession,
    row: Dossier,
    values: Mapping[str, Any],
    *,
    author_id: int | None,
    now: datetime,
) -> None:
    """Change facts, and keep in the history what was known."""
    said = {n: v.isoformat() if isinstance(v, date) else v for n, v in values.items()}
    before = {name: row.facts.get(name) for name in said}
    after = {name: None if value in (None, "") else value for name, value in said.items()}
    changed = [name for name in said if before[name] != after[name]]
    if not changed:
        return
    kept = {name: value for name, value in row.facts.items() if name not in said}
    row.facts = kept | {name: value for name, value in after.items() if value is not None}
    data = {"before": {n: before[n] for n in changed}, "after": {n: after[n] for n in changed}}
    note(session, row.id, "facts", author_id=author_id, now=now, data=data)
