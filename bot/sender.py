"""The sender: takes what is due from the outbox and hands it to its channel; what became of it goes to ``outcomes``.

Claim, commit, send, record: the network is never inside a transaction. If the process dies between sending and
recording, or no answer comes, the message is looked up in the provider's log where it has one, and else sent again:
it is never lost. A database that is away is waited for. What may go out now, and how fast, is known to ``limits``.
"""

import logging
import secrets
import threading
import time
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot import meters
from bot.channels import Channel, SendFailed, Sent, TellsSent
from bot.faults import BUG, fault
from bot.hands import Hands
from bot.letters import Letter, forget_at_last, is_moot, open_letter
from bot.limits import Limits, NoRoom
from bot.looking_up import doubt_about, look_up
from bot.media.errands import ERRANDS, run_errand
from bot.outcomes import TOO_LATE, Broken, Outcomes
from bot.receive import passes
from bot.services import Services
from bot.silences import look_at_one
from bot.turning_back import ClockWatch
from storage import messages, outbox, outgoing, ranks, silences
from storage.outbox import Claimed
from storage.vault import VaultError

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
BATCH = 1  # what is claimed goes out at once: a STOP that comes now is heeded by the next
LOOK = 1.0  # seconds between looks at the outbox, for work that other processes queued
BREATH = 0.01  # seconds between looks of who has hands: what comes meanwhile is claimed together

Batch = tuple[list[Claimed], list[Letter | None]]  # jobs, and the letters in them


class Sender:
    """One worker of the outbox. Any number may run, in any number of processes."""

    def __init__(
        self, services: Services, without: Collection[str] = (), hands: Hands | None = None
    ) -> None:
        """Kinds of work ``without`` are left to other workers. With ``hands`` so many messages are sent at once."""
        self._services = services
        self._without = without
        self._hands = hands
        self._owner = f"sender-{secrets.token_hex(6)}"
        self._limits = Limits(services)
        self._outcomes = Outcomes(services, self._owner, self._limits)
        self._clock = ClockWatch(services)
        self._rest, self._took_all = LOOK, True

    def run_once(self) -> int:
        """Send what comes first, at most one batch, or look at a silence; returns how many jobs were done.

        A queue whose first rows others have locked holds up none but itself: it is looked at again after a rest.
        """
        services, now = self._services, self._services.now()
        self._clock.look()
        full, coming = self._hands.held() if self._hands else ((), 0)
        with services.database.reading() as session:
            waits = self._limits.look(session, coming)
            heads = ranks.due(session, now, self._without, waits.shut | ranks.queues_of(full))
            silence = None if heads else silences.next_due(session)
        if not heads:
            self._rest = LOOK if waits.opens is None else (waits.opens - now).total_seconds()
            return look_at_one(services) if silence and silence <= now else 0
        return next(filter(None, map(self._take, heads)), 0)

    def _take(self, head: ranks.Head) -> int:
        """Do what comes first in a queue; returns how many jobs, or that it is to be looked at again."""
        most = self._most(head.lane)
        had = self._have(head.queue, most)
        if had is None:
            return 1
        jobs, letters = had
        self._took_all = len(jobs) < most
        self._do(jobs, letters)
        return len(jobs)

    def _most(self, lane: str) -> int:
        """How many may be claimed: as many as hands are free for it, one by one where a limit holds."""
        free = self._hands.free(lane) if self._hands else BATCH
        return BATCH if self._limits.holds(lane) else free

    def _have(self, queue: ranks.Queue, most: int) -> Batch | None:
        """The next batch of a queue; None where it was not to be had, or not in time.

        A claim may wait: for a table that is locked, for a disk, for another server that keeps a copy. Who has waited
        for most of the lease cannot send before others take it up.
        """
        try:
            until, jobs, letters = self._services.database.write(partial(self._claim, queue, most))
        except NoRoom:
            return None
        except Broken as broken:
            self._outcomes.set_aside(broken)
            return None
        if until - self._services.now() < LEASE / 2:
            self._outcomes.give_back(jobs, letters)
            return None
        return jobs, letters

    def _claim(
        self, queue: ranks.Queue, most: int, session: Session
    ) -> tuple[datetime, list[Claimed], list[Letter | None]]:
        """Until when the next batch of a queue is ours, the batch, and the letters in it."""
        now = self._services.now()
        span = (now, now + LEASE)
        jobs = ranks.claim(session, queue, self._owner, span, most, self._without)
        letters = [self._open(session, job) for job in jobs if job.kind not in ERRANDS]
        return span[1], jobs, letters

    def _open(self, session: Session, job: Claimed) -> Letter | None:
        """The message of a job, if it is to go out now; raises Broken where a fault of ours keeps us from knowing."""
        try:
            return self._stamp(session, job)
        except Exception as error:
            if isinstance(error, NoRoom) or passes(error):
                raise
            raise Broken(job, fault(error)) from error

    def _do(self, jobs: list[Claimed], letters: list[Letter | None]) -> None:
        for job in jobs:
            if job.kind in ERRANDS:
                began = time.perf_counter()
                run_errand(self._services, job, self._owner)
                meters.took(meters.WORK, began, job.kind)
        for letter in letters:
            if letter is not None and self._hands:
                weight = self._limits.weight(letter.job.lane, letter.text)
                self._hands.take(letter.job.lane, partial(self._deliver, letter), weight)
            elif letter is not None:
                self._deliver(letter)

    def run_until(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set. A database that is away is waited for.

        Who has hands is woken for each message; the others look now and then, or all would run for each.
        """
        wake = self._services.wake if self._hands else stop
        while not stop.is_set():
            began, self._rest, self._took_all = time.monotonic(), LOOK, True
            if self._hands:
                wake.clear()
            if not self._look():
                wake.wait(min(self._rest, LOOK))
            if self._hands and self._took_all:
                stop.wait(began + BREATH - time.monotonic())
        if self._hands:
            self._hands.finish()

    def _look(self) -> int:
        """Do what comes first, as ``run_once``; a database that is away, or a bug, leaves nothing done."""
        try:
            return self.run_once()
        except SQLAlchemyError as error:
            log.warning("the outbox cannot be read now: %s", type(error).__name__)
        except Exception as error:  # noqa: BLE001 - a bug with one message must not end the sending of all
            log.error("a batch of the outbox failed: %s", fault(error))
        return 0

    def _stamp(self, session: Session, job: Claimed) -> Letter | None:
        """The message of a job, stamped as sending; None when it must not go out (any more)."""
        now = self._services.now()
        if job.kind == outbox.FORGET:
            forget_at_last(session, job, self._owner, now)
            return None
        message, contact = outgoing.for_sending(session, job.message_id)
        if is_moot(session, self._services, job, message, contact):
            self._outcomes.moot(session, job, message)
            return None
        if wait := self._limits.chat_opens(session, job.lane, contact.id):
            outbox.postpone(session, job.id, self._owner, now + wait, tried=False)
            return None
        doubt = doubt_about(self._services, message)
        outgoing.advance(session, message.id, messages.SENDING)
        try:
            letter = open_letter(session, self._services, job, message, contact)
        except VaultError as error:
            failure = SendFailed(str(error), permanent=False)
            self._outcomes.failed(session, job, message, failure, doubt)
        except SendFailed as failure:
            self._outcomes.failed(session, job, message, failure, doubt)
        else:
            if not self._limits.take(session, job.lane, letter.text):
                raise NoRoom
            return replace(letter, doubt=doubt)
        return None

    def _deliver(self, letter: Letter) -> None:
        channel, began = self._services.channels[letter.channel], time.perf_counter()
        try:
            sent = self._gone(channel, letter) or channel.send(
                letter.address, letter.text, letter.choices, letter.message_id
            )
        except SendFailed as failure:
            outcome = meters.REFUSED if failure.permanent else meters.LATER
            meters.took(meters.SENDS, began, letter.channel, outcome)
            self._outcomes.refused(letter, failure)
        except Exception as error:  # noqa: BLE001 - a bug in a channel must not stop the others' messages
            meters.took(meters.SENDS, began, letter.channel, meters.LATER)
            self._outcomes.refused(letter, SendFailed(f"{BUG}{fault(error)}", permanent=False))
        else:
            meters.took(meters.SENDS, began, letter.channel, meters.TAKEN)
            self._outcomes.taken(letter, sent)

    def _gone(self, channel: Channel, letter: Letter) -> Sent | None:
        """What became of an earlier try of which nobody has told; None where the message is to be sent."""
        if not letter.doubt or not isinstance(channel, TellsSent):
            return None
        found = look_up(self._services, channel, letter)
        if found is None:
            self._hold(letter)
        return found

    def _hold(self, letter: Letter) -> None:
        """To look it up took its time: raise SendFailed where another has taken it up since, or a STOP came.

        So it does where this itself has waited for too long, as a claim may.
        """
        until = self._services.now() + LEASE
        with self._services.database.writing() as session:
            is_ours = outbox.hold(session, letter.job.id, self._owner, until)
        if not is_ours or until - self._services.now() < LEASE / 2:
            raise SendFailed(TOO_LATE, permanent=False)
