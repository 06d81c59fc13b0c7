"""Add journeys in use, dossiers and what hangs on them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
ACTORS = sa.Enum(
    *("person", "ambassador", "coordination", "referent", "partner", "system"),
    name="actor",
    native_enum=False,
    create_constraint=True,
    length=20,
)

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_journeys()
    _create_dossiers()
    _create_papers()
    _add_columns()


def _add_columns() -> None:
    op.add_column("campaign", _no("internal"))
    op.add_column("person", _no("dossier_only"))
    op.add_column("message", sa.Column("dossier_id", BIG_KEY, nullable=True))
    op.create_index("ix_message_dossier_id", "message", ["dossier_id"], unique=False)
    op.add_column("structure", sa.Column("territory", sa.String(length=40), nullable=True))
    op.add_column("structure", sa.Column("hour_cents", sa.Integer(), nullable=True))
    op.add_column("structure", sa.Column("kilometre_mills", sa.Integer(), nullable=True))
    op.add_column("structure", sa.Column("membership_url", sa.String(length=500), nullable=True))
    with op.batch_alter_table("user_account") as batch:
        batch.add_column(sa.Column("person_id", BIG_KEY, nullable=True))
        batch.create_foreign_key(
            "fk_user_account_person_id_person",
            "person",
            ["person_id"],
            ["id"],
            ondelete="SET NULL",
        )
    op.create_index("ix_user_account_person_id", "user_account", ["person_id"], unique=False)


def _no(name: str) -> sa.Column[bool]:
    """A column that is false in the rows that are there."""
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())


def _create_journeys() -> None:
    op.create_table(
        "journey",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_journey")),
    )
    op.create_table(
        "journey_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("journey_name", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["journey_name"], ["journey.name"], name=op.f("fk_journey_version_journey_name_journey")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"],
            ["user_account.id"],
            name=op.f("fk_journey_version_published_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey_version")),
        sa.UniqueConstraint(
            "journey_name", "number", name=op.f("uq_journey_version_journey_name_number")
        ),
    )
    op.create_table(
        "meeting_day",
        sa.Column("journey_name", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["journey_name"], ["journey.name"], name=op.f("fk_meeting_day_journey_name_journey")
        ),
        sa.PrimaryKeyConstraint("journey_name", "key", name=op.f("pk_meeting_day")),
    )


def _create_dossiers() -> None:
    op.create_table(
        "dossier",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("journey_name", sa.String(length=40), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("person_id", BIG_KEY, nullable=True),
        sa.Column("title", sa.String(length=250), nullable=False),
        sa.Column("sort_key", sa.String(length=250), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("stage_on", sa.Date(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("ambassador_id", BIG_KEY, nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("anonymised_on", sa.Date(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["ambassador_id"],
            ["person.id"],
            name=op.f("fk_dossier_ambassador_id_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["journey_name"], ["journey.name"], name=op.f("fk_dossier_journey_name_journey")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user_account.id"], name=op.f("fk_dossier_owner_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_dossier_person_id_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["journey_version.id"],
            name=op.f("fk_dossier_version_id_journey_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier")),
        sa.UniqueConstraint("reference", name=op.f("uq_dossier_reference")),
    )
    op.create_index("ix_dossier_ambassador_id", "dossier", ["ambassador_id"], unique=False)
    op.create_index(
        "ix_dossier_journey_name", "dossier", ["journey_name", "closed", "stage"], unique=False
    )
    op.create_index("ix_dossier_next_on", "dossier", ["next_on"], unique=False)
    op.create_index("ix_dossier_person_id", "dossier", ["person_id"], unique=False)
    op.create_index("ix_dossier_sort_key", "dossier", ["sort_key"], unique=False)
    op.create_index("ix_dossier_version_id", "dossier", ["version_id"], unique=False)
    op.create_table(
        "dossier_mark",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("dossier_id", BIG_KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("actor", ACTORS, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("response_id", BIG_KEY, nullable=True),
        sa.Column("answers", JSON, nullable=True),
        sa.Column("about_id", BIG_KEY, nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["about_id"],
            ["dossier_mark.id"],
            name=op.f("fk_dossier_mark_about_id_dossier_mark"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
            name=op.f("fk_dossier_mark_dossier_id_dossier"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["response.id"],
            name=op.f("fk_dossier_mark_response_id_response"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_dossier_mark_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_mark")),
        sa.UniqueConstraint(
            "dossier_id", "position", name=op.f("uq_dossier_mark_dossier_id_position")
        ),
    )
    op.create_index("ix_dossier_mark_response_id", "dossier_mark", ["response_id"], unique=False)
    op.create_table(
        "dossier_act",
        sa.Column("dossier_id", BIG_KEY, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("muted", sa.Boolean(), nullable=False),
        sa.Column("invitation_id", BIG_KEY, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
            name=op.f("fk_dossier_act_dossier_id_dossier"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitation.id"],
            name=op.f("fk_dossier_act_invitation_id_invitation"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("dossier_id", "key", name=op.f("pk_dossier_act")),
    )
    op.create_index("ix_dossier_act_invitation_id", "dossier_act", ["invitation_id"], unique=False)
    op.create_table(
        "dossier_term",
        sa.Column("dossier_id", BIG_KEY, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("mark_id", BIG_KEY, nullable=False),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("actors", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
            name=op.f("fk_dossier_term_dossier_id_dossier"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("dossier_id", "name", "mark_id", name=op.f("pk_dossier_term")),
    )
    op.create_index("ix_dossier_term_on", "dossier_term", ["on"], unique=False)


def _create_papers() -> None:
    op.create_table(
        "dossier_note",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("dossier_id", BIG_KEY, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
            name=op.f("fk_dossier_note_dossier_id_dossier"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_dossier_note_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_note")),
    )
    op.create_index("ix_dossier_note_dossier_id", "dossier_note", ["dossier_id"], unique=False)
    op.create_table(
        "dossier_file",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("dossier_id", BIG_KEY, nullable=False),
        sa.Column("document_id", BIG_KEY, nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("mark_id", BIG_KEY, nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document.id"],
            name=op.f("fk_dossier_file_document_id_document"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
            name=op.f("fk_dossier_file_dossier_id_dossier"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_dossier_file_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_file")),
    )
    op.create_index("ix_dossier_file_document_id", "dossier_file", ["document_id"], unique=False)
    op.create_index("ix_dossier_file_dossier_id", "dossier_file", ["dossier_id"], unique=False)
    op.create_table(
        "dossier_link",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("dossier_id", BIG_KEY, nullable=False),
        sa.Column("task", sa.String(length=40), nullable=False),
        sa.Column("actor", ACTORS, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("draft_hash", sa.String(length=64), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("corrects_id", BIG_KEY, nullable=True),
        sa.Column("mark_id", BIG_KEY, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_dossier_link_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
            name=op.f("fk_dossier_link_dossier_id_dossier"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["mark_id"],
            ["dossier_mark.id"],
            name=op.f("fk_dossier_link_mark_id_dossier_mark"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_dossier_link_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_link")),
        sa.UniqueConstraint("draft_hash", name=op.f("uq_dossier_link_draft_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_dossier_link_token_hash")),
    )
    op.create_index("ix_dossier_link_dossier_id", "dossier_link", ["dossier_id"], unique=False)


TABLES = (
    "dossier_link",
    "dossier_file",
    "dossier_note",
    "dossier_term",
    "dossier_act",
    "dossier_mark",
    "dossier",
    "meeting_day",
    "journey_version",
    "journey",
)


def downgrade() -> None:
    with op.batch_alter_table("user_account") as batch:
        batch.drop_constraint("fk_user_account_person_id_person", type_="foreignkey")
        batch.drop_index("ix_user_account_person_id")
        batch.drop_column("person_id")
    op.drop_column("structure", "membership_url")
    op.drop_column("structure", "kilometre_mills")
    op.drop_column("structure", "hour_cents")
    op.drop_column("structure", "territory")
    op.drop_index("ix_message_dossier_id", "message")
    op.drop_column("message", "dossier_id")
    op.drop_column("person", "dossier_only")
    op.drop_column("campaign", "internal")
    for table in TABLES:
        op.drop_table(table)
