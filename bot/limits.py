"""How fast and for how much messages may go out: which queues of the outbox must wait now, and what each send takes.

The limits are rows of the database, shared by all processes. Nothing is sent here, and no job is touched: a queue that
must wait is passed by, so that what waits in it costs nothing.
"""

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.channels import SMS, TELEGRAM
from bot.services import Services
from flows.sms import segments
from storage import ranks, rates, spending
from storage.limiting import Standing

log = logging.getLogger(__name__)

EXTERNAL = (SMS, TELEGRAM)  # whose providers may ask for a pause
ACCOUNT = "send:twilio account"
CHAT = timedelta(seconds=1)  # between two messages to one chat
CHAT_BURST = 3  # so many at once: Telegram lets short bursts pass
WARNS = 0.8  # of the day's cap
HARD = 3  # times the cap: from there on nobody is answered either
UNASKED_SHUT = (ranks.REMINDS, ranks.TELLS_MANY)
ALL_SHUT = (ranks.ANSWERS, *UNASKED_SHUT)


class NoRoom(Exception):
    """A limit was used up by others meanwhile: what was claimed is to be rolled back."""


@dataclass(frozen=True)
class Bucket:
    """One limit: ``burst`` at once, then one in ``every``; none at all where that is no time."""

    key: str
    every: timedelta = timedelta()
    burst: int = 1


def lane_key(lane: str) -> str:
    """The row of a channel's own limit."""
    return f"send:{lane}"


def bucket(key: str, rate: float | None) -> Bucket:
    """So many a second, and no more than a second's worth at once."""
    if rate is None:
        return Bucket(key)
    return Bucket(key, timedelta(seconds=1 / rate), max(1, math.floor(rate)))


class Limits:
    """The limits that the settings name."""

    def __init__(self, services: Services) -> None:
        self._services = services
        limits = services.settings.limits
        lanes = {
            SMS: [bucket(lane_key(SMS), limits.twilio)],
            TELEGRAM: [bucket(lane_key(TELEGRAM), limits.telegram)],
        }
        if limits.account is not None:
            lanes[SMS].append(bucket(ACCOUNT, limits.account))
        self._lanes = {lane: found for lane, found in lanes.items() if lane in services.channels}
        self._keys = [one.key for found in self._lanes.values() for one in found]
        self._chats = limits.telegram is not None
        self._most = limits.segments

    def look(self, session: Session, coming: int = 0) -> Standing:
        """How it stands now, with segments ``coming`` that are on their way and not counted yet. It reads only."""
        waiting = self._waiting(session)
        shut = set(ranks.queues_of(waiting))
        spent = 0
        if self._most is not None:
            spent = spending.spent(session, self._services.today())
            shut.update((SMS, rank) for rank in _too_dear(spent + coming, self._most))
        soonest = min(waiting.values(), default=None)
        opens = None if soonest is None else self._services.now() + timedelta(seconds=soonest)
        hard = None if self._most is None else self._most * HARD
        return Standing(frozenset(shut), opens, waiting, spent, self._most, hard)

    def _waiting(self, session: Session) -> dict[str, float]:
        """For how many seconds lanes must wait that must."""
        full = rates.full(session, self._keys) if self._keys else {}
        if not full:
            return {}
        now = self._services.now()
        opens = {lane: self._opens(found, full, now) for lane, found in self._lanes.items()}
        return {lane: (at - now).total_seconds() for lane, at in opens.items() if at > now}

    @staticmethod
    def _opens(buckets: Sequence[Bucket], full: Mapping[str, datetime], now: datetime) -> datetime:
        known = (one for one in buckets if one.key in full)
        return max(
            (rates.opens(full[one.key], one.every, one.burst, now) for one in known), default=now
        )

    def holds(self, lane: str) -> bool:
        """Whether a lane has a rate or a cap: what is claimed together might find room for a part only."""
        capped = self._most is not None and lane == SMS
        return capped or any(one.every for one in self._lanes.get(lane, ()))

    def take(self, session: Session, lane: str, text: str) -> bool:
        """Take what sending ``text`` needs; returns whether there was room. If not, roll back what was taken."""
        limited = [one for one in self._lanes.get(lane, ()) if one.every]
        if not limited:
            return True
        now = self._services.now()
        cost = cost_of(lane, text)
        return all(
            rates.allow(session, one.key, one.every, one.burst, now, cost) for one in limited
        )

    def chat_opens(self, session: Session, lane: str, contact_id: int) -> timedelta | None:
        """For how long one chat must wait for its next message; None when it may go now, which is counted."""
        if lane != TELEGRAM or not self._chats:
            return None
        key, now = f"chat:{contact_id}", self._services.now()
        if rates.allow(session, key, CHAT, CHAT_BURST, now):
            return None
        return rates.opens(rates.full(session, [key])[key], CHAT, CHAT_BURST, now) - now

    def push(self, session: Session, lane: str, seconds: float) -> None:
        """The provider asks for a pause: all processes heed it."""
        now = self._services.now()
        until = now + timedelta(seconds=min(seconds, rates.MOST_AHEAD.total_seconds()))
        for one in self._lanes.get(lane, ())[:1]:
            rates.push(session, one.key, one.every, one.burst, until, now)

    def weight(self, lane: str, text: str) -> int:
        """What a message counts towards the day's cap; nothing where there is none."""
        return cost_of(lane, text) if self._most is not None and lane == SMS else 0

    def spend(self, session: Session, lane: str, text: str) -> None:
        """Count what was sent, and warn once when the day's cap comes near, and when it is reached."""
        if self._most is None or lane != SMS:
            return
        count = cost_of(lane, text)
        spent = spending.add(session, self._services.today(), count)
        for share, said in ((WARNS, NEAR), (1, REACHED), (HARD, PASSED)):
            if spent - count < self._most * share <= spent:
                log.warning(said, {"spent": spent, "most": self._most})


def _too_dear(spent: int, most: int) -> Sequence[int]:
    """The ranks that wait until tomorrow."""
    if spent >= most * HARD:
        return ALL_SHUT
    return UNASKED_SHUT if spent >= most else ()


NEAR = "%(spent)s of %(most)s segments of the day's cap are spent"
REACHED = (
    "the day's cap of %(most)s segments is reached: reminders and broadcasts wait until tomorrow"
)
PASSED = "the day's cap of %(most)s segments is far passed: answers wait until tomorrow too"


def cost_of(lane: str, text: str) -> int:
    """What a message counts: text messages by segments, as carriers do."""
    return segments(text)[1] if lane == SMS else 1
