"""Ambassadors in mandate and what they declare, for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from surveyapp.core.journey.definition import Actor
from surveyapp.services.structure import Description, describe
from tests import dossiers
from tests.dossiers import DAY, at

TRIPS = [
    {"date_trajet": "2026-01-06", "parcours": "A – B", "moyen": "voiture", "kilometres": 42},
    {"date_trajet": "2026-01-07", "parcours": "A – C", "moyen": "commun", "montant": 12.5},
]


def rates(hour: int | None, kilometre: int | None, *, on: date = DAY, hour_of_day: int = 9) -> None:
    """What the CPTS pays from that day."""
    describe(
        Description(
            *("CPTS du Val-Fictif", "1 place de l’Exemple", "contact@demo.example", ""),
            *("Camille Demo, coordinatrice", "", "Europe/Paris", "#1d5c63"),
            hour_cents=hour,
            kilometre_mills=kilometre,
        ),
        author_id=None,
        now=at(on, hour_of_day),
    )


def mandate(number: int = 1, *, on: date = DAY, name: str = "Personne-Demo") -> int:
    """An ambassador whose mandate has just begun."""
    key = dossiers.begin("ambassadeur", on=on, number=number, name=name, entretien="non")
    dossiers.know(key, on=on, adhesion_a_jour="oui")
    dossiers.move(key, "instruire", on=on)
    dossiers.fill(key, "avis_referent", on=on, avis="favorable")
    dossiers.move(key, "decider_sans_entretien", on=on)
    dossiers.move(key, "accepter", on=on)
    dossiers.fill(key, "session", on=on, kit=True, aides=True, situations=True)
    dossiers.move(key, "donner_mandat", on=on)
    return key


def declare(dossier_id: int, minutes: int, *, on: date = DAY, **more: Any) -> int:
    """Declare time, and trips when told; the key of the declaration."""
    answers: dict[str, Any] = {
        "mois": on.isoformat(),
        "activites": [{"activite": "accompagnement", "minutes": minutes}],
        "total_minutes": minutes,
        "exactitude": True,
        **more,
    }
    return dossiers.fill(dossier_id, "declaration", on=on, actor=Actor.PERSON, **answers)
