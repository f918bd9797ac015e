"""Lists and counts find what few testimonies have without walking over all: marks, consents, who is under way."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MARKED = sa.text("attention IS NOT NULL")
INDEXES = (
    ("ix_consents_scope_given_interview_id", "consents", ["scope", "given", "interview_id"]),
    (
        "ix_interviews_flow_status_flow_version_id",
        "interviews",
        ["flow", "status", "flow_version_id"],
    ),
)


def upgrade() -> None:
    op.drop_index("ix_messages_attention", "messages")
    _marks("ix_messages_marked", ["interview_id", "at"])
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)


def _marks(name: str, columns: list[str]) -> None:
    op.create_index(name, "messages", columns, sqlite_where=MARKED, postgresql_where=MARKED)


def downgrade() -> None:
    for name, table, _ in reversed(INDEXES):
        op.drop_index(name, table)
    op.drop_index("ix_messages_marked", "messages")
    _marks("ix_messages_attention", ["id"])
