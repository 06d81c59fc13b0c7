"""People who sign in, and the structure they work for."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from flask_security import AsaList, RoleMixin, UserMixin
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveyapp.models.base import BigKey, Model, UtcDateTime, choice_of, now

user_roles = sa.Table(
    "user_roles",
    Model.metadata,
    sa.Column("user_id", sa.ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("role_id", sa.ForeignKey("role.id", ondelete="CASCADE"), primary_key=True),
)


class Role(Model, RoleMixin):
    """One of :data:`surveyapp.permissions.ROLES`."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40), unique=True)
    description: Mapped[str] = mapped_column(sa.String(200), default="")
    permissions: Mapped[list[str] | None] = mapped_column(
        MutableList.as_mutable(AsaList()), nullable=True
    )


class User(Model, UserMixin):
    """An account. No address or time of the last visit is kept.

    ``person_id`` is the card of an ambassador: what they see hangs on it.
    """

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(320), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120), default="")
    password: Mapped[str | None] = mapped_column(sa.String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(sa.String(64), unique=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    create_datetime: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    tf_primary_method: Mapped[str | None] = mapped_column(sa.String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(sa.String(255))
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(
        MutableList.as_mutable(AsaList()), nullable=True
    )
    person_id: Mapped[int | None] = mapped_column(
        BigKey, sa.ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    roles: Mapped[list[Role]] = relationship(secondary=user_roles)  # type: ignore[assignment]


class LinkPurpose(StrEnum):
    FIRST = "first"  # creates the first account of an empty installation
    INVITE = "invite"  # lets an invited colleague choose a password


class AccountLink(Model):
    """A link that works once. Only the SHA-256 of its token is kept."""

    __tablename__ = "account_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[LinkPurpose] = mapped_column(choice_of(LinkPurpose))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Structure(Model):
    """The CPTS itself, one row: what letters, notices and the bilan say of it.

    ``territory`` is one of :class:`surveyapp.core.journey.calendar.Territory`, none for the
    one of its time zone: public holidays hang on it. ``hour_cents`` and ``kilometre_mills`` are
    what the CPTS pays its ambassadors for an hour, in cents of a euro, and for a kilometre, in
    thousandths. ``membership_url`` is where one joins the CPTS.
    """

    __tablename__ = "structure"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name: Mapped[str] = mapped_column(sa.String(200), default="")
    address: Mapped[str] = mapped_column(sa.Text, default="")
    email: Mapped[str] = mapped_column(sa.String(320), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    referent: Mapped[str] = mapped_column(sa.String(200), default="")
    dpo_email: Mapped[str] = mapped_column(sa.String(320), default="")
    timezone: Mapped[str] = mapped_column(sa.String(60), default="Europe/Paris")
    color: Mapped[str] = mapped_column(sa.String(7), default="#1d5c63")
    territory: Mapped[str | None] = mapped_column(sa.String(40))
    hour_cents: Mapped[int | None]
    kilometre_mills: Mapped[int | None]
    membership_url: Mapped[str | None] = mapped_column(sa.String(500))
