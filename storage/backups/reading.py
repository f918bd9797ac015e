"""To open a backup: who made it, what is in it, and whether it is all there. Nothing is written anywhere."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any

from storage import schema
from storage.backups import archive, rows
from storage.backups.envelope import Opened
from storage.backups.sealing import BackupFailed, Body, Damaged, Step, seal_of
from storage.backups.taking import FIRST, FORMAT, LAST

CHUNK = re.compile(r"tables/([a-z_]+)/[0-9]{6,}\.jsonl\.gz")
FILE = re.compile(r"files/([0-9a-f]{40})")


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. ``tables`` have their columns, and what these hold."""

    program: str
    revision: str
    made_at: datetime
    database: str
    tables: dict[str, dict[str, str]]


@dataclass(frozen=True)
class Chunk:
    """Some rows of a table, packed."""

    table: str
    data: bytes


@dataclass(frozen=True)
class File:
    """One file of the store."""

    name: str
    data: bytes


@dataclass(frozen=True)
class End:
    """What must have come before the end, which files were gone, and the ids that are not to be given out again."""

    rows: dict[str, int]
    files: int
    missing: list[str]
    ids: dict[str, int]


@dataclass
class Contents:
    """A backup that is being read. ``end`` is there when all of ``parts`` has been read."""

    manifest: Manifest
    parts: Iterator[Chunk | File]
    counted: dict[str, int] = field(default_factory=dict)
    files: int = 0
    end: End | None = None


@contextmanager
def contents(
    file: IO[bytes], identities: Sequence[Any], step: Step = lambda _: None
) -> Iterator[Contents]:
    """Open a backup with private keys; raises BackupFailed. ``step`` is told of the bytes read."""
    with Opened(Body(file, seal_of(file).start, step), identities) as opened:
        members = archive.members(opened.read)
        found = Contents(_manifest(next(members, ("", b""))), iter(()))
        found.parts = _parts(found, members, opened)
        yield found


def rows_of(chunk: Chunk) -> list[list[Any]]:
    """The rows of a chunk; raises Damaged."""
    try:
        return rows.unpacked(chunk.data)
    except (ValueError, EOFError, OSError):
        raise Damaged(f"This backup is damaged: rows of {chunk.table} cannot be read.") from None


def _manifest(member: tuple[str, bytes]) -> Manifest:
    name, data = member
    try:
        said = json.loads(data) if name == FIRST else {}
        form = said["testimony backup"]
        if form > FORMAT or not schema.knows(said["revision"]):
            raise BackupFailed(
                f"This backup was made by a newer Testimony ({said['program']}, its database at {said['revision']}; "
                f"this one knows up to {schema.head()}). Install that version or a newer one, then restore."
            )
        at = datetime.fromisoformat(said["made_at"])
        return Manifest(said["program"], said["revision"], at, said["database"], said["tables"])
    except (ValueError, KeyError, TypeError):
        raise Damaged("This backup does not say what it is: no backup of Testimony.") from None


def _parts(
    found: Contents, members: Iterator[tuple[str, bytes]], opened: Opened
) -> Iterator[Chunk | File]:
    for name, data in members:
        if found.end is not None:
            raise Damaged("This backup goes on behind its end.")
        if name == LAST:
            found.end = _end(data)
        elif (chunk := CHUNK.fullmatch(name)) and chunk[1] in found.manifest.tables:
            yield Chunk(chunk[1], data)
        elif file := FILE.fullmatch(name):
            found.files += 1
            yield File(file[1], data)
        else:
            raise Damaged("This backup holds what no backup of ours holds.")
    opened.finish()
    if found.end is None or found.files != found.end.files:
        raise Damaged("This backup is not whole: files are missing in it.")


def count(found: Contents, table: str, number: int) -> None:
    """Take note of rows that were read."""
    found.counted[table] = found.counted.get(table, 0) + number


def all_there(found: Contents) -> End:
    """The end of a backup of which all rows were read and counted; raises Damaged."""
    if found.end is None or found.counted != found.end.rows:
        raise Damaged("This backup is not whole: rows are missing in it.")
    return found.end


def _end(data: bytes) -> End:
    try:
        said = json.loads(data)
        return End(said["rows"], said["files"], said["missing"], said["ids"])
    except (ValueError, KeyError, TypeError):
        raise Damaged("This backup is damaged: its end cannot be read.") from None


@dataclass(frozen=True)
class Report:
    """What a check has found in a backup."""

    manifest: Manifest
    rows: int
    files: int
    missing: int


def check(file: IO[bytes], identities: Sequence[Any], step: Step = lambda _: None) -> Report:
    """Read all of a backup as a restore would; raises BackupFailed where that would fail."""
    with contents(file, identities, step) as found:
        for part in found.parts:
            if isinstance(part, Chunk):
                count(found, part.table, len(rows_of(part)))
        end = all_there(found)
        return Report(found.manifest, sum(end.rows.values()), end.files, len(end.missing))
