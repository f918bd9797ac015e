"""Rows as JSON that either database takes: tables as they are found, columns by their kinds, rows a chunk at a time."""

import base64
import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    cast,
    inspect,
    select,
    text,
)

from storage.models import Base

# what a column holds; JSON is kept as its text, for what was written is to come back to the letter
BYTES, MOMENT, DOCUMENT, TRUTH, PLAIN = "bytes", "moment", "json", "truth", "plain"
KINDS: tuple[tuple[tuple[type[Any], ...], str], ...] = (
    ((LargeBinary,), BYTES),
    ((DateTime,), MOMENT),
    ((JSON,), DOCUMENT),
    ((Boolean,), TRUTH),
    ((Integer, BigInteger, String), PLAIN),
)
# nobody is to be logged in again by a restore; what is counted of all is counted anew
LEFT_OUT = {"log_ins", "tallies", "tally_looks"}
CHUNK = 1024 * 1024  # bytes of rows, before they are compressed
AT_ONCE = 500  # rows fetched

Kinds = Mapping[str, str]


def tables(connection: Connection) -> list[Table]:
    """Our tables as the database has them, each behind those that it refers to."""
    there = set(inspect(connection).get_table_names()) & set(Base.metadata.tables)
    found = MetaData()
    found.reflect(connection, only=sorted(there - LEFT_OUT), resolve_fks=False)
    return [table for table in found.sorted_tables if table.name not in LEFT_OUT]


def kinds(table: Table) -> dict[str, str]:
    """The columns of a table and what they hold."""
    return {column.name: _kind(column) for column in _told(table)}


def _told(table: Table) -> list[Column[Any]]:
    """The columns that a row is given; what the database makes of them it makes again."""
    return [column for column in table.columns if column.computed is None]


def _kind(column: Column[Any]) -> str:
    for types, kind in KINDS:
        if isinstance(column.type, types):
            return kind
    raise TypeError(f"{column} is of a type that no backup knows: {column.type!r}")


def chunks(connection: Connection, table: Table) -> Iterator[tuple[int, bytes]]:
    """The rows of a table in the order of its key: so many, as compressed lines of JSON."""
    known = kinds(table)
    columns = [
        cast(column, Text) if known[column.name] == DOCUMENT else column for column in _told(table)
    ]
    statement = select(*columns).order_by(*table.primary_key.columns)
    streamed = connection.execution_options(stream_results=True, yield_per=AT_ONCE)
    encoders = [ENCODERS.get(kind) for kind in known.values()]
    lines, size = [], 0
    for row in streamed.execute(statement):
        values = [
            value if value is None or encode is None else encode(value)
            for encode, value in zip(encoders, row, strict=True)
        ]
        lines.append(json.dumps(values, separators=(",", ":")))
        size += len(lines[-1])
        if size >= CHUNK:
            yield len(lines), _packed(lines)
            lines, size = [], 0
    if lines:
        yield len(lines), _packed(lines)


def _packed(lines: list[str]) -> bytes:
    return gzip.compress("\n".join([*lines, ""]).encode(), compresslevel=1, mtime=0)


def unpacked(data: bytes) -> list[list[Any]]:
    """The rows of a chunk; raises ValueError, EOFError or OSError when it is damaged."""
    return [json.loads(line) for line in gzip.decompress(data).splitlines()]


def _moment(value: datetime) -> str:
    known = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return known.isoformat(timespec="microseconds")


def _bytes(value: bytes) -> str:
    return base64.b64encode(value).decode()


ENCODERS: Mapping[str, Callable[[Any], object]] = {BYTES: _bytes, MOMENT: _moment, TRUTH: bool}


def numbered(connection: Connection) -> dict[str, int]:
    """The highest id that each table ever gave out, where the database remembers: it is never to be given again."""
    if connection.dialect.name == "sqlite":
        known = "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'"
        if connection.execute(text(known)).first() is None:
            return {}
        rows = connection.execute(text("SELECT name, seq FROM sqlite_sequence"))
    else:
        rows = connection.execute(
            text(
                "SELECT t.relname, s.last_value FROM pg_sequences s "
                "JOIN pg_depend d ON d.objid = format('%I.%I', s.schemaname, s.sequencename)::regclass "
                "JOIN pg_class t ON t.oid = d.refobjid WHERE d.deptype = 'a' AND s.last_value IS NOT NULL"
                " AND s.schemaname = current_schema()"
            )
        )
    return {name: int(number) for name, number in rows if name in Base.metadata.tables}
