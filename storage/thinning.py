"""Jobs that were done long ago are taken away: else the outbox would grow with every message, for good.

Nobody asks for them. What became of a message stands with the message, of a file with the file; only what is still to
be done is looked for in the outbox. It is gone through by its key from the oldest on, a piece at a time, and no further
than where jobs are young: so a look costs the same however many are kept.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storage.models import Job

KEPT = timedelta(days=7)  # for whoever wants to see what was done lately
PIECE = 200  # jobs of one transaction: for a moment nobody else writes


def look(
    session: Session, now: datetime, after: int = 0, piece: int = PIECE
) -> tuple[list[int], int | None]:
    """Which of the next jobs, beyond the id ``after``, are old; then the id to look on from, None at the end."""
    young = now - KEPT
    wanted = select(Job.id, Job.created_at, Job.done_at).where(Job.id > after)
    rows = session.execute(wanted.order_by(Job.id).limit(piece)).all()
    old = [row.id for row in rows if row.done_at is not None and row.done_at < young]
    ends = len(rows) < piece or rows[-1].created_at >= young
    return old, None if ends else rows[-1].id


def take_away(session: Session, job_ids: Sequence[int]) -> int:
    """Take these jobs away, but for those at which another is at this moment; returns how many went."""
    free = select(Job.id).where(Job.id.in_(job_ids), Job.done_at.is_not(None))
    gone = delete(Job).where(Job.id.in_(free.with_for_update(skip_locked=True))).returning(Job.id)
    return len(session.scalars(gone.execution_options(synchronize_session=False)).all())
