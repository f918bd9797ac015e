"""When what failed for now is tried again, and for how long."""

from datetime import datetime, timedelta

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 900.0  # seconds between tries
GIVE_UP = timedelta(hours=24)
PATIENCE = {"broadcast": timedelta(days=3)}  # what goes to many waits its turn first, by its rank


def is_over(kind: str, created_at: datetime, now: datetime) -> bool:
    """Whether a message that failed for now has been tried for long enough."""
    return now - created_at >= PATIENCE.get(kind, GIVE_UP)


def next_try(now: datetime, attempts: int, wait: float | None = None) -> datetime:
    """When a job that failed for now runs again: as long as the provider asked, else twice as long each time."""
    pause = min(FIRST_PAUSE * 2 ** min(attempts - 1, 12), LONGEST_PAUSE)
    return now + timedelta(seconds=max(wait or 0.0, pause))
