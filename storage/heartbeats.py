"""Until when somebody was here: one moment a name, shared by all processes. What a gap means is decided in ``bot``."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.db import insert_into
from storage.messages import RECEIVED
from storage.models import Heartbeat, MessageRow


def beat(session: Session, name: str, now: datetime) -> datetime | None:
    """Note that ``name`` is here; returns when it was noted last, None the first time. It never goes back."""
    made = insert_into(session, Heartbeat).values(name=name, at=now).on_conflict_do_nothing()
    if session.execute(made.returning(Heartbeat.name)).first() is not None:
        return None
    wanted = select(Heartbeat).where(Heartbeat.name == name).with_for_update()
    row = session.scalars(wanted.execution_options(populate_existing=True)).one()
    before = row.at
    row.at = max(before, now)
    session.flush()
    return before


def last(session: Session, name: str) -> datetime | None:
    """When ``name`` was here last."""
    return session.scalar(select(Heartbeat.at).where(Heartbeat.name == name))


def last_received(session: Session) -> datetime | None:
    """When the newest message came in."""
    newest = select(MessageRow.at).where(MessageRow.status == RECEIVED)
    return session.scalar(newest.order_by(MessageRow.id.desc()).limit(1))
