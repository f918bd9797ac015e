"""How long the database takes, as this process sees it: told on to whoever measures, and the last commits kept.

It knows durations only: no statements, no values.
"""

import time
from collections import deque
from collections.abc import Callable
from statistics import median

READ, WRITE, COMMIT = "read", "write", "commit"
LAST, RECENT = 200, 600.0  # commits that are kept, and seconds for which one says how it is now
ENOUGH = 5  # commits: one alone that was slow says nothing

Told = Callable[[str, float], None]


def _to_nobody(_work: str, _seconds: float) -> None:
    return


class Pulse:
    """Takes note of reading and writing transactions, and of the commit that ends a writing one, in seconds.

    ``told`` hears of each. ``clock`` tells seconds that only ever grow.
    """

    def __init__(
        self, told: Told = _to_nobody, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._told, self._clock = told, clock
        self._commits: deque[tuple[float, float]] = deque(maxlen=LAST)

    def note(self, work: str, seconds: float) -> None:
        """One more, that has just ended."""
        self._told(work, seconds)
        if work == COMMIT:
            self._commits.append((self._clock(), seconds))

    def commit(self) -> float | None:
        """The usual duration of a commit these last minutes; None where there were few."""
        since = self._clock() - RECENT
        lately = [seconds for at, seconds in tuple(self._commits) if at >= since]
        return median(lately) if len(lately) >= ENOUGH else None
