"""The outbox is thinned out by a thread: jobs that are done go after a week, some at a time, with a breath between."""

import logging
from collections.abc import Callable
from datetime import datetime

from bot.again import Again
from bot.services import Services
from storage import thinning
from storage.db import Database

log = logging.getLogger(__name__)

EVERY = 3600.0  # seconds between looks
BREATH = 0.2  # seconds between pieces: 1,000 jobs a second go, and messages need not wait for it


def thin(database: Database, now: datetime, going_on: Callable[[], bool] = lambda: True) -> int:
    """Take away what was done long ago; returns how many jobs that were. Each piece is a transaction of its own."""
    gone, after = 0, 0
    while going_on():
        with database.reading() as session:
            old, upto = thinning.look(session, now, after)
        if old:
            with database.writing() as session:
                gone += thinning.take_away(session, old)
        if upto is None:
            break
        after = upto
    return gone


def thinner(services: Services) -> Again:
    """Thins out the outbox of a process that works, until it ends."""

    def work() -> None:
        gone = thin(services.database, services.now(), lambda: not services.ending.wait(BREATH))
        if gone:
            log.info("%(jobs)s jobs that were done long ago were taken away", {"jobs": gone})

    return Again("thinning", EVERY, work)
