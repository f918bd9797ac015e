"""An answer in files none of which could be kept is none any more: noted here, once the last of them is settled.

What becomes of the answer is decided in ``flows``; nothing is said to anybody.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from flows import Outcome, Slot, parts_of
from flows.talking.late import lose
from storage import interviews
from storage.answers import save_answers
from storage.attachments import LOST, REFUSED
from storage.library import Library
from storage.models import AnswerRow, Attachment, Contact, InterviewRow, MessageRow
from storage.tallies import marking


def lock(session: Session, message: MessageRow) -> Contact:
    """Lock the contact who sent a message, which is returned, and whoever has its interview by now."""
    owner = select(InterviewRow.contact_id).where(InterviewRow.id == message.interview_id)
    wanted = select(Contact).where(or_(Contact.id == message.contact_id, Contact.id.in_(owner)))
    found = session.scalars(wanted.order_by(Contact.id).with_for_update()).all()
    return next(one for one in found if one.id == message.contact_id)


def look(
    session: Session, library: Library, message: MessageRow, now: datetime, today: date
) -> bool:
    """Look whether the answer that a message gave has lost all its files; returns whether it has now."""
    original = session.get_one(MessageRow, message.edits_id or message.id)
    if original.interview_id is None or original.slot is None:
        return False
    rests_on = _rests_on(session, original.interview_id, original.slot)
    told = _together(session, rests_on) if rests_on is not None else []
    if original.id not in told or not _all_gone(session, told):
        return False
    row = session.get_one(InterviewRow, original.interview_id)
    (interview,) = interviews.load_interviews(session, [row], library)
    turn = lose(interview, original.slot, today)
    if turn is not None:
        outcome = Outcome(interviews=(turn.interview,), turn=turn)
        save_answers(session, row.id, outcome, rests_on, now)
        marking.mark(session, InterviewRow.id == row.id)
    return turn is not None


def _rests_on(session: Session, interview_id: int, slot: Slot) -> int | None:
    """The message that gave the answer as it is now."""
    question, instance = parts_of(slot)
    return session.scalar(
        select(AnswerRow.message_id).where(
            AnswerRow.interview_id == interview_id,
            AnswerRow.question == question,
            AnswerRow.instance == instance,
        )
    )


def _together(session: Session, message_id: int) -> Sequence[int]:
    """A message, and the others of its album."""
    album = select(MessageRow.contact_id, MessageRow.album).where(MessageRow.id == message_id)
    contact_id, name = session.execute(album).one()
    wanted = MessageRow.id == message_id
    if name is not None:
        wanted |= (MessageRow.contact_id == contact_id) & (MessageRow.album == name)
    return session.scalars(select(MessageRow.id).where(wanted)).all()


def _all_gone(session: Session, message_ids: Sequence[int]) -> bool:
    """Whether no file of these messages is kept, or may be yet; files that an edit brought count."""
    here = MessageRow.id.in_(message_ids) | MessageRow.edits_id.in_(message_ids)
    left = (
        select(Attachment.id)
        .join(MessageRow, MessageRow.id == Attachment.message_id)
        .where(here, Attachment.status.not_in((REFUSED, LOST)))
    )
    return session.scalar(left.limit(1)) is None
