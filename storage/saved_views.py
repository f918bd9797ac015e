"""Filters of the list under a name: a member's own, or shared with all who read testimonies."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, or_, select
from sqlalchemy.orm import Session

from storage import audit, permits
from storage.db import insert_into
from storage.models import SavedView
from storage.permits import PERMITS, Permit
from storage.prepared import Prepared
from storage.staff import by_id

MOST = 60  # letters of a name
MOST_VIEWS = 40  # that are shown

_VISIBLE = Prepared(
    lambda: (
        select(
            *(getattr(SavedView, name) for name in ("id", "name", "shared", "filters", "staff_id"))
        )
        .where(or_(SavedView.staff_id == bindparam("member"), SavedView.shared))
        .order_by(SavedView.name, SavedView.id)
        .limit(MOST_VIEWS)
    )
)


@dataclass(frozen=True)
class View:
    """A saved view. ``filters`` as an address has them; ``own``: it is the member's who asks."""

    id: int
    name: str
    shared: bool
    filters: Mapping[str, str]
    own: bool


def save(
    session: Session,
    staff_id: int,
    name: str,
    filters: Mapping[str, str],
    now: datetime,
    *,
    shared: bool,
) -> bool:
    """Save filters under a name, in the place of what the member saved under it before; False without a name."""
    permits.require(session, staff_id, Permit.WORDS)
    name = " ".join(name.replace("\0", "").split())[:MOST].strip()
    if not name:
        return False
    kept = {"shared": shared, "filters": dict(filters), "saved_at": now}
    number = session.scalar(
        insert_into(session, SavedView)
        .values(staff_id=staff_id, name=name, **kept)
        .on_conflict_do_update(index_elements=["staff_id", "name"], set_=kept)
        .returning(SavedView.id)
    )
    audit.record(session, now, "view saved", f"saved view:{number}", staff_id, shared=shared)
    return True


def visible(session: Session, staff_id: int) -> list[View]:
    """A member's own views and those that are shared, by name."""
    return [
        View(number, name, shared, filters, owner == staff_id)
        for number, name, shared, filters, owner in _VISIBLE.all(session, member=staff_id)
    ]


def remove(session: Session, staff_id: int, view_id: int, now: datetime) -> bool:
    """Take a view away: one's own, and for owners any that is shared. Returns whether there was such a one."""
    member = by_id(session, staff_id)
    theirs = SavedView.staff_id == staff_id
    if member is not None and member.role in PERMITS[Permit.PEOPLE]:
        theirs |= SavedView.shared
    gone = session.scalar(
        delete(SavedView).where(SavedView.id == view_id, theirs).returning(SavedView.id)
    )
    if gone is None:
        return False
    audit.record(session, now, "view removed", f"saved view:{view_id}", staff_id)
    return True
