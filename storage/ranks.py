"""Which job comes first: by rank, then by when it is due; and each channel in a lane of its own.

A lane that must wait, for a limit of its provider's, holds up no other, and within a lane the lower ranks wait first.
Every question here goes to the head of a queue, so it costs the same however long the queue is.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    bindparam,
    exists,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session, aliased

from storage.models import Job
from storage.prepared import Prepared

# what confirms a STOP; what answers somebody; what nobody asked for; what goes to many; what nobody waits for; and what
# each message may make one of, so that whoever came behind them would wait for a thousand calls to the provider
CONFIRMS, ANSWERS, REMINDS, TELLS_MANY, IS_SLOW, IS_SLOWEST, CLEARS = range(7)
NO_LANE = ""
LANES = ("sms", "telegram", "web")  # the channels that a message goes out by
SENT_IN = (CONFIRMS, ANSWERS, REMINDS, TELLS_MANY)
QUEUES = (
    *((lane, rank) for rank in SENT_IN for lane in (*LANES, NO_LANE)),
    *((NO_LANE, rank) for rank in (IS_SLOW, IS_SLOWEST, CLEARS)),
)

RANKS = {
    **{"confirm": CONFIRMS, "send": ANSWERS, "forget": ANSWERS},
    **{"remind": REMINDS, "tell": REMINDS, "broadcast": TELLS_MANY},
    **dict.fromkeys(("fetch", "discard", "expire", "tidy"), IS_SLOW),
    **dict.fromkeys(("reconcile", "let", "step"), IS_SLOW),
    "export": IS_SLOWEST,
    "clear": CLEARS,
}
KINDS = {rank: {kind for kind, its in RANKS.items() if its == rank} for rank in RANKS.values()}

Queue = tuple[str, int]  # a lane and a rank


@dataclass(frozen=True)
class Claimed:
    """A job in hand: ``attempts`` counts this one."""

    id: int
    kind: str
    message_id: int | None
    order_key: int | None
    attempts: int
    created_at: datetime
    attachment_id: int | None = None
    target: str | None = None
    lane: str = NO_LANE


class Head(NamedTuple):
    """The job of a queue that is due first."""

    lane: str
    rank: int
    run_at: datetime
    id: int

    @property
    def queue(self) -> Queue:
        return self.lane, self.rank

    @property
    def place(self) -> tuple[int, datetime, int]:
        """By what heads of several queues are put in order."""
        return self.rank, self.run_at, self.id


def lane_of(channel: str) -> str:
    """The lane of a message by this channel."""
    return channel if channel in LANES else NO_LANE


def queues_of(lanes: Iterable[str]) -> frozenset[Queue]:
    """All queues of these lanes that messages go out of."""
    return frozenset((lane, rank) for lane in lanes for rank in SENT_IN)


def may_run() -> ColumnElement[bool]:
    """Jobs that may run, of kinds that are not ``without``: nothing earlier of the same contact is left to do.

    What answers somebody does not wait behind what goes to many: that may wait for days. Only the last step of an
    erasure, which has no message, comes behind all.
    """
    earlier = aliased(Job)
    behind_another = exists().where(
        earlier.order_key == Job.order_key,
        earlier.id < Job.id,
        earlier.done_at.is_(None),
        or_(earlier.rank <= Job.rank, Job.message_id.is_(None)),
    )
    others = Job.kind.not_in(bindparam("without", expanding=True))
    return Job.done_at.is_(None) & others & ~behind_another


@cache
def _heads(queues: tuple[Queue, ...]) -> Prepared:
    """The heads of these queues in one statement. There are few sets of queues that anybody asks for."""

    def build() -> Any:
        return union_all(*(select(_first_of(*queue)) for queue in queues))

    return Prepared(build)


def _first_of(lane: str, rank: int) -> Any:
    columns = (literal(lane).label("lane"), literal(rank).label("rank"), Job.run_at, Job.id)
    return (
        select(*columns)
        .where(Job.lane == lane, Job.rank == rank, may_run())
        .order_by(Job.run_at, Job.id)
        .limit(1)
        .subquery()
    )


def _claim() -> Any:
    due = (
        select(Job.id)
        .where(
            Job.lane == bindparam("of_lane"),
            Job.rank == bindparam("of_rank"),
            Job.run_at <= bindparam("now"),
            may_run(),
        )
        .order_by(Job.run_at, Job.id)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(skip_locked=True)
        .cte("due")  # evaluated once: a subquery might be run again for each row, past the limit
    )
    return (
        update(Job)
        .where(Job.id.in_(select(due.c.id)))
        .values(owner=bindparam("by"), run_at=bindparam("until"), attempts=Job.attempts + 1)
        .returning(*(getattr(Job, name) for name in Claimed.__dataclass_fields__))
    )


_CLAIM = Prepared(_claim)


def heads(
    session: Session, without: Collection[str] = (), shut: Iterable[Queue] = ()
) -> list[Head]:
    """The heads of all queues but those that are ``shut``, in no order, of kinds that are not ``without``.

    A queue all of whose kinds are left out is not looked at: what is left out of it would be walked through.
    """
    passed, left = _passed(frozenset(without))
    closed = set(shut)
    queues = tuple(one for one in QUEUES if one not in closed and one[1] not in passed)
    if not queues:
        return []
    return [Head(*row) for row in _heads(queues).all(session, without=list(left))]


@cache
def _passed(without: frozenset[str]) -> tuple[frozenset[int], tuple[str, ...]]:
    """The ranks that hold none but these kinds, and those kinds that share their rank with others."""
    passed = frozenset(rank for rank, kinds in KINDS.items() if kinds <= without)
    shared = (kind for kind in without if RANKS.get(kind, ANSWERS) not in passed)
    return passed, tuple(sorted(shared))


def due(
    session: Session, now: datetime, without: Collection[str] = (), shut: Iterable[Queue] = ()
) -> list[Head]:
    """The heads that are due, what is to be done before all else first."""
    found = (head for head in heads(session, without, shut) if head.run_at <= now)
    return sorted(found, key=lambda head: head.place)


def claim(
    session: Session,
    queue: Queue,
    owner: str,
    span: tuple[datetime, datetime],
    most: int,
    without: Collection[str] = (),
) -> list[Claimed]:
    """Take up to so many of a queue that are due when ``span`` begins; they are the owner's until it ends."""
    (lane, rank), (now, until) = queue, span
    to = {"by": owner, "now": now, "until": until, "most": most, "without": list(without)}
    claimed = _CLAIM.all(session, of_lane=lane, of_rank=rank, **to)
    return sorted((Claimed(*row) for row in claimed), key=lambda job: job.id)
