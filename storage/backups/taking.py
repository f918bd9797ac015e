"""To make a backup while the service runs: one moment of the database, then the files that it names.

Nothing stands in clear on a disk on the way, but the random names of files.
"""

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from typing import IO, Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, Table, or_, select

from storage import schema
from storage.attachments import KEPT
from storage.backups import archive, rows
from storage.backups.envelope import encrypt
from storage.backups.sealing import BackupFailed, Sealed
from storage.db import Database
from storage.engines import READING
from storage.files import NotThere, Store, StoreFailed
from storage.models import Attachment

FORMAT = 1
FIRST, LAST = "testimony.json", "end.json"


@dataclass
class Taken:
    """What is in a backup: rows, files, and how many files were to be had no more though the database names them."""

    made_at: datetime
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    size: int = 0
    missing: list[str] = field(default_factory=list)
    lost: int = 0

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def take(
    database: Database,
    store: Store,
    keys: Sequence[str],
    file: IO[bytes],
    now: datetime,
    step: Callable[[int], None] = lambda _: None,
) -> Taken:
    """Write a backup into ``file``, encrypted to ``keys``; ``step`` is told of rows and files as they are in.

    Raises BackupFailed, OSError where it cannot be written, and what the database raises: then it is no backup.
    """
    taken = Taken(now)
    sealed = Sealed(file, database.vault)
    encrypt(keys, _members(database, store, taken, step), sealed.write)
    sealed.finish()
    taken.size = sealed.size
    return taken


def _members(
    database: Database, store: Store, taken: Taken, step: Callable[[int], None]
) -> Iterator[bytes]:
    at = taken.made_at
    with tempfile.TemporaryFile() as names:
        with _moment(database.engine) as connection:
            found = rows.tables(connection)
            yield from _json(FIRST, _manifest(connection, found, at), at)
            for table in found:
                for name, number, chunk in _chunks(connection, table):
                    taken.rows[table.name] = taken.rows.get(table.name, 0) + number
                    yield from archive.member(name, chunk, at)
                    step(number)
            _note_names(connection, found, names)
            numbered = rows.numbered(connection)
        names.seek(0)
        for name in (line.decode().strip() for line in names):
            data = _file(database, store, name, taken)
            if data is not None:
                yield from archive.member(f"files/{name}", data, at)
            step(1)
    end = {"rows": taken.rows, "files": taken.files, "missing": taken.missing, "ids": numbered}
    yield from _json(LAST, end, at)
    yield archive.END


@contextmanager
def _moment(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees the database as it was at one moment, and waits for nobody."""
    if engine.dialect.name == "sqlite":
        with engine.execution_options(**{READING: True}).connect() as connection:
            yield connection
        return
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.execution_options(**options).connect() as connection:
        yield connection


def _manifest(connection: Connection, found: list[Table], at: datetime) -> dict[str, Any]:
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None or not schema.knows(revision):  # its tables would be left out unseen
        raise BackupFailed(
            f"The database is at {revision}, which this version does not know: back it up with the newer one."
        )
    return {
        "testimony backup": FORMAT,
        "program": version("testimony"),
        "revision": revision,
        "made_at": at.isoformat(),
        "database": connection.dialect.name,
        "tables": {table.name: rows.kinds(table) for table in found},
    }


def _chunks(connection: Connection, table: Table) -> Iterator[tuple[str, int, bytes]]:
    for place, (number, chunk) in enumerate(rows.chunks(connection, table), 1):
        yield f"tables/{table.name}/{place:06}.jsonl.gz", number, chunk


def _json(name: str, value: dict[str, Any], at: datetime) -> tuple[bytes, ...]:
    return archive.member(name, json.dumps(value, indent=1).encode(), at)


def _note_names(connection: Connection, found: list[Table], names: IO[bytes]) -> None:
    """The files of this moment: too many for memory, and the moment must not last until all are read."""
    for table in found:
        if table.name == Attachment.__tablename__:
            columns = (table.c.original, table.c.cleaned)
            kept = select(*columns).where(table.c.status == KEPT).order_by(table.c.id)
            streamed = connection.execution_options(stream_results=True, yield_per=rows.AT_ONCE)
            for row in streamed.execute(kept):
                names.writelines(f"{name}\n".encode() for name in row if name is not None)


def _file(database: Database, store: Store, name: str, taken: Taken) -> bytes | None:
    """A file; None when it was erased meanwhile, or is lost."""
    try:
        data = store.get(name)
    except NotThere:
        taken.missing.append(name)
        taken.lost += _is_named(database, name)
        return None
    except StoreFailed as failure:
        raise BackupFailed(
            f"The files cannot be read ({failure}), so there is no backup. Look at MEDIA_URL, then try again."
        ) from None
    taken.files += 1
    return data


def _is_named(database: Database, name: str) -> bool:
    """Whether the database still names a file, now."""
    named = select(Attachment.id).where(
        or_(Attachment.original == name, Attachment.cleaned == name), Attachment.status == KEPT
    )
    with database.reading() as session:
        return session.scalar(named.limit(1)) is not None
