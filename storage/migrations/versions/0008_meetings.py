"""Consultation meetings with codes and totals; testimonies that staff write down, and sheets half typed."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
INDEXES = (
    ("meetings", "flow"),
    ("sittings", "staff_id"),
    ("sheet_drafts", "saved_at"),
    ("interviews", "meeting_id"),
)


def upgrade() -> None:
    op.create_table("meetings", *_meeting())
    op.create_table(
        "meeting_groups",
        _some("id", BIG),
        _some("meeting_id", BIG),
        _some("name", sa.String(80)),
        _some("total", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_meeting_groups"),
        _foreign("meeting_groups", "meeting_id", "meetings"),
        sa.UniqueConstraint("meeting_id", "name", name="uq_meeting_groups_meeting_id_name"),
    )
    op.create_table("sittings", *_sitting())
    op.create_table("sheet_drafts", *_draft())
    with op.batch_alter_table("interviews") as batch:
        batch.add_column(sa.Column("meeting_id", BIG))
        batch.create_foreign_key("fk_interviews_meeting_id", "meetings", ["meeting_id"], ["id"])
    for table, column in INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])


def _some(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _foreign(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}")


def _meeting() -> list[Any]:
    return [
        _some("id", BIG),
        _some("code", sa.String(8)),
        _some("flow", sa.String(64)),
        _some("title", sa.String(160)),
        _some("place", sa.String(200)),
        _some("host", sa.String(160)),
        _some("starts_at", AT),
        _some("ends_at", AT),
        _some("timezone", sa.String(40)),
        _some("languages", sa.JSON()),
        _some("access", sa.Text()),
        sa.Column("headcount", sa.Integer()),
        _some("days", sa.Integer()),
        _some("opens_at", AT),
        _some("closes_at", AT),
        sa.Column("made_by", BIG),
        _some("made_at", AT),
        sa.PrimaryKeyConstraint("id", name="pk_meetings"),
        sa.UniqueConstraint("code", name="uq_meetings_code"),
        _foreign("meetings", "made_by", "staff"),
    ]


def _sitting() -> list[Any]:
    return [
        _some("interview_id", BIG),
        _some("staff_id", BIG),
        sa.Column("said_by", sa.String(16)),
        _some("token", sa.String(64)),
        _some("at", AT),
        sa.PrimaryKeyConstraint("interview_id", name="pk_sittings"),
        sa.UniqueConstraint("token", name="uq_sittings_token"),
        _foreign("sittings", "interview_id", "interviews"),
        _foreign("sittings", "staff_id", "staff"),
    ]


def _draft() -> list[Any]:
    return [
        _some("id", BIG),
        _some("meeting_id", BIG),
        _some("staff_id", BIG),
        _some("body", sa.LargeBinary()),
        _some("saved_at", AT),
        sa.PrimaryKeyConstraint("id", name="pk_sheet_drafts"),
        _foreign("sheet_drafts", "meeting_id", "meetings"),
        _foreign("sheet_drafts", "staff_id", "staff"),
        sa.UniqueConstraint("meeting_id", "staff_id", name="uq_sheet_drafts_meeting_id_staff_id"),
    ]


def downgrade() -> None:
    for table, column in reversed(INDEXES):
        op.drop_index(f"ix_{table}_{column}", table)
    with op.batch_alter_table("interviews") as batch:
        batch.drop_constraint("fk_interviews_meeting_id", type_="foreignkey")
        batch.drop_column("meeting_id")
    for table in ("sheet_drafts", "sittings", "meeting_groups", "meetings"):
        op.drop_table(table)
