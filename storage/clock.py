"""The time that all processes share: the database's, where that has a clock of its own.

Leases, limits and what is due go by it. Of machines whose clocks differ, one that is ahead would take from the others
what they have in hand, and send it again.
"""

import time
from datetime import UTC, datetime, timedelta

RENEWED = 30.0  # seconds after which the time is asked again, though it is known
# Linux' monotonic time stands still while a machine is suspended: leases would end before they began. This goes on
_PASSING = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def passed() -> float:
    """Seconds since some moment of the past, also those in which this machine was suspended."""
    return time.clock_gettime(_PASSING)


class Clock:
    """Tells the time (aware, UTC): this machine's own until another is heard.

    From then on it goes by how much time has passed, so that nobody's turning of this machine's clock moves it.
    """

    def __init__(self) -> None:
        self._heard: tuple[datetime, float] | None = None

    def __call__(self) -> datetime:
        return self._at(passed())

    def is_old(self) -> bool:
        """Whether the time is to be heard again."""
        return self._heard is None or passed() - self._heard[1] > RENEWED

    def hear(self, told: datetime, began: float) -> None:
        """It was ``told`` at some moment since ``began`` (of ``passed``). The clock moves no more than it must."""
        ended = passed()
        latest = told + timedelta(seconds=ended - began)
        self._heard = min(max(self._at(ended), told), latest), ended

    def _at(self, moment: float) -> datetime:
        if self._heard is None:
            return datetime.now(UTC)
        at, since = self._heard
        return at + timedelta(seconds=moment - since)
