"""When what failed for now is tried again, and for how long."""

from datetime import datetime, timedelta

from storage.outbox import Claimed

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 900.0  # seconds between tries
GIVE_UP = timedelta(hours=24)
PATIENCE = {"broadcast": timedelta(days=3)}  # what goes to many waits its turn first, by its rank
# an hour of tries at the least: what is old may have waited for a worker, or for tomorrow, and was not tried
FEWEST_TRIES = 12


def is_over(job: Claimed, now: datetime) -> bool:
    """Whether a message that failed for now has been tried for long enough."""
    is_old = now - job.created_at >= PATIENCE.get(job.kind, GIVE_UP)
    return is_old and job.attempts >= FEWEST_TRIES


def next_try(now: datetime, attempts: int, wait: float | None = None) -> datetime:
    """When a job that failed for now runs again: as long as the provider asked, else twice as long each time."""
    pause = min(FIRST_PAUSE * 2 ** min(attempts - 1, 12), LONGEST_PAUSE)
    return now + timedelta(seconds=max(wait or 0.0, pause))
