"""What goes out on a day, in segments of text messages: one row a day, shared by all processes.

What a day may cost is decided in ``bot``. A day is named as the server counts days.
"""

from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from storage.db import insert_into
from storage.models import Spending
from storage.prepared import Prepared

_OF = Prepared(lambda: select(Spending.segments).where(Spending.day == bindparam("on")))


def spent(session: Session, day: date) -> int:
    """How many segments went out on a day."""
    found: int | None = _OF.one(session, on=day.isoformat())
    return found or 0


def add(session: Session, day: date, segments: int) -> int:
    """Count so many more; returns how many it are by now."""
    statement = insert_into(session, Spending).values(day=day.isoformat(), segments=segments)
    counted = statement.on_conflict_do_update(
        index_elements=["day"], set_={"segments": Spending.segments + segments}
    ).returning(Spending.segments)
    now: int = session.execute(counted).scalar_one()
    return now
