"""The way of a transaction to its driver, past SQLAlchemy, which takes longer to look it up than many a statement."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Connection, Dialect
from sqlalchemy.orm import Session, SessionTransaction

from storage.base import Base
from storage.behind import wire_of

Rows = list[tuple[Any, ...]]
LINE = "line"  # of a session's ``info``


@dataclass(frozen=True, eq=False)
class Line:
    """The way to the driver of one transaction: to look it up takes longer than many a statement."""

    transaction: SessionTransaction
    connection: Connection
    dialect: Dialect
    ask: Callable[[str, Any], Rows]
    put: Callable[[str, Any], None]
    held: list[Base] = field(default_factory=list)


def line_of(session: Session) -> Line:
    line: Line | None = session.info.get(LINE)
    current = _innermost(session)
    if line is not None and line.transaction is current and current.is_active:
        return line
    connection = session.connection()  # a savepoint is set by this, and not before
    transaction = cast(SessionTransaction, _innermost(session))
    driver: Any = connection.connection.driver_connection
    driver = wire_of(connection) if connection.dialect.name == "postgresql" else _Sqlite(driver)
    made = Line(transaction, connection, connection.dialect, driver.ask, driver.put)
    session.info[LINE] = made
    return made


class _Sqlite:
    """A connection of SQLite's driver; a cursor that stays open would keep the file's lock."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._driver = connection

    def put(self, sql: str, values: Any) -> None:
        self._driver.execute(sql, values).close()

    def ask(self, sql: str, values: Any) -> Rows:
        cursor = self._driver.execute(sql, values)
        rows: Rows = cursor.fetchall()
        cursor.close()
        return rows


def _innermost(session: Session) -> SessionTransaction | None:
    return session.get_nested_transaction() or session.get_transaction()
