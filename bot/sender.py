"""The sender: takes what is due from the outbox, hands it to its channel, and writes down what became of it.

Claim, commit, send, record: the network is never inside a transaction. If the process dies between sending and
recording, the lease ends and the message is sent again; it is never lost.
"""

import logging
import secrets
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot import meters
from bot.channels import SendFailed, Sent
from bot.faults import fault
from bot.media import clearing
from bot.media.errands import ERRANDS, run_errand
from bot.services import Services
from bot.silences import let_sleep, look_at_one
from bot.stopping import take_ending
from bot.trying import GIVE_UP, next_try
from storage import messages, outbox, outgoing
from storage.broadcasts import handing
from storage.contacts import address_of, suppression_of
from storage.erasure import forget
from storage.models import Contact, MessageRow
from storage.outbox import EXPORT, SLOW, Claimed
from storage.vault import VaultError

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
BATCH = 1  # what is claimed goes out at once: a STOP that comes now is heeded by the next
LOOK = 1.0  # seconds between looks at the outbox, for work that other processes queued
THREADS = 4


@dataclass(frozen=True)
class Letter:
    """One message ready to go."""

    job: Claimed
    message_id: int
    channel: str
    address: str
    text: str
    choices: list[messages.Button]


class Sender:
    """One worker of the outbox. Any number may run, in any number of processes."""

    def __init__(self, services: Services, without: Collection[str] = ()) -> None:
        """Kinds of work ``without`` are left to other workers."""
        self._services = services
        self._without = without
        self._owner = f"sender-{secrets.token_hex(6)}"

    def run_once(self) -> int:
        """Send what is due, at most one batch, or look at a silence; returns how many jobs were done."""
        database, now = self._services.database, self._services.now
        with database.reading() as session:
            due = outbox.next_due(session, self._without)
        if due is None or due > now():
            return look_at_one(self._services)
        with database.writing() as session:
            jobs = outbox.claim_jobs(session, self._owner, now(), LEASE, BATCH, self._without)
            letters = [self._open(session, job) for job in jobs if job.kind not in ERRANDS]
        for job in jobs:
            if job.kind in ERRANDS:
                began = time.perf_counter()
                run_errand(self._services, job, self._owner)
                meters.took(meters.WORK, began, job.kind)
        for letter in letters:
            if letter is not None:
                self._deliver(letter)
        return len(jobs)

    def run_until(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set. A database that is away is waited for."""
        while not stop.is_set():
            self._services.wake.clear()
            try:
                if self.run_once():
                    continue
            except SQLAlchemyError as error:
                log.warning("the outbox cannot be read now: %s", type(error).__name__)
            except Exception as error:  # noqa: BLE001 - a bug with one message must not end the sending of all
                log.error("a batch of the outbox failed: %s", fault(error))
            self._services.wake.wait(LOOK)

    def _open(self, session: Session, job: Claimed) -> Letter | None:
        """The message of a job, stamped as sending; None when it must not go out (any more)."""
        if job.kind == outbox.FORGET:
            if outbox.is_last(session, job):
                forget(session, job.order_key or 0, self._services.now())
            else:  # something was said since: the address is needed until that is out
                now = self._services.now()
                outbox.enqueue_forget(session, job.order_key or 0, now, now)
            outbox.finish(session, job.id, self._owner, self._services.now())
            return None
        message, contact = outgoing.for_sending(session, job.message_id)
        if messages.RANK[message.status] > messages.RANK[messages.SENDING]:
            # the provider has told what became of it already
            outbox.finish(session, job.id, self._owner, self._services.now())
            return None
        if job.kind == outbox.BROADCAST and not handing.goes(
            session, message, contact, self._services.library, self._services.now()
        ):
            outbox.finish(session, job.id, self._owner, self._services.now())
            return None
        outgoing.advance(session, message.id, messages.SENDING)
        try:
            letter = self._letter(session, job, message, contact)
        except VaultError as error:
            self._failed(session, job, message, SendFailed(str(error), permanent=False))
        except SendFailed as failure:
            self._failed(session, job, message, failure)
        else:
            return letter
        return None

    def _letter(
        self, session: Session, job: Claimed, message: MessageRow, contact: Contact
    ) -> Letter:
        address = address_of(session, contact)
        if address is None:
            raise SendFailed("the contact was erased", permanent=True)
        suppressed = suppression_of(session, contact)
        if suppressed and suppressed.silences(message.at):
            raise SendFailed("the contact stopped messages", permanent=True)
        if message.channel not in self._services.channels:
            raise SendFailed("the channel is not set up", permanent=False)
        if job.kind in outbox.UNASKED:
            let_sleep(session, self._services, contact, message)
        text = messages.body_of(session, message)
        return Letter(job, message.id, message.channel, address, text, list(message.choices or []))

    def _deliver(self, letter: Letter) -> None:
        channel, began = self._services.channels[letter.channel], time.perf_counter()
        try:
            sent = channel.send(letter.address, letter.text, letter.choices, letter.message_id)
        except SendFailed as failure:
            outcome = meters.REFUSED if failure.permanent else meters.LATER
            meters.took(meters.SENDS, began, letter.channel, outcome)
            self._refused(letter, failure)
        except Exception as error:  # noqa: BLE001 - a bug in a channel must not stop the others' messages
            meters.took(meters.SENDS, began, letter.channel, meters.LATER)
            self._refused(letter, SendFailed(f"bug: {fault(error)}", permanent=False))
        else:
            meters.took(meters.SENDS, began, letter.channel, meters.TAKEN)
            self._sent(letter, sent)

    def _sent(self, letter: Letter, sent: Sent) -> None:
        status = messages.DELIVERED if sent.delivered else messages.SENT
        with self._services.database.writing() as session:
            now = self._services.now()
            # the job first, then its message: the order in which all lock them
            outbox.finish(session, letter.job.id, self._owner, now)
            outgoing.advance(
                session, letter.message_id, status, provider_id=sent.provider_id, sent_at=sent.at
            )
            settings, sid = self._services.settings, sent.provider_id
            clearing.clear_outbound(session, settings, letter.channel, sid, now)
        meters.message(letter.channel, status)
        if letter.job.kind != outbox.BROADCAST:  # one of very many is no reply
            lasted = (now - letter.job.created_at).total_seconds()
            meters.seconds(meters.REPLIES, lasted, letter.channel)

    def _refused(self, letter: Letter, failure: SendFailed) -> None:
        with self._services.database.writing() as session:
            message = session.get_one(MessageRow, letter.message_id)
            self._failed(session, letter.job, message, failure)

    def _failed(
        self, session: Session, job: Claimed, message: MessageRow, failure: SendFailed
    ) -> None:
        """Try again later, or give up: when the provider says so, or after a day."""
        told = {"message": message.id, "reason": failure.reason}
        log.warning("message %(message)s was not sent: %(reason)s", told)
        now = self._services.now()
        if failure.ending:
            take_ending(session, message, failure.ending, now)
        if failure.permanent or now - job.created_at >= GIVE_UP:
            outgoing.advance(session, message.id, messages.FAILED, error=failure.reason)
            meters.message(message.channel, messages.FAILED)
            outbox.finish(session, job.id, self._owner, now)
        else:
            outgoing.requeue(session, message.id, failure.reason)
            run_at = next_try(now, job.attempts, failure.retry_after)
            mine = outbox.postpone(session, job.id, self._owner, run_at)
            if not mine and outbox.is_done(session, job.id):  # STOP came while it was in hand
                outgoing.advance(session, message.id, messages.FAILED, error=failure.reason)


class SenderThreads:
    """The sender as threads of this process."""

    def __init__(self, services: Services, count: int = THREADS) -> None:
        self._services = services
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(
                target=Sender(services, left_to_others(n, count)).run_until,
                args=(self._stop,),
                name=f"sender-{n}",
            )
            for n in range(count)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish what is in hand, then end."""
        self._stop.set()
        self._services.ending.set()
        self._services.wake.set()
        for thread in self._threads:
            thread.join()


def left_to_others(number: int, count: int) -> Collection[str]:
    """What one of so many threads does not do: an export that takes long holds up neither replies nor files."""
    if count == 1:
        return ()
    return {0: (EXPORT,), 1: [kind for kind in SLOW if kind != EXPORT]}.get(number, SLOW)
