"""Interviews under way when a flow is published anew: who is where, and who goes along to the new version."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from flows import Flow, Interview, parts_of
from flows.talking.moving import changes, move
from storage import following
from storage.answers import seal_anew, set_aside
from storage.interviews import OPEN, load_interviews
from storage.library import Library
from storage.models import Contact, FlowVersion, InterviewRow
from storage.tallies import marking

BATCH = 200


@dataclass(frozen=True)
class Affected:
    """What publishing would mean for those under way.

    ``at_changed``: how many wait at a question that changes or goes, by its id. ``staying``: how many would not be
    moved, by the reason.
    """

    under_way: int
    at_changed: Counter[str]
    movable: int
    staying: Counter[str]


def under_way(session: Session, flow: str) -> Counter[int]:
    """How many interviews are waiting or put aside, by the id of their version."""
    rows = session.execute(
        select(InterviewRow.flow_version_id, func.count())
        .where(InterviewRow.flow == flow, InterviewRow.status.in_(OPEN))
        .group_by(InterviewRow.flow_version_id)
    )
    return Counter(dict(rows.all()))


def affected(session: Session, new: Flow, library: Library, today: date) -> Affected:
    """What it would mean to publish ``new`` and to move along whoever can be moved."""
    at_changed, staying, movable, count = Counter[str](), Counter[str](), 0, 0
    for interview in _behind(session, new, library):
        count += 1
        waiting = parts_of(interview.state.asked or "")[0]
        if waiting in changes(interview.flow, new):
            at_changed[waiting] += 1
        if reason := move(interview, new, today).stays:
            staying[reason] += 1
        else:
            movable += 1
    return Affected(count, at_changed, movable, staying)


def migrate(session: Session, new: Flow, library: Library, today: date) -> int:
    """Move the interviews under way to ``new``, which is published; returns how many went along."""
    version_id = session.scalars(
        select(FlowVersion.id).where(FlowVersion.flow == new.name, FlowVersion.hash == new.version)
    ).one()
    count = 0
    sealed = {one.id for one in new.questions if one.sensitive}
    for interview in _behind(session, new, library, lock=True):
        moved = move(interview, new, today)
        if moved.stays:
            continue
        session.execute(
            update(InterviewRow)
            .where(InterviewRow.id == interview.id)
            .values(
                flow_version_id=version_id,
                asked=moved.interview.state.asked,
                attempts=0,
                due_at=InterviewRow.moved_at,  # the new version may remind, or expire, at other times
            )
            .execution_options(synchronize_session=False)
        )
        set_aside(session, interview.id or 0, moved.aside)
        told = moved.interview.answers
        following.precode(session, interview.id or 0, new, told, moved.aside)
        if sealed - {one.id for one in interview.flow.questions if one.sensitive}:
            seal_anew(session, interview.id or 0, new)
        count += 1
    if count:
        marking.mark(session, InterviewRow.flow_version_id == version_id)
    return count


def _behind(
    session: Session, new: Flow, library: Library, *, lock: bool = False
) -> Iterator[Interview]:
    """The open interviews of the flow on another version than ``new``.

    ``lock`` holds their contacts, as a message of theirs does: none is answered while its interview moves.
    """
    older = (
        InterviewRow.flow == new.name,
        InterviewRow.status.in_(OPEN),
        InterviewRow.flow_version_id.in_(
            select(FlowVersion.id).where(
                FlowVersion.flow == new.name, FlowVersion.hash != new.version
            )
        ),
    )
    people = session.scalars(
        select(InterviewRow.contact_id).where(*older).distinct().order_by(InterviewRow.contact_id)
    ).all()
    for start in range(0, len(people), BATCH):
        some = people[start : start + BATCH]
        if lock:
            session.execute(
                select(Contact.id)
                .where(Contact.id.in_(some))
                .order_by(Contact.id)
                .with_for_update()
            )
        wanted = select(InterviewRow).where(InterviewRow.contact_id.in_(some), *older)
        rows = session.scalars(wanted.order_by(InterviewRow.id)).all()
        yield from load_interviews(session, list(rows), library)
