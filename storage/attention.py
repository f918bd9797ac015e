"""What a person must look at: the testimonies with messages that the program could not, or should not, settle alone."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.models import Contact, InterviewRow, MessageRow
from storage.narrowing import Filter, in_flow, open_marks


@dataclass(frozen=True)
class Calling:
    """A testimony that needs a person: its newest such message, when it came, and why, never in its words."""

    interview_id: int
    pseudonym: str
    version_id: int
    why: str
    at: datetime


def calling(session: Session, wanted: Filter, size: int) -> tuple[list[Calling], int]:
    """The newest ``size`` testimonies that need a person by what came in a span, and how many there are in all."""
    marked = (
        select(func.max(MessageRow.id).label("id"), func.count().over().label("number"))
        .where(open_marks(), MessageRow.interview_id.is_not(None))
        .group_by(MessageRow.interview_id)
    )
    if wanted.flow:
        marked = marked.where(in_flow(wanted.flow))
    if wanted.since:
        marked = marked.where(MessageRow.at >= wanted.since)
    if wanted.until:
        marked = marked.where(MessageRow.at < wanted.until)
    # all are counted, but only those that are told of are joined
    newest = marked.order_by(func.max(MessageRow.id).desc()).limit(size).subquery()
    rows = session.execute(
        select(
            MessageRow.interview_id,
            Contact.pseudonym,
            InterviewRow.flow_version_id,
            MessageRow.attention,
            MessageRow.at,
            newest.c.number,
        )
        .join(newest, newest.c.id == MessageRow.id)
        .join(InterviewRow, InterviewRow.id == MessageRow.interview_id)
        .join(Contact, Contact.id == InterviewRow.contact_id)
        .order_by(MessageRow.id.desc())
    ).all()
    found = [
        Calling(number or 0, who, flow, why or "", at) for number, who, flow, why, at, _ in rows
    ]
    return found, rows[0][-1] if rows else 0
