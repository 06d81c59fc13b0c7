"""Add the directory, invitations, reminders and mail texts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def one_of(*values: str, name: str) -> sa.Enum:
    """A text column with a CHECK on its values."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def upgrade() -> None:
    _create_directory()
    _create_outreach()


def _create_directory() -> None:
    op.create_table(
        "person",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("last_name", sa.String(length=120), nullable=False),
        sa.Column("first_name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("profession", sa.String(length=40), nullable=False),
        sa.Column("rpps", sa.String(length=11), nullable=False),
        sa.Column("commune", sa.String(length=120), nullable=False),
        sa.Column("member_until", sa.Date(), nullable=True),
        sa.Column("tags", JSON, nullable=False),
        sa.Column("languages", JSON, nullable=False),
        sa.Column("contact_by", one_of("mail", "phone", name="contactby"), nullable=False),
        sa.Column("email_key", sa.String(length=320), nullable=False),
        sa.Column("sort_key", sa.String(length=250), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index("ix_person_email_key", "person", ["email_key"], unique=False)
    op.create_index("ix_person_sort_key", "person", ["sort_key"], unique=False)
    op.create_table(
        "directory_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", one_of("import", "merge", name="changekind"), nullable=False),
        sa.Column(
            "state", one_of("preview", "applied", "undone", name="changestate"), nullable=False
        ),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("mapping", JSON, nullable=False),
        sa.Column("rows", JSON, nullable=False),
        sa.Column("changes", JSON, nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["user_account.id"],
            name=op.f("fk_directory_change_author_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_change")),
    )
    op.create_table(
        "mail_address",
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("unsubscribed_on", sa.Date(), nullable=True),
        sa.Column("refused_on", sa.Date(), nullable=True),
        sa.Column("refusal", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_mail_address")),
    )


def _create_outreach() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("person_id", BIG_KEY, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("mailed_on", sa.Date(), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("called_on", sa.Date(), nullable=True),
        sa.Column("call_note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_invitation_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_invitation_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint(
            "campaign_id", "person_id", name=op.f("uq_invitation_campaign_id_person_id")
        ),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index("ix_invitation_person_id", "invitation", ["person_id"], unique=False)
    op.create_table(
        "participation",
        sa.Column("invitation_id", BIG_KEY, autoincrement=False, nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("response_id", BIG_KEY, nullable=True),
        sa.CheckConstraint(
            "NOT anonymous OR response_id IS NULL", name=op.f("ck_participation_no_link")
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitation.id"],
            name=op.f("fk_participation_invitation_id_invitation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["response.id"],
            name=op.f("fk_participation_response_id_response"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("invitation_id", name=op.f("pk_participation")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_participation_response_id"), "participation", ["response_id"], unique=False
    )
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=10), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column(
            "state",
            one_of("planned", "stopped", "sent", "missed", name="reminderstate"),
            nullable=False,
        ),
        sa.Column("recipients", sa.Integer(), nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_reminder_campaign_id_campaign")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
    )
    op.create_index("ix_reminder_due", "reminder", ["state", "due_at"], unique=False)
    op.create_index(op.f("ix_reminder_campaign_id"), "reminder", ["campaign_id"], unique=False)
    op.create_table(
        "mail_template",
        sa.Column("scope", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "kind", "language", name=op.f("pk_mail_template")),
    )


def downgrade() -> None:
    for table in (
        "mail_template",
        "reminder",
        "participation",
        "invitation",
        "mail_address",
        "directory_change",
        "person",
    ):
        op.drop_table(table)
