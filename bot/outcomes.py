"""What became of a message, written down: it was taken, or refused, or is to be tried again. Nothing is sent here.

A job is locked before its message: the order in which all lock them.
"""

import logging
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot import meters
from bot.channels import SendFailed, Sent
from bot.faults import BUG
from bot.letters import Letter
from bot.limits import Limits
from bot.media import clearing
from bot.services import Services
from bot.stopping import take_ending
from bot.trying import is_over, next_try
from storage import messages, outbox, outgoing
from storage.models import MessageRow
from storage.outbox import Claimed
from storage.setting_aside import set_aside

log = logging.getLogger(__name__)

BUSY = 1.0  # seconds of pause for all, where the provider names none
WRITE_AGAIN = 0.2  # seconds between tries to note what was sent
TOO_LATE = "its time was over before it could be sent"
SET_ASIDE = timedelta(hours=1)  # for so long what cannot be opened waits: somebody has to mend it


class Broken(Exception):
    """A fault of ours keeps a job from being opened: what was claimed with it is to be rolled back."""

    def __init__(self, job: Claimed, reason: str) -> None:
        super().__init__(reason)
        self.job = job
        self.reason = reason


class Outcomes:
    """Writes down for one sender, the ``owner`` of its jobs, what became of them."""

    def __init__(self, services: Services, owner: str, limits: Limits) -> None:
        self._services = services
        self._owner = owner
        self._limits = limits

    def taken(self, letter: Letter, sent: Sent) -> None:
        """Note that a message was taken, however long the database is away: else it would be sent again."""
        while True:
            try:
                return self._sent(letter, sent)
            except SQLAlchemyError as error:
                told = {"message": letter.message_id, "reason": type(error).__name__}
                log.warning("message %(message)s could not be written down: %(reason)s", told)
                if self._services.ending.wait(WRITE_AGAIN):
                    raise

    def moot(self, session: Session, job: Claimed, message: MessageRow) -> None:
        """End a job whose message is not to go out now, or any more.

        Where the provider itself has told that it took it, whoever sent it did not live to write that down.
        """
        outbox.finish(session, job.id, self._owner, self._services.now())
        if message.provider_id:
            text = messages.body_of(session, message)
            self._reckon(session, job.lane, message.channel, message.provider_id, text)

    def refused(self, letter: Letter, failure: SendFailed) -> None:
        """Note that a message was not taken."""
        with self._services.database.writing() as session:
            message = session.get_one(MessageRow, letter.message_id)
            self.failed(session, letter.job, message, failure)

    def failed(
        self,
        session: Session,
        job: Claimed,
        message: MessageRow,
        failure: SendFailed,
        doubt: str = "",
    ) -> None:
        """Try again later, or give up: when the provider says so, or after a day.

        A ``doubt`` that stood before it was tried stays: why it could not be tried does not end it.
        """
        now, told = self._services.now(), {"message": message.id, "reason": failure.reason}
        log.warning("message %(message)s was not sent: %(reason)s", told)
        if failure.ending:
            take_ending(session, message, failure.ending, now)
        if failure.permanent or is_over(job, now):
            # what another has taken up since is theirs; STOP may have ended it while it was in hand
            if outbox.finish(session, job.id, self._owner, now) or outbox.is_done(session, job.id):
                outgoing.give_up(session, [message.id], failure.reason, in_hand=True)
                to_many = job.kind == outbox.BROADCAST
                meters.message(message.channel, messages.FAILED, to_many=to_many)
        else:
            run_at = next_try(now, job.attempts, failure.retry_after)
            if outbox.postpone(session, job.id, self._owner, run_at):
                outgoing.requeue(session, message.id, doubt or failure.reason)
            elif outbox.is_done(session, job.id):
                outgoing.give_up(session, [message.id], failure.reason, in_hand=True)
        if failure.busy:
            self._limits.push(session, job.lane, failure.retry_after or BUSY)

    def set_aside(self, broken: Broken) -> None:
        """Let the others go on: it is opened again later. A message is given up in the end, as all are."""
        job, now = broken.job, self._services.now()
        told = {"job": job.id, "reason": broken.reason}
        log.error("job %(job)s could not be opened: %(reason)s", told)
        over = job.message_id is not None and is_over(job, now)
        with self._services.database.writing() as session:
            until = None if over else now + SET_ASIDE
            if set_aside(session, job.id, now, until) and over and job.message_id:
                reason = f"{BUG}{broken.reason}"
                outgoing.give_up(session, [job.message_id], reason, in_hand=True)

    def give_back(self, jobs: Collection[Claimed], letters: Collection[Letter | None]) -> None:
        """Let go of jobs that were had too late: none of them was tried."""
        now, of = self._services.now(), {one.job.id: one for one in letters if one is not None}
        log.warning("%d jobs of the outbox were had too late", len(jobs))
        with self._services.database.writing() as session:
            for job in jobs:
                mine = outbox.postpone(session, job.id, self._owner, now, tried=False)
                letter = of.get(job.id)
                if letter and mine:
                    outgoing.requeue(session, letter.message_id, letter.doubt or TOO_LATE)
                elif letter and outbox.is_done(session, job.id):  # STOP came meanwhile
                    reason = letter.doubt or TOO_LATE
                    outgoing.give_up(session, [letter.message_id], reason, in_hand=True)

    def _sent(self, letter: Letter, sent: Sent) -> None:
        status = messages.DELIVERED if sent.delivered else messages.SENT
        now = self._services.now()

        def record(session: Session) -> None:
            outbox.finish(session, letter.job.id, self._owner, now)
            outgoing.advance(
                session, letter.message_id, status, provider_id=sent.provider_id, sent_at=sent.at
            )
            self._reckon(session, letter.job.lane, letter.channel, sent.provider_id, letter.text)

        self._services.database.write(record)
        to_many = letter.job.kind == outbox.BROADCAST
        meters.message(letter.channel, status, to_many=to_many)
        if not to_many:  # one of very many is no reply
            lasted = (now - letter.job.created_at).total_seconds()
            meters.seconds(meters.REPLIES, lasted, letter.channel)

    def _reckon(
        self, session: Session, lane: str, channel: str, provider_id: str, text: str
    ) -> None:
        """What follows from a message that its provider has taken: its words are to go there, and its cost counts."""
        now = self._services.now()
        clearing.clear_outbound(session, self._services.settings, channel, provider_id, now)
        self._limits.spend(session, lane, text)  # last: all who send wait here
