"""Places of exercise, and how well one suits somebody who wants to settle.

Nothing is left out: the protocol asks to contact every place that matches, even one that does
not tick all criteria. A place is compared with the answers to the questionnaire
``recueil-installation``; what the person did not say is compared with nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from surveyapp.core.french import fold

#: Kinds of places, ways to ask them and what they say: choices of ``croisement-lieux``.
KINDS: dict[str, str] = {
    "cabinet": "Cabinet médical ou paramédical",
    "msp": "Maison de santé pluriprofessionnelle",
    "centre": "Centre de santé",
    "maison_medicale": "Maison médicale",
    "etablissement": "Établissement",
    "autre": "Autre lieu",
}
CHANNELS: dict[str, str] = {
    "telephone": "Téléphone",
    "courriel": "Mail",
    "sms": "SMS",
    "rencontre": "Rencontre",
}
ANSWERS: dict[str, str] = {
    "interesse": "Intéressé, visite possible",
    "plus_tard": "Intéressé, plus tard",
    "non": "Pas de place ou pas intéressé",
    "attente": "Pas encore de réponse",
}
#: How one works there.
PRACTICES: dict[str, str] = {
    "liberal": "En libéral",
    "salariat": "En salariat",
    "mixte": "En libéral ou en salariat",
}

#: The kinds of places where the premises that are looked for are found.
_PREMISES: dict[str, tuple[str, ...]] = {
    "maison_sante": ("msp",),
    "maison_medicale": ("maison_medicale", "cabinet"),
    "centre_sante": ("centre",),
    "reprise": ("cabinet",),
    "location": ("cabinet", "maison_medicale"),
    "achat": ("cabinet",),
    "etablissement": ("etablissement",),
}
_SHORT = {"st": "saint", "ste": "sainte"}


class Criterion(StrEnum):
    """What a place is compared by."""

    PROFESSION = "profession"
    COMMUNE = "commune"
    KIND = "kind"
    PRACTICE = "practice"


CRITERION_LABELS: dict[Criterion, str] = {
    Criterion.PROFESSION: "profession recherchée",
    Criterion.COMMUNE: "secteur souhaité",
    Criterion.KIND: "locaux souhaités",
    Criterion.PRACTICE: "statut souhaité",
}
_WEIGHTS = {
    Criterion.PROFESSION: 4,
    Criterion.COMMUNE: 2,
    Criterion.KIND: 1,
    Criterion.PRACTICE: 1,
}
#: The question in which the person says how much a criterion matters.
_IMPORTANCE = {
    "c_secteur": Criterion.COMMUNE,
    "c_locaux": Criterion.KIND,
    "c_statut": Criterion.PRACTICE,
}


@dataclass(frozen=True, slots=True)
class Offer:
    """What a place says of itself; ``professions`` are those it looks for, none for « any »."""

    name: str
    kind: str
    commune: str = ""
    professions: tuple[str, ...] = ()
    practice: str = ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody looks for; what is empty was not said."""

    profession: str = ""
    sector: str = ""
    kinds: frozenset[str] = frozenset()
    practice: str = ""
    essential: frozenset[Criterion] = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """How a place suits: the criteria that are met and those that are not.

    ``essential`` are those of the latter that the person cannot do without. A place that looks
    for other professions does not ``suit``, whatever else it has.
    """

    met: tuple[Criterion, ...]
    missing: tuple[Criterion, ...]
    essential: tuple[Criterion, ...]
    score: int

    @property
    def suits(self) -> bool:
        return Criterion.PROFESSION not in self.missing

    @property
    def order(self) -> tuple[bool, int, int]:
        """The best first."""
        return (not self.suits, len(self.essential), -self.score)


def wishes(answers: Mapping[str, Any]) -> Wishes:
    """What the answers to the ``recueil-installation`` say of the place that is looked for."""
    profession = str(answers.get("profession") or "")
    premises = answers.get("locaux") or ()
    practice = str(answers.get("statut_souhaite") or "")
    return Wishes(
        profession="" if profession == "other" else profession,
        sector=str(answers.get("secteur") or ""),
        kinds=frozenset(kind for word in premises for kind in _PREMISES.get(word, ())),
        practice=practice if practice in PRACTICES else "",
        essential=frozenset(
            criterion
            for question, criterion in _IMPORTANCE.items()
            if answers.get(question) == "obligatoire"
        ),
    )


def match(offer: Offer, wanted: Wishes) -> Match:
    """Compare a place with what somebody looks for."""
    verdicts = {
        Criterion.PROFESSION: _profession(offer, wanted),
        Criterion.COMMUNE: _commune(offer, wanted),
        Criterion.KIND: offer.kind in wanted.kinds if wanted.kinds else None,
        Criterion.PRACTICE: _practice(offer, wanted),
    }
    met = tuple(criterion for criterion, verdict in verdicts.items() if verdict is True)
    missing = tuple(criterion for criterion, verdict in verdicts.items() if verdict is False)
    score = sum(_WEIGHTS[c] * (2 if c in wanted.essential else 1) for c in met)
    return Match(met, missing, tuple(c for c in missing if c in wanted.essential), score)


def _profession(offer: Offer, wanted: Wishes) -> bool | None:
    """A place that takes anybody says nothing of this profession."""
    if not wanted.profession or not offer.professions:
        return None
    return wanted.profession in offer.professions


def _commune(offer: Offer, wanted: Wishes) -> bool | None:
    """Whether the commune is named in the free text on where the person would like to work."""
    if not wanted.sector.strip() or not offer.commune.strip():
        return None
    return _within(_words(offer.commune), _words(wanted.sector))


def _practice(offer: Offer, wanted: Wishes) -> bool | None:
    if not wanted.practice or not offer.practice:
        return None
    return offer.practice in (wanted.practice, "mixte") or wanted.practice == "mixte"


def _words(text: str) -> list[str]:
    """« St-Claude » and « Saint Claude » are the same words."""
    return [_SHORT.get(word, word) for word in re.findall(r"[a-z0-9]+", fold(text))]


def _within(words: Sequence[str], text: Sequence[str]) -> bool:
    size = len(words)
    starts = range(len(text) - size + 1)
    return bool(words) and any(list(text[i : i + size]) == list(words) for i in starts)
