"""Log-ins: which browser is whose, and until when. Kept here, so that they can be seen and ended.

The browser has a token, the table its digest: who reads the table can log in as nobody.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, bindparam, delete, select, update
from sqlalchemy.orm import Session

from storage.models import LogIn, StaffMember
from storage.prepared import Prepared, entity, whole

IDLE = timedelta(hours=8)
LONGEST = timedelta(days=7)
HALF = timedelta(minutes=10)  # between the password and the code
TOUCH = timedelta(minutes=1)  # how exactly the last use is kept: not every page writes


_COLUMNS = len(whole(LogIn))
_FIND = Prepared(
    lambda: (
        select(*whole(LogIn), *whole(StaffMember))
        .join(StaffMember, StaffMember.id == LogIn.staff_id)
        .where(
            LogIn.digest == bindparam("token"),
            LogIn.half == bindparam("is_half"),
            StaffMember.disabled_at.is_(None),
            LogIn.expires_at > bindparam("now"),
            LogIn.seen_at > bindparam("idle"),
        )
    )
)


@dataclass(frozen=True)
class Open:
    """A log-in that holds. ``ends_at``: when it ends if it is not used any more."""

    id: int
    created_at: datetime
    seen_at: datetime
    ends_at: datetime


def begin(session: Session, staff_id: int, now: datetime, *, half: bool = False) -> str:
    """A new log-in of a member; returns its token. What has expired is cleared away on the way."""
    gone = (LogIn.expires_at <= now) | (LogIn.seen_at <= now - IDLE)
    session.execute(delete(LogIn).where(gone).execution_options(synchronize_session=False))
    token = secrets.token_urlsafe(32)
    session.add(
        LogIn(
            digest=_digest(token),
            staff_id=staff_id,
            half=half,
            created_at=now,
            seen_at=now,
            expires_at=now + (HALF if half else LONGEST),
        )
    )
    session.flush()
    return token


def find(
    session: Session, token: str, now: datetime, *, half: bool = False
) -> tuple[LogIn, StaffMember] | None:
    """The log-in with this token and its member; None when it has ended or the member is disabled."""
    found = _FIND.first(session, token=_digest(token), is_half=half, now=now, idle=now - IDLE)
    if found is None:
        return None
    log_in = entity(session, LogIn, found[:_COLUMNS])
    member = entity(session, StaffMember, found[_COLUMNS:])
    return (log_in, member) if log_in and member else None


def touch(session: Session, log_in_id: int, now: datetime) -> None:
    """Note that a log-in is in use."""
    session.execute(update(LogIn).where(LogIn.id == log_in_id).values(seen_at=now))


def end(session: Session, staff_id: int, log_in_id: int) -> bool:
    """End one log-in of a member; returns whether there was one."""
    mine = and_(LogIn.id == log_in_id, LogIn.staff_id == staff_id)
    ended = session.execute(delete(LogIn).where(mine).returning(LogIn.id))
    return ended.first() is not None


def end_all(session: Session, staff_id: int, but: int | None = None) -> int:
    """End every log-in of a member but the one with the id ``but``; returns how many."""
    theirs = and_(LogIn.staff_id == staff_id, LogIn.id != (but or 0))
    return len(session.execute(delete(LogIn).where(theirs).returning(LogIn.id)).all())


def of_member(session: Session, staff_id: int, now: datetime) -> list[Open]:
    """A member's log-ins that hold, the one used last first."""
    rows = session.scalars(
        select(LogIn)
        .where(LogIn.staff_id == staff_id, LogIn.half.is_(False), _holds(now))
        .order_by(LogIn.seen_at.desc(), LogIn.id.desc())
    )
    return [
        Open(row.id, row.created_at, row.seen_at, min(row.expires_at, row.seen_at + IDLE))
        for row in rows
    ]


def _holds(now: datetime) -> ColumnElement[bool]:
    return and_(LogIn.expires_at > now, LogIn.seen_at > now - IDLE)


def _digest(token: str) -> bytes:
    """Not keyed: a token has 256 random bits, which nobody finds by trying."""
    return hashlib.sha256(token.encode()).digest()
