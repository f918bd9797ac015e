"""A file is not kept: its answer is looked at, and the person told, once for a message or an album."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from flows import Reply, phrasebook
from flows.phrases import FALLBACK, Phrasebook
from storage import interviews, keeping, losing
from storage.contacts import suppression_of
from storage.library import Library
from storage.models import Attachment, Contact, InterviewRow, MessageRow
from storage.replies import queue_reply


@dataclass(frozen=True)
class Gone:
    """What became of a file, and why; ``limit`` is the bound that it breaks."""

    status: str
    error: str
    limit: int = 0


def let_go(
    session: Session, library: Library, attachment_id: int, gone: Gone, now: datetime, today: date
) -> None:
    """Record that a file is refused or lost, and say so, unless it was said already or the person wants no messages."""
    row = session.get(Attachment, attachment_id)
    if row is None:
        return  # it was erased meanwhile
    message = session.get_one(MessageRow, row.message_id)
    # the contact first, as all who lock it: of two workers the second sees what the first has told
    contact = losing.lock(session, message)
    if not keeping.let_go(session, attachment_id, gone.status, gone.error, now):
        return
    session.expire_all()
    losing.look(session, library, message, now, today)
    if keeping.told_already(session, attachment_id) or suppression_of(session, contact):
        return
    if interviews.is_left(session, contact.id) or _went_on(session, contact, message):
        return
    text = _book(session, contact, message).say(f"file_{gone.error}", limit=str(gone.limit))
    queue_reply(session, contact, Reply(text), now, message.interview_id)


def _went_on(session: Session, contact: Contact, message: MessageRow) -> bool:
    """Whether the interview goes on from another phone: the one left behind may be in other hands."""
    if message.interview_id is None:
        return False
    return session.get_one(InterviewRow, message.interview_id).contact_id != contact.id


def _book(session: Session, contact: Contact, message: MessageRow) -> Phrasebook:
    """The phrases in the interview's language, else the contact's."""
    interview = message.interview_id and session.get(InterviewRow, message.interview_id)
    return phrasebook((interview and interview.language) or contact.language or FALLBACK)
