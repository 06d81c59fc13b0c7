"""Is this person in the directory already? By RPPS, by mail, by name and commune."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Generic, TypeVar

from surveyapp.core.directory.card import Card, words_key

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Match(Generic[Key]):
    """Who it could be. ``sure``: exactly one card, and nothing speaks against it.

    ``reason`` says in French why it is not sure.
    """

    keys: tuple[Key, ...] = ()
    sure: bool = False
    reason: str = ""


@dataclass(slots=True)
class Index(Generic[Key]):
    """Cards by what identifies them; keys are compared folded."""

    cards: dict[Key, Card] = field(default_factory=dict)
    by_rpps: dict[str, list[Key]] = field(default_factory=lambda: defaultdict(list))
    by_email: dict[str, list[Key]] = field(default_factory=lambda: defaultdict(list))
    by_name: dict[str, list[Key]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, cards: Mapping[Key, Card]) -> Index[Key]:
        index: Index[Key] = cls()
        for key, card in cards.items():
            index.add(key, card)
        return index

    def add(self, key: Key, card: Card) -> None:
        self.cards[key] = card
        for index, value in (
            (self.by_rpps, card.rpps),
            (self.by_email, card.email_key),
            (self.by_name, card.sort_key),
        ):
            if value:
                index[value].append(key)

    def candidates(self, card: Card) -> list[Key]:
        """Every card that shares the RPPS, the mail or the name, each once."""
        found = [
            *self.by_rpps.get(card.rpps, ()),
            *self.by_email.get(card.email_key, ()),
            *self.by_name.get(card.sort_key, ()),
        ]
        return list(dict.fromkeys(found))

    def match(self, card: Card) -> Match[Key]:
        """Who ``card`` could be among the cards of the index."""
        found = self.candidates(card)
        near = [key for key in found if _near(self.cards[key], card)]
        sure = [key for key in near if not _against(self.cards[key], card)]
        if len(sure) == 1 and not _rivals(self.cards, near, sure[0], card):
            return Match((sure[0],), sure=True)
        if not near:
            return Match()
        return Match(tuple(near), reason=_reason(self.cards, near, card))


def pairs(cards: Mapping[Key, Card]) -> Iterator[tuple[Key, Key, str]]:
    """Cards that could be the same person, each pair once, with what they share.

    A mail shared by people with other names is that of an office, not of one person.
    """
    index = Index.of(cards)
    seen: set[frozenset[Key]] = set()
    groups: tuple[tuple[str, Iterable[list[Key]]], ...] = (
        ("même numéro RPPS", index.by_rpps.values()),
        ("même adresse mail", index.by_email.values()),
        ("mêmes nom et prénom", index.by_name.values()),
    )
    for what, several in groups:
        for keys in several:
            for one, other in pairwise(keys):
                pair = frozenset((one, other))
                if pair not in seen and _likely(cards[one], cards[other]):
                    seen.add(pair)
                    yield one, other, what


def _likely(one: Card, other: Card) -> bool:
    """Whether a pair deserves a look: two numbers are two people, unless the names agree."""
    if one.rpps and other.rpps:
        return one.rpps == other.rpps
    same_name = one.sort_key == other.sort_key
    if one.email_key and one.email_key == other.email_key:
        return same_name or _share_a_name(one, other)
    return same_name and _near(one, other)


def _near(known: Card, card: Card) -> bool:
    """Whether the two could be one: the same name elsewhere with nothing else is no sign."""
    if card.rpps and known.rpps == card.rpps:
        return True
    if card.email_key and known.email_key == card.email_key:
        return True
    return not (known.commune and card.commune and known.commune_key != card.commune_key)


def _against(known: Card, card: Card) -> str:
    """What speaks against their being one; empty when nothing does."""
    same_name = known.sort_key == card.sort_key
    if known.rpps and card.rpps:
        if known.rpps != card.rpps:
            return "un autre numéro RPPS"
        return "" if same_name or _share_a_name(known, card) else "un autre nom"
    if not same_name:
        return "un autre nom"
    if known.email_key and card.email_key:
        return "" if known.email_key == card.email_key else "une autre adresse mail"
    return "" if known.commune_key == card.commune_key else "une commune manquante"


def _share_a_name(known: Card, card: Card) -> bool:
    """Somebody who marries keeps a first name; a number that was mistyped keeps nothing."""
    first = words_key(known.first_name)
    same_first = bool(first) and first == words_key(card.first_name)
    return same_first or words_key(known.last_name) == words_key(card.last_name)


def _rivals(cards: Mapping[Key, Card], near: list[Key], sure: Key, card: Card) -> bool:
    """Whether another card has the same mail and name: one of the two is too many."""
    return any(
        key != sure
        and cards[key].sort_key == card.sort_key
        and cards[key].email_key == card.email_key != ""
        for key in near
    )


def _reason(cards: Mapping[Key, Card], near: list[Key], card: Card) -> str:
    if len(near) > 1:
        return f"{len(near)} fiches pourraient être la même personne."
    known = cards[near[0]]
    if card.rpps and known.rpps == card.rpps:
        shared = "le même numéro RPPS"
    elif card.email_key and known.email_key == card.email_key:
        shared = "la même adresse mail"
    else:
        shared = "le même nom"
    return f"Une fiche a {shared}, mais {_against(known, card)}."
