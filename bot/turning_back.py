"""Whether this machine's clock has gone back since the last look; what it dated ahead must not wait for it."""

import logging
from datetime import datetime, timedelta

from bot.services import Services
from storage import rates
from storage.turning_back import APART, set_right

log = logging.getLogger(__name__)

# who was asked the time before the clock went back may write it down after
LATE_COMERS, EVERY = timedelta(minutes=5), timedelta(seconds=5)


class ClockWatch:
    """One sender's eye on the clock. Its first look counts as one after the clock went back."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._before: datetime | None = None
        self._again: datetime | None = None
        self._watchful: datetime | None = None

    def look(self) -> None:
        """Set right what was dated ahead, if the clock has gone back; and for a while what comes late from before."""
        before, now = self._before, self._services.now()
        self._before = now
        if before is None or now < before - APART:
            self._again, self._watchful = now, now + LATE_COMERS if before else None
        elif not self._again or not self._watchful or not self._again <= now <= self._watchful:
            return
        self._again = now + EVERY
        with self._services.database.writing() as session:
            if before and now < before - APART:
                rates.turn_back(session, now)
            if ahead := set_right(session, now):
                told = {"jobs": ahead}
                log.warning("the clock went back: %(jobs)s jobs were dated ahead of it", told)
