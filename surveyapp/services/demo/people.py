"""People who do not exist, with names, addresses and numbers that belong to nobody.

Mail addresses are in ``demo.example`` (RFC 2606), telephone numbers in the ranges that
ARCEP keeps for fiction (02 61 91 xx xx and 06 39 98 xx xx).
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from surveyapp.core.french import fold

COMMUNES = ("Val-Fictif", "Rivière-Claire", "Mont-Exemple", "Port-Modèle", "La Plaine-Fictive")

_FIRST = (
    "Agathe",
    "Anaïs",
    "Bastien",
    "Clémence",
    "Édouard",
    "Élise",
    "Fabrice",
    "Géraldine",
    "Hugo",
    "Inès",
    "Jérôme",
    "Karim",
    "Léna",
    "Maëlle",
    "Noémie",
    "Octave",
    "Priscille",
    "Quentin",
    "Rachida",
    "Solène",
    "Théo",
    "Yasmine",
)
_LAST = (
    "Bellerive-Demo",
    "Boisfictif",
    "Clairmer",
    "Dunemodèle",
    "Étangdoux",
    "Fontfictive",
    "Grandsable",
    "Hautvallon",
    "Jolimarais",
    "Lavigne-Exemple",
    "Montcordial",
    "Noisefort",
    "Ombreval",
    "Pontneuf-Demo",
    "Rivefictive",
    "Sourcevive",
    "Tournesol",
    "Valdoré",
)


@dataclass(frozen=True, slots=True)
class Person:
    """A fictional professional."""

    first: str
    last: str
    mobile: str
    commune: str

    @property
    def mail(self) -> str:
        local = fold(f"{self.first}.{self.last}").replace("'", "").replace(" ", "-")
        return f"{local}@demo.example"


#: Who answers under their name, collection by collection: nobody is in two of them.
LOTS = ("devenir-ambassadeur", "projet-installation", "conciergerie", "dossiers")
_LOT_SIZE = 40
_PAIRS = [(first, last) for first in _FIRST for last in _LAST]


def lot(name: str, count: int) -> list[Person]:
    """``count`` different people who are in no other lot."""
    everybody = Random("foule").sample(_PAIRS, len(_PAIRS))  # noqa: S311 (fictional people)
    start = LOTS.index(name) * _LOT_SIZE
    return _described(everybody[start : start + count], Random(name))  # noqa: S311


def people(rng: Random, count: int) -> list[Person]:
    """``count`` different people."""
    return _described(rng.sample(_PAIRS, count), rng)


def _described(chosen: list[tuple[str, str]], rng: Random) -> list[Person]:
    return [
        Person(
            first, last, f"06 39 98 {number // 100:02d} {number % 100:02d}", rng.choice(COMMUNES)
        )
        for number, (first, last) in enumerate(chosen, start=rng.randrange(9000))
    ]
