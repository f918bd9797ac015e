"""What Twilio received while nobody was here, brought in by its own log; and how far ours have come since.

Each message goes the way that its webhook would have gone, and is claimed by the same name: so this may run at any
time, twice, and beside webhooks. It runs by itself after an outage, of which a heartbeat tells.
"""

import logging
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import meters, webhooks
from bot.again import Again
from bot.channels import SMS
from bot.channels.sms import SmsChannel, logged_inbound, logged_progress
from bot.channels.twilio_log import Logged, LogUnread, is_ours
from bot.media import clearing
from bot.media.fetching import FetchFailed
from bot.receive import take_progress
from bot.services import Services
from storage import audit, heartbeats, messages, outbox, outgoing, rates
from storage.messages import IN, OUT, RANK
from storage.models import Job
from storage.outbox import Claimed

log = logging.getLogger(__name__)

HERE = "webhooks"  # who answers them notes that it is here
BEAT = 30.0  # seconds
OUTAGE = timedelta(minutes=2)  # without a beat
OVERLAP = timedelta(
    hours=1
)  # before an outage: what came in its last moments, and clocks that differ
BY_HAND = timedelta(days=1)  # before somebody was here last, where nobody says since when
LONGEST = timedelta(days=400)  # as long as Twilio keeps its log
LEASE = timedelta(minutes=15)
AT_ONCE = 500
SKEW = timedelta(days=1)  # the log may have a day that has not come yet where we are


@dataclass(frozen=True)
class Reconciled:
    """How many messages came in, and how many of ours have come further than was known."""

    received: int = 0
    moved: int = 0


def default_since(session: Session, now: datetime) -> datetime:
    """A day before somebody was here last, or where that is not known, before the newest message."""
    seen = heartbeats.last(session, HERE) or heartbeats.last_received(session) or now
    return min(seen, now) - BY_HAND


def reconcile(
    services: Services, since: datetime, told: Callable[[Reconciled], None] = lambda _: None
) -> Reconciled:
    """Bring in what the log has since then, day by day, the oldest first. Raises LogUnread.

    ``told`` hears how far it is. What was brought in until something failed is kept.
    """
    channel = services.channels.get(SMS)
    if not isinstance(channel, SmsChannel):
        return Reconciled()
    numbers, found, order = channel.log.numbers(), Reconciled(), _Order()
    since = max(since.astimezone(UTC).replace(microsecond=0), services.now() - LONGEST)
    day = since.date()
    try:
        while day <= (services.now() + SKEW).astimezone(UTC).date():
            logged = [one for one in channel.log.of_day(day) if one.at >= since]
            ours = [one for one in logged if is_ours(one, numbers)]
            answered = order.answered(ours)
            for batch in (ours[at : at + AT_ONCE] for at in range(0, len(ours), AT_ONCE)):
                inbound = [one for one in batch if one.inbound]
                received = _bring_in(services, channel, inbound, answered)
                moved = _move(services, [one for one in batch if not one.inbound])
                found = Reconciled(found.received + received, found.moved + moved)
                told(found)
            day += timedelta(days=1)
    finally:
        _note(services, found)
    return found


class _Order:
    """Who wrote last to whom, as the log goes on: a person who had our answer has not pressed twice."""

    def __init__(self) -> None:
        self._ours_last: set[str] = set()  # people

    def answered(self, logged: Sequence[Logged]) -> set[str]:
        """The messages, by name, before which we had written to the person since theirs before."""
        found = set()
        for one in logged:
            if not one.inbound:
                self._ours_last.add(one.to)
            elif one.sender in self._ours_last:
                self._ours_last.remove(one.sender)
                found.add(one.sid)
        return found


def _bring_in(
    services: Services, channel: SmsChannel, batch: Sequence[Logged], answered: Container[str]
) -> int:
    with services.database.reading() as session:
        known = messages.claimed(session, SMS, [one.sid for one in batch])
    number = 0
    for one in batch:
        if one.sid not in known:
            media = channel.log.files_of(one.sid) if one.files else ()
            inbound = logged_inbound(one, media, answered=one.sid in answered)
            number += webhooks.take(services, inbound)
            services.wake.set()
    return number


def _move(services: Services, batch: Sequence[Logged]) -> int:
    """Statuses that no webhook told. Only those that are news are written."""
    with services.database.reading() as session:
        known = outgoing.known(session, [one.sid for one in batch])
    number = 0
    for one in batch:
        progress, status = logged_progress(one), known.get(one.sid)
        if progress is None or status is None or RANK[progress.status] <= RANK[status]:
            continue
        with services.database.writing() as session:
            take_progress(session, progress, services.now())
            clearing.hasten(session, services.settings, progress, services.now())
        number += 1
    return number


def _note(services: Services, found: Reconciled) -> None:
    meters.reconciled(IN, found.received)
    meters.reconciled(OUT, found.moved)
    if found == Reconciled():
        return
    told = {"received": found.received, "moved": found.moved}
    log.warning("Twilio's log told of %(received)s messages, and of %(moved)s statuses", told)
    with services.database.writing() as session:
        audit.record(session, services.now(), "reconcile", "twilio", None, **told)


def run(services: Services, job: Claimed, owner: str) -> None:
    """Reconcile since the moment that a job names. What fails is tried again, for a week."""
    with services.database.writing() as session:
        outbox.hold(session, job.id, owner, services.now() + LEASE)

    def hold(_: Reconciled) -> None:
        with services.database.writing() as session:
            outbox.hold(session, job.id, owner, services.now() + LEASE)

    try:
        reconcile(services, datetime.fromisoformat(job.target or ""), hold)
    except LogUnread as unread:
        raise FetchFailed(unread.reason, retry_after=unread.retry_after) from None
    with services.database.writing() as session:
        outbox.finish(session, job.id, owner, services.now())


def beat(services: Services) -> bool:
    """Note that webhooks are answered; after a gap, queue that what came in meanwhile is fetched.

    Returns whether it did.
    """
    with services.database.writing() as session:
        now = services.now()
        before = heartbeats.beat(session, HERE, now)
        if before is None or now - before <= OUTAGE:
            return False
        since = (before - OVERLAP).isoformat(timespec="seconds")
        # one that is in hand may have read today's log already
        waiting = (Job.kind == outbox.RECONCILE, Job.done_at.is_(None), Job.owner.is_(None))
        queued = session.scalars(select(Job.target).where(*waiting))
        if any(target <= since for target in queued if target):
            return False
        outbox.add_slow(session, outbox.RECONCILE, services.now(), target=since)
    log.warning("nobody answered webhooks for a while: Twilio's log is asked what came in")
    services.wake.set()
    return True


def heart(services: Services) -> Again:
    """Beats in each process that answers webhooks, and takes limits away that nobody is near."""

    def work() -> None:
        with services.database.writing() as session:
            rates.prune(session, services.now())
        if services.settings.twilio is not None:
            beat(services)

    return Again("heart", BEAT, work)
