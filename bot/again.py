"""Work that a thread of this process does again and again, until it is told to end. No failure of it ends the rest."""

import logging
import threading
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from bot.faults import fault

log = logging.getLogger(__name__)


class Again:
    """``work`` at once, and then every so many ``seconds``; ``name`` says in the log what it is."""

    def __init__(self, name: str, seconds: float, work: Callable[[], object]) -> None:
        self._name, self._seconds, self._work = name, seconds, work
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End, after what is in hand."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        wait = 0.0
        while not self._stop.wait(wait):
            self._try()
            wait = self._seconds

    def _try(self) -> None:
        try:
            self._work()
        except SQLAlchemyError as error:
            told = {"what": self._name, "reason": type(error).__name__}
            log.warning("%(what)s: the database cannot be used now: %(reason)s", told)
        except Exception as error:  # noqa: BLE001 - a bug here must not end what is to come
            log.error("%(what)s: %(reason)s", {"what": self._name, "reason": fault(error)})
