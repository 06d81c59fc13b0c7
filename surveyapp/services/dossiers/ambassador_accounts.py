"""The accounts of ambassadors: given by the coordination, tied to a card of the directory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from surveyapp.core.journey.definition import StageKind
from surveyapp.models import Dossier, Person, User, db
from surveyapp.services import accounts
from surveyapp.services.dossiers.ambassadors import JOURNEY
from surveyapp.services.dossiers.errors import DossierError, DossierGone
from surveyapp.services.dossiers.reading import opened_many
from surveyapp.services.dossiers.records import note, person_name
from surveyapp.services.transaction import transaction


@dataclass(frozen=True, slots=True)
class Access:
    """What is known of the access of somebody. ``refusal``: why no account can be given;
    ``dossier_id`` is that of their candidature or mandate."""

    person_id: int
    name: str
    email: str
    account: User | None
    refusal: str
    dossier_id: int | None


def access_of(person_id: int) -> Access:
    """:raises DossierGone: no such person."""
    person = db.session.get(Person, person_id)
    if person is None:
        raise DossierGone
    name, dossier_id = person_name(person), _candidature(person_id)
    account = accounts.account_of(db.session, person_id)
    refusal = ""
    if dossier_id is None:
        refusal = f"{name} n’a ni candidature en cours ni mandat : aucun accès à donner."
    elif account is not None and not account.active:
        refusal = "Ce compte est désactivé : une personne qui administre le site le réactive."
    elif account is None and not person.email:
        refusal = f"Ajoutez d’abord une adresse mail à la fiche de {name}."
    return Access(person_id, name, person.email, account, refusal, dossier_id)


def invite(person_id: int, *, by: int | None, now: datetime) -> str:
    """Give an ambassador an account, or a new link to theirs; the address it goes to.

    :raises DossierGone: no such person. :raises DossierError: no account can be given.
    """
    found = access_of(person_id)
    if found.refusal or found.dossier_id is None:
        raise DossierError(found.refusal)
    known_id = found.account.id if found.account is not None else None
    try:
        invited = _sent(found, known_id, by=by, now=now)
    except accounts.AccountError as error:
        raise DossierError(str(error)) from None
    with transaction() as session:
        note(session, found.dossier_id, "account_invited", author_id=by, now=now)
    return invited.email


def _sent(
    found: Access, known_id: int | None, *, by: int | None, now: datetime
) -> accounts.Invited:
    if known_id is not None:
        return accounts.invite_again(known_id, now=now, by=by)
    return accounts.invite(
        email=found.email,
        name=found.name,
        role=accounts.AMBASSADOR,
        now=now,
        by=by,
        person_id=found.person_id,
    )


def _candidature(person_id: int) -> int | None:
    """Their dossier of ambassador that did not end without success."""
    found = opened_many(
        db.session,
        sa.and_(
            Dossier.person_id == person_id,
            Dossier.journey_name == JOURNEY,
            Dossier.anonymised_on.is_(None),
        ),
    )
    return next((one.row.id for one in found if one.dossier.stage.kind is not StageKind.LOST), None)
