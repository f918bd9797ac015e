"""The kept counts are renewed by a thread: a few days at a time, so that no message waits for it.

Nobody depends on it: whoever reads counts anew what is not renewed yet.
"""

from collections.abc import Callable
from datetime import datetime

from bot.again import Again
from bot.services import Services
from storage.db import Database
from storage.tallies import keeping

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


def tallies(services: Services) -> Again:
    """The counts of a process that works, renewed until it ends."""

    def work() -> None:
        renew(services.database, services.now(), lambda: not services.ending.is_set())

    return Again("tallies", EVERY, work)
