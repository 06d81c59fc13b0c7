"""Live polls: what happens in the room before it becomes ordinary answers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveyapp.core.poll import PollState
from surveyapp.models.base import Json, Model, choice_of
from surveyapp.models.collect import Campaign

__all__ = ["Poll", "PollState", "PollVote", "PollWord"]


class Poll(Model):
    """A meeting at which the questions of a campaign are put one by one.

    ``revision`` grows with every act of the presenter, so that telephones notice.
    """

    __tablename__ = "poll"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(8), unique=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id"), unique=True)
    state: Mapped[PollState] = mapped_column(choice_of(PollState), default=PollState.WAITING)
    question: Mapped[str] = mapped_column(sa.String(40), default="")
    hide_until_voted: Mapped[bool] = mapped_column(default=False)
    moderated: Mapped[bool] = mapped_column(default=False)
    results_shown: Mapped[bool] = mapped_column(default=True)
    revision: Mapped[int] = mapped_column(default=0)
    campaign: Mapped[Campaign] = relationship()


class PollVote(Model):
    """The vote of one telephone on one question; a vote sent twice is one row.

    ``voter_hash`` is the SHA-256 of the code of the poll and a random word that only the
    telephone holds; the rows lie in its order and are deleted when the poll becomes answers.
    ``value`` is a list that holds the answer alone: SQLite takes a bare JSON number for one of
    its own.
    """

    __tablename__ = "poll_vote"
    __table_args__ = {"sqlite_with_rowid": False}

    poll_id: Mapped[int] = mapped_column(
        sa.ForeignKey("poll.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    question: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    voter_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    value: Mapped[list[Any]] = mapped_column(Json)


class PollWord(Model):
    """The moderator's decision on a term (:attr:`surveyapp.core.words.Term.key`).

    It holds for everybody who gives that term, before and after; no row: not read yet.
    """

    __tablename__ = "poll_word"
    __table_args__ = {"sqlite_with_rowid": False}

    poll_id: Mapped[int] = mapped_column(
        sa.ForeignKey("poll.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    question: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    term: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    accepted: Mapped[bool]
