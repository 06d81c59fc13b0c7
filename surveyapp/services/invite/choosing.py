"""Whom to invite: everybody who matches a filter of the directory, and who is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import sqlalchemy as sa

from surveyapp.core.address import address_hash
from surveyapp.models import Invitation, Person, db
from surveyapp.services.addresses import status_of_hash, unreachable
from surveyapp.store.people import PeopleFilter, select_people


class Reason(StrEnum):
    """Why somebody who matches is not invited, in the order in which it is told."""

    ALREADY = "already"
    NO_MAIL = "no_mail"
    UNSUBSCRIBED = "unsubscribed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Those who would be invited, by name, and those who would not, by reason."""

    people: Sequence[Person]
    left_out: Mapping[Reason, Sequence[Person]]

    @property
    def matching(self) -> int:
        """How many people match the filter."""
        return len(self.people) + sum(map(len, self.left_out.values()))


def choose(campaign_id: int, wanted: PeopleFilter, *, today: date) -> Chosen:
    """Who of the directory would be invited to a campaign now."""
    statement = select_people(wanted, today=today).order_by(Person.sort_key, Person.id)
    matching = db.session.scalars(statement).all()
    already = set(
        db.session.scalars(
            sa.select(Invitation.person_id).where(Invitation.campaign_id == campaign_id)
        )
    )
    closed = unreachable(db.session, (person.email for person in matching))
    people: list[Person] = []
    left: dict[Reason, list[Person]] = {}
    for person in matching:
        reason = _reason(person, already, closed)
        (people if reason is None else left.setdefault(reason, [])).append(person)
    return Chosen(people, {reason: left[reason] for reason in Reason if reason in left})


def _reason(person: Person, already: set[int], closed: Mapping[str, str]) -> Reason | None:
    if person.id in already:
        return Reason.ALREADY
    hashed = address_hash(person.email)
    if not hashed:
        return Reason.NO_MAIL
    if hashed not in closed:
        return None
    status = status_of_hash(db.session, hashed)
    return Reason.UNSUBSCRIBED if status.unsubscribed_on else Reason.REFUSED
