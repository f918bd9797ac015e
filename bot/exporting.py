"""Exports made in the background, for the outbox: read in small transactions, written here, then sealed into the store.

Until the register says so there is no export: who dies on the way leaves parts that nothing names. Nothing is decided
here of what may leave.
"""

import logging
from datetime import timedelta
from typing import IO

from bot.services import Services
from storage import outbox
from storage.exports import UnknownLanguage, making, parts, take
from storage.exports.formats import Unfit
from storage.exports.making import Work
from storage.exports.scratch import scratch
from storage.exports.single import make, steps
from storage.outbox import Claimed

log = logging.getLogger(__name__)

LEASE = making.IN_HAND
PAUSE = timedelta(seconds=1)  # between two notes of how far it is
NO_FLOW = "no such flow"


class Overtaken(Exception):
    """This one is not to go on: it was cancelled, another has it, somebody was erased, or the process ends."""


def export(services: Services, job: Claimed, owner: str) -> None:
    """Make one export. Raises StoreFailed."""
    with services.database.writing() as session:
        now = services.now()
        work = making.take_up(session, int(job.target or 0), now)
        if work is None:
            outbox.finish(session, job.id, owner, now)
            return
        outbox.hold(session, job.id, owner, now + LEASE)
    try:
        _make(services, job, owner, work)
    except Overtaken:
        with services.database.writing() as session:  # whoever comes next sees what is to be done
            outbox.postpone(session, job.id, owner, services.now())
    except (Unfit, UnknownLanguage) as error:
        give_up(services, job, owner, str(error))


def _make(services: Services, job: Claimed, owner: str, work: Work) -> None:
    way = _Way(services, job, owner, work)
    found = take(services.database, services.library, work.order, services.files, way.step)
    if found is None:
        give_up(services, job, owner, NO_FLOW)
        return
    way.note(total=steps(found, work.wish.form))
    with scratch() as file:
        made = make(found, work.wish.form, file, work.wish.table)
        _put(services, work, file, way)
    with services.database.writing() as session:
        now = services.now()
        if not making.settle(session, work, made, now):
            raise Overtaken
        outbox.finish(session, job.id, owner, now)


def _put(services: Services, work: Work, file: IO[bytes], way: "_Way") -> None:
    parts.put(services.files, work.name, work.key, file, lambda number: way.note(parts=number))


class _Way:
    """How far one export is: noted now and then, which tells too whether it is to go on."""

    def __init__(self, services: Services, job: Claimed, owner: str, work: Work) -> None:
        self._services, self._job, self._owner, self._work = services, job, owner, work
        self._done, self._noted = 0, services.now()

    def step(self, number: int) -> None:
        """So many interviews more have been read."""
        self._done += number
        if self._services.ending.is_set() or self._services.now() - self._noted >= PAUSE:
            self.note(done=self._done)

    def note(self, **values: int) -> None:
        self._noted = now = self._services.now()
        with self._services.database.writing() as session:
            wanted = making.advance(session, self._work, **values)
            held = outbox.hold(session, self._job.id, self._owner, now + LEASE)
        if self._services.ending.is_set() or not (wanted and held):
            raise Overtaken


def expire(services: Services, job: Claimed, owner: str) -> None:
    """Take an export away that has had its days."""
    with services.database.writing() as session:
        now = services.now()
        making.expire(session, int(job.target or 0), now)
        outbox.finish(session, job.id, owner, now)


def give_up(services: Services, job: Claimed, owner: str, reason: str) -> None:
    """Say in the register why there will be no export."""
    with services.database.writing() as session:
        now = services.now()
        making.fail(session, int(job.target or 0), reason, now)
        outbox.finish(session, job.id, owner, now)
