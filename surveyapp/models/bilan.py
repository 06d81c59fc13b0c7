"""Funded actions, their objectives and indicators, and the bilans issued for them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveyapp.core.indicator import IndicatorKind
from surveyapp.models.base import BigKey, Json, Model, UtcDateTime, choice_of, now


class Action(Model):
    """What the ARS paid for and wants a bilan of.

    ``content`` holds the values of the fields of ``reports/bilan_action/fields.yaml`` that are
    not columns here: narrative, ticks, tables (partners, team, calendar, budget…).
    ``revision`` grows at each save; ``page_revisions`` holds, per page of the entry form, the
    revision of its last save (optimistic locking: two pages saved at once do not conflict).
    """

    __tablename__ = "action"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    title: Mapped[str] = mapped_column(sa.String(300))
    period_start: Mapped[date | None]
    period_end: Mapped[date | None]
    grant_cents: Mapped[int | None] = mapped_column(sa.BigInteger)
    convention: Mapped[str] = mapped_column(sa.String(200), default="")
    content: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    revision: Mapped[int] = mapped_column(default=0)
    page_revisions: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    objectives: Mapped[list[Objective]] = relationship(
        back_populates="action", order_by="Objective.position", cascade="all, delete-orphan"
    )


class Objective(Model):
    __tablename__ = "objective"

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(sa.ForeignKey("action.id", ondelete="CASCADE"))
    position: Mapped[int]
    label: Mapped[str] = mapped_column(sa.Text)
    action: Mapped[Action] = relationship(back_populates="objectives")
    indicators: Mapped[list[Indicator]] = relationship(
        back_populates="objective", order_by="Indicator.position", cascade="all, delete-orphan"
    )


class Indicator(Model):
    """One line of §2.6: what was expected, what was obtained.

    ``source`` says where an automatic value comes from (campaign, question, measure,
    filter); ``computed`` keeps the last value with its provenance (what, filter, N, date).
    ``typed`` is what the coordinatrice wrote instead, kept beside the computed one.
    """

    __tablename__ = "indicator"

    id: Mapped[int] = mapped_column(primary_key=True)
    objective_id: Mapped[int] = mapped_column(sa.ForeignKey("objective.id", ondelete="CASCADE"))
    kind: Mapped[IndicatorKind] = mapped_column(choice_of(IndicatorKind))
    position: Mapped[int]
    label: Mapped[str] = mapped_column(sa.Text)
    expected: Mapped[str] = mapped_column(sa.Text, default="")
    target: Mapped[dict[str, Any] | None] = mapped_column(Json)
    source: Mapped[dict[str, Any] | None] = mapped_column(Json)
    computed: Mapped[dict[str, Any] | None] = mapped_column(Json)
    typed: Mapped[str | None] = mapped_column(sa.Text)
    comment: Mapped[str] = mapped_column(sa.Text, default="")
    objective: Mapped[Objective] = relationship(back_populates="indicators")


class Bilan(Model):
    """A bilan as it was issued: the values and the template of that day.

    ``document_id`` is its Word file; ``pdf_id`` its PDF, once somebody has asked for it.
    """

    __tablename__ = "bilan"
    __table_args__ = (sa.UniqueConstraint("action_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(sa.ForeignKey("action.id"))
    number: Mapped[int]
    snapshot: Mapped[dict[str, Any]] = mapped_column(Json)
    template_sha256: Mapped[str] = mapped_column(sa.String(64))
    document_id: Mapped[int | None] = mapped_column(
        BigKey, sa.ForeignKey("document.id", ondelete="SET NULL")
    )
    pdf_id: Mapped[int | None] = mapped_column(
        BigKey, sa.ForeignKey("document.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
