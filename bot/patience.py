"""Work that may hang is waited for so long, and no longer: a database that says nothing must not silence the rest."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


class Hanging(Exception):
    """The work is not done yet; what becomes of it is told to nobody."""


class Patience:
    """Waits ``seconds``. While one work hangs no other is begun: threads would pile up."""

    def __init__(self, seconds: float = 3.0) -> None:
        self._seconds = seconds
        self._turn = threading.Lock()

    def wait_for(self, work: Callable[[], T]) -> T:
        """What ``work`` returns or raises; raises Hanging."""
        if not self._turn.acquire(timeout=self._seconds):
            raise Hanging
        done: Future[T] = Future()
        threading.Thread(target=self._do, args=(work, done), name="patience", daemon=True).start()
        try:
            return done.result(self._seconds)
        except TimeoutError:
            if done.done():
                raise  # the work's own
            raise Hanging from None

    def _do(self, work: Callable[[], T], done: "Future[T]") -> None:
        try:
            found = work()
        except BaseException as error:  # noqa: BLE001 - it is raised where somebody waits
            self._turn.release()
            done.set_exception(error)
        else:
            self._turn.release()
            done.set_result(found)
