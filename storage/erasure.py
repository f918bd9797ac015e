"""To be forgotten: a contact's words, files and address go; what stays is that there was somebody, and a receipt.

Two steps, because the last message still needs the address: ``erase`` with the request, ``forget`` once it is sent.
"""

import hashlib
import re
from datetime import datetime

from sqlalchemy import delete, exists, not_, select, update
from sqlalchemy.orm import Session

from flows import Heard, Status
from flows.talking.codes import GROUP
from storage import (
    audit,
    codings,
    contacts,
    keeping,
    looking,
    masks,
    messages,
    outbox,
    outgoing,
    putting,
    quoting,
    searches,
    tags,
    translations,
    unmasking,
)
from storage.broadcasts import recipients
from storage.db import leave_nothing, vault_of
from storage.exports import making
from storage.messages import BODY, IN
from storage.models import (
    AnswerRow,
    ConsentRecord,
    Contact,
    Erasure,
    InterviewRow,
    MessageRow,
    Receipt,
    Sitting,
)
from storage.tallies import marking

NOTHING_SAID = {"media": None, "choices": None, "attention": None, "slot": None}
NOTHING_KNOWN = {"asked": None, "menu": "", "due_at": None, "cared": None, "held_by": None}
NOTHING_KNOWN |= {"source": None}  # a meeting's code tells where somebody was
NOTHING_KNOWN |= {"meeting_id": None}


def erase(
    session: Session, contact: Contact, receipt: str, now: datetime, staff_id: int | None = None
) -> None:
    """Take away all that ``contact`` told us. Who opted out stays in ``suppressions``, known by a digest alone.

    The address itself stays sealed until ``forget``; but a new message from it begins with nothing.
    """
    leave_nothing(session)
    putting.hold_off(session, contact.id)
    theirs = select(InterviewRow.id).where(InterviewRow.contact_id == contact.id)
    outgoing.give_up(session, outbox.cancel(session, contact.id, now), "the contact was erased")
    keeping.discard(session, contact.id, now)
    recipients.forget(session, contact.id)
    _take_off(session, contact)
    session.execute(delete(AnswerRow).where(AnswerRow.interview_id.in_(theirs)))
    session.execute(delete(Receipt).where(Receipt.interview_id.in_(theirs)))
    session.execute(delete(Sitting).where(Sitting.interview_id.in_(theirs)))
    session.execute(delete(ConsentRecord).where(ConsentRecord.interview_id.in_(theirs)))
    session.execute(
        update(MessageRow)
        .where(messages.told_by(contact.id))
        .values(body=vault_of(session).seal("", BODY), **NOTHING_SAID)
    )
    session.execute(
        update(InterviewRow)
        .where(InterviewRow.contact_id == contact.id)
        .values(status=Status.ERASED.value, moved_at=now, **NOTHING_KNOWN)
    )
    marking.mark(session, InterviewRow.contact_id == contact.id)
    contact.language, contact.timezone, contact.menu = None, None, ""
    session.add(Erasure(contact_id=contact.id, receipt=_digest(receipt), at=now))
    audit.record(session, now, "erase", f"contact:{contact.id}", staff_id)
    making.withdraw(session, contact.id, now)
    session.flush()


def _take_off(session: Session, contact: Contact) -> None:
    """Take away all that staff put on it, asked about it and searched for in it."""
    unmasking.forget(session, contact.id)
    searches.forget(session, contact)
    tags.forget(session, contact.id)
    looking.forget(session, contact.id)
    masks.forget(session, contact.id)
    translations.forget(session, contact.id)
    quoting.forget(session, contact.id)
    codings.forget(session, contact.id)


def forget(session: Session, contact_id: int, now: datetime) -> None:
    """Take away the address of an erased contact, unless the person has written again since, other than STOP.

    The contact is to be locked: who writes at this moment would not be seen.
    """
    erased = select(Erasure.at).where(Erasure.contact_id == contact_id).order_by(Erasure.id.desc())
    since = session.scalars(erased.limit(1)).first()
    if since is None:
        return
    theirs = (MessageRow.contact_id == contact_id) & (MessageRow.direction == IN)
    wrote = exists().where(theirs, MessageRow.at > since)
    if contacts.is_stopped(session, session.get_one(Contact, contact_id)):
        # a STOP is no beginning; but what was told before it could not be taken back without an address
        wrote = wrote.where(MessageRow.heard.is_distinct_from(Heard.STEER.value))
    session.execute(
        update(Contact)
        .where(Contact.id == contact_id, not_(wrote))
        .values(address=None, address_digest=None)
        .execution_options(synchronize_session=False)
    )


def erased_by(session: Session, receipt: str) -> datetime | None:
    """When the contact with this receipt, in whatever way it was typed, was erased; None when it is nobody's."""
    bare = re.sub(r"[\s-]", "", receipt).upper()
    written = f"{bare[:GROUP]}-{bare[GROUP:]}"
    found = select(Erasure.at).where(Erasure.receipt == _digest(written))
    return session.scalars(found.limit(1)).first()


def _digest(receipt: str) -> str:
    """Not keyed: a receipt stays provable when the keys have changed, and it opens nothing."""
    return hashlib.sha256(receipt.encode()).hexdigest()
