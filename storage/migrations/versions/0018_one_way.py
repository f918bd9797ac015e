"""Of the indexes one alone suits a question: PostgreSQL, while it knows nothing of a table, takes any that could do.

So a contact was looked for among all of its channel, and their newest messages from the newest of all. Recipients who
are due stand in the order in which they are taken, or all of them are sorted for each few.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0018_one_way"
down_revision = "0017_newcomers"
branch_labels = None
depends_on = None

RECIPIENTS = ["broadcast_id", "status", "due_at"]
NEWCOMERS, BY_REF = "ix_contacts_channel_created_at", "ix_messages_contact_id_provider_ref"


def _where(told: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(told), "postgresql_where": sa.text(told)}


def _replace(name: str, table: str, columns: list[str], told: str | None) -> None:
    op.drop_index(name, table)
    op.create_index(name, table, columns, **(_where(told) if told else {}))


def upgrade() -> None:
    op.create_index("ix_messages_contact_id_id", "messages", ["contact_id", "id"])
    op.drop_index("ix_messages_contact_id", "messages")
    _replace(BY_REF, "messages", ["contact_id", "provider_ref"], "provider_ref IS NOT NULL")
    op.create_index("ix_broadcast_recipients_due", "broadcast_recipients", [*RECIPIENTS, "id"])
    op.drop_index("ix_broadcast_recipients_broadcast_id_status_due_at", "broadcast_recipients")
    if op.get_bind().dialect.name == "postgresql":
        _replace(NEWCOMERS, "contacts", ["channel", "created_at"], "created_at IS NOT NULL")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _replace(NEWCOMERS, "contacts", ["channel", "created_at"], None)
    op.create_index(
        "ix_broadcast_recipients_broadcast_id_status_due_at", "broadcast_recipients", RECIPIENTS
    )
    op.drop_index("ix_broadcast_recipients_due", "broadcast_recipients")
    _replace(BY_REF, "messages", ["contact_id", "provider_ref"], None)
    op.create_index("ix_messages_contact_id", "messages", ["contact_id"])
    op.drop_index("ix_messages_contact_id_id", "messages")
