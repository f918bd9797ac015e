"""Rows of a backup into a table: by COPY on PostgreSQL, by one statement kept ready on SQLite."""

import base64
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Column, Connection, MetaData, Table, func, inspect, select, text

from storage.backups.rows import BYTES, MOMENT, Kinds
from storage.backups.sealing import BackupFailed

Row = list[Any]
Decoder = Callable[[Any], object]
SECONDS = len("2026-05-31T12:00:00.000000")


def load(connection: Connection, table: str, kinds: Kinds, lines: Iterable[Row]) -> None:
    """Put rows into an empty table; raises BackupFailed when they do not fit."""
    known = {column["name"] for column in inspect(connection).get_columns(table)}
    if not set(kinds) <= known:
        raise BackupFailed(f"This backup has columns of {table} that its own version has not.")
    sqlite = connection.dialect.name == "sqlite"
    try:
        (_into_sqlite if sqlite else _into_postgresql)(connection, table, kinds, lines)
    except (sqlite3.Error, psycopg.Error) as error:
        reason = getattr(getattr(error, "diag", None), "message_primary", None) or str(error)
        raise BackupFailed(
            f"The database did not take the rows of {table}: {reason}. Nothing was changed in it."
        ) from None


def _into_sqlite(connection: Connection, table: str, kinds: Kinds, lines: Iterable[Row]) -> None:
    driver: Any = connection.connection.driver_connection
    columns = ", ".join(f'"{name}"' for name in kinds)
    places = ", ".join("?" for _ in kinds)
    statement = f'INSERT INTO "{table}" ({columns}) VALUES ({places})'  # noqa: S608 - names that the database knows
    decoders: Mapping[str, Decoder] = {BYTES: base64.b64decode, MOMENT: _moment}
    driver.executemany(statement, _decoded(kinds, lines, decoders))


def _moment(value: str) -> str:
    """As SQLAlchemy writes moments into SQLite."""
    return value[:SECONDS].replace("T", " ")


def _into_postgresql(
    connection: Connection, table: str, kinds: Kinds, lines: Iterable[Row]
) -> None:
    driver: Any = connection.connection.driver_connection
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in kinds)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in _decoded(kinds, lines, {BYTES: base64.b64decode}):
            copy.write_row(row)


def _decoded(
    kinds: Kinds, lines: Iterable[Row], decoders: Mapping[str, Decoder]
) -> Iterator[list[object]]:
    needed = [decoders.get(kind) for kind in kinds.values()]
    for row in lines:
        yield [
            value if value is None or decode is None else decode(value)
            for decode, value in zip(needed, row, strict=True)
        ]


def number_on(connection: Connection, tables: Iterable[str], ids: Mapping[str, int]) -> None:
    """Let ids go on behind the highest that there is or ever was."""
    for table in tables:
        if connection.dialect.name == "postgresql":
            _number_postgresql(connection, table, ids.get(table, 0))
        elif table in ids:
            _number_sqlite(connection, table, ids[table])


def _number_postgresql(connection: Connection, table: str, highest: int) -> None:
    columns = {column["name"] for column in inspect(connection).get_columns(table)}
    if "id" not in columns:
        return
    counter = connection.scalar(select(func.pg_get_serial_sequence(table, "id")))
    there = connection.scalar(select(func.max(Column("id"))).select_from(Table(table, MetaData())))
    if counter is not None and (last := max(highest, there or 0)):
        connection.execute(select(func.setval(counter, last)))


def _number_sqlite(connection: Connection, table: str, highest: int) -> None:
    """Only tables that never give an id out again have a counter."""
    made = text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :table")
    if "AUTOINCREMENT" not in (connection.scalar(made, {"table": table}) or "").upper():
        return
    known = {"table": table, "highest": highest}
    moved = connection.execute(
        text("UPDATE sqlite_sequence SET seq = max(seq, :highest) WHERE name = :table"), known
    )
    if not moved.rowcount:
        connection.execute(
            text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :highest)"), known
        )
