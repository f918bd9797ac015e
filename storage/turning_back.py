"""A machine's clock that has gone back: work that it dated ahead would wait until it is there again, and need not."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.models import Job
from storage.ranks import LANES, NO_LANE

APART = timedelta(seconds=1)  # so far the clocks of two machines may differ, and nobody minds


def set_right(session: Session, now: datetime) -> int:
    """Date what is left to do, and was made later than ``now``, as made now: it keeps its distance to its run.

    Returns how many there were. It can be done again, and by any number of processes.
    """
    ahead = (
        select(Job.id, Job.run_at, Job.created_at)
        .where(Job.done_at.is_(None), Job.created_at > now + APART)
        .where(Job.lane.in_((*LANES, NO_LANE)))  # all of them: so the index of what is left is used
        .order_by(Job.id)
        .with_for_update()
    )
    found = session.execute(ahead).all()
    for job_id, run_at, created_at in found:
        values = {"run_at": run_at - (created_at - now), "created_at": now}
        session.execute(
            update(Job)
            .where(Job.id == job_id)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
    return len(found)
