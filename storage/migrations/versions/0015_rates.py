"""The outbox has queues: a lane for each channel, and ranks, so that an answer waits for no broadcast. What goes out in
a day is counted, and it is known until when somebody was here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015_rates"
down_revision = "0014_tallies"
branch_labels = None
depends_on = None

UNDONE = sa.text("done_at IS NULL")
AT = sa.DateTime(timezone=True)
RANK = (
    "CASE WHEN kind IN ('remind', 'tell') THEN 2 "
    "WHEN kind = 'export' THEN 5 "
    "WHEN kind IN ('fetch', 'discard', 'clear', 'expire', 'tidy') THEN 4 ELSE 1 END"
)
LANE = (
    "COALESCE((SELECT channel FROM messages WHERE messages.id = outbox.message_id "
    "AND channel IN ('sms', 'telegram', 'web')), '')"
)


def upgrade() -> None:
    none, answers = sa.text("''"), sa.text("1")
    op.add_column("outbox", sa.Column("lane", sa.String(16), nullable=False, server_default=none))
    op.add_column("outbox", sa.Column("rank", sa.Integer(), nullable=False, server_default=answers))
    op.execute(f"UPDATE outbox SET lane = {LANE}, rank = {RANK} WHERE done_at IS NULL")  # noqa: S608
    op.create_index(
        "ix_outbox_queue",
        "outbox",
        ["lane", "rank", "run_at", "id"],
        sqlite_where=UNDONE,
        postgresql_where=UNDONE,
    )
    op.create_table(
        "spending",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("segments", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_spending"),
    )
    op.create_table(
        "heartbeats",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_heartbeats"),
    )


def downgrade() -> None:
    op.drop_table("heartbeats")
    op.drop_table("spending")
    op.drop_index("ix_outbox_queue", "outbox")
    op.execute("UPDATE outbox SET kind = 'send' WHERE kind IN ('confirm', 'broadcast')")
    op.execute("DELETE FROM outbox WHERE kind = 'reconcile'")
    op.drop_column("outbox", "rank")
    op.drop_column("outbox", "lane")
