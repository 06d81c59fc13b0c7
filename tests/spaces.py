"""An ambassador in mandate who accompanies somebody: what the tests of spaces look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from surveyapp.core.journey.definition import Actor
from surveyapp.models import Dossier, User, db
from surveyapp.services.dossiers import acts
from surveyapp.services.dossiers.access import Viewer
from surveyapp.services.transaction import transaction
from tests.dossiers import COORDINATION, DAY, at, begin, event, fill, in_service, know, move


@dataclass(frozen=True)
class Scene:
    """The dossier of the ambassador, the one of whom they accompany, and their cards."""

    mandate: int
    accompanied: int
    ambassador_id: int
    person_id: int

    def viewer(self, user_id: int | None = None) -> Viewer:
        return Viewer(Actor.AMBASSADOR, user_id, self.ambassador_id)


def person_of(dossier_id: int) -> int:
    number = db.session.get_one(Dossier, dossier_id).person_id
    assert number is not None
    return number


def in_mandate(*, on: date, number: int = 50) -> int:
    """A dossier of an ambassador whose mandate begins on that day."""
    number = begin("ambassadeur", on=on, name="Ambassadrice-Demo", number=number)
    know(number, on=on, adhesion_a_jour="oui")
    move(number, "instruire", on=on)
    fill(number, "avis_referent", on=on, avis="favorable")
    move(number, "proposer_entretien", on=on)
    event(number, "entretien_tenu", on=on)
    fill(number, "grille", on=on, conclusion="favorable")
    move(number, "conclure_entretien", on=on)
    move(number, "accepter", on=on)
    fill(number, "session", on=on, kit=True, aides=True, situations=True)
    move(number, "donner_mandat", on=on)
    return number


def entrusted(ambassador_id: int, *, on: date, number: int = 1) -> int:
    """Somebody whom the ambassador was asked to contact on that day."""
    dossier = begin("accompagnement", on=on, number=number)
    acts.assign(dossier, viewer=COORDINATION, today=on, now=at(on), ambassador_id=ambassador_id)
    move(dossier, "attribuer", on=on)
    return dossier


def scene(*, on: date = DAY, before: timedelta = timedelta(days=10)) -> Scene:
    """A mandate that began ``before``, and an accompaniment entrusted on that day."""
    in_service("ambassadeur", "accompagnement", on=on - before)
    mandate = in_mandate(on=on - before)
    ambassador = person_of(mandate)
    accompanied = entrusted(ambassador, on=on)
    return Scene(mandate, accompanied, ambassador, person_of(accompanied))


def account_for(person_id: int, add_user: Callable[..., User]) -> User:
    """An account of an ambassador, tied to their card."""
    user = add_user("ambassadeur", f"ambassadeur{person_id % 1000}@demo.example")
    with transaction() as session:
        session.get_one(User, user.id).person_id = person_id
    return db.session.get_one(User, user.id)
