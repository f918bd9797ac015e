"""What a trusted conversation needs: who wants no messages, files, codes for another phone, times that come due."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
FOREIGN = [
    ("interviews", "held_by", "staff"),
    ("messages", "staff_id", "staff"),
    ("outbox", "attachment_id", "attachments"),
]

TOMBSTONE = (
    "channel",
    "address_digest",
    "pseudonym",
    "menu",
    "created_at",
    "stop_reason",
    "stopped_at",
)


def _columns() -> dict[str, list[sa.Column[Any]]]:
    return {
        "contacts": [sa.Column("timezone", sa.String(40))],
        "interviews": [
            sa.Column("due_at", AT),
            sa.Column("reminded", sa.Integer(), nullable=False, server_default="0"),
            sa.Column("held_by", BIG),
            sa.Column("cared", sa.JSON()),
        ],
        "answers": [sa.Column("veiled", sa.Boolean(), nullable=False, server_default=sa.false())],
        "messages": [
            sa.Column("heard", sa.String(16)),
            sa.Column("slot", sa.String(80)),
            sa.Column("album", sa.String(64)),
            sa.Column("staff_id", BIG),
        ],
        "outbox": [sa.Column("attachment_id", BIG), sa.Column("target", sa.String(120))],
    }


def upgrade() -> None:
    _make_suppressions()
    _make_receipts()
    _make_attachments()
    _move_opt_outs()
    for table, columns in _columns().items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.add_column(column)
            for owner, column_name, other in FOREIGN:
                if owner == table:
                    name = f"fk_{table}_{column_name}"
                    batch.create_foreign_key(name, other, [column_name], ["id"])
    op.create_index("ix_outbox_attachment_id", "outbox", ["attachment_id"])
    due = sa.text("due_at IS NOT NULL")
    op.create_index(
        "ix_interviews_due", "interviews", ["due_at"], sqlite_where=due, postgresql_where=due
    )
    op.execute(  # each is looked at once, and then when something is due
        "UPDATE interviews SET due_at = moved_at WHERE status IN ('waiting', 'paused')"
    )
    told = sa.text("album IS NOT NULL")
    op.create_index(
        "ix_messages_album",
        "messages",
        ["contact_id", "album"],
        sqlite_where=told,
        postgresql_where=told,
    )


def _make_suppressions() -> None:
    op.create_table(
        "suppressions",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_suppressions"),
    )


def _move_opt_outs() -> None:
    """Who opted out is known by the list alone; of an erased contact nothing else has to stay."""
    op.execute("""
        INSERT INTO suppressions (digest, reason, at)
        SELECT address_digest, MIN(COALESCE(stop_reason, 'stop')), MIN(stopped_at) FROM contacts
        WHERE stopped_at IS NOT NULL AND address_digest IS NOT NULL GROUP BY address_digest
    """)
    op.execute("UPDATE contacts SET address_digest = NULL WHERE address IS NULL")
    with op.batch_alter_table("contacts") as batch:
        batch.drop_column("stopped_at")
        batch.drop_column("stop_reason")


def _move_opt_outs_back() -> None:
    """Who has no contact any more gets a tombstone, as erased contacts who opted out had one.

    So has, for want of the keys, a number known by WhatsApp alone: the list has its bare form.
    """
    with op.batch_alter_table("contacts") as batch:
        batch.add_column(sa.Column("stopped_at", AT))
        batch.add_column(sa.Column("stop_reason", sa.String(32)))
    op.execute("""
        UPDATE contacts SET stopped_at = s.at, stop_reason = s.reason FROM suppressions AS s
        WHERE s.digest = contacts.address_digest AND s.reason <> 'unreachable'
    """)
    contacts = sa.table("contacts", *map(sa.column, TOMBSTONE))
    left = sa.text("""
        SELECT digest, reason, at FROM suppressions
        WHERE reason <> 'unreachable' AND digest NOT IN
            (SELECT address_digest FROM contacts WHERE address_digest IS NOT NULL)
    """)
    for digest, reason, at in op.get_bind().execute(left).all():
        name = f"R-{bytes(digest).hex()[:14]}"
        row = ("sms", digest, name, "", at, reason, at)
        op.execute(contacts.insert().values(dict(zip(TOMBSTONE, row, strict=True))))


def _make_receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("interview_id", BIG, nullable=False),
        sa.Column("issued_at", AT, nullable=False),
        sa.Column("used_at", AT),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name="fk_receipts_interview_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_receipts"),
        sa.UniqueConstraint("digest", name="uq_receipts_digest"),
    )
    op.create_index("ix_receipts_interview_id", "receipts", ["interview_id"])


def _make_attachments() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", BIG, nullable=False),
        sa.Column("message_id", BIG, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("content_type", sa.String(80)),
        sa.Column("size", sa.BigInteger()),
        sa.Column("seconds", sa.Integer()),
        sa.Column("sha256", sa.String(64)),
        sa.Column("key", sa.LargeBinary()),
        sa.Column("original", sa.String(80)),
        sa.Column("cleaned", sa.String(80)),
        sa.Column("cleaned_type", sa.String(80)),
        sa.Column("error", sa.String(200)),
        sa.Column("at", AT, nullable=False),
        sa.Column("kept_at", AT),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_attachments_message_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attachments"),
        sa.UniqueConstraint("message_id", "place", name="uq_attachments_message_id_place"),
    )


def downgrade() -> None:
    _move_opt_outs_back()
    op.drop_index("ix_outbox_attachment_id", "outbox")
    op.drop_index("ix_messages_album", "messages")
    op.drop_index("ix_interviews_due", "interviews")
    for table, columns in _columns().items():
        with op.batch_alter_table(table) as batch:
            for owner, column_name, _ in FOREIGN:
                if owner == table:
                    batch.drop_constraint(f"fk_{table}_{column_name}", type_="foreignkey")
            for column in columns:
                batch.drop_column(column.name)
    op.drop_table("attachments")
    op.drop_index("ix_receipts_interview_id", "receipts")
    op.drop_table("receipts")
    op.drop_table("suppressions")
