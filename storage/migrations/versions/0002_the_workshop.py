"""Repeats (an answer for each time), drafts of flows, and who published a version."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ONCE = "uq_answers_interview_id_question"
EACH_TIME = "uq_answers_interview_id_question_instance"


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("flow", sa.String(length=64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["saved_by"], ["staff.id"], name="fk_drafts_saved_by"),
        sa.PrimaryKeyConstraint("flow", name="pk_drafts"),
    )
    with op.batch_alter_table("flow_versions") as table:
        by = sa.Column("published_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"))
        table.add_column(by)
        table.create_foreign_key("fk_flow_versions_published_by", "staff", ["published_by"], ["id"])
    with op.batch_alter_table("interviews") as table:
        table.alter_column("asked", existing_type=sa.String(64), type_=sa.String(80))
    with op.batch_alter_table("answers") as table:
        table.add_column(sa.Column("instance", sa.Integer(), nullable=False, server_default="0"))
        table.alter_column("question", existing_type=sa.String(64), type_=sa.String(72))
        table.drop_constraint(ONCE, type_="unique")
        table.create_unique_constraint(EACH_TIME, ["interview_id", "question", "instance"])


def downgrade() -> None:
    op.execute("DELETE FROM answers WHERE instance > 1")  # the old table has room for one time
    with op.batch_alter_table("answers") as table:
        table.drop_constraint(EACH_TIME, type_="unique")
        table.create_unique_constraint(ONCE, ["interview_id", "question"])
        table.alter_column("question", existing_type=sa.String(72), type_=sa.String(64))
        table.drop_column("instance")
    with op.batch_alter_table("interviews") as table:
        table.alter_column("asked", existing_type=sa.String(80), type_=sa.String(64))
    with op.batch_alter_table("flow_versions") as table:
        table.drop_constraint("fk_flow_versions_published_by", type_="foreignkey")
        table.drop_column("published_by")
    op.drop_table("drafts")
