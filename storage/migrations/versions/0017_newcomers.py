"""Who came lately on a channel is found by an index: a flood of new people costs no more in a large city."""

from alembic import op

revision = "0017_newcomers"
down_revision = "0016_broadcasts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_contacts_channel_created_at", "contacts", ["channel", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_contacts_channel_created_at", "contacts")
