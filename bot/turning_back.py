"""Whether this machine's clock has gone back since the last look; what it dated ahead must not wait for it."""

import logging
from datetime import datetime

from bot.services import Services
from storage.turning_back import APART, set_right

log = logging.getLogger(__name__)


class ClockWatch:
    """One sender's eye on the clock. Its first look counts as one after the clock went back."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._before: datetime | None = None

    def look(self) -> None:
        """Set right what was dated ahead, if the clock has gone back."""
        before, now = self._before, self._services.now()
        if before is None or now < before - APART:
            with self._services.database.writing() as session:
                if ahead := set_right(session, now):
                    told = {"jobs": ahead}
                    log.warning("the clock went back: %(jobs)s jobs were dated ahead of it", told)
        self._before = now
