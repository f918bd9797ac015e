"""Connections to PostgreSQL that have rested are asked whether they still stand, before they are used again.

Those of a busy service have just been used: to ask them each time would be one more round trip for each message. What
they are asked is the time (``clock``).
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

from storage.clock import Clock, passed

USED = "used"  # of a connection's ``info``: when it was given back
RESTED = 1.0  # seconds; in less a server is hardly started anew
TIME = "SELECT extract(epoch FROM clock_timestamp())::float8"


def ask_the_idle(engine: Engine, clock: Clock) -> None:
    """Have the pool replace those that no longer stand, unnoticed by whoever wants one; ``clock`` hears the time."""

    def ask(driver: Any, record: Any, _fairy: object) -> None:
        used = record.info.get(USED)
        rested = used is None or passed() - used > RESTED
        if (rested or clock.is_old()) and not _answers(engine, driver, clock):
            raise InvalidatePoolError

    event.listen(engine, "checkout", ask)
    event.listen(engine, "checkin", _note)


def _note(_driver: object, record: Any) -> None:
    record.info[USED] = passed()


def _answers(engine: Engine, driver: Any, clock: Clock) -> bool:
    began = passed()
    try:
        driver.autocommit = True  # no transaction is begun
        (told,) = driver.execute(TIME).fetchone()
        driver.autocommit = False
    except engine.dialect.loaded_dbapi.Error:
        return False
    clock.hear(datetime.fromtimestamp(told, UTC), began)
    return True
