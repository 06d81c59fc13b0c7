"""The life of a campaign: its phase at an instant and the steps it may take."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from surveyapp.core.french import fold

SLUG_LENGTH = 60
#: Addresses of pages that stand beside those of the campaigns.
RESERVED = frozenset({"nouvelle", "archives"})
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
#: Words that a short address does without.
_EMPTY_WORDS = frozenset(
    "a au aux d de des du en et l la le les pour que sur un une vos votre".split(" ")  # noqa: SIM905 (a line of words reads better than a list of 20)
)
#: Share of the people invited who usually answer (domain.md C.2: 10 to 20 %).
USUAL_SHARE = 0.2


class Phase(StrEnum):
    """What a campaign is at a given instant, its dates included."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"
    ARCHIVED = "archived"


def phase(
    state: str, *, opens_at: datetime | None, closes_at: datetime | None, now: datetime
) -> Phase:
    """A campaign in state ``open`` takes answers from ``opens_at`` until ``closes_at``."""
    if state != "open":
        return Phase(state)
    if opens_at is not None and now < opens_at:
        return Phase.SCHEDULED
    if closes_at is not None and now >= closes_at:
        return Phase.CLOSED
    return Phase.OPEN


@dataclass(frozen=True, slots=True)
class Situation:
    """What the guards look at. ``live``: the campaign opens and closes with its meeting."""

    phase: Phase
    opens_at: datetime | None
    closes_at: datetime | None
    now: datetime
    live: bool = False


Guard = Callable[[Situation], str | None]


@dataclass(frozen=True, slots=True)
class Step:
    """A move between two phases. ``done`` is what the page says afterwards."""

    name: str
    label: str
    sources: tuple[Phase, ...]
    target: str
    done: str
    guards: tuple[Guard, ...] = ()
    #: What a person must know before they take it; ``{k}`` is the threshold.
    caution: str = ""


def _dates_in_order(s: Situation) -> str | None:
    if s.opens_at and s.closes_at and s.closes_at <= s.opens_at:
        return "La fermeture doit venir après l’ouverture : corrigez les dates."
    return None


def _closing_ahead(s: Situation) -> str | None:
    if s.closes_at and s.closes_at <= s.now:
        return "La date de fermeture est déjà passée : choisissez-en une autre, puis ouvrez."
    return None


STEPS: tuple[Step, ...] = (
    Step(
        "ouvrir",
        "Ouvrir la collecte",
        (Phase.DRAFT,),
        "open",
        "La collecte est ouverte.",
        (_dates_in_order, _closing_ahead),
    ),
    Step(
        "fermer",
        "Fermer la collecte",
        (Phase.OPEN, Phase.SCHEDULED),
        "closed",
        "La collecte est fermée.",
        caution="Plus personne ne pourra répondre. Vous pourrez la rouvrir.",
    ),
    Step(
        "rouvrir",
        "Rouvrir la collecte",
        (Phase.CLOSED,),
        "open",
        "La collecte est de nouveau ouverte.",
        caution=(
            "Les nouvelles réponses entreront dans les résultats quand il y en aura au moins {k}."
        ),
    ),
    Step(
        "archiver",
        "Archiver la collecte",
        (Phase.CLOSED,),
        "archived",
        "La collecte est archivée.",
        caution="Elle quitte les listes ; ses réponses et ses résultats restent.",
    ),
    Step(
        "desarchiver",
        "Sortir des archives",
        (Phase.ARCHIVED,),
        "closed",
        "La collecte est sortie des archives.",
    ),
)


def steps_from(phase: Phase) -> tuple[Step, ...]:
    """The steps that start from ``phase``, whatever their guards say."""
    return tuple(step for step in STEPS if phase in step.sources)


def refusal(step: Step, situation: Situation) -> str | None:
    """Why ``step`` cannot be taken now, in French; ``None`` when it can."""
    if situation.phase not in step.sources:
        return "La collecte a changé entre-temps : rechargez la page."
    if situation.live and step.name in ("ouvrir", "fermer", "rouvrir"):
        return "Cette collecte s’ouvre et se ferme avec sa séance : passez par « Séances »."
    return next((why for guard in step.guards if (why := guard(situation))), None)


def find_step(name: str) -> Step | None:
    return next((step for step in STEPS if step.name == name), None)


def slug_from(title: str) -> str:
    """A short address drawn from a title: « Bien-être des soignants » → bien-etre-soignants."""
    words = re.findall(r"[a-z0-9]+", fold(title).replace("'", " "))
    kept = [word for word in words if word not in _EMPTY_WORDS] or words
    slug = ""
    for word in kept:
        longer = f"{slug}-{word}" if slug else word[:SLUG_LENGTH]
        if len(longer) > SLUG_LENGTH:
            break
        slug = longer
    return slug


def slug_problem(slug: str) -> str | None:
    """Why ``slug`` cannot be an address, in French; ``None`` when it can."""
    if len(slug) > SLUG_LENGTH:
        return f"L’adresse compte au plus {SLUG_LENGTH} caractères."
    if slug in RESERVED:
        return f"« {slug} » est déjà l’adresse d’une page du site : choisissez-en une autre."
    if not _SLUG.fullmatch(slug):
        return (
            "L’adresse se compose de lettres minuscules sans accent, de chiffres et de tirets, "
            "par exemple bien-etre-2026."
        )
    return None


@dataclass(frozen=True, slots=True)
class Expectation:
    """How many answers to expect from ``invited`` people, and what they will allow.

    ``groups`` is how many groups of a breakdown can be shown once one has been folded away
    by the small-cell rule.
    """

    invited: int
    answers: int
    k: int

    @property
    def enough(self) -> bool:
        return self.answers >= self.k

    @property
    def groups(self) -> int:
        return self.answers // self.k

    @property
    def invite_at_least(self) -> int:
        """How many people to invite to reach the threshold."""
        return round(self.k / USUAL_SHARE)


def expect(invited: int, *, k: int) -> Expectation:
    """``140`` invited people → about 28 answers."""
    return Expectation(invited, round(invited * USUAL_SHARE), k)


def reach(audience: int | None, invitations: int, *, by_link: bool) -> int | None:
    """How many people a campaign is put to; ``None`` when nobody can tell.

    ``audience`` is the number that was typed. Personal links are counted, so that their
    number replaces it; where a public link takes people in too, they are only a part.
    """
    if not by_link:
        return invitations or audience
    return max(audience, invitations) if audience else None
