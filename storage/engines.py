"""Engines with this program's rules set on every connection, and the few ways in which SQLite and PostgreSQL differ.

A writing transaction on SQLite takes the write lock at its beginning (``BEGIN IMMEDIATE``), so that what it has read
stays true until it commits; a reading one does not wait for anybody.
"""

import os
import sqlite3
import threading
import time
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from storage.behind import as_ours, keep_order
from storage.clock import Clock
from storage.idling import ask_the_idle

READING = "testimony_reading"
DEADLOCK = "40P01"  # PostgreSQL's name for it
NOT_HAD = "55P03"  # and for a lock that was not to be had in time
BUSY_MILLISECONDS = 10_000
LOG_MILLISECONDS = 500  # for readers to let go of SQLite's log
# When a line to PostgreSQL is cut, nobody is told. Both ends notice within 12 seconds: here, so that the provider hears
# of it while it still listens, and there, so that what a lost machine has locked is free again.
PATIENCE: dict[str, str | int] = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "options": (
        "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 "
        "-c tcp_user_timeout=10s"
    ),
}
LOG_TRIES = 100
ESCAPED = "write @ in the password as %40"
ASKS = (0.001, 0.002, 0.005, 0.01)  # seconds between tries to take a file's lock, twenty of each


def database_url(text: str) -> URL:
    """The URL with its driver named; raises ValueError for what is neither SQLite nor PostgreSQL."""
    try:
        url = make_url(text)
    except ArgumentError:
        raise ValueError("it is not a database URL") from None
    except ValueError:  # which tells the port, and behind an @ that is a part of the password
        raise ValueError(f"its port is no number, or else: {ESCAPED}") from None
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        url = url.set(drivername="postgresql+psycopg")
    elif url.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise ValueError("it must begin with sqlite:/// or postgresql://")
    _check(url, text)
    return url


def _check(url: URL, text: str) -> None:
    """Raise ValueError for what the drivers would find out too late, or would tell with the password in it."""
    behind = text.partition("://")[2].partition(":")[2].partition("@")[2].partition("?")[0]
    if url.password is not None and "@" in behind:
        raise ValueError(ESCAPED)
    try:
        for hosts in (url.host or "", *url.normalized_query.get("host", ())):
            for host in hosts.split(","):
                if not host.startswith("/"):
                    host.encode("idna")
    except UnicodeError:
        raise ValueError("its host is no name that a host can have") from None
    try:
        url.get_dialect()().create_connect_args(url)
    except (ArgumentError, ValueError):
        raise ValueError("what stands before its path or behind its ? is wrong") from None


def is_deadlock(error: DBAPIError) -> bool:
    """Whether two waited for each other, and PostgreSQL has ended this one: it may be done again."""
    return getattr(error.orig, "sqlstate", None) == DEADLOCK


def is_locked(error: DBAPIError) -> bool:
    """Whether others hold what this one wants to have."""
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF  # what is above that says more
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return True
    return getattr(error.orig, "sqlstate", None) in (DEADLOCK, NOT_HAD)


def connect(url: URL, clock: Clock | None = None) -> Engine:
    """An engine with this program's rules set on every connection; ``clock`` hears of the time where it is shared."""
    if url.drivername.startswith("sqlite"):
        return _sqlite(url)
    told: dict[str, Any] = {
        name: value for name, value in PATIENCE.items() if name not in url.query
    }
    # what psycopg prepares by itself it takes back by itself, and all else that is prepared with it (storage/wire.py)
    told["prepare_threshold"] = None
    engine = create_engine(
        url, pool_size=10, max_overflow=20, pool_use_lifo=True, connect_args=told
    )
    keep_order(engine)
    ask_the_idle(engine, clock or Clock())
    return engine


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        folder = Path(url.database).parent
        if not folder.exists():
            folder.mkdir(parents=True, mode=0o700)
        _private(Path(url.database))
    engine = (
        create_engine(url, pool_size=10, max_overflow=20) if url.database else create_engine(url)
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _private(path: Path) -> None:
    """The database file is its owner's alone; SQLite gives its log files the same mode."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    _keep_log(connection)
    for pragma in (
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _keep_log(connection: Any) -> None:
    """Turn the write-ahead log on. While another connection does so, SQLite refuses without waiting."""
    for attempt in range(LOG_TRIES):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if attempt == LOG_TRIES - 1:
                raise
            time.sleep(0.05)
        else:
            return


def _begin_sqlite(connection: Any) -> None:
    """Begin by the driver: by SQLAlchemy each try to take a lock would cost twenty times as much."""
    driver = connection.connection.driver_connection
    reads = connection.get_execution_options().get(READING)
    begin = "BEGIN" if reads else "BEGIN IMMEDIATE"
    try:
        if reads:
            driver.execute(begin)
            return
        driver.execute("PRAGMA busy_timeout = 0")
        try:
            _take_lock(driver, begin)
        finally:
            driver.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    except sqlite3.Error as error:
        raise as_ours(connection, begin, error) from error


def _take_lock(driver: sqlite3.Connection, begin: str) -> None:
    """Begin to write, asking again and again while another process does.

    SQLite itself sleeps longer each time, and misses the moments in which a busy file is free: what became of a
    message would stay unwritten meanwhile.
    """
    until, pause = time.monotonic() + BUSY_MILLISECONDS / 1000, threading.Event()
    for attempt in count():
        try:
            driver.execute(begin)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                raise
            # not time.sleep, which fails where somebody turns the clock that it reads
            pause.wait(ASKS[min(attempt // 20, len(ASKS) - 1)])
        else:
            return


def empty_log(engine: Engine) -> None:
    """Put what SQLite's log holds into the file, and cut the log off. Where readers hold it, the next does so."""
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {LOG_MILLISECONDS}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    finally:
        connection.close()
