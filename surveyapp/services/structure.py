"""Describe the CPTS."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from surveyapp.models import Event, Structure
from surveyapp.services.transaction import transaction


@dataclass(frozen=True, slots=True)
class Description:
    """What letters, notices and documents say of the structure."""

    name: str
    address: str
    email: str
    phone: str
    referent: str
    dpo_email: str
    timezone: str
    color: str


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
    """Save the description; the history keeps which lines changed."""
    values = asdict(description)
    with transaction() as session:
        row = session.get(Structure, 1)
        if row is None:
            row = Structure(id=1)
            session.add(row)
        changed = [name for name, value in values.items() if getattr(row, name) != value]
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
                    data={"changed": changed},
                )
            )
