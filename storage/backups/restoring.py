"""To bring a backup back: files first, then the whole database in one transaction, which happens or does not.

It is built as it was when the backup was made, then migrated to what this program needs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import IO, Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from storage import audit, contacts, schema
from storage.backups import loading, standing
from storage.backups.reading import (
    Chunk,
    Contents,
    End,
    File,
    Manifest,
    all_there,
    contents,
    count,
    rows_of,
)
from storage.backups.sealing import BackupFailed, Step, verify
from storage.backups.settling import discard_leftovers, settle
from storage.db import Database
from storage.engines import is_locked
from storage.files import NotThere, Store, StoreFailed

REPLACE = "Nothing was changed. To put the backup in its place: --replace. Stop the service first."


@dataclass(frozen=True)
class Restored:
    """What came back. ``unsent``: messages that waited for being sent then, and are not sent again."""

    manifest: Manifest
    revision: str
    rows: int
    files: int
    missing: int
    unsent: int


class Restorer:
    """One backup, and where it is to go."""

    def __init__(
        self,
        database: Database,
        store: Store,
        file: IO[bytes],
        identities: Sequence[Any],
        *,
        replace: bool = False,
        step: Step = lambda _: None,
    ) -> None:
        """``step`` is told of the bytes that are read: the file is read three times."""
        self._database, self._store = database, store
        self._file, self._identities = file, identities
        self._replace, self._step = replace, step

    def restore(self, now: datetime) -> Restored:
        """Do it. Raises BackupFailed, StoreFailed and what the database raises; the database is as before then."""
        with (
            self._contents()
        ):  # a wrong key, or a newer program's backup, is told before anything is read whole
            pass
        with self._database.reading() as session:
            self._must_be_free(session.connection())
        verify(self._file, self._database.vault, self._step)
        self._bring_files()
        try:
            with schema.rebuilding(self._database.engine) as connection, self._contents() as found:
                self._must_be_free(connection)
                return self._rebuild(connection, found, now)
        except OperationalError as error:
            if not is_locked(error):
                raise
            raise BackupFailed(
                "Somebody works with the database. Nothing was changed. Stop the service, then restore again."
            ) from None

    def _contents(self) -> Any:
        return contents(self._file, self._identities, self._step)

    def _must_be_free(self, connection: Connection) -> None:
        there = standing.told(connection)
        if there and not self._replace:
            raise BackupFailed(f"The database is not empty: it holds {there}. {REPLACE}")

    def _bring_files(self) -> None:
        with self._contents() as found:
            for part in found.parts:
                if isinstance(part, File):
                    self._put(part)

    def _put(self, file: File) -> None:
        try:
            there = self._store.get(file.name)
        except NotThere:
            there = None
        except StoreFailed as failure:
            raise BackupFailed(f"{failure}. Look at MEDIA_URL, then restore again.") from None
        if there == file.data:
            return
        if there is not None and not self._replace:
            raise BackupFailed(
                f"The store of files holds another file under a name of the backup. {REPLACE}"
            )
        try:
            self._store.put(file.name, file.data)
        except StoreFailed as failure:
            raise BackupFailed(
                f"{failure}: a file cannot be put there. Look at MEDIA_URL and the room that is left, "
                "then restore again."
            ) from None

    def _rebuild(self, connection: Connection, found: Contents, now: datetime) -> Restored:
        if (
            connection.dialect.name == "postgresql"
        ):  # else a service that runs is waited for without end
            connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        carried = standing.carry(connection)
        standing.clear(connection)
        schema.upgrade_on(connection, found.manifest.revision)
        end = _load(connection, found)
        loading.number_on(connection, found.manifest.tables, end.ids)
        schema.upgrade_on(connection)
        with Session(connection, info={"vault": self._database.vault}) as session:
            unsent = settle(session, carried, end.missing, now)
            discard_leftovers(session, now)
            contacts.try_keys(session)
            made_at = found.manifest.made_at.isoformat()
            audit.record(session, now, "restore", "backup", made_at=made_at, replaced=self._replace)
            session.flush()
        for aside in (standing.LEFTOVER, standing.REMINDED, standing.AGREED):
            connection.execute(text(f"DROP TABLE IF EXISTS {aside}"))
        rows, missing = sum(end.rows.values()), len(end.missing)
        revision = schema.head() or ""
        return Restored(found.manifest, revision, rows, end.files, missing, unsent)


def _load(connection: Connection, found: Contents) -> End:
    """Put all rows in; raises Damaged when they are not all there."""
    chunks = (part for part in found.parts if isinstance(part, Chunk))
    done: set[str] = set()
    for table, parts in groupby(chunks, key=lambda chunk: chunk.table):
        if table in done:
            raise BackupFailed(f"This backup has rows of {table} in two places.")
        done.add(table)
        loading.load(connection, table, found.manifest.tables[table], _rows(found, parts))
    return all_there(found)


def _rows(found: Contents, parts: Iterator[Chunk]) -> Iterator[list[Any]]:
    for chunk in parts:
        lines = rows_of(chunk)
        count(found, chunk.table, len(lines))
        yield from lines
