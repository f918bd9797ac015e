"""How people came to an interview, and what is counted on one page is found in indexes alone."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COUNTED = ["flow", "started_at", "status", "channel", "language", "source", "completed_at"]
NOT_ARRIVED = "status IN ('undelivered', 'failed')"


def upgrade() -> None:
    with op.batch_alter_table("interviews") as batch:
        batch.add_column(sa.Column("source", sa.String(40)))
    op.execute("UPDATE interviews SET source = 'web' WHERE channel = 'web' AND status <> 'erased'")
    op.create_index("ix_interviews_glance", "interviews", COUNTED)
    op.create_index(
        "ix_messages_not_arrived",
        "messages",
        ["at"],
        sqlite_where=sa.text(NOT_ARRIVED),
        postgresql_where=sa.text(NOT_ARRIVED),
    )


def downgrade() -> None:
    op.drop_index("ix_messages_not_arrived", "messages")
    op.drop_index("ix_interviews_glance", "interviews")
    with op.batch_alter_table("interviews") as batch:
        batch.drop_column("source")
