"""How our last messages to a contact ended: what one failure leaves open, several tell."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from storage.messages import DELIVERED, FAILED, IN, OUT, UNDELIVERED
from storage.models import MessageRow


def answered_since(session: Session, message: MessageRow) -> bool:
    """Whether the contact has written after ``message`` was."""
    later = exists().where(
        MessageRow.contact_id == message.contact_id,
        MessageRow.direction == IN,
        MessageRow.id > message.id,
    )
    return bool(session.scalar(select(later)))


def last_errors(session: Session, message: MessageRow, limit: int) -> list[str | None]:
    """Why the last ``limit`` other messages to its contact failed, the newest first; None for one that arrived.

    Those of which nobody has told the end do not count.
    """
    ended = (
        select(MessageRow.status, MessageRow.error)
        .where(
            MessageRow.contact_id == message.contact_id,
            MessageRow.direction == OUT,
            MessageRow.id != message.id,
            MessageRow.status.in_((DELIVERED, UNDELIVERED, FAILED)),
        )
        .order_by(MessageRow.id.desc())
        .limit(limit)
    )
    return [None if status == DELIVERED else error for status, error in session.execute(ended)]
