"""What stands in a database before a restore: whether it is empty, what must outlive it, and its removal.

Who was erased or said STOP after a backup was made stays erased and stopped, as far as the database to be replaced
still tells.
"""

from dataclasses import dataclass, field
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData, Table, func, inspect, select, text

from storage import schema
from storage.backups import erased, kept_out
from storage.backups.erased import Erased
from storage.backups.kept_out import KeptOut
from storage.backups.sealing import BackupFailed
from storage.models import (
    Attachment,
    Base,
    ConsentRecord,
    Erasure,
    InterviewRow,
    RecoveryCode,
    StaffMember,
    Suppression,
)

TOLD = {"contacts": "contacts", "messages": "messages", "answers": "answers", "staff": "staff"}
LEFTOVER = "files_of_before"  # tables of this connection alone
REMINDED = "reminded_before"
AGREED = "agreed_before"
STEADY = "alembic_version"


@dataclass
class Carried:
    """What is carried over from the database that is replaced."""

    erased: list[Erased] = field(default_factory=list)
    suppressed: list[dict[str, Any]] = field(default_factory=list)
    kept_out: KeptOut = field(default_factory=KeptOut)
    reminded: bool = False  # whether it is put aside who was reminded of what
    agreed: bool = False  # and what was agreed to


def reflected(connection: Connection) -> MetaData:
    """Our tables, as far as they are there."""
    there = set(inspect(connection).get_table_names())
    found = MetaData()
    found.reflect(connection, only=sorted(there & {*Base.metadata.tables, STEADY}))
    return found


def told(connection: Connection) -> str:
    """What the database holds, in words; "" when it is empty. An empty one may have its tables."""
    tables = {name: one for name, one in reflected(connection).tables.items() if name != STEADY}
    full = [one for one in tables.values() if _has_rows(connection, one)]
    if not full:
        return ""
    counts = []
    for name, word in TOLD.items():
        if name in tables:
            counts.append(f"{_number(connection, tables[name])} {word}")
    return ", ".join(counts)


def _has_rows(connection: Connection, table: Table) -> bool:
    return connection.execute(select(1).select_from(table).limit(1)).first() is not None


def _number(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def carry(connection: Connection) -> Carried:
    """Take note of what must outlive the database. What may be very much is put aside in tables."""
    tables = set(inspect(connection).get_table_names())
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is not None and not schema.knows(revision):
        raise BackupFailed(
            f"The database here is a newer Testimony's (at {revision}): restore with that version."
        )
    found = Carried()
    if {Erasure.__tablename__, Suppression.__tablename__} <= tables:
        found.erased = erased.told(connection)
        listed = connection.execute(select(Suppression.__table__))
        found.suppressed = [dict(row._mapping) for row in listed]
    if _knows(connection, StaffMember) and _knows(connection, RecoveryCode):
        found.kept_out = kept_out.told(connection)
    if _knows(connection, InterviewRow):
        kept = "SELECT id, moved_at, reminded, due_at FROM interviews WHERE reminded > 0"
        connection.execute(text(f"CREATE TEMPORARY TABLE {REMINDED} AS {kept}"))
        found.reminded = True
    if _knows(connection, ConsentRecord):
        kept = "SELECT c.*, i.started_at FROM consents c JOIN interviews i ON i.id = c.interview_id"
        connection.execute(text(f"CREATE TEMPORARY TABLE {AGREED} AS {kept}"))
        found.agreed = True
    connection.execute(text(f"CREATE TEMPORARY TABLE {LEFTOVER} (name VARCHAR(80))"))
    if Attachment.__tablename__ in tables:
        for column in ("original", "cleaned"):
            connection.execute(
                text(
                    f"INSERT INTO {LEFTOVER} SELECT {column} FROM attachments WHERE {column} IS NOT NULL"  # noqa: S608 - no input
                )
            )
    return found


def _knows(connection: Connection, kind: type[Base]) -> bool:
    """Whether a table is there and has what it has today; an older version's may lack something."""
    wanted = Base.metadata.tables[kind.__tablename__]
    found = reflected(connection).tables.get(wanted.name)
    return found is not None and set(wanted.columns.keys()) <= set(found.columns.keys())


def clear(connection: Connection) -> None:
    """Take our tables away, with what hangs on them; others' are left alone."""
    functions = _functions(connection)
    reflected(connection).drop_all(connection)
    for function in functions:
        connection.execute(text(f"DROP FUNCTION {function}"))


def _functions(connection: Connection) -> list[str]:
    """The functions of our triggers, on PostgreSQL: they do not go with the tables."""
    if connection.dialect.name == "sqlite":
        return []
    statement = text(
        "SELECT DISTINCT t.tgfoid::regprocedure::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE NOT t.tgisinternal AND n.nspname = current_schema() AND c.relname = ANY(:tables)"
    )
    return list(connection.scalars(statement, {"tables": sorted(Base.metadata.tables)}))
