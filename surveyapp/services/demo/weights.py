"""Weights that several recipes of the demonstration share."""

from __future__ import annotations

from collections.abc import Mapping

PROFESSIONS = {
    "medecin_generaliste": 22.0,
    "medecin_autre": 7,
    "pharmacien": 10,
    "infirmier": 31,
    "kine": 13,
    "autre_profession": 13,
    "salarie_coordination": 4,
}
EXERCISE = {"liberal_seul": 30.0, "liberal_groupe": 45, "salariat": 15, "mixte": 10}
CODED_PROFESSIONS = {
    "60": 30.0,
    "10": 18,
    "70": 14,
    "21": 10,
    "91": 7,
    "50": 6,
    "ipa": 4,
    "psychologue": 4,
    "80": 4,
    "92": 3,
}


def scale(first: int, *weights: float) -> Mapping[str, float]:
    """Weights of the steps of a scale, from ``first`` on."""
    return {str(first + index): weight for index, weight in enumerate(weights)}


def satisfaction(*weights: float) -> Mapping[str, float]:
    names = ("pas_satisfaisant", "peu_satisfaisant", "satisfaisant", "tres_satisfaisant")
    return dict(zip((*names, "sans_objet"), weights, strict=True))
