"""Indicators of the whole programme (dispositif), as data with their history."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveyapp.models.base import Json, Model, UtcDateTime, now


class ProgrammeIndicator(Model):
    """What the programme is measured by.

    ``code`` names the way it is computed (:mod:`surveyapp.core.programme`). ``commitment`` is
    what was promised, ``ambition`` what one hopes for, both compared by ``comparison``; empty
    for an indicator that only informs. One that was abandoned stays, with ``abandoned_on``.
    """

    __tablename__ = "programme_indicator"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    label: Mapped[str] = mapped_column(sa.String(300))
    comparison: Mapped[str] = mapped_column(sa.String(20), default="")
    commitment: Mapped[float | None]
    ambition: Mapped[float | None]
    unit: Mapped[str] = mapped_column(sa.String(40), default="")
    position: Mapped[int] = mapped_column(default=0)
    abandoned_on: Mapped[date | None]
    changes: Mapped[list[ProgrammeChange]] = relationship(
        back_populates="indicator", order_by="ProgrammeChange.id"
    )


class ProgrammeChange(Model):
    """One change of an indicator of the programme: from what to what, when, by whom, why."""

    __tablename__ = "programme_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(sa.ForeignKey("programme_indicator.id"), index=True)
    on: Mapped[date]
    before: Mapped[dict[str, Any]] = mapped_column(Json)
    after: Mapped[dict[str, Any]] = mapped_column(Json)
    reason: Mapped[str] = mapped_column(sa.Text)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    indicator: Mapped[ProgrammeIndicator] = relationship(back_populates="changes")
