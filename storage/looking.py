"""Messages that a person must look at: which they are, and that somebody has. Nothing of what they say is opened."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, bindparam, delete, select
from sqlalchemy.orm import Session

from storage import audit
from storage.db import insert_into
from storage.messages import told_by
from storage.models import Contact, InterviewRow, Look, MessageRow, StaffMember
from storage.narrowing import open_marks
from storage.prepared import Prepared

_WAITING = Prepared(
    lambda: (
        select(MessageRow.interview_id, Contact.pseudonym)
        .join(InterviewRow, InterviewRow.id == MessageRow.interview_id)
        .join(Contact, Contact.id == InterviewRow.contact_id)
        .where(open_marks())
        .distinct()
        .order_by(MessageRow.interview_id.desc())
        .limit(bindparam("size", type_=Integer))
    )
)


@dataclass(frozen=True)
class Looked:
    """Who has looked at a marked message, by e-mail address, and when."""

    who: str
    at: datetime


def waiting(session: Session, size: int) -> list[tuple[int, str]]:
    """The testimonies, by id and pseudonym, with a mark that nobody has looked at; the newest first."""
    rows = _WAITING.all(session, size=size)
    return [(number, pseudonym) for number, pseudonym in rows]


def of_interview(session: Session, interview_id: int) -> dict[int, Looked]:
    """Who has looked at the marks of a testimony, by message."""
    rows = session.execute(
        select(Look.message_id, StaffMember.email, Look.at)
        .join(MessageRow, MessageRow.id == Look.message_id)
        .join(StaffMember, StaffMember.id == Look.staff_id)
        .where(MessageRow.interview_id == interview_id)
    )
    return {number: Looked(email, at) for number, email, at in rows}


def look(session: Session, interview_id: int, newest: int, staff_id: int, now: datetime) -> int:
    """Note that a member has looked at the marks of a testimony, up to the message ``newest``, which they have seen.

    Returns how many nobody had looked at before.
    """
    marked = select(MessageRow.id).where(
        MessageRow.interview_id == interview_id, MessageRow.id <= newest, open_marks()
    )
    rows = [
        {"message_id": number, "staff_id": staff_id, "at": now}
        for number in session.scalars(marked)
    ]
    if rows:
        session.execute(insert_into(session, Look).values(rows).on_conflict_do_nothing())
        subject = f"interview:{interview_id}"
        audit.record(session, now, "looked at", subject, staff_id, marks=len(rows))
    return len(rows)


def forget(session: Session, contact_id: int) -> None:
    """Take away who looked at the messages of an erased contact: they are marked no more."""
    theirs = select(MessageRow.id).where(told_by(contact_id))
    session.execute(
        delete(Look).where(Look.message_id.in_(theirs)).execution_options(synchronize_session=False)
    )
