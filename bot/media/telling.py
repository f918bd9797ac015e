"""Telling a person that a file of theirs is not kept: once for a message or an album, in the interview's language."""

from datetime import datetime

from sqlalchemy.orm import Session

from flows import Reply, phrasebook
from flows.phrases import FALLBACK, Phrasebook
from storage import interviews, keeping
from storage.contacts import suppression_of
from storage.models import Attachment, Contact, InterviewRow, MessageRow
from storage.replies import queue_reply


def let_go(
    session: Session, attachment_id: int, status: str, error: str, limit: int, now: datetime
) -> None:
    """Record that a file is refused or lost, and say so, unless it was said already or the person wants no messages."""
    row = session.get(Attachment, attachment_id)
    if row is None:
        return  # it was erased meanwhile
    message = session.get_one(MessageRow, row.message_id)
    # the contact first, as all who lock it: of two workers the second sees what the first has told
    contact = session.get_one(Contact, message.contact_id, with_for_update=True)
    if not keeping.let_go(session, attachment_id, status, error, now):
        return
    session.expire_all()
    if keeping.told_already(session, attachment_id) or suppression_of(session, contact):
        return
    if interviews.is_left(session, contact.id) or _went_on(session, contact, message):
        return
    text = _book(session, contact, message).say(f"file_{error}", limit=str(limit))
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
