"""Over an answer's words lie translations and masks, by whom and when; the words stay as they were told."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
STAFF = ("staff_id", "lifted_by", "asked_by", "gone_by")


def upgrade() -> None:
    _make("translations", *_translations())
    _make("masks", *_masks())
    op.create_index("ix_translations_answer_id_language", "translations", ["answer_id", "language"])
    op.create_index("ix_masks_answer_id", "masks", ["answer_id"])


def _some(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _may(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind)


def _translations() -> list[sa.Column[Any]]:
    return [
        _some("answer_id", BIG),
        _some("language", sa.String(16)),
        _may("words", sa.LargeBinary()),
        _some("staff_id", BIG),
        _some("at", AT),
    ]


def _masks() -> list[sa.Column[Any]]:
    return [
        _some("answer_id", BIG),
        _some("start", sa.Integer()),
        _some("stop", sa.Integer()),
        _may("words", sa.LargeBinary()),
        _may("reason", sa.LargeBinary()),
        _some("staff_id", BIG),
        _some("at", AT),
        _may("lifted_by", BIG),
        _may("lifted_at", AT),
        _may("asked_by", BIG),
        _may("asked_at", AT),
        _may("gone_by", BIG),
        _may("gone_at", AT),
    ]


def _make(table: str, *columns: sa.Column[Any]) -> None:
    names = [column.name for column in columns]
    op.create_table(
        table,
        _some("id", BIG),
        *columns,
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["answer_id"], ["answers.id"], name=f"fk_{table}_answer_id"),
        *(
            sa.ForeignKeyConstraint([name], ["staff.id"], name=f"fk_{table}_{name}")
            for name in STAFF
            if name in names
        ),
    )


def downgrade() -> None:
    op.drop_table("masks")
    op.drop_table("translations")
