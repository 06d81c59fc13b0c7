"""Places of exercise of the demonstration; none exists."""

from __future__ import annotations

from datetime import datetime

from surveyapp.services import places
from surveyapp.services.places import PlaceCard

_PLACES = (
    PlaceCard(
        "Maison de santé de Mont-Exemple",
        "msp",
        "Mont-Exemple",
        practice="liberal",
        contact="Secrétariat",
        phone="02 61 91 00 11",
        note="Deux bureaux libres à l’étage, ascenseur.",
    ),
    PlaceCard(
        "Cabinet du centre",
        "cabinet",
        "Val-Fictif",
        practice="liberal",
        phone="02 61 91 00 12",
    ),
    PlaceCard(
        "Centre de santé de Port-Modèle",
        "centre",
        "Port-Modèle",
        practice="salariat",
        email="centre-port-modele@demo.example",
    ),
    PlaceCard(
        "Cabinet de la gare",
        "cabinet",
        "Rivière-Claire",
        practice="mixte",
        phone="02 61 91 00 14",
        note="Cherche quelqu’un deux jours par semaine.",
    ),
)


def play_places(*, author_id: int | None, now: datetime) -> None:
    """Fill the register, unless somebody did."""
    if any(places.counts()):
        return
    for card in _PLACES:
        places.save(card, author_id=author_id, now=now)
