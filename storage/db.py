"""A database and its sessions. Transactions begin here and nowhere in storage."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import BigInteger, Engine, bindparam, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

from storage.clock import Clock
from storage.engines import BUSY_MILLISECONDS, READING, connect, database_url, empty_log
from storage.lines import line_of
from storage.prepared import Prepared
from storage.pulse import COMMIT, READ, WRITE, Pulse
from storage.together import SHARED, NotAtOnce, T, Together, Work
from storage.vault import Vault

LEAVING = "leaving nothing"


def _forget(session: Session, _ended: SessionTransaction) -> None:
    """After a savepoint is taken back rows are read anew: what the driver wrote the session cannot take back itself."""
    session.expire_all()


@dataclass(frozen=True)
class Database:
    """An engine and the vault for its words. Transactions begin here and nowhere in storage.

    ``clock`` tells the time that all share who use it; ``pulse`` takes note of how long transactions take.
    """

    engine: Engine
    vault: Vault
    pulse: Pulse = field(default_factory=Pulse)
    clock: Clock = field(default_factory=Clock)
    _alone: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _together: Together = field(default_factory=Together, init=False, repr=False)

    @property
    def dialect(self) -> str:
        return self.engine.dialect.name

    @cached_property
    def _writers(self) -> sessionmaker[Session]:
        made = sessionmaker(self.engine, info={"vault": self.vault}, expire_on_commit=False)
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
        with self._turn():
            with self._writers.begin() as session:
                yield session
                ending = time.perf_counter()
            done = time.perf_counter()
            if session.info.get(LEAVING):
                empty_log(self.engine)
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

    def write(self, work: Work[T], *, at_once: bool = False) -> T:
        """What ``work`` returns, once it is committed; for what many do at once. It may be run again.

        On SQLite, where one writes at a time, those who wait are written together; on PostgreSQL those who wait for no
        lock: what is to be done ``at_once``, or raises ``storage.together.NotAtOnce``. Each of them fails alone.
        """
        if at_once or self.dialect == "sqlite":
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

    def hear_time(self) -> None:
        """Have the clock hear the time before anybody goes by it. A database that is away is heard later."""
        with suppress(SQLAlchemyError), self.engine.connect():
            pass

    def close(self) -> None:
        self.engine.dispose()


def open_database(url: str, keys: list[bytes]) -> Database:
    """A Database at ``url`` with ``keys``, newest first; connects to nothing yet."""
    clock = Clock()
    return Database(connect(database_url(url), clock), Vault(keys), clock=clock)


def vault_of(session: Session) -> Vault:
    """The vault that a session of ours carries."""
    vault: Vault = session.info["vault"]
    return vault


def leave_nothing(session: Session) -> None:
    """Once this transaction is done, what it overwrites shall stand in SQLite's log no more either."""
    session.info[LEAVING] = True


_KEY = bindparam("key", type_=BigInteger)
_TURN = Prepared(lambda: select(func.pg_advisory_xact_lock(_KEY)))
_TURN_AT_ONCE = Prepared(lambda: select(func.pg_try_advisory_xact_lock(_KEY)))


def take_turn(session: Session, key: bytes) -> None:
    """Wait until no other transaction has the turn of ``key``, and keep it until this one ends.

    Raises NotAtOnce in a transaction that others share. Rows that are not there yet cannot be locked; a turn can. Who
    writes to SQLite is alone anyway.
    """
    if line_of(session).dialect.name != "postgresql":
        return
    number = int.from_bytes(key[:8], "big", signed=True)
    if not is_shared(session):
        _TURN.run(session, key=number)
    elif not _TURN_AT_ONCE.one(session, key=number):
        raise NotAtOnce


def is_shared(session: Session) -> bool:
    """Whether others' work is in this transaction too: nobody in it may wait for a lock. On SQLite there is but one."""
    return SHARED in session.info and line_of(session).dialect.name == "postgresql"


def insert_into(session: Session, table: type[Any]) -> Any:
    """An INSERT that knows ON CONFLICT, in the words of the session's database."""
    dialect = session.get_bind().dialect.name
    return (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
