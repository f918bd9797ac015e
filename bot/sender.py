"""The sender: takes what is due from the outbox, hands it to its channel, and writes down what became of it.

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
from datetime import timedelta
from functools import partial

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot import meters
from bot.channels import Channel, SendFailed, Sent, TellsSent
from bot.faults import fault
from bot.hands import Hands
from bot.letters import Letter, count_as_gone, forget_at_last, is_moot, open_letter
from bot.limits import Limits, NoRoom
from bot.looking_up import is_unsure, look_up
from bot.media import clearing
from bot.media.errands import ERRANDS, run_errand
from bot.services import Services
from bot.silences import look_at_one
from bot.stopping import take_ending
from bot.trying import is_over, next_try
from bot.turning_back import ClockWatch
from storage import messages, outbox, outgoing, ranks, silences
from storage.models import MessageRow
from storage.outbox import Claimed
from storage.vault import VaultError

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
BATCH = 1  # what is claimed goes out at once: a STOP that comes now is heeded by the next
BUSY = 1.0  # seconds of pause for all, where the provider names none
WRITE_AGAIN = 0.2  # seconds between tries to note what was sent
LOOK = 1.0  # seconds between looks at the outbox, for work that other processes queued
BREATH = 0.01  # seconds between looks of who has hands: what comes meanwhile is claimed together


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
        try:
            jobs, letters = self._services.database.write(partial(self._claim, head.queue, most))
        except NoRoom:
            return 1
        self._took_all = len(jobs) < most
        self._do(jobs, letters)
        return len(jobs)

    def _most(self, lane: str) -> int:
        """How many may be claimed: as many as hands are free for it, one by one where a limit holds."""
        free = self._hands.free(lane) if self._hands else BATCH
        return BATCH if self._limits.holds(lane) else free

    def _claim(
        self, queue: ranks.Queue, most: int, session: Session
    ) -> tuple[list[Claimed], list[Letter | None]]:
        """The next batch of a queue, and the letters in it."""
        now = self._services.now()
        span = (now, now + LEASE)
        jobs = ranks.claim(session, queue, self._owner, span, most, self._without)
        return jobs, [self._open(session, job) for job in jobs if job.kind not in ERRANDS]

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

    def _open(self, session: Session, job: Claimed) -> Letter | None:
        """The message of a job, stamped as sending; None when it must not go out (any more)."""
        now = self._services.now()
        if job.kind == outbox.FORGET:
            forget_at_last(session, job, self._owner, now)
            return None
        message, contact = outgoing.for_sending(session, job.message_id)
        if is_moot(session, self._services, job, message, contact):
            outbox.finish(session, job.id, self._owner, now)
            return None
        if wait := self._limits.chat_opens(session, job.lane, contact.id):
            outbox.postpone(session, job.id, self._owner, now + wait, tried=False)
            return None
        unsure = is_unsure(self._services, job, message)
        outgoing.advance(session, message.id, messages.SENDING)
        try:
            letter = open_letter(session, self._services, job, message, contact)
        except VaultError as error:
            self._failed(session, job, message, SendFailed(str(error), permanent=False))
        except SendFailed as failure:
            self._failed(session, job, message, failure)
        else:
            if not self._limits.take(session, job.lane, letter.text):
                raise NoRoom
            return replace(letter, unsure=unsure)
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
            self._refused(letter, failure)
        except Exception as error:  # noqa: BLE001 - a bug in a channel must not stop the others' messages
            meters.took(meters.SENDS, began, letter.channel, meters.LATER)
            self._refused(letter, SendFailed(f"bug: {fault(error)}", permanent=False))
        else:
            meters.took(meters.SENDS, began, letter.channel, meters.TAKEN)
            self._write_down(letter, sent)

    def _write_down(self, letter: Letter, sent: Sent) -> None:
        """Note that a message was taken, however long the database is away: else it would be sent again."""
        while True:
            try:
                return self._sent(letter, sent)
            except SQLAlchemyError as error:
                told = {"message": letter.message_id, "reason": type(error).__name__}
                log.warning("message %(message)s could not be written down: %(reason)s", told)
                if self._services.ending.wait(WRITE_AGAIN):
                    raise

    def _gone(self, channel: Channel, letter: Letter) -> Sent | None:
        """What became of an earlier try of which nobody has told; None where the message is to be sent."""
        if not letter.unsure or not isinstance(channel, TellsSent):
            return None
        return look_up(self._services, channel, letter)

    def _sent(self, letter: Letter, sent: Sent) -> None:
        status = messages.DELIVERED if sent.delivered else messages.SENT
        now = self._services.now()

        def record(session: Session) -> None:
            # the job first, then its message: the order in which all lock them
            outbox.finish(session, letter.job.id, self._owner, now)
            outgoing.advance(
                session, letter.message_id, status, provider_id=sent.provider_id, sent_at=sent.at
            )
            settings, sid = self._services.settings, sent.provider_id
            clearing.clear_outbound(session, settings, letter.channel, sid, now)
            # last: all who send wait here
            self._limits.spend(session, letter.job.lane, letter.text)

        self._services.database.write(record)
        count_as_gone(letter, status, now)

    def _refused(self, letter: Letter, failure: SendFailed) -> None:
        with self._services.database.writing() as session:
            message = session.get_one(MessageRow, letter.message_id)
            self._failed(session, letter.job, message, failure)

    def _failed(
        self, session: Session, job: Claimed, message: MessageRow, failure: SendFailed
    ) -> None:
        """Try again later, or give up: when the provider says so, or after a day."""
        now, told = self._services.now(), {"message": message.id, "reason": failure.reason}
        log.warning("message %(message)s was not sent: %(reason)s", told)
        if failure.ending:
            take_ending(session, message, failure.ending, now)
        if failure.permanent or is_over(job, now):
            outgoing.advance(session, message.id, messages.FAILED, error=failure.reason)
            to_many = job.kind == outbox.BROADCAST
            meters.message(message.channel, messages.FAILED, to_many=to_many)
            outbox.finish(session, job.id, self._owner, now)
        else:
            outgoing.requeue(session, message.id, failure.reason)
            run_at = next_try(now, job.attempts, failure.retry_after)
            mine = outbox.postpone(session, job.id, self._owner, run_at)
            if not mine and outbox.is_done(session, job.id):  # STOP came while it was in hand
                outgoing.advance(session, message.id, messages.FAILED, error=failure.reason)
        if failure.busy:
            self._limits.push(session, job.lane, failure.retry_after or BUSY)
