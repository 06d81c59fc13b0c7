"""The dossiers of somebody of the directory, in one line each."""

from __future__ import annotations

from dataclasses import dataclass

from surveyapp.core.french import typeset
from surveyapp.services.dossiers.journeys import journey_of
from surveyapp.store import dossier_page as store


@dataclass(frozen=True, slots=True)
class OfPerson:
    """A dossier of somebody, or (``accompanies``) one that they accompany as an ambassador."""

    id: int
    journey: str
    title: str
    stage: str
    accompanies: bool


def of_person(person_id: int) -> list[OfPerson]:
    """Their dossiers: the open ones first, then the newest."""
    return [
        OfPerson(
            id=row.id,
            journey=title,
            title=row.title or row.reference,
            stage=typeset(journey_of(row.version).label(row.stage)),
            accompanies=row.ambassador_id == person_id,
        )
        for row, title in store.of_person(person_id)
    ]
