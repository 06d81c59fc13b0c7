"""Describe the CPTS."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from surveyapp.core.journey.calendar import Territory
from surveyapp.models import Event, Structure
from surveyapp.services.transaction import transaction


@dataclass(frozen=True, slots=True)
class Description:
    """What letters, notices and documents say of the structure.

    ``territory`` is one of :data:`TERRITORIES` or empty: public holidays are then those of the
    time zone. Rates are those of :class:`surveyapp.core.declarations.Rates`.
    ``membership_url`` is the page where one joins the CPTS, empty when there is none.
    """

    name: str
    address: str
    email: str
    phone: str
    referent: str
    dpo_email: str
    timezone: str
    color: str
    territory: str = ""
    hour_cents: int | None = None
    kilometre_mills: int | None = None
    membership_url: str = ""


#: What the CPTS pays its ambassadors, by column.
RATES = ("hour_cents", "kilometre_mills")

#: Territories whose public holidays differ, as they are named there.
TERRITORIES: dict[str, str] = {
    Territory.METROPOLE: "Hexagone et Corse, hors Alsace et Moselle",
    Territory.ALSACE_MOSELLE: "Alsace et Moselle",
    Territory.GUADELOUPE: "Guadeloupe",
    Territory.GUYANE: "Guyane",
    Territory.MARTINIQUE: "Martinique",
    Territory.MAYOTTE: "Mayotte",
    Territory.REUNION: "La Réunion",
    Territory.SAINT_BARTHELEMY: "Saint-Barthélemy",
    Territory.SAINT_MARTIN: "Saint-Martin",
    Territory.SAINT_PIERRE_ET_MIQUELON: "Saint-Pierre-et-Miquelon",
}

#: Time zones of the French territories, as they are named there.
TIMEZONES: dict[str, str] = {
    "Europe/Paris": "Hexagone et Corse",
    "America/Guadeloupe": "Guadeloupe",
    "America/Martinique": "Martinique",
    "America/Cayenne": "Guyane",
    "Indian/Reunion": "La Réunion",
    "Indian/Mayotte": "Mayotte",
    "America/Miquelon": "Saint-Pierre-et-Miquelon",
    "Pacific/Noumea": "Nouvelle-Calédonie",
    "Pacific/Tahiti": "Polynésie française",
}


def describe(description: Description, *, author_id: int | None, now: datetime) -> None:
    """Save the description; the history keeps which lines changed, and former rates.

    What was validated under a rate is paid at that rate: the history is where it is found.
    """
    values = asdict(description) | {"territory": description.territory or None}
    with transaction() as session:
        row = session.get(Structure, 1)
        if row is None:
            row = Structure(id=1)
            session.add(row)
        changed = [name for name, value in values.items() if getattr(row, name) != value]
        former = {name: getattr(row, name) for name in RATES if name in changed}
        for name, value in values.items():
            setattr(row, name, value)
        if changed:
            session.add(
                Event(
                    kind="structure.described",
                    subject="structure",
                    subject_id=1,
                    user_id=author_id,
                    at=now,
                    data={"changed": changed, **({"rates": former} if former else {})},
                )
            )
