"""Statements whose answer nobody waits for: on PostgreSQL they go out together with the next that has one.

To wait for each takes longer than PostgreSQL's own work with it. All keep their order; nothing is committed, read or
said by the ORM before they are done, and what one of them raises is raised where they are sent.
"""

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

BEHIND = "behind"  # of a connection's ``info``


class Behind:
    """Of one connection of psycopg: what was put, and not sent yet."""

    def __init__(self, connection: Connection) -> None:
        self._driver: Any = connection.connection.driver_connection
        self._put: list[tuple[str, Any]] = []

    def put(self, sql: str, values: Any) -> None:
        """Have a statement done before whatever follows."""
        self._put.append((sql, values))

    def execute(self, sql: str, values: Any) -> Any:
        """Do all that was put, and this; returns its cursor."""
        if not self._put:
            return self._driver.execute(sql, values)
        with self._driver.pipeline():
            self._send()
            return self._driver.execute(sql, values)

    def settle(self) -> None:
        """Do all that was put."""
        if self._put:
            with self._driver.pipeline():
                self._send()

    def drop(self) -> None:
        """Forget what was put: the transaction is taken back."""
        self._put.clear()

    def _send(self) -> None:
        put, self._put = self._put, []
        for sql, values in put:
            self._driver.execute(sql, values)


def behind(connection: Connection) -> Behind:
    """What belongs to a connection of PostgreSQL as long as it is open."""
    found: Behind | None = connection.info.get(BEHIND)
    if found is None:
        found = connection.info[BEHIND] = Behind(connection)
    return found


def settle(connection: Connection) -> None:
    """Do what was put on a connection, of whatever database; raises as SQLAlchemy does."""
    found: Behind | None = connection.info.get(BEHIND)
    if found is None:
        return
    try:
        found.settle()
    except connection.dialect.loaded_dbapi.Error as error:
        raise as_ours(connection, "statements sent together", error) from error


def keep_order(engine: Engine) -> None:
    """Have what SQLAlchemy says itself, and the end of a transaction, come after all that was put before."""
    event.listen(engine, "before_cursor_execute", lambda connection, *_: settle(connection))
    event.listen(engine, "commit", _settle_at_last)
    event.listen(engine, "rollback", _drop)


def _settle_at_last(connection: Connection) -> None:
    """Before COMMIT; SQLAlchemy takes one that fails for the transaction's end, so here it is ended."""
    try:
        settle(connection)
    except BaseException:
        if not connection.invalidated:
            connection.dialect.do_rollback(connection.connection)
        raise


def _drop(connection: Connection) -> None:
    found: Behind | None = None if connection.invalidated else connection.info.get(BEHIND)
    if found is not None:
        found.drop()


def as_ours(connection: Connection, sql: str, error: Exception) -> Exception:
    """A driver's error as SQLAlchemy raises it, without values; a connection that is lost is not used again."""
    dialect = connection.dialect
    driver: Any = connection.connection.driver_connection
    lost = dialect.is_disconnect(error, driver, None)  # type: ignore[arg-type]
    if lost:
        connection.invalidate(error)
    return DBAPIError.instance(
        sql,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=dialect,
    )
