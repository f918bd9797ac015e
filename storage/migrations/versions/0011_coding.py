"""Testimonies are coded: themes, groups of persons and assessments, by whom and when; and passages are quoted."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
INDEXES = (
    ("ix_codings_interview_id_kind", "codings", ["interview_id", "kind"]),
    ("ix_codings_kind_code", "codings", ["kind", "code", "interview_id"]),
    ("ix_codings_staff_id", "codings", ["staff_id"]),
    ("ix_quotations_answer_id", "quotations", ["answer_id"]),
    ("ix_quoted_themes_theme", "quoted_themes", ["theme", "quotation_id"]),
)


def upgrade() -> None:
    op.create_table("codings", *_codings())
    op.create_table("quotations", *_quotations())
    op.create_table("quoted_themes", *_quoted_themes())
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)
    standing = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_codings_standing",
        "codings",
        ["interview_id", "staff_id", "kind", "code"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )


def _some(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _to(table: str, name: str, other: str) -> sa.Constraint:
    return sa.ForeignKeyConstraint([name], [f"{other}.id"], name=f"fk_{table}_{name}")


def _codings() -> list[Any]:
    return [
        _some("id", BIG),
        _some("interview_id", BIG),
        sa.Column("staff_id", BIG),
        _some("kind", sa.String(12)),
        _some("code", sa.String(64)),
        sa.Column("at", AT),
        sa.Column("ended_at", AT),
        sa.PrimaryKeyConstraint("id", name="pk_codings"),
        _to("codings", "interview_id", "interviews"),
        _to("codings", "staff_id", "staff"),
    ]


def _quotations() -> list[Any]:
    return [
        _some("id", BIG),
        _some("answer_id", BIG),
        _some("start", sa.Integer()),
        _some("stop", sa.Integer()),
        _some("mark", sa.LargeBinary()),
        _some("assessment", sa.String(16)),
        _some("staff_id", BIG),
        _some("at", AT),
        sa.Column("ended_at", AT),
        sa.PrimaryKeyConstraint("id", name="pk_quotations"),
        _to("quotations", "answer_id", "answers"),
        _to("quotations", "staff_id", "staff"),
    ]


def _quoted_themes() -> list[Any]:
    return [
        _some("quotation_id", BIG),
        _some("theme", sa.String(64)),
        sa.PrimaryKeyConstraint("quotation_id", "theme", name="pk_quoted_themes"),
        _to("quoted_themes", "quotation_id", "quotations"),
    ]


def downgrade() -> None:
    for table in ("quoted_themes", "quotations", "codings"):
        op.drop_table(table)
