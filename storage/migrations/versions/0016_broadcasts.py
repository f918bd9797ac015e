"""Broadcasts, and who gets them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016_broadcasts"
down_revision = "0015_rates"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
ROWS = "broadcast_recipients"
INDEXES = (
    (f"ix_{ROWS}_broadcast_id_status_due_at", ["broadcast_id", "status", "due_at"]),
    (f"ix_{ROWS}_listed", ["broadcast_id", "status", "id"]),
    (f"ix_{ROWS}_contact_id", ["contact_id"]),
    (f"ix_{ROWS}_message_id", ["message_id"]),
)


def upgrade() -> None:
    op.create_table("broadcasts", *_broadcast())
    op.create_table(ROWS, *_recipient())
    for name, columns in INDEXES:
        op.create_index(name, ROWS, columns)


def _some(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _to(table: str, name: str, other: str) -> sa.Constraint:
    return sa.ForeignKeyConstraint([name], [f"{other}.id"], name=f"fk_{table}_{name}")


def _broadcast() -> list[Any]:
    return [
        _some("id", BIG),
        _some("name", sa.String(160)),
        _some("purpose", sa.String(16)),
        sa.Column("flow", sa.String(64)),
        _some("sender", sa.String(160)),
        _some("texts", sa.LargeBinary()),
        _some("wanted", sa.JSON()),
        sa.Column("price", sa.String(16)),
        _some("status", sa.String(16)),
        sa.Column("why", sa.String(32)),
        sa.Column("starts_at", AT),
        _some("reached", sa.BigInteger()),
        sa.Column("gathered_at", AT),
        _some("token", sa.String(64)),
        sa.Column("made_by", BIG),
        _some("made_at", AT),
        sa.Column("ended_at", AT),
        sa.PrimaryKeyConstraint("id", name="pk_broadcasts"),
        sa.UniqueConstraint("token", name="uq_broadcasts_token"),
        _to("broadcasts", "made_by", "staff"),
    ]


def _recipient() -> list[Any]:
    return [
        _some("id", BIG),
        _some("broadcast_id", BIG),
        sa.Column("contact_id", BIG),
        sa.Column("message_id", BIG),
        _some("status", sa.String(16)),
        sa.Column("reason", sa.String(200)),
        _some("due_at", AT),
        sa.PrimaryKeyConstraint("id", name=f"pk_{ROWS}"),
        sa.UniqueConstraint(
            "broadcast_id", "contact_id", name=f"uq_{ROWS}_broadcast_id_contact_id"
        ),
        _to(ROWS, "broadcast_id", "broadcasts"),
        _to(ROWS, "contact_id", "contacts"),
        _to(ROWS, "message_id", "messages"),
    ]


def downgrade() -> None:
    for name, _columns in reversed(INDEXES):
        op.drop_index(name, ROWS)
    op.drop_table(ROWS)
    op.drop_table("broadcasts")
