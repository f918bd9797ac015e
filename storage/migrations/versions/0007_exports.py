"""Exports are written down one by one: who, why, what of, and the file that is kept for some days."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
FOREIGN = {"staff_id": "staff", "repeats_id": "exports"}


def upgrade() -> None:
    op.create_table(
        "exports",
        sa.Column("id", BIG, nullable=False),
        sa.Column("staff_id", BIG),
        sa.Column("way", sa.String(16), nullable=False),
        sa.Column("flow", sa.String(64), nullable=False),
        sa.Column("form", sa.String(16), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("reason", sa.LargeBinary()),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("error", sa.String(200)),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("size", sa.BigInteger()),
        sa.Column("key", sa.LargeBinary()),
        sa.Column("name", sa.String(64)),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("repeats_id", BIG),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("ended_at", AT),
        sa.Column("gone_at", AT),
        sa.PrimaryKeyConstraint("id", name="pk_exports"),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_exports_{column}")
            for column, table in FOREIGN.items()
        ),
    )
    op.create_index("ix_exports_staff_id", "exports", ["staff_id"])
    kept = sa.text("name IS NOT NULL")
    op.create_index(
        "ix_exports_kept", "exports", ["flow"], sqlite_where=kept, postgresql_where=kept
    )


def downgrade() -> None:
    op.drop_index("ix_exports_kept", "exports")
    op.drop_index("ix_exports_staff_id", "exports")
    op.drop_table("exports")
