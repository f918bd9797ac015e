"""How our messages ended: to one contact, where several failures tell what one leaves open; and in all, by reason."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select, text
from sqlalchemy.orm import Session

from storage.messages import DELIVERED, FAILED, IN, OUT, UNDELIVERED
from storage.models import MessageRow
from storage.models.interviewing import NOT_ARRIVED
from storage.narrowing import Filter, in_flow

MOST = 50  # reasons; there are not so many


@dataclass(frozen=True)
class NotArrived:
    """How many messages of ours did not arrive for one reason, and when the last was written."""

    channel: str
    error: str | None
    count: int
    last: datetime


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


def not_arrived(session: Session, wanted: Filter) -> list[NotArrived]:
    """What did not arrive of the messages written in a span, to those in a flow, by reason, the commonest first."""
    number = func.count().label("number")
    statement = (
        select(MessageRow.channel, MessageRow.error, number, func.max(MessageRow.at))
        .where(text(f"messages.{NOT_ARRIVED}"), MessageRow.direction == OUT)
        .group_by(MessageRow.channel, MessageRow.error)
        .order_by(number.desc(), MessageRow.channel, MessageRow.error)
        .limit(MOST)
    )
    if wanted.flow:
        statement = statement.where(in_flow(wanted.flow))
    if wanted.since:
        statement = statement.where(MessageRow.at >= wanted.since)
    if wanted.until:
        statement = statement.where(MessageRow.at < wanted.until)
    return [NotArrived(*row) for row in session.execute(statement)]
