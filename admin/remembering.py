"""What was counted over all testimonies, kept for a minute where the counting took long. It holds numbers, no words.

Most are added up from what ``storage.tallies`` keeps; the others cost as much as there are testimonies. What is small
is counted anew for every page; in a large collection the first to look waits, and for a minute all others see the same
numbers, with the time they are of.
"""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

LONG, KEPT = 0.1, 60.0  # seconds: of counting, from when on it is kept, and for how long
MOST = 100  # counts that are kept

T = TypeVar("T")


@dataclass(frozen=True)
class Remembered:
    """The counts of one process, by what was asked for. ``clock`` tells seconds that only ever grow."""

    clock: Callable[[], float] = time.monotonic
    _kept: dict[Hashable, tuple[float, Any]] = field(default_factory=dict)

    def get(self, asked: Hashable, count: Callable[[], T]) -> T:
        """What ``count`` finds, or found less than a minute ago for the same ``asked``."""
        now = self.clock()
        until, known = self._kept.get(asked, (now, None))
        if now < until:
            found: T = known
            return found
        counted = count()
        done = self.clock()
        if done - now >= LONG:
            self._keep(asked, counted, done)
        return counted

    def forget(self) -> None:
        """Count everything anew."""
        self._kept.clear()

    def _keep(self, asked: Hashable, counted: object, done: float) -> None:
        for old, (until, _) in list(self._kept.items()):  # a copy: other threads may keep theirs
            if until <= done or len(self._kept) >= MOST:
                self._kept.pop(old, None)
        self._kept[asked] = (done + KEPT, counted)
