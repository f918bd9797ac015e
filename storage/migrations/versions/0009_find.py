"""Testimonies are found again: by tags, by marks that nobody has looked at, by saved views, and by their words."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
FOREIGN = {
    "staff_id": "staff",
    "interview_id": "interviews",
    "message_id": "messages",
    "tag_id": "tags",
}
INDEXES = (
    ("tagged", "tag_id", "interview_id"),
    ("searches", "staff_id"),
    ("searches", "at"),
    ("interviews", "channel", "id"),
    ("interviews", "language", "id"),
    ("interviews", "moved_at", "id"),
    ("interviews", "flow", "moved_at", "id"),
    ("interviews", "status", "moved_at", "id"),
)


def upgrade() -> None:
    _make("tags", ["id"], _some("id", BIG), _text("folded", 80), _text("name", 40))
    _make("tagged", ["interview_id", "tag_id"], *_some_ids("interview_id", "tag_id"), *_by())
    _make("looks", ["message_id"], *_some_ids("message_id"), *_by())
    _make("saved_views", ["id"], _some("id", BIG), *_saved_views())
    _make("searches", ["id"], _some("id", BIG), *_searches())
    for table, *columns in INDEXES:
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)


def _some(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _some_ids(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, BIG, nullable=False, autoincrement=False) for name in names]


def _text(name: str, length: int) -> sa.Column[Any]:
    return _some(name, sa.String(length))


def _by() -> list[sa.Column[Any]]:
    return [_some("staff_id", BIG), _some("at", AT)]


def _saved_views() -> list[sa.Column[Any]]:
    kept = [_some("filters", sa.JSON()), _some("saved_at", AT)]
    return [_some("staff_id", BIG), _text("name", 60), _some("shared", sa.Boolean()), *kept]


def _searches() -> list[sa.Column[Any]]:
    sealed = _some("text", sa.LargeBinary())
    return [_some("staff_id", BIG), sealed, _some("filters", sa.JSON()), _some("at", AT)]


UNIQUE = {"tags": ["folded"], "saved_views": ["staff_id", "name"]}


def _make(table: str, key: list[str], *columns: sa.Column[Any]) -> None:
    constraints: list[sa.Constraint] = [sa.PrimaryKeyConstraint(*key, name=f"pk_{table}")]
    constraints += [
        sa.ForeignKeyConstraint([one.name], [f"{FOREIGN[one.name]}.id"], f"fk_{table}_{one.name}")
        for one in columns
        if one.name in FOREIGN
    ]
    if table in UNIQUE:
        name = f"uq_{table}_{'_'.join(UNIQUE[table])}"
        constraints.append(sa.UniqueConstraint(*UNIQUE[table], name=name))
    once = {"sqlite_autoincrement": True} if key == ["id"] else {}
    op.create_table(table, *columns, *constraints, **once)


def downgrade() -> None:
    for table, *columns in reversed(INDEXES):
        op.drop_index(f"ix_{table}_{'_'.join(columns)}", table)
    for table in ("searches", "saved_views", "looks", "tagged", "tags"):
        op.drop_table(table)
