"""Add live polls and their votes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATES = sa.Enum(
    "waiting",
    "open",
    "frozen",
    "done",
    name="pollstate",
    native_enum=False,
    create_constraint=True,
    length=20,
)


def upgrade() -> None:
    op.create_table(
        "poll",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("state", STATES, nullable=False),
        sa.Column("question", sa.String(length=40), nullable=False),
        sa.Column("hide_until_voted", sa.Boolean(), nullable=False),
        sa.Column("moderated", sa.Boolean(), nullable=False),
        sa.Column("results_shown", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_poll_campaign_id_campaign")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll")),
        sa.UniqueConstraint("campaign_id", name=op.f("uq_poll_campaign_id")),
        sa.UniqueConstraint("code", name=op.f("uq_poll_code")),
    )
    op.create_table(
        "poll_vote",
        sa.Column("poll_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("question", sa.String(length=40), nullable=False),
        sa.Column("voter_hash", sa.String(length=64), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["poll.id"], name=op.f("fk_poll_vote_poll_id_poll"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("poll_id", "question", "voter_hash", name=op.f("pk_poll_vote")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "poll_word",
        sa.Column("poll_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("question", sa.String(length=40), nullable=False),
        sa.Column("term", sa.String(length=80), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["poll.id"], name=op.f("fk_poll_word_poll_id_poll"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("poll_id", "question", "term", name=op.f("pk_poll_word")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("poll_word")
    op.drop_table("poll_vote")
    op.drop_table("poll")
