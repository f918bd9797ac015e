"""What was told in an interview, message by message in the order of telling, for the person who told it. Reads only."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from flows import Heard, Slot, Uttered, slot_of
from storage import attachments
from storage.messages import IN, body_of, by_sending
from storage.models import AnswerRow, Contact, MessageRow, Receipt

Files = Mapping[int, Sequence[str]]  # the kinds of those that are kept, or may be yet, by message


def told(session: Session, contact: Contact, interview_id: int) -> tuple[Uttered, ...]:
    """The messages of an interview: which gave answers, and those that nobody asked for, as they were last edited.

    What was told before the interview came to this contact is not opened.
    """
    rows = session.scalars(
        select(MessageRow)
        .where(MessageRow.interview_id == interview_id, MessageRow.direction == IN)
        .order_by(MessageRow.id)
    ).all()
    edits = {row.edits_id: row for row in rows if row.edits_id is not None}
    moved, files = _moved(session, interview_id), _files(session, interview_id, rows)
    slots = _slots(session, interview_id)
    found = []
    for row in sorted((row for row in rows if row.edits_id is None), key=by_sending):
        if row.heard != Heard.UNASKED:
            found.append(Uttered(row.slot or slots.get(row.id, "")))
        elif row.contact_id != contact.id or (moved is not None and row.at <= moved):
            found.append(Uttered(veiled=True))
        else:
            words = body_of(session, edits.get(row.id, row))
            found.append(Uttered(words=words, media=tuple(files.get(row.id, ()))))
    return tuple(found)


def _slots(session: Session, interview_id: int) -> dict[int | None, Slot]:
    """What was last answered, or left out, by which message."""
    rows = session.execute(
        select(AnswerRow.message_id, AnswerRow.question, AnswerRow.instance).where(
            AnswerRow.interview_id == interview_id
        )
    )
    return {message_id: slot_of(question, instance) for message_id, question, instance in rows}


def _moved(session: Session, interview_id: int) -> datetime | None:
    """When the interview last came to another phone."""
    used = select(func.max(Receipt.used_at)).where(Receipt.interview_id == interview_id)
    return session.scalar(used)


def _files(session: Session, interview_id: int, rows: Sequence[MessageRow]) -> Files:
    first = {row.id: row.edits_id or row.id for row in rows}
    found: defaultdict[int, list[str]] = defaultdict(list)
    for file in attachments.of_interview(session, interview_id):
        if file.status in (attachments.WAITING, attachments.KEPT) and file.message_id in first:
            found[first[file.message_id]].append(file.kind)
    return found
