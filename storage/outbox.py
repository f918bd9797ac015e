"""The outbox: background work as rows, written in the transaction that causes it.

A job is claimed by one UPDATE that sets its owner and pushes ``run_at`` past a lease; if the owner dies, the lease
ends and the job is claimed again. So everything here happens at least once. Jobs of one contact keep their order.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from storage.models import Job

SEND, FORGET = "send", "forget"


@dataclass(frozen=True)
class Claimed:
    """A job in hand: ``attempts`` counts this one."""

    id: int
    kind: str
    message_id: int | None
    order_key: int | None
    attempts: int
    created_at: datetime


def enqueue_forget(session: Session, contact_id: int, now: datetime, run_at: datetime) -> None:
    """Queue the last step of an erasure, behind the contact's last message."""
    session.add(Job(kind=FORGET, order_key=contact_id, run_at=run_at, created_at=now))


def enqueue_send(session: Session, message_id: int, contact_id: int, now: datetime) -> None:
    """Queue an outbound message, behind the contact's earlier ones."""
    session.add(
        Job(kind=SEND, message_id=message_id, order_key=contact_id, run_at=now, created_at=now)
    )


def claim_jobs(
    session: Session, owner: str, now: datetime, lease: timedelta, limit: int
) -> list[Claimed]:
    """Take up to ``limit`` due jobs for ``owner``; at most one of each contact, the oldest."""
    due = (
        select(Job.id)
        .where(Job.done_at.is_(None), Job.run_at <= now, ~_behind_another())
        .order_by(Job.run_at, Job.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")  # evaluated once: a subquery might be run again for each row, past the limit
    )
    claimed = session.execute(
        update(Job)
        .where(Job.id.in_(select(due.c.id)))
        .values(owner=owner, run_at=now + lease, attempts=Job.attempts + 1)
        .returning(Job.id, Job.kind, Job.message_id, Job.order_key, Job.attempts, Job.created_at)
        .execution_options(synchronize_session=False)
    )
    return sorted((Claimed(*row) for row in claimed), key=lambda job: job.id)


def finish(session: Session, job_id: int, owner: str, now: datetime) -> bool:
    """Mark a job as done, if it is still ``owner``'s; returns whether it was."""
    return _mine(session, job_id, owner, done_at=now, owner=None)


def postpone(session: Session, job_id: int, owner: str, run_at: datetime) -> bool:
    """Give a job back for a later try, if it is still ``owner``'s; returns whether it was."""
    return _mine(session, job_id, owner, run_at=run_at, owner=None)


def _mine(session: Session, job_id: int, holder: str, **values: object) -> bool:
    changed = session.execute(
        update(Job)
        .where(Job.id == job_id, Job.owner == holder, Job.done_at.is_(None))
        .values(**values)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return changed.first() is not None


def cancel(session: Session, contact_id: int, now: datetime) -> list[int]:
    """Take all that is queued for a contact out of the outbox; returns the ids of the messages.

    What a sender has in hand at this moment may still go out; it will not be tried again.
    """
    taken = session.scalars(
        update(Job)
        .where(Job.order_key == contact_id, Job.kind == SEND, Job.done_at.is_(None))
        .values(done_at=now)
        .returning(Job.message_id)
        .execution_options(synchronize_session=False)
    )
    return [message_id for message_id in taken if message_id is not None]


def is_done(session: Session, job_id: int) -> bool:
    """Whether a job was done or cancelled meanwhile."""
    return session.scalar(select(Job.done_at).where(Job.id == job_id)) is not None


def next_due(session: Session) -> datetime | None:
    """When the next job may run, or was to run; None when there is none. Those behind another do not count."""
    return session.scalar(
        select(func.min(Job.run_at)).where(Job.done_at.is_(None), ~_behind_another())
    )


def _behind_another() -> ColumnElement[bool]:
    """Whether an earlier job of the same contact is not done yet."""
    earlier = aliased(Job)
    return exists().where(
        earlier.order_key == Job.order_key, earlier.id < Job.id, earlier.done_at.is_(None)
    )
