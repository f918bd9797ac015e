"""The engine and its sessions, and the few ways in which SQLite and PostgreSQL differ.

A writing transaction on SQLite takes the write lock at its beginning (``BEGIN IMMEDIATE``), so that what it has read
stays true until it commits; a reading one does not wait for anybody.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

from storage.pulse import COMMIT, READ, WRITE, Pulse
from storage.together import T, Together, Work
from storage.vault import Vault

READING = "testimony_reading"
BUSY_MILLISECONDS = 10_000
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
ASKS = (0.001, 0.002, 0.005, 0.01)  # seconds between tries to take a file's lock, twenty of each


def database_url(text: str) -> URL:
    """The URL with its driver named; raises ValueError for what is neither SQLite nor PostgreSQL."""
    try:
        url = make_url(text)
    except ArgumentError:
        raise ValueError("it is not a database URL") from None
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername in ("sqlite", "sqlite+pysqlite"):
        return url
    raise ValueError("it must begin with sqlite:/// or postgresql://")


def connect(url: URL) -> Engine:
    """An engine with this program's rules set on every connection."""
    if url.drivername.startswith("sqlite"):
        return _sqlite(url)
    patience = {name: value for name, value in PATIENCE.items() if name not in url.query}
    return create_engine(
        url, pool_pre_ping=True, pool_size=10, max_overflow=20, connect_args=patience
    )


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
    if connection.get_execution_options().get(READING):
        connection.exec_driver_sql("BEGIN")
        return
    driver = connection.connection.driver_connection
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        _take_lock(connection)
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")


def _take_lock(connection: Any) -> None:
    """Begin to write, asking again and again while another process does.

    SQLite itself sleeps longer each time, and misses the moments in which a busy file is free: what became of a
    message would stay unwritten meanwhile.
    """
    until, pause = time.monotonic() + BUSY_MILLISECONDS / 1000, threading.Event()
    for attempt in count():
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except OperationalError as error:
            busy = getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() >= until:
                raise
            # not time.sleep, which fails where somebody turns the clock that it reads
            pause.wait(ASKS[min(attempt // 20, len(ASKS) - 1)])
        else:
            return


def _forget(session: Session, _ended: SessionTransaction) -> None:
    """After a savepoint is taken back rows are read anew: what the driver wrote the session cannot take back itself."""
    session.expire_all()


@dataclass(frozen=True)
class Database:
    """An engine and the vault for its words. Transactions begin here and nowhere in storage.

    ``pulse`` takes note of how long they take.
    """

    engine: Engine
    vault: Vault
    pulse: Pulse = field(default_factory=Pulse)
    _alone: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _together: Together = field(default_factory=Together, init=False, repr=False)

    @property
    def dialect(self) -> str:
        return self.engine.dialect.name

    @cached_property
    def _writers(self) -> sessionmaker[Session]:
        made = sessionmaker(self.engine, info={"vault": self.vault})
        event.listen(made, "after_soft_rollback", _forget)
        return made

    @cached_property
    def _readers(self) -> sessionmaker[Session]:
        engine = self.engine.execution_options(**{READING: True})
        return sessionmaker(engine, info={"vault": self.vault})

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction that commits when the block ends, and rolls back when it raises."""
        began = time.perf_counter()
        with self._turn(), self._writers.begin() as session:
            yield session
            ending = time.perf_counter()
        done = time.perf_counter()
        self.pulse.note(COMMIT, done - ending)
        self.pulse.note(WRITE, done - began)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Of the threads that write to SQLite one goes on; its own waiting for the lock of a file is by sleeping."""
        held = self.dialect == "sqlite" and self._alone.acquire(timeout=BUSY_MILLISECONDS / 1000)
        try:
            yield
        finally:
            if held:
                self._alone.release()

    def write(self, work: Work[T]) -> T:
        """What ``work`` returns, once it is committed; for what many do at once. It may be run again.

        On SQLite, where one writes at a time, those who wait are written together. Each of them fails alone.
        """
        if self.dialect == "sqlite":
            return self._together.write(self.writing, work)
        with self.writing() as session:
            return work(session)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One transaction that only reads and waits for no writer."""
        began = time.perf_counter()
        with self._readers() as session:
            yield session
        self.pulse.note(READ, time.perf_counter() - began)

    def close(self) -> None:
        self.engine.dispose()


def open_database(url: str, keys: list[bytes]) -> Database:
    """A Database at ``url`` with ``keys``, newest first; connects to nothing yet."""
    return Database(connect(database_url(url)), Vault(keys))


def vault_of(session: Session) -> Vault:
    """The vault that a session of ours carries."""
    vault: Vault = session.info["vault"]
    return vault


def take_turn(session: Session, key: bytes) -> None:
    """Wait until no other transaction has the turn of ``key``, and keep it until this one ends.

    Rows that are not there yet cannot be locked; a turn can. Who writes to SQLite is alone anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(key[:8], "big", signed=True)
        session.execute(select(func.pg_advisory_xact_lock(number)))


def insert_into(session: Session, table: type[Any]) -> Any:
    """An INSERT that knows ON CONFLICT, in the words of the session's database."""
    dialect = session.get_bind().dialect.name
    return (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
