"""Add places of exercise, saved views, calendars and the indicators of the programme."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_places()
    _create_views()
    _create_programme()


def _create_places() -> None:
    op.create_table(
        "place",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("commune", sa.String(length=120), nullable=False),
        sa.Column("professions", JSON, nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
    )
    op.create_table(
        "place_contact",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("dossier_id", BIG_KEY, nullable=False),
        sa.Column("place_id", BIG_KEY, nullable=False),
        sa.Column("contacted_on", sa.Date(), nullable=False),
        sa.Column("channels", JSON, nullable=False),
        sa.Column("answer", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
            name=op.f("fk_place_contact_dossier_id_dossier"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["place_id"],
            ["place.id"],
            name=op.f("fk_place_contact_place_id_place"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_place_contact_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_contact")),
        sa.UniqueConstraint(
            "dossier_id", "place_id", name=op.f("uq_place_contact_dossier_id_place_id")
        ),
    )
    op.create_index("ix_place_contact_place_id", "place_contact", ["place_id"], unique=False)


def _create_views() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("journey_name", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("query", sa.String(length=2000), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["journey_name"], ["journey.name"], name=op.f("fk_saved_view_journey_name_journey")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_saved_view_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint(
            "user_id",
            "journey_name",
            "title",
            name=op.f("uq_saved_view_user_id_journey_name_title"),
        ),
    )
    op.create_index("ix_saved_view_user_id", "saved_view", ["user_id"], unique=False)
    op.create_table(
        "calendar_feed",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key_id", BIG_KEY, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_calendar_feed_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )


def _create_programme() -> None:
    op.create_table(
        "programme_indicator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("comparison", sa.String(length=20), nullable=False),
        sa.Column("commitment", sa.Double(), nullable=True),
        sa.Column("ambition", sa.Double(), nullable=True),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("abandoned_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_indicator")),
        sa.UniqueConstraint("code", name=op.f("uq_programme_indicator_code")),
    )
    op.create_table(
        "programme_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("before", JSON, nullable=False),
        sa.Column("after", JSON, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["indicator_id"],
            ["programme_indicator.id"],
            name=op.f("fk_programme_change_indicator_id_programme_indicator"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_programme_change_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_change")),
    )
    op.create_index(
        "ix_programme_change_indicator_id", "programme_change", ["indicator_id"], unique=False
    )


def downgrade() -> None:
    for table in (
        *("programme_change", "programme_indicator", "calendar_feed", "saved_view"),
        *("place_contact", "place"),
    ):
        op.drop_table(table)
