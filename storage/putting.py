"""Who puts something on a testimony and who erases it wait for each other, so that nothing lies on an erased one.

Whoever puts asks here first, before any other row is locked: so nobody holds an answer and waits for its interview. On
SQLite one writes at a time anyway.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from flows import Status
from storage.models import AnswerRow, InterviewRow


def stands(session: Session, interview_id: int) -> bool:
    """Whether there is such a testimony, not erased; nor will it be until this transaction ends."""
    wanted = (InterviewRow.id == interview_id, InterviewRow.status != Status.ERASED)
    held = select(InterviewRow.id).where(*wanted).with_for_update(key_share=True, read=True)
    return session.scalar(held) is not None


def lock_answer(session: Session, answer_id: int) -> AnswerRow | None:
    """An answer of a testimony that stands, to be changed by nobody else until this transaction ends."""
    interview_id = session.scalar(select(AnswerRow.interview_id).where(AnswerRow.id == answer_id))
    if interview_id is None or not stands(session, interview_id):
        return None
    return session.get(AnswerRow, answer_id, with_for_update=True, populate_existing=True)


def hold_off(session: Session, contact_id: int) -> None:
    """Wait for all who put something on a contact's testimonies; whoever comes now waits for this transaction."""
    theirs = select(InterviewRow.id).where(InterviewRow.contact_id == contact_id)
    session.execute(theirs.order_by(InterviewRow.id).with_for_update())
