"""One writer for a SQLite file: whoever comes while another writes waits, and is then written together with others.

A sync of the disk takes longer than all else with a message; so what waits shares one commit. Nobody is told that a
work is done before that commit is durable, and each fails alone.
"""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from sqlalchemy.orm import Session

T = TypeVar("T")
Work = Callable[[Session], T]
Writing = Callable[[], AbstractContextManager[Session]]
MOST = 32  # works of one commit: the first of them waits for the last


class _Spoilt(Exception):
    """A work of several has failed; nothing of any is kept."""


@dataclass(eq=False)
class _Entry:
    """A work that waits, and what became of it. ``turn`` is open when it is done, or is the next to lead."""

    work: Work[Any]
    turn: threading.Event = field(default_factory=threading.Event)
    done: bool = False
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
            self._waiting.append(entry)
            leads, self._led = not self._led, True
        if not leads:
            entry.turn.wait()
        if not entry.done:
            self._lead(writing)
        if entry.error is not None:
            raise entry.error
        return cast(T, entry.result)

    def _lead(self, writing: Writing) -> None:
        with self._lock:
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST))]
        try:
            _do(writing, batch)
        except (
            BaseException
        ) as error:  # the thread is ended: those who wait for it must not wait for ever
            for entry in batch:
                entry.error = entry.error or error
            raise
        finally:
            for entry in batch:
                entry.done = True
                entry.turn.set()
            with self._lock:
                self._led = bool(self._waiting)
                if self._waiting:
                    self._waiting[0].turn.set()


def _do(writing: Writing, batch: list[_Entry]) -> None:
    """All in one transaction; where one of them fails, each in its own."""
    try:
        with writing() as session:
            for entry in batch:
                entry.result = _try(session, entry.work)
                session.expunge_all()  # the next may be of the same contact
    except _Spoilt as spoilt:
        if len(batch) == 1:
            batch[0].error = spoilt.__cause__
        else:
            for entry in batch:
                _do(writing, [entry])
    except Exception as error:  # noqa: BLE001 - it is raised where somebody waits
        for entry in batch:
            entry.error = error


def _try(session: Session, work: Work[T]) -> T:
    try:
        result = work(session)
        session.flush()
    except Exception as error:
        raise _Spoilt from error
    return result
