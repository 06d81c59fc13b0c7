"""Colleagues who sign in: the first one, the invited ones, their roles."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_security import hash_password
from sqlalchemy.exc import IntegrityError

from surveyapp import mail
from surveyapp.core.directory.card import Card
from surveyapp.core.french import typeset
from surveyapp.links import absolute_url
from surveyapp.models import (
    AccountLink,
    CalendarFeed,
    Event,
    LinkPurpose,
    Message,
    Person,
    Role,
    User,
)
from surveyapp.models.accounts import user_roles
from surveyapp.permissions import ROLES
from surveyapp.services.transaction import AnySession, insert_into, transaction

FIRST_LINK_LIFE = timedelta(days=7)
INVITATION_LIFE = timedelta(days=7)
#: The role of whoever accompanies others, and how the space of each role is called.
AMBASSADOR = "ambassadeur"
SPACE = "l’espace de la coordination"
_SPACES = {
    AMBASSADOR: "l’espace des ambassadeurs",
    "referent": "l’espace des référents",
    "partenaire": "l’espace des partenaires",
}


class AccountError(Exception):
    """The demand cannot be met; the message is a French sentence for whoever made it."""

    def __init__(self, message: str) -> None:
        super().__init__(typeset(message))


GONE = "Ce lien a expiré ou a déjà servi. Demandez-en un nouveau."


@dataclass(frozen=True, slots=True)
class Invited:
    """A new colleague and the address where they choose their password."""

    user_id: int
    email: str
    url: str


def any_account(session: AnySession) -> bool:
    return session.scalar(sa.select(User.id).limit(1)) is not None


def first_link(now: datetime) -> str | None:
    """A fresh address that creates the first account, or ``None`` when there is one.

    Earlier first links stop working.
    """
    with transaction() as session:
        if any_account(session):
            return None
        session.execute(sa.delete(AccountLink).where(AccountLink.purpose == LinkPurpose.FIRST))
        token = _new_link(session, LinkPurpose.FIRST, None, now + FIRST_LINK_LIFE)
    return absolute_url("account.first", token=token)


def valid_link(
    session: AnySession, token: str, purpose: LinkPurpose, now: datetime
) -> AccountLink | None:
    """The link that ``token`` opens, unless it was used, has expired or never existed."""
    statement = sa.select(AccountLink).where(
        AccountLink.token_hash == _hash(token),
        AccountLink.purpose == purpose,
        AccountLink.used_at.is_(None),
        AccountLink.expires_at > now,
    )
    if purpose is LinkPurpose.FIRST and any_account(session):
        return None
    return session.scalars(statement.with_for_update()).first()


def create_first(token: str, *, email: str, name: str, password: str, now: datetime) -> User:
    """Create the administrator of an empty installation with the one-time link."""
    hashed = hashed_password(password)
    with transaction() as session:
        link = valid_link(session, token, LinkPurpose.FIRST, now)
        if link is None:
            raise AccountError(GONE)
        link.used_at = now
        user = add_user(session, email=email, name=name, role="admin", hashed=hashed)
        _note(session, "account.first", user)
    return user


def invite(
    *,
    email: str,
    name: str,
    role: str,
    now: datetime,
    by: int | None,
    person_id: int | None = None,
) -> Invited:
    """Create a colleague without password and mail the address where they choose one.

    ``person_id`` is the card of an ambassador; without it, the only card of that address.
    """
    with transaction() as session:
        user = add_user(session, email=email, name=name, role=role, hashed=None)
        _tie(session, user, role, person_id)
        invited = _send_invitation(session, user, now)
        _note(session, "account.invite", user, by=by, role=role)
    return invited


def invite_again(user_id: int, *, now: datetime, by: int | None) -> Invited:
    """Send a new address to a colleague who has not chosen a password, or lost it."""
    with transaction() as session:
        user = _user(session, user_id)
        if not user.active:
            raise AccountError("Ce compte est désactivé : réactivez-le d’abord.")
        invited = _send_invitation(session, user, now)
        _note(session, "account.invite_again", user, by=by)
    return invited


def accept(token: str, *, password: str, now: datetime) -> User:
    """Choose the password of an invited account."""
    hashed = hashed_password(password)
    with transaction() as session:
        link = valid_link(session, token, LinkPurpose.INVITE, now)
        user = session.get(User, link.user_id) if link else None
        if link is None or user is None or not user.active:
            raise AccountError(GONE)
        link.used_at = now
        user.password = hashed
        user.fs_uniquifier = secrets.token_hex(32)  # ends the sessions that were open
        _note(session, "account.accept", user, by=user.id)
    return user


def change_role(user_id: int, role: str, *, by: int | None) -> None:
    """Give a colleague another role; the last administrator keeps theirs."""
    with transaction() as session:
        user = _user(session, user_id)
        if role != "admin":
            _keep_an_admin(session, user)
        user.roles = [role_row(session, role)]
        _tie(session, user, role, user.person_id)
        _note(session, "account.role", user, by=by, role=role)


def set_active(user_id: int, active: bool, *, by: int | None) -> None:
    """Close or reopen an account. A closed one is signed out at once."""
    with transaction() as session:
        user = _user(session, user_id)
        if not active:
            if user.id == by:
                raise AccountError("Vous ne pouvez pas désactiver votre propre compte.")
            _keep_an_admin(session, user)
            user.fs_uniquifier = secrets.token_hex(32)
        user.active = active
        _note(session, "account.active" if active else "account.inactive", user, by=by)


def reset_second_factor(user_id: int, *, by: int | None) -> None:
    """Let a colleague who lost their phone sign in with the password alone."""
    with transaction() as session:
        user = _user(session, user_id)
        user.tf_primary_method = user.tf_totp_secret = user.mf_recovery_codes = None
        _note(session, "account.second_factor_reset", user, by=by)


def add_user(session: AnySession, *, email: str, name: str, role: str, hashed: str | None) -> User:
    """Add an account; ``hashed`` comes from :func:`hashed_password` or is chosen later."""
    email = email.strip().casefold()
    if session.scalar(sa.select(User.id).where(sa.func.lower(User.email) == email)):
        raise AccountError(f"Un compte porte déjà l’adresse {email}.")
    user = User(
        email=email,
        name=name.strip(),
        password=hashed,
        active=True,
        fs_uniquifier=secrets.token_hex(32),
    )
    user.roles = [role_row(session, role)]
    session.add(user)
    try:
        session.flush()
    except IntegrityError:  # somebody else, or a second press, was first
        raise AccountError(f"Un compte porte déjà l’adresse {email}.") from None
    return user


def role_row(session: AnySession, name: str) -> Role:
    """The row of a role of the permission table, created when it is first needed."""
    if name not in ROLES:
        raise AccountError(f"Le rôle « {name} » n’existe pas. Rôles : {', '.join(ROLES)}.")
    role = session.scalars(sa.select(Role).where(Role.name == name)).first()
    if role is None:
        insert = insert_into(session, Role.__table__).values(name=name)
        session.execute(insert.on_conflict_do_nothing())  # a second press may be first
        role = session.scalars(sa.select(Role).where(Role.name == name)).one()
    return role


def _tie(session: AnySession, user: User, role: str, person_id: int | None) -> None:
    """Tie the account of an ambassador to their card, on which everything they see hangs."""
    if role != AMBASSADOR:
        user.person_id = None
        return
    if person_id is None:
        key = Card(last_name="", email=user.email).email_key
        found = session.scalars(sa.select(Person.id).where(Person.email_key == key)).all()
        if len(found) != 1:
            raise AccountError(
                "Aucune fiche de l’annuaire, ou plusieurs, ne porte cette adresse : invitez "
                "l’ambassadeur ou l’ambassadrice depuis son dossier."
            )
        person_id = found[0]
    session.get(Person, person_id, with_for_update=True)
    other = session.scalar(
        sa.select(User.id).where(User.person_id == person_id, User.id != user.id)
    )
    if other is not None:
        raise AccountError("Cette personne a déjà un compte d’ambassadeur.")
    user.person_id = person_id


def account_of(session: AnySession, person_id: int) -> User | None:
    """The account of an ambassador."""
    return session.scalars(sa.select(User).where(User.person_id == person_id)).first()


def forget(session: AnySession, user: User) -> None:
    """Close an account and forget whose it was, in the caller's transaction.

    Its row stays, since the history says what it did. The mails of the account that wait, and
    the copies of those that left, go too.
    """
    ours = sa.or_(Message.kind.startswith("account."), Message.kind == "week")
    theirs = sa.func.lower(Message.recipient) == user.email.casefold()
    session.execute(sa.delete(Message).where(theirs, ours))
    for model in (AccountLink, CalendarFeed):
        session.execute(sa.delete(model).where(model.user_id == user.id))
    user.name, user.email = "Compte effacé", f"compte-{user.id}@efface.invalid"
    user.active, user.password, user.person_id = False, None, None
    user.tf_primary_method = user.tf_totp_secret = user.mf_recovery_codes = None
    user.fs_uniquifier = secrets.token_hex(32)  # ends the sessions that were open
    _note(session, "account.forgotten", user)


def colleagues(session: AnySession) -> list[User]:
    """Every account, active ones first, by name."""
    order = (User.active.desc(), sa.func.lower(User.name), User.email)
    statement = sa.select(User).options(sa.orm.selectinload(User.roles)).order_by(*order)
    return list(session.scalars(statement))


def hashed_password(password: str) -> str:
    """Argon2. Slow on purpose: call it before the transaction opens."""
    hashed: str = hash_password(unicodedata.normalize("NFKD", password))
    return hashed


def _send_invitation(session: AnySession, user: User, now: datetime) -> Invited:
    session.execute(
        sa.delete(AccountLink).where(AccountLink.user_id == user.id, AccountLink.used_at.is_(None))
    )
    token = _new_link(session, LinkPurpose.INVITE, user.id, now + INVITATION_LIFE)
    url = absolute_url("account.invitation", token=token)
    space = _SPACES.get(user.roles[0].name if user.roles else "", SPACE)
    mail.compose(
        session,
        template="invitation",
        to=user.email,
        subject=f"Votre accès à {space}",
        context={"name": user.name, "url": url, "days": INVITATION_LIFE.days, "space": space},
        kind="account.invitation",
    )
    return Invited(user.id, user.email, url)


def _new_link(
    session: AnySession, purpose: LinkPurpose, user_id: int | None, expires_at: datetime
) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        AccountLink(
            purpose=purpose, token_hash=_hash(token), user_id=user_id, expires_at=expires_at
        )
    )
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _user(session: AnySession, user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None:
        raise AccountError("Ce compte n’existe plus.")
    return user


def _keep_an_admin(session: AnySession, user: User) -> None:
    statement = (
        sa.select(sa.func.count())
        .select_from(User)
        .join(user_roles, user_roles.c.user_id == User.id)
        .join(Role, Role.id == user_roles.c.role_id)
        .where(Role.name == "admin", User.active, User.id != user.id)
    )
    if any(role.name == "admin" for role in user.roles) and not session.scalar(statement):
        raise AccountError(
            "C’est le dernier compte d’administration : donnez d’abord ce rôle à quelqu’un d’autre."
        )


def _note(
    session: AnySession, kind: str, user: User, *, by: int | None = None, **data: str
) -> None:
    session.add(Event(kind=kind, subject="user", subject_id=user.id, user_id=by, data=data))
