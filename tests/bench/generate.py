"""Plausible answers by the ten thousand, for benches and tests.

``documents`` follows the skip logic of the questionnaire; it does not look at constraints
other than the bounds of a scale. The same seed gives the same answers.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa

from surveyapp.core.answers.types import steps
from surveyapp.core.columns import layout
from surveyapp.core.definition import FormDefinition, Group, Item, Kind, Question, Repeat
from surveyapp.core.expression import Env, Expression, truth, walk
from surveyapp.models import Campaign, Response, ResponseStatus
from surveyapp.services.transaction import transaction

BATCH = 5_000
_TEXTS = (
    "Plus de temps d’échange entre professionnels du secteur.",
    "Rien à ajouter, merci pour l’organisation.",
    "Les réunions du soir sont difficiles à tenir avec des enfants.",
    "Un annuaire à jour ; et un numéro unique pour les avis.",
    "=Trop de démarches administratives",
    "L’accueil était très chaleureux.\nÀ refaire.",
)


def documents(
    definition: FormDefinition, size: int, *, seed: int = 1, skip: float = 0.06
) -> Iterator[dict[str, Any]]:
    """``size`` answer documents; ``skip`` is the share of optional questions left empty."""
    writer = _Writer(definition, random.Random(seed), skip)
    for _ in range(size):
        yield writer.document()


def fill(
    campaign: Campaign,
    definition: FormDefinition,
    size: int,
    *,
    seed: int = 1,
    first_day: date = date(2026, 1, 12),
    days: int = 30,
) -> None:
    """Insert ``size`` submitted responses, spread over ``days`` days, in bulk."""
    source = documents(definition, size, seed=seed)
    draw = random.Random(seed + 1)
    common = {
        "campaign_id": campaign.id,
        "version_id": campaign.version_id,
        "anonymous": definition.anonymous,
        "status": ResponseStatus.SUBMITTED,
    }
    while batch := list(islice(source, BATCH)):
        rows = [
            {**common, **_when(definition, draw, first_day, days), "document": document}
            for document in batch
        ]
        with transaction() as session:
            session.execute(sa.insert(Response), rows)


def _when(
    definition: FormDefinition, draw: random.Random, first_day: date, days: int
) -> dict[str, Any]:
    day = first_day + timedelta(days=min(draw.randrange(days), draw.randrange(days)))
    instant = datetime.combine(day, time(7 + draw.randrange(14), draw.randrange(60)), UTC)
    return {
        "id": draw.getrandbits(62) + 1,
        "saved_on": day,
        "submitted_on": day,
        "submitted_at": None if definition.anonymous else instant,
        "reference": None if definition.anonymous else secrets.token_hex(6).upper(),
    }


class _Writer:
    def __init__(self, definition: FormDefinition, draw: random.Random, skip: float) -> None:
        self.definition, self.draw, self.skip = definition, draw, skip
        self.known: dict[tuple[Any, ...], bool] = {}
        self.names = {
            e.source: tuple({n[1] for n in walk(e.ast) if n[0] in ("var", "each")})
            for field in layout(definition)
            for e in field.relevance
        }
        self.weights = {
            q.name: [1 / (1 + 0.6 * ((i * 7 + len(q.name)) % 5)) for i in range(len(q.choices))]
            for q in definition.every_question()
        }

    def document(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for section in self.definition.sections:
            if self.holds(section.relevant, values):
                for item in section.items:
                    self.item(item, values)
        return values

    def holds(self, expression: Expression | None, values: dict[str, Any]) -> bool:
        if expression is None:
            return True
        names = self.names.get(expression.source, ())
        key = (expression.source, *(str(values.get(name)) for name in names))
        if key not in self.known:
            self.known[key] = truth(expression, Env(values, date(2026, 1, 12)))
        return self.known[key]

    def item(self, item: Item, values: dict[str, Any]) -> None:
        if not self.holds(item.relevant, values):
            return
        if isinstance(item, Group):
            for child in item.items:
                self.item(child, values)
        elif isinstance(item, Repeat):
            turns = [self.turn(item) for _ in range(self.draw.randrange(4))]
            if turns:
                values[item.name] = turns
        else:
            self.answer(item, values)

    def turn(self, item: Repeat) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for question in item.items:
            self.answer(question, values)
        return values

    def answer(self, question: Question, values: dict[str, Any]) -> None:
        if question.kind is Kind.NOTE:
            return
        if not question.required and self.draw.random() < self.skip:
            return
        value = self.value(question)
        if value in (None, [], ""):
            return
        values[question.name] = value
        if question.or_other and (value == "other" or "other" in value):
            values[question.other_name] = self.draw.choice(("Ostéopathe", "Secrétaire médicale"))

    def value(self, question: Question) -> Any:  # noqa: C901 - one line per type
        draw = self.draw
        match question.kind:
            case Kind.SELECT_ONE:
                names = [choice.name for choice in question.choices]
                return draw.choices(names, self.weights[question.name])[0]
            case Kind.SELECT_MULTIPLE:
                return self.several(question)
            case Kind.RANK:
                return draw.sample([c.name for c in question.choices], len(question.choices))
            case Kind.RANGE:
                notes = steps(question)
                return notes[max(draw.randrange(len(notes)), draw.randrange(len(notes)))]
            case Kind.INTEGER:
                return int(draw.gammavariate(4, 4))
            case Kind.DECIMAL:
                return round(draw.uniform(0, 60), 1)
            case Kind.CALCULATE:
                return draw.randrange(100)
            case Kind.DATE:
                return (date(2026, 1, 1) + timedelta(days=draw.randrange(300))).isoformat()
            case Kind.TIME:
                return f"{draw.randrange(8, 20):02d}:30"
            case Kind.DATETIME:
                return f"2026-03-{draw.randrange(1, 29):02d}T{draw.randrange(8, 20):02d}:00"
            case Kind.ACKNOWLEDGE:
                return True
            case Kind.EMAIL:
                return f"personne{draw.randrange(10**6)}@demo.example"
            case Kind.TEL:
                return f"06 39 98 {draw.randrange(100):02d} {draw.randrange(100):02d}"
        return draw.choice(_TEXTS) if question.multiline else f"Réponse {draw.randrange(1000)}"

    def several(self, question: Question) -> list[str]:
        several = [c.name for c in question.choices if not c.exclusive]
        alone = [c.name for c in question.choices if c.exclusive]
        if alone and self.draw.random() < 0.1:
            return [self.draw.choice(alone)]
        chosen = set(self.draw.sample(several, min(len(several), self.draw.randrange(1, 4))))
        return [name for name in several if name in chosen]
