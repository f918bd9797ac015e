"""Jobs of the outbox that nobody can do now, for a fault of ours: they must not stay at the head of their queue."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from storage.models import Job


def set_aside(session: Session, job_id: int, now: datetime, until: datetime | None) -> bool:
    """Have a job that is due, and in nobody's hand, wait ``until`` then, or end it where that is None. It was tried.

    Returns whether it was due still: whoever has taken it meanwhile keeps it.
    """
    values: dict[str, object] = {"done_at": now} if until is None else {"run_at": until}
    changed = session.execute(
        update(Job)
        .where(Job.id == job_id, Job.run_at <= now, Job.done_at.is_(None))
        .values(owner=None, attempts=Job.attempts + 1, **values)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return changed.first() is not None
