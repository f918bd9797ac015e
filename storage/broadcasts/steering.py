"""What staff do with a broadcast: have it begin, pause it, go on, stop it. Each deed is written down; doing one twice
is doing it once.

Nothing is sent here, and no recipient is touched: whoever takes the next step finds where it stands.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import permits
from storage.broadcasts import register
from storage.broadcasts.queueing import next_step
from storage.broadcasts.register import Standing
from storage.models import Broadcast
from storage.permits import Permit

RESTORED = (
    "restored"  # why it is paused: a backup was restored, so nobody knows who has got it since
)


def schedule(
    session: Session, broadcast_id: int, starts_at: datetime, staff_id: int, now: datetime
) -> bool:
    """Let a draft begin at ``starts_at``; returns whether it was one. Raises NotPermitted."""
    row = _in(session, broadcast_id, staff_id, {Standing.DRAFT})
    if row is None:
        return False
    row.status, row.starts_at = Standing.SCHEDULED.value, max(starts_at, now)
    next_step(session, broadcast_id, now, row.starts_at)
    register.note(
        session,
        "broadcast scheduled",
        broadcast_id,
        staff_id,
        now,
        starts_at=row.starts_at.isoformat(),
    )
    return True


def pause(session: Session, broadcast_id: int, staff_id: int, now: datetime) -> bool:
    """Let nothing more go out for now; returns whether it was on its way. Raises NotPermitted."""
    row = _in(session, broadcast_id, staff_id, {Standing.SCHEDULED, Standing.RUNNING})
    if row is None:
        return False
    row.status = Standing.PAUSED.value
    register.note(session, "broadcast paused", broadcast_id, staff_id, now)
    return True


def resume(session: Session, broadcast_id: int, staff_id: int, now: datetime) -> bool:
    """Go on with what was paused; returns whether it was. Raises NotPermitted."""
    row = _in(session, broadcast_id, staff_id, {Standing.PAUSED})
    if row is None:
        return False
    waits = row.starts_at is not None and row.starts_at > now
    row.status, row.why = (Standing.SCHEDULED if waits else Standing.RUNNING).value, None
    next_step(session, broadcast_id, now, max(row.starts_at or now, now))
    register.note(session, "broadcast resumed", broadcast_id, staff_id, now)
    return True


def stop(session: Session, broadcast_id: int, staff_id: int, now: datetime) -> bool:
    """End it for good, also a draft; returns whether that is new. Raises NotPermitted."""
    row = _in(session, broadcast_id, staff_id, set(Standing) - {Standing.STOPPED, Standing.DONE})
    if row is None:
        return False
    if row.status != Standing.DRAFT:  # what is in hand comes to its end
        next_step(session, broadcast_id, now, now)
    row.status, row.why, row.ended_at = Standing.STOPPED.value, None, now
    register.note(session, "broadcast stopped", broadcast_id, staff_id, now)
    return True


Deed = Callable[[Session, int, int, datetime], bool]
DEEDS: Mapping[str, Deed] = {"pause": pause, "resume": resume, "stop": stop}


def hold_after_restore(session: Session) -> None:
    """A backup was restored: what was on its way waits for somebody to say that it may go on."""
    under_way = (Standing.SCHEDULED.value, Standing.RUNNING.value)
    for row in session.scalars(select(Broadcast).where(Broadcast.status.in_(under_way))):
        row.status, row.why = Standing.PAUSED.value, RESTORED
    session.flush()


def _in(
    session: Session, broadcast_id: int, staff_id: int, standings: Collection[Standing]
) -> Broadcast | None:
    permits.require(session, staff_id, Permit.BROADCAST)
    row = register.by_id(session, broadcast_id)
    return row if row is not None and Standing(row.status) in standings else None
