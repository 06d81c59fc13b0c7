"""What an import would do, line by line, before anything is written."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from surveyapp.core.directory.card import Card
from surveyapp.core.directory.matching import Index, Match
from surveyapp.core.directory.reading import Change, Said, apply, changes


class Fate(StrEnum):
    """What becomes of a line."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DOUBTFUL = "doubtful"  # nothing is done until somebody decides
    REFUSED = "refused"


#: A decision on a doubtful line: a new card; otherwise the key of the card it belongs to.
CREATE = "create"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A line and its fate. ``person_id`` is the card it changes or leaves as it is.

    ``card`` is what would stand in the directory; ``doubt`` stays after a decision, so that it
    can be taken back; ``candidates`` are the cards to choose from.
    """

    number: int
    fate: Fate
    card: Card
    person_id: int | None = None
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    reason: str = ""
    doubt: str = ""
    candidates: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Every line of a file, in its order."""

    outcomes: tuple[Outcome, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Number of lines by fate; every fate is there."""
        found = Counter(outcome.fate for outcome in self.outcomes)
        return {fate.value: found[fate] for fate in Fate}

    @property
    def digest(self) -> str:
        """Changes when what the import would write changes."""
        acts = [
            [o.number, o.fate, o.person_id, o.card.to_json(), [c.name for c in o.changes]]
            for o in self.outcomes
            if o.fate in (Fate.NEW, Fate.CHANGED)
        ]
        return hashlib.sha256(json.dumps(acts).encode()).hexdigest()[:32]


def plan(lines: Iterable[Said], cards: Mapping[int, Card], *, decisions: Mapping[str, str]) -> Plan:
    """Compare the lines with the directory and with each other.

    ``decisions``: number of a doubtful line → :data:`CREATE` or the key of a card, as text.
    """
    known = Index.of(cards)
    created: Index[int] = Index()
    claimed: dict[int, int] = {}
    outcomes = []
    for said in lines:
        outcome = _outcome(said, known, created, decisions.get(str(said.number), ""))
        if outcome.fate is Fate.CHANGED and outcome.person_id is not None:
            first = claimed.setdefault(outcome.person_id, said.number)
            if first != said.number:
                outcome = _twin(outcome, first)
        if outcome.fate is Fate.NEW:
            created.add(said.number, outcome.card)
        outcomes.append(outcome)
    return Plan(tuple(outcomes))


def _outcome(said: Said, known: Index[int], created: Index[int], decision: str) -> Outcome:
    card = _card(said.values)
    base = Outcome(said.number, Fate.REFUSED, card, notes=said.notes, reason=said.refusal)
    if said.refusal:
        return base
    for key in known.candidates(card):
        if not changes(known.cards[key], said.values):
            return replace(base, fate=Fate.UNCHANGED, person_id=key, card=known.cards[key])
    match, twin = known.match(card), created.match(card)
    if twin.sure:
        return _twin(base, twin.keys[0])
    if match.sure:
        return _changed(base, match.keys[0], known, said.values)
    if match.keys or twin.keys:
        return _decided(_doubtful(base, match, twin), decision, known, said.values)
    return replace(base, fate=Fate.NEW)


def _card(values: Mapping[str, Any]) -> Card:
    return Card(**values)


def _changed(base: Outcome, key: int, known: Index[int], values: Mapping[str, Any]) -> Outcome:
    before = known.cards[key]
    found = changes(before, values)
    fate = Fate.CHANGED if found else Fate.UNCHANGED
    return replace(base, fate=fate, person_id=key, card=apply(before, values), changes=found)


def _doubtful(base: Outcome, match: Match[int], twin: Match[int]) -> Outcome:
    reason = match.reason
    if not match.keys:
        reason = f"La ligne {twin.keys[0]} du fichier pourrait être la même personne."
    return replace(base, fate=Fate.DOUBTFUL, doubt=reason, candidates=match.keys)


def _decided(
    doubtful: Outcome, decision: str, known: Index[int], values: Mapping[str, Any]
) -> Outcome:
    if decision == CREATE:
        return replace(doubtful, fate=Fate.NEW)
    chosen = [key for key in doubtful.candidates if str(key) == decision]
    return _changed(doubtful, chosen[0], known, values) if chosen else doubtful


def _twin(outcome: Outcome, line: int) -> Outcome:
    reason = f"C’est la même personne qu’à la ligne {line} : gardez une seule des deux lignes."
    return replace(outcome, fate=Fate.REFUSED, changes=(), person_id=None, reason=reason)
