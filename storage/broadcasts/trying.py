"""A broadcast tried out: its words in one language, sent to a number that a staff member types.

Whoever types a number learns nothing of it: what comes of it is the same to them whether it is sent or not. It is not
sent to who wants no messages, nor to a resident who has not agreed to be written to or has left quietly, by whichever
way they write. Whoever it is not sent to is not made a contact by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import contacts, interviews, outbox, outgoing, permits, rates, suppressions, writing
from storage.broadcasts import register
from storage.broadcasts.wording import whole
from storage.library import Library
from storage.messages import OUT
from storage.models import Contact, MessageRow
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
    person = contacts.lock_number(session, SMS, one.number)
    if _was_sent(session, person, one.token):
        return
    if not rates.allow(session, f"broadcast test:{staff_id}", EVERY, MOST, now):
        raise TooMany
    register.note(session, "broadcast tested", one.broadcast_id, staff_id, now)
    if suppressions.find(session, one.number) or not _may(session, person, facts.scope):
        return
    contact = contacts.lock_contact(session, SMS, one.number, now)
    flow = library.catalog(session).get(facts.flow) if facts.flow else None
    text = whole(facts.sender, facts.texts[one.language], one.language, flow)
    message_id = outgoing.write(
        session, contact.id, SMS, text, now, staff_id=staff_id, token=one.token
    )
    outbox.enqueue_send(session, message_id, contact.id, now, channel=contact.channel)


def _was_sent(session: Session, person: Sequence[Contact], token: str) -> bool:
    before = select(MessageRow.id).where(
        MessageRow.contact_id.in_([contact.id for contact in person]),
        MessageRow.provider_ref == token,
        MessageRow.direction == OUT,
    )
    return session.scalar(before) is not None


def _may(session: Session, person: Sequence[Contact], scope: str) -> bool:
    """Whether somebody may be written to: if they told us anything, by each way by which they did."""
    told = [one.id for one in person if interviews.newest_id(session, one.id) is not None]
    return all(
        writing.agreed(session, one, scope) and not interviews.is_left(session, one) for one in told
    )
