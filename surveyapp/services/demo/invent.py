"""Plausible answers to any questionnaire, the same for the same seed.

Each respondent has a mood, one number: whoever sleeps badly is more often tired. Ordered
questions follow it while their shares stay those of the recipe.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from statistics import NormalDist
from typing import Any

from surveyapp.core.answers import clean
from surveyapp.core.answers.types import steps
from surveyapp.core.definition import (
    OTHER,
    FormDefinition,
    Group,
    Item,
    Kind,
    Question,
)
from surveyapp.services.demo.people import Person

#: Correlation of ordered answers with the mood.
_PULL = 0.65
_NORMAL = NormalDist()
_ATTEMPTS = 30


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a questionnaire's answers look like.

    ``shares`` gives, per question, the weight of each choice or step (missing: equal);
    ``moody`` names the questions that follow the mood, ``gloomy`` those that follow it
    backwards; ``skip`` is the share of optional questions left empty, ``skips`` the
    exceptions; ``texts`` are dealt like cards: none is given twice. ``follows`` names, for a
    text, the question whose first answer chooses the deck: ``precisions:logement``.
    """

    shares: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    moody: frozenset[str] = frozenset()
    gloomy: frozenset[str] = frozenset()
    skip: float = 0.06
    skips: Mapping[str, float] = field(default_factory=dict)
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    days: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    numbers: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    follows: Mapping[str, str] = field(default_factory=dict)


class Inventor:
    """Deals the answers of one campaign."""

    def __init__(self, definition: FormDefinition, recipe: Recipe, rng: Random) -> None:
        self.definition = definition
        self.recipe = recipe
        self.rng = rng
        self._decks = {name: rng.sample(texts, len(texts)) for name, texts in recipe.texts.items()}
        self._mood = 0.0

    def answers(self, *, today: date, person: Person | None = None) -> dict[str, Any]:
        """The answer document of one respondent, valid on ``today``.

        :raises ValueError: when the recipe cannot answer the questionnaire.
        """
        self._mood = self.rng.gauss(0, 1)
        values = self._all(self.definition, today, person)
        for _ in range(_ATTEMPTS):
            outcome = clean(self.definition, values, today=today)
            if not outcome.problems:
                return outcome.values
            for problem in outcome.problems:
                self._again(values, problem.name, today, person)
        raise ValueError(f"{self.definition.name}: {outcome.problems[0]}")

    def first_page(self, *, today: date, person: Person) -> dict[str, Any]:
        """What somebody has typed who stopped after the first page."""
        values: dict[str, Any] = {}
        for item in self.definition.sections[0].items:
            self._item(values, item, today, person)
        return values

    def _all(self, form: FormDefinition, today: date, person: Person | None) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for section in form.sections:
            for item in section.items:
                self._item(values, item, today, person)
        return values

    def _item(self, values: dict[str, Any], item: Item, today: date, who: Person | None) -> None:
        if isinstance(item, Question):
            self._question(values, item, today, who)
        elif isinstance(item, Group):
            for child in item.items:
                self._item(values, child, today, who)
        else:
            turns: list[dict[str, Any]] = []
            for _ in range(self.rng.choice((0, 1, 1, 2))):
                turn: dict[str, Any] = {}
                for question in item.items:
                    self._question(turn, question, today, who)
                turns.append(turn)
            values[item.name] = [turn for turn in turns if turn]

    def _again(self, values: dict[str, Any], name: str, today: date, who: Person | None) -> None:
        question = self.definition.question(name)
        if question is not None:
            values.pop(name, None)
            self._question(values, question, today, who)

    def _question(
        self, values: dict[str, Any], question: Question, today: date, who: Person | None
    ) -> None:
        skip = self.recipe.skips.get(question.name, self.recipe.skip)
        if not question.required and self.rng.random() < skip:
            return
        value = self._following(question, values) or self._value(question, today, who)
        if value is None:
            return
        values[question.name] = value
        if value == OTHER or (isinstance(value, list) and OTHER in value):
            values[question.other_name] = self._text(question.other_name) or "autre besoin"

    def _value(self, question: Question, today: date, who: Person | None) -> Any:
        if who is not None and question.name in _PERSONAL:
            return _PERSONAL[question.name](who)
        match question.kind:
            case Kind.SELECT_ONE:
                return self._one(question, [c.name for c in question.choices if c.name != OTHER])
            case Kind.RANGE:
                numbers = {_plain(step): step for step in steps(question)}
                return numbers[self._one(question, list(numbers))]
            case Kind.SELECT_MULTIPLE:
                return self._several(question)
            case Kind.RANK:
                return self._ranked(question)
            case Kind.INTEGER:
                low, high = self.recipe.numbers.get(question.name, (1, 4))
                return self.rng.randint(low, high)
            case Kind.DATE:
                low, high = self.recipe.days.get(question.name, (10, 120))
                return (today + timedelta(days=self.rng.randint(low, high))).isoformat()
            case Kind.ACKNOWLEDGE:
                return True if question.required or self.rng.random() < 0.8 else None
            case Kind.TEXT:
                return self._text(question.name)
        return None

    def _one(self, question: Question, names: list[str]) -> str:
        """Draw by quantile, so that the mood moves people and not the shares."""
        quantile = self._quantile(question.name)
        weights = [self._weight(question, name) for name in names]
        reached, total = 0.0, sum(weights)
        for name, weight in zip(names, weights, strict=True):
            reached += weight / total
            if quantile < reached:
                return name
        return names[-1]

    def _quantile(self, name: str) -> float:
        if name not in self.recipe.moody and name not in self.recipe.gloomy:
            return self.rng.random()
        mood = self._mood if name in self.recipe.moody else -self._mood
        noise = self.rng.gauss(0, 1)
        return _NORMAL.cdf(_PULL * mood + (1 - _PULL**2) ** 0.5 * noise)

    def _several(self, question: Question) -> list[str]:
        """One to three choices; an exclusive one stands alone."""
        left = [choice for choice in question.choices if self._weight(question, choice.name) > 0]
        picked: list[str] = []
        for _ in range(self.rng.choice((1, 2, 2, 3))):
            if not left:
                break
            weights = [self._weight(question, choice.name) for choice in left]
            choice = self.rng.choices(left, weights)[0]
            if choice.exclusive:
                return picked or [choice.name]
            picked.append(choice.name)
            left.remove(choice)
        return picked

    def _ranked(self, question: Question) -> list[str]:
        names = [choice.name for choice in question.choices]
        return sorted(
            names, key=lambda name: -(self.rng.random() ** (1 / self._weight(question, name)))
        )

    def _following(self, question: Question, values: dict[str, Any]) -> str | None:
        leader = values.get(self.recipe.follows.get(question.name, ""))
        first = leader[0] if isinstance(leader, list) and leader else leader
        return self._text(f"{question.name}:{first}") if first else None

    def _text(self, name: str) -> str | None:
        deck = self._decks.get(name)
        return deck.pop() if deck else None

    def _weight(self, question: Question, name: str) -> float:
        shares = self.recipe.shares.get(question.name)
        if shares is None:
            return 0.15 if name == OTHER else 1.0
        return shares.get(name, 0.0)


def _plain(step: float) -> str:
    return str(int(step)) if step == int(step) else str(step)


_PERSONAL = {
    "prenom": lambda person: person.first,
    "nom": lambda person: person.last,
    "courriel": lambda person: person.mail,
    "telephone": lambda person: person.mobile,
    "commune": lambda person: person.commune,
    "commune_actuelle": lambda person: person.commune,
    "secteur": lambda person: person.commune,
}
