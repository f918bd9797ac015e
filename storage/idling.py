"""Connections to PostgreSQL that have rested are asked whether they still stand, before they are used again.

Those of a busy service have just been used: to ask them each time would be one more round trip for each message.
"""

import time
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

USED = "used"  # of a connection's ``info``: when it was given back
RESTED = 1.0  # seconds; in less a server is hardly started anew


def ask_the_idle(engine: Engine) -> None:
    """Have the pool replace those that no longer stand, unnoticed by whoever wants one."""

    def ask(driver: Any, record: Any, _fairy: object) -> None:
        used = record.info.get(USED)
        if used is not None and time.monotonic() - used > RESTED and not _stands(engine, driver):
            raise InvalidatePoolError

    event.listen(engine, "checkout", ask)
    event.listen(engine, "checkin", _note)


def _note(_driver: object, record: Any) -> None:
    record.info[USED] = time.monotonic()


def _stands(engine: Engine, driver: Any) -> bool:
    try:
        return engine.dialect.do_ping(driver)
    except engine.dialect.loaded_dbapi.Error:
        return False
