"""Limits that all processes share: the generic cell rate algorithm in one row a key."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.db import insert_into
from storage.models import Rate


def has_room(session: Session, key: str, every: timedelta, burst: int, now: datetime) -> bool:
    """Whether ``allow`` would let ``key`` act now; nothing is counted."""
    full_at = session.scalar(select(Rate.full_at).where(Rate.key == key[:80]))
    return full_at is None or max(full_at, now) + every - now <= every * burst


def allow(session: Session, key: str, every: timedelta, burst: int, now: datetime) -> bool:
    """Whether ``key`` may act now: ``burst`` times at once, then once in ``every``.

    Call it in a writing transaction; a refusal changes nothing.
    """
    session.execute(
        insert_into(session, Rate).values(key=key[:80], full_at=now).on_conflict_do_nothing()
    )
    row = session.scalars(select(Rate).where(Rate.key == key[:80]).with_for_update()).one()
    full_at = max(row.full_at, now) + every
    if full_at - now > every * burst:
        return False
    row.full_at = full_at
    session.flush()
    return True
