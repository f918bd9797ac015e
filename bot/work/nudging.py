"""With WORK=celery: who queues work nudges a broker, and whoever is nudged looks into the outbox.

A nudge names a room of the work and nothing else: what is to be done stands in the outbox alone, and is claimed there.
So one that is lost, late or doubled changes nothing. Whoever sees work that is due nudges, once a second; a worker
that sees nobody heed it does the work itself. This module knows nothing of Celery.
"""

import logging
import threading
from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from bot import meters
from bot.faults import fault
from bot.limits import Limits
from bot.sender import LOOK, Sender
from bot.services import Services
from storage import outbox, silences
from storage.watching import PROMPT

log = logging.getLogger(__name__)

REPLIES, FILES, EXPORTS = "replies", "files", "exports"
# what each room leaves to the others: an export that takes long holds up neither replies nor files
ROOMS: Mapping[str, Collection[str]] = {
    REPLIES: outbox.SLOW,
    FILES: (*PROMPT, outbox.EXPORT),
    EXPORTS: (*PROMPT, *(kind for kind in outbox.SLOW if kind != outbox.EXPORT)),
}
HANDFUL = 20  # jobs for one nudge; then the next in the queue has its turn
LATE = 10.0  # seconds that work may be due until a worker does it without being nudged
GIVEN, LOST, UNHEEDED = "given", "lost", "late"

Give = Callable[[str], bool]


class Crew:
    """Does the work of a room. Replies by as many at once as there are threads, slow work by one."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._own = threading.local()
        self._alone = {room: threading.Lock() for room in ROOMS if room != REPLIES}

    def work(self, room: str) -> bool:
        """Do what is due, a handful at most; returns whether there may be more."""
        alone = self._alone.get(room)
        if alone is None:
            return self._work(room)
        if not alone.acquire(blocking=False):
            return False  # who is at it looks again
        try:
            return self._work(room)
        finally:
            alone.release()

    def _work(self, room: str) -> bool:
        sender, ending = self._sender(room), self._services.ending
        return all(not ending.is_set() and sender.run_once() for _ in range(HANDFUL))

    def _sender(self, room: str) -> Sender:
        """This thread's own, kept: one that is new has a look at the clock first, which writes."""
        senders: dict[str, Sender] = self._own.__dict__
        if room not in senders:
            senders[room] = Sender(self._services, ROOMS[room])
        return senders[room]


class Sweep:
    """Looks for work that is due in these rooms, and nudges. With a ``crew``, does what nobody heeds."""

    def __init__(
        self, services: Services, rooms: Collection[str], give: Give, crew: Crew | None = None
    ) -> None:
        self._services, self._rooms, self._give, self._crew = services, rooms, give, crew
        self._limits = Limits(services)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"sweep-{'-'.join(rooms)}")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish what is in hand, then end."""
        self._stop.set()
        self._services.ending.set()
        self._services.wake.set()
        self._thread.join()

    def look(self) -> bool:
        """Nudge for what is due; returns whether there may be more to do here and now."""
        found = [self._look(room) for room in self._rooms]
        return any(found)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._services.wake.clear()
            try:
                if self.look():
                    continue
            except SQLAlchemyError as error:
                log.warning("the outbox cannot be read now: %s", type(error).__name__)
            except Exception as error:  # noqa: BLE001 - a bug with one job must not end the sweeping for all
                log.error("a sweep of the outbox failed: %s", fault(error))
            self._services.wake.wait(LOOK)

    def _look(self, room: str) -> bool:
        due, now = self._due(room), self._services.now()
        if due is None or due > now:
            return False
        given = self._give(room)
        meters.nudge(GIVEN if given else LOST)
        late = (now - due).total_seconds() > LATE
        if self._crew is None or (given and not late):
            return False
        meters.nudge(UNHEEDED)
        return self._crew.work(room)

    def _due(self, room: str) -> datetime | None:
        with self._services.database.reading() as session:
            due = [outbox.next_due(session, ROOMS[room], self._limits.look(session).shut)]
            if (
                room == REPLIES
            ):  # whose interviews have been silent for long: that is looked at between replies
                due.append(silences.next_due(session))
        return min((one for one in due if one), default=None)
