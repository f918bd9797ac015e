"""Who writes at the same time shares a transaction: who comes while another writes waits, and is then written along.

A commit takes longer than all else with a message; so what waits shares one. Nobody is told that a work is done before
that commit is durable, and each fails alone.
"""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

T = TypeVar("T")
Work = Callable[[Session], T]
Writing = Callable[[], AbstractContextManager[Session]]
MOST = 32  # works of one commit: the first of them waits for the last
SHARED = "shared"  # of a session's ``info``
BEGIN = "BEGIN"


class NotAtOnce(Exception):
    """A work cannot have what it needs without waiting: it is done by itself, lest those beside it wait too.

    Whoever raises it has written nothing yet.
    """


@dataclass(eq=False)
class _Entry:
    """A work that waits, and what became of it. ``turn`` is open when it is done, is to lead, or to be done alone."""

    work: Work[Any]
    turn: threading.Event = field(default_factory=threading.Event)
    leads: bool = False
    alone: bool = False
    result: Any = None
    error: BaseException | None = None


class Together:
    """Who comes first does the work of all who wait, in its own thread; so there is no thread to start or to end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[_Entry] = deque()
        self._led = False

    def write(self, writing: Writing, work: Work[T]) -> T:
        """What ``work`` returns or raises, once it is committed, or rolled back. It may be run again.

        ``writing`` opens a transaction. ``work`` must touch nothing but the database.
        """
        entry = _Entry(work)
        with self._lock:
            if self._led:
                self._waiting.append(entry)
            else:
                self._led = entry.leads = True
        if not entry.leads:
            entry.turn.wait()
        if entry.leads:
            self._lead(writing, entry)
        if entry.alone:
            with writing() as session:
                return work(session)
        if entry.error is not None:
            raise entry.error
        return cast(T, entry.result)

    def _lead(self, writing: Writing, first: _Entry) -> None:
        with self._lock:
            more = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST - 1))]
        try:
            _do(writing, [first, *more])
        except (
            BaseException
        ) as error:  # the thread is ended: those who wait for it must not wait for ever
            for entry in more:
                entry.error = error
            raise
        finally:
            self._pass_on()
            for entry in more:
                entry.turn.set()

    def _pass_on(self) -> None:
        """Let the first of those who came meanwhile lead."""
        with self._lock:
            self._led = bool(self._waiting)
            if self._led:
                following = self._waiting.popleft()
                following.leads = True
                following.turn.set()


def _do(writing: Writing, batch: list[_Entry]) -> None:
    """All in one transaction. Where it fails nothing of any is kept, and each is to be done in its own.

    A database that is away is away for all of them: nobody waits for it twice.
    """
    try:
        with writing() as session:
            session.info[SHARED] = True
            for entry in batch:
                _try(session, entry)
                session.expunge_all()  # the next may be of the same contact
    except Exception as error:  # noqa: BLE001 - it is raised where somebody waits
        for entry in batch:
            entry.alone = not _is_away(error)
            entry.error = error


def _try(session: Session, entry: _Entry) -> None:
    try:
        entry.result = entry.work(session)
        session.flush()
    except NotAtOnce:
        entry.alone = True


def _is_away(error: Exception) -> bool:
    """Whether the database was cut off, or could not be had: before any statement, or for the first, which begins."""
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or (error.statement or BEGIN).startswith(BEGIN)
