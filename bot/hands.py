"""Many messages on their way to the providers at once: each waits for an answer most of its time.

A hand only delivers. What is claimed for the hands goes out at once, so no more is claimed than are free. No lane gets
more than two thirds of them: a provider that hangs, so that all of its own are held, leaves hands for the others.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy.exc import SQLAlchemyError

from bot.faults import fault

log = logging.getLogger(__name__)

HANDS = 72  # two thirds of them, at a provider that takes 80 ms, take 600 a second


class Hands:
    """Threads that deliver. ``wake`` is set whenever one is free again: what comes behind its message may go then."""

    def __init__(self, wake: threading.Event, count: int = HANDS) -> None:
        self._wake = wake
        self._pool = ThreadPoolExecutor(count, "hand")
        self._count, self._share = count, max(1, count * 2 // 3)
        self._busy: Counter[str] = Counter()
        self._weight = 0
        self._changed = threading.Condition()

    def free(self, lane: str) -> int:
        """How many a lane may have now; waits until it is one."""
        with self._changed:
            self._changed.wait_for(lambda: self._left(lane) > 0)
            return self._left(lane)

    def _left(self, lane: str) -> int:
        return min(self._count - self._busy.total(), self._share - self._busy[lane])

    def held(self) -> tuple[list[str], int]:
        """The lanes that have all they may have, which wait; and what all weighs together that is in hand.

        Ask it before what is written down: then what is written down meanwhile counts twice, and not never.
        """
        with self._changed:
            return [lane for lane, busy in self._busy.items() if busy >= self._share], self._weight

    def take(self, lane: str, work: Callable[[], None], weight: int = 0) -> None:
        """Have a free hand do it."""
        with self._changed:
            self._busy[lane] += 1
            self._weight += weight
        self._pool.submit(self._do, lane, work, weight)

    def finish(self) -> None:
        """Wait until all is done that was taken."""
        self._pool.shutdown()

    def _do(self, lane: str, work: Callable[[], None], weight: int) -> None:
        try:
            work()
        except SQLAlchemyError as error:
            log.warning("what became of a message cannot be kept now: %s", type(error).__name__)
        except Exception as error:  # noqa: BLE001 - a bug with one message must not keep the hand
            log.error("a message could not be delivered: %s", fault(error))
        finally:
            with self._changed:
                self._busy[lane] -= 1
                self._weight -= weight
                self._changed.notify()
            self._wake.set()
