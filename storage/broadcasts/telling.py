"""How far a broadcast is, and who got what: counts, and a page of recipients by pseudonym. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage import messages
from storage.broadcasts.recipients import FAILED, LEFT, QUEUED, SENT, WAITING
from storage.models import Contact, MessageRow, Recipient

STATES = (WAITING, QUEUED, SENT, FAILED, LEFT)


@dataclass(frozen=True)
class Line:
    """One recipient. ``pseudonym`` and ``interview_id`` are None for one who was erased; ``status`` is the message's
    where there is one.
    """

    id: int
    pseudonym: str | None
    interview_id: int | None
    channel: str
    status: str
    reason: str


def counts(session: Session, broadcast_id: int) -> Mapping[str, int]:
    """How many recipients stand where; an index alone tells it."""
    rows = session.execute(
        select(Recipient.status, func.count())
        .where(Recipient.broadcast_id == broadcast_id)
        .group_by(Recipient.status)
    )
    return dict.fromkeys(STATES, 0) | {status: number for status, number in rows}  # noqa: C416 - rows


def delivered(session: Session, broadcast_id: int) -> Mapping[str, int]:
    """Of those that were sent, how many are known to have arrived, or not to: every one is looked at."""
    known = (messages.DELIVERED, messages.UNDELIVERED, messages.FAILED)
    rows = session.execute(
        select(MessageRow.status, func.count())
        .join(Recipient, Recipient.message_id == MessageRow.id)
        .where(Recipient.broadcast_id == broadcast_id, Recipient.status == SENT)
        .where(MessageRow.status.in_(known))
        .group_by(MessageRow.status)
    )
    return dict.fromkeys(known, 0) | {status: number for status, number in rows}  # noqa: C416 - rows


def reasons(session: Session, broadcast_id: int) -> list[tuple[str, str, int]]:
    """Why some were left out, and what failed: status, reason and number, the commonest first."""
    number = func.count().label("number")
    rows = session.execute(
        select(Recipient.status, Recipient.reason, number)
        .where(Recipient.broadcast_id == broadcast_id, Recipient.status.in_((LEFT, FAILED)))
        .group_by(Recipient.status, Recipient.reason)
        .order_by(number.desc(), Recipient.status, Recipient.reason)
    )
    return [(status, reason or "", count) for status, reason, count in rows]


def page(
    session: Session, broadcast_id: int, state: str, after: int | None, size: int
) -> list[Line]:
    """``size`` recipients in a state with an id above ``after``."""
    rows = session.execute(
        select(Recipient, Contact, MessageRow)
        .outerjoin(Contact, Contact.id == Recipient.contact_id)
        .outerjoin(MessageRow, MessageRow.id == Recipient.message_id)
        .where(
            Recipient.broadcast_id == broadcast_id,
            Recipient.status == state,
            Recipient.id > (after or 0),
        )
        .order_by(Recipient.id)
        .limit(size)
    )
    return [
        Line(
            row.id,
            contact.pseudonym if contact else None,
            message.interview_id if message else None,
            contact.channel if contact else "",
            message.status if message and state in (SENT, QUEUED) else row.status,
            row.reason or (message.error if message else None) or "",
        )
        for row, contact, message in rows
    ]
