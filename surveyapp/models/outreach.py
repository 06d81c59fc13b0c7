"""How a campaign reaches people: invitations, reminders, the texts of the mails."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveyapp.models.base import BigKey, Model, UtcDateTime, choice_of, random_key
from surveyapp.models.people import Person


class Invitation(Model):
    """A personal link of one person to one campaign.

    The database knows the SHA-256 of its token, not the token. Days, never hours: the
    hour of a mail beside that of an answer would tell who answered.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        sa.UniqueConstraint("campaign_id", "person_id"),
        sa.Index("ix_invitation_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, default=random_key)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id"))
    person_id: Mapped[int] = mapped_column(BigKey, sa.ForeignKey("person.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    mailed_on: Mapped[date | None]
    reminders: Mapped[int] = mapped_column(default=0)
    stopped: Mapped[bool] = mapped_column(default=False)
    called_on: Mapped[date | None]
    call_note: Mapped[str] = mapped_column(sa.String(200), default="")
    person: Mapped[Person] = relationship()


class Participation(Model):
    """That an invitation was used; in an anonymous campaign not when, nor for which answer.

    The rows of an anonymous campaign are written in batches
    (:mod:`surveyapp.services.invite.batches`). They lie in the order of a random key.
    """

    __tablename__ = "participation"
    __table_args__ = (
        sa.CheckConstraint("NOT anonymous OR response_id IS NULL", name="no_link"),
        {"sqlite_with_rowid": False},
    )

    invitation_id: Mapped[int] = mapped_column(
        BigKey,
        sa.ForeignKey("invitation.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    anonymous: Mapped[bool]
    response_id: Mapped[int | None] = mapped_column(
        BigKey, sa.ForeignKey("response.id", ondelete="SET NULL"), index=True
    )


class ReminderState(StrEnum):
    PLANNED = "planned"
    STOPPED = "stopped"
    SENT = "sent"
    MISSED = "missed"  # its time passed while nothing could be sent


class Reminder(Model):
    """One wave of reminders. ``rule`` is « J+7 » (days after the invitations) or « C-3 »
    (days before the closing); ``due_at`` is what it comes to."""

    __tablename__ = "reminder"
    __table_args__ = (sa.Index("ix_reminder_due", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id"), index=True)
    rule: Mapped[str] = mapped_column(sa.String(10))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[ReminderState] = mapped_column(
        choice_of(ReminderState), default=ReminderState.PLANNED
    )
    recipients: Mapped[int | None]
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MailTemplate(Model):
    """A mail text that the coordinatrice changed. ``scope`` is ``all`` or ``campaign:ID``.

    No row: the text that comes with the program is used.
    """

    __tablename__ = "mail_template"

    scope: Mapped[str] = mapped_column(sa.String(30), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(30), primary_key=True)
    language: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(300))
    body: Mapped[str] = mapped_column(sa.Text)
