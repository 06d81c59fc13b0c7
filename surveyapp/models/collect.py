"""Questionnaires, campaigns and what people sent."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveyapp.core.definition import Mode
from surveyapp.models.base import BigKey, Json, Model, UtcDateTime, choice_of, now, random_key


class Form(Model):
    """A questionnaire; its content lives in its versions."""

    __tablename__ = "form"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80), unique=True)
    title: Mapped[str] = mapped_column(sa.String(300))
    versions: Mapped[list[FormVersion]] = relationship(
        back_populates="form", order_by="FormVersion.number"
    )


class FormVersion(Model):
    """A frozen questionnaire: ``document`` never changes and ``sha256`` proves it."""

    __tablename__ = "form_version"
    __table_args__ = (sa.UniqueConstraint("form_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(sa.ForeignKey("form.id"))
    number: Mapped[int]
    label: Mapped[str] = mapped_column(sa.String(40))
    mode: Mapped[Mode] = mapped_column(choice_of(Mode))
    k: Mapped[int]
    # Read once per process (services.publish.definition_of), not with every row.
    document: Mapped[dict[str, Any]] = mapped_column(Json, deferred=True)
    sha256: Mapped[str] = mapped_column(sa.String(64), unique=True)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    form: Mapped[Form] = relationship(back_populates="versions")


class CampaignState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    ARCHIVED = "archived"


class Access(StrEnum):
    """By which door people come in."""

    LINK = "link"  # whoever has the public address
    INVITED = "invited"  # personal links only
    BOTH = "both"


class Visibility(StrEnum):
    """Who may see the results."""

    TEAM = "team"  # everybody who may read results
    COORDINATION = "coordination"  # not the role « lecture »


class Campaign(Model):
    """One collection of one form version.

    ``audience`` is how many people were invited, as far as the coordinatrice knows.
    ``previous_id`` is the wave before this one: the same questionnaire, asked again.
    ``messages`` are her own words, plain text: ``intro``, ``thanks``, ``closed``.
    ``redirect_url`` is where the thank-you page leads, empty for nowhere.
    An ``internal`` one takes the forms that stages of dossiers ask for; no list shows it.
    ``epoch`` grows whenever a submitted answer is edited or deleted, so that whoever caches
    the answers knows that adding the new ones is not enough.
    """

    __tablename__ = "campaign"
    __table_args__ = (
        sa.CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    title: Mapped[str] = mapped_column(sa.String(300))
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("form_version.id"), index=True)
    state: Mapped[CampaignState] = mapped_column(
        choice_of(CampaignState), default=CampaignState.DRAFT
    )
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    capacity: Mapped[int | None]
    audience: Mapped[int | None]
    listed: Mapped[bool] = mapped_column(default=True)
    internal: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    access: Mapped[Access] = mapped_column(choice_of(Access), default=Access.LINK)
    visibility: Mapped[Visibility] = mapped_column(choice_of(Visibility), default=Visibility.TEAM)
    language: Mapped[str] = mapped_column(sa.String(8), default="fr")
    messages: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    redirect_url: Mapped[str] = mapped_column(sa.String(500), default="")
    previous_id: Mapped[int | None] = mapped_column(sa.ForeignKey("campaign.id"))
    epoch: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    version: Mapped[FormVersion] = relationship()


class ResponseStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"


class Response(Model):
    """What somebody sent, as one JSON document.

    The row of an anonymous answer holds nothing that tells who or at what time: a random
    key, the day, the answers. The database itself refuses more. ``token_hash`` is the
    SHA-256 of the token that only the respondent holds. ``title_key`` and ``search`` are the
    folded name and words of an identified answer, for lists (:mod:`surveyapp.core.title`).
    """

    __tablename__ = "response"
    __table_args__ = (
        sa.CheckConstraint(
            "NOT anonymous OR (submitted_at IS NULL AND reference IS NULL)", name="no_instant"
        ),
        sa.CheckConstraint(
            "NOT anonymous OR status = 'draft' OR token_hash IS NULL", name="no_token"
        ),
        sa.CheckConstraint("status = 'draft' OR submitted_on IS NOT NULL", name="has_day"),
        sa.CheckConstraint("NOT anonymous OR (title_key = '' AND search = '')", name="no_identity"),
        sa.Index("ix_response_campaign_status", "campaign_id", "status", "submitted_on"),
        sa.Index("ix_response_title", "campaign_id", "status", "title_key"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, default=random_key)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id"))
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("form_version.id"))
    anonymous: Mapped[bool]
    status: Mapped[ResponseStatus] = mapped_column(choice_of(ResponseStatus))
    document: Mapped[dict[str, Any]] = mapped_column(Json)
    page: Mapped[str | None] = mapped_column(sa.String(80))
    token_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    reference: Mapped[str | None] = mapped_column(sa.String(20), unique=True)
    saved_on: Mapped[date]
    submitted_on: Mapped[date | None]
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    title_key: Mapped[str] = mapped_column(sa.String(200), default="")
    search: Mapped[str] = mapped_column(sa.Text, default="")


class SpentToken(Model):
    """Draft tokens already used, so that a form sent twice counts once.

    No link to the answer and no time; the key order of the table is that of a hash.
    """

    __tablename__ = "spent_token"
    __table_args__ = {"sqlite_with_rowid": False}

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id"))


class VerbatimState(StrEnum):
    KEPT = "kept"
    HIDDEN = "hidden"


class Verbatim(Model):
    """The coordinatrice's decision on one open answer. No row: not reviewed yet.

    ``text`` replaces the answer where she masked a name.
    """

    __tablename__ = "verbatim"
    __table_args__ = (sa.UniqueConstraint("response_id", "question"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, default=random_key)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id"), index=True)
    response_id: Mapped[int] = mapped_column(
        BigKey, sa.ForeignKey("response.id", ondelete="CASCADE")
    )
    question: Mapped[str] = mapped_column(sa.String(40))
    state: Mapped[VerbatimState] = mapped_column(choice_of(VerbatimState))
    text: Mapped[str | None] = mapped_column(sa.Text)


class ResultStep(Model):
    """Which answers joined the published results of an anonymous campaign, and when.

    Results move only from step to step, so that the difference of two states never shows
    the answers of fewer than ``k`` people (see :mod:`surveyapp.core.disclosure`).
    ``members`` are the ids of the answers that joined, ``k`` at least, ascending, eight
    bytes each: random ids, so their order says nothing of who came first. A ``final`` step
    was made after the close.
    """

    __tablename__ = "result_step"

    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    final: Mapped[bool]
    members: Mapped[bytes] = mapped_column(sa.LargeBinary)
