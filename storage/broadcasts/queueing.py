"""How a broadcast stands in the outbox: one job for its next step, and one for each of the few messages in hand."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage import outbox
from storage.models import Contact, Job


def queue(session: Session, message_id: int, contact: Contact, now: datetime) -> None:
    """Queue one person's message, behind whatever else they are to be told."""
    kind = outbox.BROADCAST
    outbox.enqueue_send(session, message_id, contact.id, now, kind, channel=contact.channel)


def next_step(session: Session, broadcast_id: int, now: datetime, run_at: datetime) -> None:
    """Have the next step done at ``run_at``; one that is queued already comes then."""
    queued = (Job.kind == outbox.STEP) & (Job.target == str(broadcast_id)) & Job.done_at.is_(None)
    found = session.scalar(select(Job.id).where(queued).limit(1).with_for_update())
    if found is None:
        outbox.add_slow(session, outbox.STEP, now, target=str(broadcast_id), run_at=run_at)
        return
    session.execute(
        update(Job)
        .where(queued, Job.owner.is_(None))
        .values(run_at=run_at)
        .execution_options(synchronize_session=False)
    )


def repeat(session: Session, job_id: int, owner: str, run_at: datetime) -> None:
    """Give the job of a step back for the next one, as if it were new."""
    session.execute(
        update(Job)
        .where(Job.id == job_id, Job.owner == owner, Job.done_at.is_(None))
        .values(run_at=run_at, owner=None, attempts=0)
        .execution_options(synchronize_session=False)
    )
