"""What a contact was shown in place of a question: which menu waits; and that a contact was erased."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MENUS = {
    "contacts": "flows",
    "interviews": "languages",
}  # the only menu that each could show before


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "erasures",
        sa.Column("id", big, nullable=False),
        sa.Column("contact_id", big, nullable=False),
        sa.Column("receipt", sa.String(length=64), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_erasures_contact_id"),
        sa.PrimaryKeyConstraint("id", name="pk_erasures"),
    )
    op.create_index("ix_erasures_contact_id", "erasures", ["contact_id"])
    op.create_table(
        "consents",
        sa.Column("id", big, nullable=False),
        sa.Column("interview_id", big, nullable=False),
        sa.Column("question", sa.String(length=72), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("given", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("text", sa.String(length=64), nullable=False),
        sa.Column("message_id", big, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name="fk_consents_interview_id"
        ),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_consents_message_id"),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
    )
    op.create_index("ix_consents_interview_id", "consents", ["interview_id"])
    for table, menu in MENUS.items():
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("menu", sa.String(16), nullable=False, server_default=""))
        rows = sa.table(table, sa.column("menu", sa.String), sa.column("choosing", sa.Boolean))
        op.execute(rows.update().where(rows.c.choosing).values(menu=menu))
        with op.batch_alter_table(table) as batch:
            batch.alter_column("menu", existing_type=sa.String(16), server_default=None)
            batch.drop_column("choosing")


def downgrade() -> None:
    op.drop_index("ix_consents_interview_id", "consents")
    op.drop_table("consents")
    op.drop_index("ix_erasures_contact_id", "erasures")
    op.drop_table("erasures")
    for table, menu in MENUS.items():
        with op.batch_alter_table(table) as batch:
            column: sa.Column[bool] = sa.Column(
                "choosing", sa.Boolean(), nullable=False, server_default=sa.false()
            )
            batch.add_column(column)
        rows = sa.table(table, sa.column("menu", sa.String), sa.column("choosing", sa.Boolean))
        op.execute(rows.update().where(rows.c.menu == menu).values(choosing=True))
        with op.batch_alter_table(table) as batch:
            batch.alter_column("choosing", existing_type=sa.Boolean(), server_default=None)
            batch.drop_column("menu")
