"""Limits that all processes share: the generic cell rate algorithm in one row a key.

What a clock that was ahead has written is not believed for longer than ``MOST_AHEAD``.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from storage.db import insert_into
from storage.models import Rate
from storage.prepared import Prepared

AHEAD = timedelta(minutes=1)  # longer than what was sent takes to be allowed again
MOST_AHEAD = timedelta(hours=1)  # beyond the allowance: no provider asks for a longer pause

_FULL = Prepared(
    lambda: select(Rate.key, Rate.full_at).where(Rate.key.in_(bindparam("keys", expanding=True)))
)


def has_room(session: Session, key: str, every: timedelta, burst: int, now: datetime) -> bool:
    """Whether ``allow`` would let ``key`` act now; nothing is counted."""
    full_at = session.scalar(select(Rate.full_at).where(Rate.key == key[:80]))
    return full_at is None or max(full_at, now) + every - now <= every * burst


def allow(
    session: Session, key: str, every: timedelta, burst: int, now: datetime, cost: int = 1
) -> bool:
    """Whether ``key`` may act now: ``burst`` times at once, then once in ``every``.

    What costs more goes when one would, and the next waits for all of it. Call it in a writing transaction; a refusal
    changes nothing.
    """
    row = _locked(session, key, now)
    if row.full_at - now > every * burst + MOST_AHEAD:
        row.full_at = now
    if max(row.full_at, now) + every - now > every * burst:
        return False
    row.full_at = max(row.full_at, now) + every * cost
    session.flush()
    return True


def push(
    session: Session, key: str, every: timedelta, burst: int, until: datetime, now: datetime
) -> None:
    """Let ``key`` not act before ``until``, which is an hour from now at most; never sooner than it was to."""
    row = _locked(session, key, now)
    full_at = min(until, now + MOST_AHEAD) + every * (burst - 1)
    if row.full_at < full_at or row.full_at - now > every * burst + MOST_AHEAD:
        row.full_at = full_at
    session.flush()


def _locked(session: Session, key: str, now: datetime) -> Rate:
    made = insert_into(session, Rate).values(key=key[:80], full_at=now).on_conflict_do_nothing()
    wanted = select(Rate).where(Rate.key == key[:80]).with_for_update()
    wanted = wanted.execution_options(populate_existing=True)
    while True:
        session.execute(made)
        row = session.scalars(wanted).one_or_none()
        if row is not None:  # else it was pruned in between
            return row


def prune(session: Session, now: datetime) -> None:
    """Take away the rows of those whose allowance has long been whole: they are as if they were not there."""
    old = delete(Rate).where(Rate.full_at < now - MOST_AHEAD)
    session.execute(old.execution_options(synchronize_session=False))


def turn_back(session: Session, now: datetime) -> None:
    """The clock has gone back: what was reckoned by it ahead of ``now`` holds nobody up. A provider asks again."""
    ahead = update(Rate).where(Rate.full_at > now + AHEAD).values(full_at=now)
    session.execute(ahead.execution_options(synchronize_session=False))


def full(session: Session, keys: Collection[str]) -> Mapping[str, datetime]:
    """When the allowance of each key is whole again, of those that are known."""
    return {key: full_at for key, full_at in _FULL.all(session, keys=list(keys))}  # noqa: C416


def opens(full_at: datetime, every: timedelta, burst: int, now: datetime) -> datetime:
    """When one more is allowed, by what ``full`` tells: ``now`` at the soonest."""
    if full_at - now > every * burst + MOST_AHEAD:
        return now
    return max(now, full_at - every * (burst - 1))
