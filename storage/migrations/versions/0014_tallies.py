"""Kept counts: what is counted over all testimonies, by day, month and year, so that pages cost the same at any size.

Nothing is counted here: the service does so by itself, a few days at a time.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014_tallies"
down_revision = "0013"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "tallies",
        sa.Column("part", sa.String(8), nullable=False),
        sa.Column("grain", sa.String(5), nullable=False),
        sa.Column("span", sa.String(10), nullable=False),
        sa.Column("flow", sa.String(64), nullable=False),
        sa.Column("marks", NUMBER, nullable=False),
        sa.Column("counts", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("part", "grain", "span", "flow", name="pk_tallies"),
    )
    op.create_table(
        "tally_looks",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tally_looks"),
    )


def downgrade() -> None:
    op.drop_table("tally_looks")
    op.drop_table("tallies")
