"""Interviews whose silence is to be looked at: found when they are due, taken by one at a time, kept as they were left.

What a silence leads to is decided in ``flows``. When the contact last wrote is not changed by anything here.
"""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from flows import Outcome, Status, Turn, parts_of
from flows.talking.silence import Seen
from storage.answers import save_answers
from storage.messages import IN
from storage.models import AnswerRow, Contact, InterviewRow, MessageRow
from storage.prepared import Prepared
from storage.tallies import marking

_NEXT_DUE = Prepared(  # in these words SQLite finds the index
    lambda: select(func.min(InterviewRow.due_at)).where(InterviewRow.due_at.is_not(None))
)


def next_due(session: Session) -> datetime | None:
    """When the next silence is to be looked at, or was to be; None when there is none."""
    due: datetime | None = _NEXT_DUE.one(session)
    return due


def claim(session: Session, now: datetime) -> tuple[Contact, InterviewRow] | None:
    """The interview that has been due for longest, its contact locked; None when there is none that nobody has."""
    due = session.execute(
        select(Contact, InterviewRow.id)
        .join(InterviewRow, InterviewRow.contact_id == Contact.id)
        .where(InterviewRow.due_at <= now)
        .order_by(InterviewRow.due_at, InterviewRow.id)
        .limit(1)
        .with_for_update(of=Contact, skip_locked=True)
    ).first()
    if due is None:
        return None
    contact, interview_id = due
    row = session.get_one(InterviewRow, interview_id, populate_existing=True)
    if row.due_at is None or row.due_at > now:
        return None  # another had it while its contact was being locked
    return contact, row


def last_wrote(session: Session, row: InterviewRow) -> datetime:
    """When the contact last wrote, to the interview that waits; to one that was put aside, when it last moved."""
    if row.status != Status.WAITING:
        return row.moved_at
    written = select(func.max(MessageRow.at)).where(
        MessageRow.contact_id == row.contact_id, MessageRow.direction == IN
    )
    return max(row.moved_at, session.scalar(written) or row.moved_at)


def keep(session: Session, row: InterviewRow, seen: Seen, now: datetime) -> None:
    """Keep what a look at a silence has changed."""
    state = seen.interview.state
    if state.status is Status.COMPLETE:
        row.completed_at = now
    row.status, row.asked = state.status.value, state.asked
    row.attempts, row.menu = state.attempts, state.menu.value
    row.due_at, row.reminded = seen.due_at, seen.reminded
    session.flush()
    if seen.turn is not None:
        outcome = Outcome(interviews=(seen.interview,), turn=seen.turn)
        save_answers(session, row.id, outcome, _told_by(session, row.id, seen.turn), now)
    marking.mark(session, InterviewRow.id == row.id)  # it has not moved: the person has not


def _told_by(session: Session, interview_id: int, turn: Turn) -> int | None:
    """The message with the last piece of the story that was ended: its answer rests on that one still."""
    question, instance = parts_of(turn.changed[0])
    return session.scalar(
        select(AnswerRow.message_id).where(
            AnswerRow.interview_id == interview_id,
            AnswerRow.question == question,
            AnswerRow.instance == instance,
        )
    )


def put_off(session: Session, interview_id: int, until: datetime) -> None:
    """Look at an interview again at ``until``, whatever became of it now."""
    session.execute(
        update(InterviewRow)
        .where(InterviewRow.id == interview_id)
        .values(due_at=until)
        .execution_options(synchronize_session=False)
    )
