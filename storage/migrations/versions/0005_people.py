"""Staff come in by log-ins that can be ended, by links and second factors; nobody changes the audit log."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
REFUSAL = "the audit log is never changed"
TABLES = ("log_ins", "staff_links", "recovery_codes", "unmaskings")
FOREIGN = {
    "staff_id": "staff",
    "made_by": "staff",
    "set_by": "staff",
    "decided_by": "staff",
    "interview_id": "interviews",
}


def upgrade() -> None:
    with op.batch_alter_table("staff") as batch:
        batch.add_column(sa.Column("totp", sa.LargeBinary()))
        batch.add_column(sa.Column("totp_offered", sa.LargeBinary()))
        batch.add_column(sa.Column("totp_step", sa.BigInteger()))
    _make("log_ins", *_log_ins())
    _make("staff_links", *_staff_links())
    _make("recovery_codes", _digest(), _some("staff_id", BIG), _may("used_at", AT))
    _make("unmaskings", *_unmaskings())
    _make_house_rules()
    for table, *columns in _indexes():
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)
    _close_the_audit_log()


def _some(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _may(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind)


def _digest() -> sa.Column[Any]:
    return _some("digest", sa.LargeBinary())


def _log_ins() -> list[sa.Column[Any]]:
    times = [_some(name, AT) for name in ("created_at", "seen_at", "expires_at")]
    return [_digest(), _some("staff_id", BIG), _some("half", sa.Boolean()), *times]


def _staff_links() -> list[sa.Column[Any]]:
    return [
        _digest(),
        _some("email", sa.String(254)),
        _may("role", sa.String(16)),
        _may("staff_id", BIG),
        _may("made_by", BIG),
        _some("made_at", AT),
        _some("expires_at", AT),
        _may("used_at", AT),
    ]


def _unmaskings() -> list[sa.Column[Any]]:
    return [
        _some("interview_id", BIG),
        _some("staff_id", BIG),
        _may("reason", sa.LargeBinary()),
        _some("asked_at", AT),
        _may("granted", sa.Boolean()),
        _may("decided_by", BIG),
        _may("decided_at", AT),
    ]


def _make(table: str, *columns: sa.Column[Any]) -> None:
    names = [column.name for column in columns]
    constraints: list[sa.Constraint] = [sa.PrimaryKeyConstraint("id", name=f"pk_{table}")]
    constraints += _foreign(table, names)
    if "digest" in names:
        constraints.append(sa.UniqueConstraint("digest", name=f"uq_{table}_digest"))
    op.create_table(table, _some("id", BIG), *columns, *constraints)


def _foreign(table: str, names: list[str]) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint([name], [f"{FOREIGN[name]}.id"], name=f"fk_{table}_{name}")
        for name in names
        if name in FOREIGN
    ]


def _make_house_rules() -> None:
    op.create_table(
        "house_rules",
        _some("name", sa.String(32)),
        _some("holds", sa.Boolean()),
        _some("set_at", AT),
        _may("set_by", BIG),
        sa.PrimaryKeyConstraint("name", name="pk_house_rules"),
        *_foreign("house_rules", ["set_by"]),
    )


def _indexes() -> list[tuple[str, ...]]:
    return [
        ("log_ins", "staff_id"),
        ("log_ins", "expires_at"),
        ("staff_links", "email"),
        ("staff_links", "staff_id"),
        ("recovery_codes", "staff_id"),
        ("unmaskings", "interview_id"),
        ("unmaskings", "staff_id"),
        ("unmaskings", "asked_at"),
        ("audit", "action", "id"),
        ("audit", "subject", "id"),
    ]


def _close_the_audit_log() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{deed.lower()} BEFORE {deed} ON audit "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_to_change_audit() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_audit()"
    )


def _open_the_audit_log() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_no_update")
        op.execute("DROP TRIGGER audit_no_delete")
        return
    op.execute("DROP TRIGGER audit_no_change ON audit")
    op.execute("DROP FUNCTION refuse_to_change_audit()")


def downgrade() -> None:
    _open_the_audit_log()
    for table, *columns in _indexes():
        op.drop_index(f"ix_{table}_{'_'.join(columns)}", table)
    op.drop_table("house_rules")
    for table in TABLES:
        op.drop_table(table)
    with op.batch_alter_table("staff") as batch:
        for name in ("totp", "totp_offered", "totp_step"):
            batch.drop_column(name)
