"""The last look at a broadcast's message, in the transaction in which a sender takes it in hand.

Whoever said STOP, took their consent back, was erased or has gone to bed since it was queued does not get it.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import messages, outgoing
from storage.broadcasts.bars import Bar, bar, opens
from storage.broadcasts.register import SCOPES, Purpose, Standing
from storage.library import Library
from storage.models import Broadcast, Contact, MessageRow, Recipient

UNKNOWN = "it may have gone out: whoever sent it did not live to say so"


def goes(
    session: Session, message: MessageRow, contact: Contact, library: Library, now: datetime
) -> bool:
    """Whether it may be handed over now. If not, its job is to be ended: a pause or a night brings it back later.

    Of one that somebody had in hand and died nobody knows whether it went out. It is not sent again: nobody shall get
    a broadcast twice.
    """
    if message.status == messages.SENDING:
        outgoing.advance(session, message.id, messages.FAILED, error=UNKNOWN)
        return False
    row = session.scalars(
        select(Broadcast)
        .join(Recipient, Recipient.broadcast_id == Broadcast.id)
        .where(Recipient.message_id == message.id)
    ).first()
    held = Bar.ERASED if row is None else bar(session, contact, SCOPES[Purpose(row.purpose)])
    if row is not None and row.status == Standing.STOPPED:
        held = Bar.ENDED
    if row is None or held is not None:
        outgoing.advance(session, message.id, messages.FAILED, error=held or Bar.ERASED)
        return False
    return row.status == Standing.RUNNING and opens(session, contact, library, now) <= now
