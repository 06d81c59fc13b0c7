"""The directory: members and contacts of the CPTS, and what was done to it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from surveyapp.models.base import BigKey, Json, Model, UtcDateTime, choice_of, now, random_key


class ContactBy(StrEnum):
    """How somebody prefers to be reached."""

    MAIL = "mail"
    PHONE = "phone"


class Person(Model):
    """A member or a contact.

    ``profession`` is a code of TRE_G15 (ANS) or of forms/lists. ``member_until`` is the last
    day for which the subscription is paid; ``None`` for somebody who never paid one.
    ``email_key`` is the folded address and ``sort_key`` the folded « name first-name », both
    to find duplicates; ``search`` the folded words of the whole card. ``dossier_only``: the card
    exists because of a dossier, is in no list of the directory and goes away with it.
    """

    __tablename__ = "person"
    __table_args__ = (
        sa.Index("ix_person_sort_key", "sort_key"),
        sa.Index("ix_person_email_key", "email_key"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, default=random_key)
    last_name: Mapped[str] = mapped_column(sa.String(120))
    first_name: Mapped[str] = mapped_column(sa.String(120), default="")
    email: Mapped[str] = mapped_column(sa.String(320), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    profession: Mapped[str] = mapped_column(sa.String(40), default="")
    rpps: Mapped[str] = mapped_column(sa.String(11), default="")
    commune: Mapped[str] = mapped_column(sa.String(120), default="")
    member_until: Mapped[date | None]
    tags: Mapped[list[str]] = mapped_column(Json, default=list)
    languages: Mapped[list[str]] = mapped_column(Json, default=list)
    contact_by: Mapped[ContactBy] = mapped_column(choice_of(ContactBy), default=ContactBy.MAIL)
    dossier_only: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    email_key: Mapped[str] = mapped_column(sa.String(320), default="")
    sort_key: Mapped[str] = mapped_column(sa.String(250), default="")
    search: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class ChangeKind(StrEnum):
    IMPORT = "import"
    MERGE = "merge"


class ChangeState(StrEnum):
    PREVIEW = "preview"  # read, shown, nothing written yet
    APPLIED = "applied"
    UNDONE = "undone"


class DirectoryChange(Model):
    """An import or a merge: what it would do, what it did, and how to undo it.

    ``rows`` are the cells of the file while it is a preview, as a list of lists of text;
    ``mapping`` says which column is which field. ``changes`` are
    ``{"id", "before", "after"}`` of every card touched, ``None`` for « did not exist ».
    """

    __tablename__ = "directory_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ChangeKind] = mapped_column(choice_of(ChangeKind))
    state: Mapped[ChangeState] = mapped_column(choice_of(ChangeState), default=ChangeState.PREVIEW)
    filename: Mapped[str] = mapped_column(sa.String(200), default="")
    mapping: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    rows: Mapped[list[Any]] = mapped_column(Json, default=list)
    changes: Mapped[list[Any]] = mapped_column(Json, default=list)
    counts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class MailAddress(Model):
    """What an address has told us: no more solicitations, or mail that does not arrive.

    The address itself is not kept, only the SHA-256 of its folded form: the refusal outlives
    the card of the person, and a new import does not undo it.
    """

    __tablename__ = "mail_address"

    address_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    unsubscribed_on: Mapped[date | None]
    refused_on: Mapped[date | None]
    refusal: Mapped[str] = mapped_column(sa.String(300), default="")
