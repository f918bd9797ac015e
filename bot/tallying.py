"""The kept counts are renewed by a thread: a few days at a time, so that no message waits for it.

Nobody depends on it: whoever reads counts anew what is not renewed yet.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from bot.faults import fault
from bot.services import Services
from storage.db import Database
from storage.tallies import keeping

log = logging.getLogger(__name__)

EVERY = 300.0  # seconds between looks for what moved


def renew(database: Database, now: datetime, going_on: Callable[[], bool] = lambda: True) -> int:
    """Look for what moved, and count all that is marked; returns how many counts are kept. Each step is its own."""
    with database.writing() as session:
        keeping.look(session, now)
    whole = 0
    while going_on():
        with database.reading() as session:
            counted = keeping.count_some(session)
        if counted is None:
            break
        with database.writing() as session:
            kept = keeping.keep(session, counted)
        if not kept:  # all of it was marked meanwhile: the next look sees to it
            break
        whole += kept
    return whole


class TallyThread:
    """Counts renewed by a thread of this process."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tallies")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End after the step in hand."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while True:
            self._renew()
            if self._stop.wait(EVERY):
                return

    def _renew(self) -> None:
        try:
            renew(self._services.database, self._services.now(), lambda: not self._stop.is_set())
        except SQLAlchemyError as error:
            log.warning("the counts cannot be renewed now: %s", type(error).__name__)
        except Exception as error:  # noqa: BLE001 - a bug here must not end the counting to come
            log.error("the counts could not be renewed: %s", fault(error))
