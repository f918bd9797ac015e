"""Many messages on their way to the providers at once: each waits for an answer most of its time.

A hand only delivers. What is claimed for the hands goes out at once, so no more is claimed than are free.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy.exc import SQLAlchemyError

from bot.faults import fault

log = logging.getLogger(__name__)

HANDS = 48  # a provider that takes 80 ms takes so 600 a second


class Hands:
    """Threads that deliver. ``wake`` is set whenever one is free again: what comes behind its message may go then."""

    def __init__(self, wake: threading.Event, count: int = HANDS) -> None:
        self._wake = wake
        self._pool = ThreadPoolExecutor(count, "hand")
        self._spare = count
        self._changed = threading.Condition()

    def free(self) -> int:
        """How many are free; waits until one is."""
        with self._changed:
            self._changed.wait_for(lambda: self._spare > 0)
            return self._spare

    def take(self, work: Callable[[], None]) -> None:
        """Have a free hand do it."""
        with self._changed:
            self._spare -= 1
        self._pool.submit(self._do, work)

    def finish(self) -> None:
        """Wait until all is done that was taken."""
        self._pool.shutdown()

    def _do(self, work: Callable[[], None]) -> None:
        try:
            work()
        except SQLAlchemyError as error:
            log.warning("what became of a message cannot be kept now: %s", type(error).__name__)
        except Exception as error:  # noqa: BLE001 - a bug with one message must not keep the hand
            log.error("a message could not be delivered: %s", fault(error))
        finally:
            with self._changed:
                self._spare += 1
                self._changed.notify()
            self._wake.set()
