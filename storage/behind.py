"""What belongs to SQLAlchemy's connections of PostgreSQL: their wire, and the order of all that is said on them.

Nothing is committed, read or said by the ORM before what was put on the wire is done.
"""

from collections.abc import Callable
from operator import methodcaller
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from storage.wire import Wire

WIRE = "wire"  # of a connection's ``info``


def wire_of(connection: Connection) -> "Wire":
    """What belongs to a connection of PostgreSQL as long as it is open."""
    found: Wire | None = connection.info.get(WIRE)
    if found is None:
        from storage import wire  # with psycopg, which is slow to load, and not everybody's

        driver: Any = connection.connection.driver_connection
        found = connection.info[WIRE] = wire.Wire(driver)
    return found


def settle(connection: Connection) -> None:
    """Do what was put on a connection, of whatever database; raises as SQLAlchemy does."""
    _end(connection, methodcaller("settle"))


def _end(connection: Connection, way: "Callable[[Wire], None]") -> None:
    found: Wire | None = connection.info.get(WIRE)
    if found is None:
        return
    try:
        way(found)
    except connection.dialect.loaded_dbapi.Error as error:
        raise as_ours(connection, "statements sent together", error) from error


def keep_order(engine: Engine) -> None:
    """Have what SQLAlchemy says itself, and the end of a transaction, come after all that was put before."""
    event.listen(engine, "before_cursor_execute", lambda connection, *_: settle(connection))
    event.listen(engine, "commit", _settle_at_last)
    event.listen(engine, "rollback", _drop)


def _settle_at_last(connection: Connection) -> None:
    """With COMMIT; SQLAlchemy takes one that fails for the transaction's end, so here it is ended."""
    try:
        _end(connection, methodcaller("commit"))
    except BaseException:
        if not connection.invalidated:
            connection.dialect.do_rollback(connection.connection)
        raise


def _drop(connection: Connection) -> None:
    found: Wire | None = None if connection.invalidated else connection.info.get(WIRE)
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
