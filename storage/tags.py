"""Tags that staff put on testimonies. They stand in clear, so that the list can be narrowed to them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, delete, exists, select
from sqlalchemy.orm import Session

from flows.folding import fold_once
from storage import audit, putting
from storage.db import insert_into
from storage.models import InterviewRow, Tag, Tagged
from storage.prepared import Prepared

MOST = 40  # letters
_KNOWN = Prepared(lambda: select(Tag.id, Tag.name).order_by(Tag.folded))
_WORN = Prepared(
    lambda: (
        select(Tagged.interview_id, Tag.id, Tag.name)
        .join(Tag, Tag.id == Tagged.tag_id)
        .where(Tagged.interview_id.in_(bindparam("interviews", expanding=True)))
        .order_by(Tag.folded)
    )
)


def put(session: Session, interview_id: int, name: str, staff_id: int, now: datetime) -> bool:
    """Put a tag on a testimony; returns False for a name without a letter, and for a testimony that was erased.

    The first spelling of a tag stays.
    """
    name = " ".join(name.replace("\0", "").split())[:MOST].strip()
    folded = fold_once(name)[: 2 * MOST]
    if not folded or not putting.stands(session, interview_id):
        return False
    # one that is there is held, lest whoever takes it off its last testimony takes it away meanwhile
    made = insert_into(session, Tag).values(folded=folded, name=name)
    held = made.on_conflict_do_update(index_elements=["folded"], set_={"folded": folded})
    tag_id = session.scalars(held.returning(Tag.id)).one()
    placed = session.scalar(
        insert_into(session, Tagged)
        .values(interview_id=interview_id, tag_id=tag_id, staff_id=staff_id, at=now)
        .on_conflict_do_nothing()
        .returning(Tagged.tag_id)
    )
    if placed is not None:
        audit.record(session, now, "tag", f"interview:{interview_id}", staff_id, tag=tag_id)
    return True


def take_off(
    session: Session, interview_id: int, tag_id: int, staff_id: int, now: datetime
) -> None:
    """Take a tag off a testimony; one that is on none any more is gone."""
    _hold(session, Tag.id == tag_id)
    taken = session.scalar(
        delete(Tagged)
        .where(Tagged.interview_id == interview_id, Tagged.tag_id == tag_id)
        .returning(Tagged.tag_id)
    )
    if taken is not None:
        audit.record(session, now, "untag", f"interview:{interview_id}", staff_id, tag=tag_id)
        _clear(session, [tag_id])


def known(session: Session) -> dict[int, str]:
    """All tags, by id, in the order of their spelling."""
    return dict(_KNOWN.all(session))


def of(session: Session, interview_ids: Collection[int]) -> dict[int, dict[int, str]]:
    """The tags of these testimonies, by interview and by tag."""
    found: dict[int, dict[int, str]] = {}
    for interview, tag_id, name in _WORN.all(session, interviews=list(interview_ids)):
        found.setdefault(interview, {})[tag_id] = name
    return found


def forget(session: Session, contact_id: int) -> None:
    """Take the tags off the testimonies of an erased contact; what was said of nobody else is gone."""
    theirs = select(InterviewRow.id).where(InterviewRow.contact_id == contact_id)
    _hold(session, Tag.id.in_(select(Tagged.tag_id).where(Tagged.interview_id.in_(theirs))))
    taken = session.scalars(
        delete(Tagged).where(Tagged.interview_id.in_(theirs)).returning(Tagged.tag_id)
    ).all()
    _clear(session, taken)


def _hold(session: Session, which: ColumnElement[bool]) -> None:
    """Hold tags before they are taken off: in this order they are put on, too.

    Who puts one on another testimony at this moment is waited for, and then seen.
    """
    session.execute(select(Tag.id).where(which).order_by(Tag.id).with_for_update())


def _clear(session: Session, tag_ids: Collection[int]) -> None:
    worn = exists().where(Tagged.tag_id == Tag.id)
    session.execute(delete(Tag).where(Tag.id.in_(tag_ids), ~worn))
