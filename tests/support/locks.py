"""Waiting for the moment in which somebody waits for a lock of PostgreSQL's."""

from threading import Event

from sqlalchemy import Engine, text

PATIENCE = 60.0  # seconds
WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def wait_until_held_up(engine: Engine, count: int = 1) -> None:
    """Until so many wait for a lock in the engine's database."""
    with engine.connect() as watching:
        for _ in range(int(PATIENCE / 0.02)):
            if watching.scalar(WAITING) == count:
                return
            watching.rollback()
            Event().wait(0.02)
    raise AssertionError("nobody came as far as the lock")
