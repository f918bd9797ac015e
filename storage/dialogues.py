"""What was said in an interview, message by message, as staff read it, and what became of each message. Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from flows import Heard
from flows.talking.codes import without_codes
from storage import attachments
from storage.attachments import File
from storage.messages import IN, body_of, media_of
from storage.models import Contact, MessageRow, StaffMember


@dataclass(frozen=True)
class Line:
    """One message of a dialogue. ``media`` are the types of what came with it.

    ``heard`` is what it was taken as (None: not noted), ``slot`` where its answer belongs. ``writer`` is the member of
    staff who wrote it, by e-mail address. ``contact`` is the pseudonym of the phone it came from, or went to.
    """

    id: int
    inbound: bool
    text: str
    at: datetime
    status: str
    error: str | None
    attention: str | None
    media: tuple[str, ...]
    edits_id: int | None
    heard: Heard | None = None
    slot: str | None = None
    writer: str | None = None
    contact: str = ""
    channel: str = ""
    files: tuple[File, ...] = ()


def dialogue(session: Session, interview_id: int) -> Iterator[Line]:
    """The messages of an interview in their order, with their files, and without codes that a reader could use."""
    files: dict[int, list[File]] = {}
    for file in attachments.of_interview(session, interview_id):
        files.setdefault(file.message_id, []).append(file)
    rows = session.execute(
        select(MessageRow, Contact.pseudonym, StaffMember.email)
        .join(Contact, Contact.id == MessageRow.contact_id)
        .outerjoin(StaffMember, StaffMember.id == MessageRow.staff_id)
        .where(MessageRow.interview_id == interview_id)
        .order_by(MessageRow.id)
    )
    for row, pseudonym, email in rows:
        yield Line(
            id=row.id,
            inbound=row.direction == IN,
            text=without_codes(body_of(session, row)),
            at=row.at,
            status=row.status,
            error=row.error,
            attention=row.attention,
            media=tuple(str(one.get("content_type", "")) for one in media_of(session, row)),
            edits_id=row.edits_id,
            heard=Heard(row.heard) if row.heard else None,
            slot=row.slot,
            writer=email,
            contact=pseudonym,
            channel=row.channel,
            files=tuple(files.get(row.id, ())),
        )


def newest(session: Session, interview_id: int) -> int:
    """The id of the last message of an interview; 0 when there is none."""
    last = select(func.max(MessageRow.id)).where(MessageRow.interview_id == interview_id)
    return session.scalar(last) or 0
