"""A broadcast tried out: its words in one language, sent to a number that a staff member types.

Whoever types a number learns nothing of it: what comes of it is the same to them whether it is sent or not. It is not
sent to who wants no messages, nor to a resident who has not agreed to be written to.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import contacts, interviews, outbox, outgoing, permits, rates, writing
from storage.broadcasts import register
from storage.broadcasts.wording import whole
from storage.library import Library
from storage.messages import OUT
from storage.models import MessageRow
from storage.permits import Permit
from storage.suppressions import PREFIXES

EVERY, MOST = timedelta(minutes=6), 10  # of one member's tests: ten at once, then ten an hour
SMS = "sms"


class TooMany(Exception):
    """A member has sent as many as they may for now."""


@dataclass(frozen=True)
class Try:
    """``number`` as +14045550100; ``token`` is the form's, so that a form sent twice is one message."""

    broadcast_id: int
    language: str
    number: str
    token: str


def attempt(session: Session, one: Try, staff_id: int, library: Library, now: datetime) -> None:
    """Send it, or do not, and write down that it was tried. Raises NotPermitted and TooMany."""
    permits.require(session, staff_id, Permit.BROADCAST)
    row = register.by_id(session, one.broadcast_id)
    facts = register.facts_of(session, row) if row else None
    if facts is None or one.language not in facts.texts or one.number.startswith(PREFIXES):
        return
    contact = contacts.lock_contact(session, SMS, one.number, now)
    before = select(MessageRow.id).where(
        MessageRow.contact_id == contact.id,
        MessageRow.provider_ref == one.token,
        MessageRow.direction == OUT,
    )
    if session.scalar(before) is not None:
        return
    if not rates.allow(session, f"broadcast test:{staff_id}", EVERY, MOST, now):
        raise TooMany
    register.note(session, "broadcast tested", one.broadcast_id, staff_id, now)
    resident = interviews.newest_id(session, contact.id) is not None
    if contacts.suppression_of(session, contact) is not None:
        return
    if resident and not writing.agreed(session, contact.id, facts.scope):
        return
    flow = library.catalog(session).get(facts.flow) if facts.flow else None
    text = whole(facts.sender, facts.texts[one.language], one.language, flow)
    message_id = outgoing.write(
        session, contact.id, SMS, text, now, staff_id=staff_id, token=one.token
    )
    outbox.enqueue_send(session, message_id, contact.id, now, channel=contact.channel)
