"""Accounts of the demonstration, one for each part that somebody may play."""

from __future__ import annotations

import sqlalchemy as sa

from surveyapp.models import Person, User
from surveyapp.services import accounts
from surveyapp.services.demo.dossiers import mandated
from surveyapp.services.transaction import transaction

#: Address, role and name; the ambassador has the name of the card that the account hangs on.
_PARTS = (
    ("ambassadeur@demo.example", "ambassadeur", ""),
    ("referent@demo.example", "referent", "Dominique Référent-Demo"),
    ("partenaire@demo.example", "partenaire", "Charlie Partenaire-Demo"),
)


def play_accounts(*, hashed: str) -> list[str]:
    """Give each part an account with this password; their addresses."""
    ambassador = next(iter(mandated()), None)
    with transaction() as session:
        for email, role, name in _PARTS:
            user = session.scalars(sa.select(User).where(User.email == email)).first()
            if user is not None:
                user.password = hashed
                continue
            person = session.get(Person, ambassador) if role == "ambassadeur" else None
            if person is not None:
                name = f"{person.first_name} {person.last_name}"
            user = accounts.add_user(session, email=email, name=name, role=role, hashed=hashed)
            user.person_id = person.id if person else None
    return [email for email, _, _ in _PARTS]
