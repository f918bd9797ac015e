"""To be forgotten: a contact's words, files and address go; what stays is that there was somebody, and a receipt.

Two steps, because the last message still needs the address: ``erase`` with the request, ``forget`` once it is sent.
"""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from flows import Status
from storage import audit, messages, outbox
from storage.contacts import ALPHABET
from storage.db import vault_of
from storage.messages import BODY, IN
from storage.models import AnswerRow, ConsentRecord, Contact, Erasure, InterviewRow, MessageRow

RECEIPT = 8  # letters of a receipt, in two groups


def new_receipt() -> str:
    """A code that nobody has yet, easily read aloud: "7F3K-9QRT"."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(RECEIPT))
    return f"{code[: RECEIPT // 2]}-{code[RECEIPT // 2 :]}"


def erase(
    session: Session, contact: Contact, receipt: str, now: datetime, staff_id: int | None = None
) -> None:
    """Take away all that ``contact`` told us. Who opted out stays known by the digest of the address, and only so.

    The address itself stays sealed until ``forget``; but a new message from it begins with nothing.
    """
    theirs = select(InterviewRow.id).where(InterviewRow.contact_id == contact.id)
    unsent = outbox.cancel(session, contact.id, now)
    messages.give_up(session, unsent, "the contact was erased")
    session.execute(delete(AnswerRow).where(AnswerRow.interview_id.in_(theirs)))
    session.execute(delete(ConsentRecord).where(ConsentRecord.interview_id.in_(theirs)))
    session.execute(
        update(MessageRow)
        .where(MessageRow.contact_id == contact.id)
        .values(body=vault_of(session).seal("", BODY), media=None, choices=None)
    )
    session.execute(
        update(InterviewRow)
        .where(InterviewRow.contact_id == contact.id)
        .values(status=Status.ERASED.value, asked=None, menu="", moved_at=now)
    )
    contact.language, contact.menu = None, ""
    session.add(Erasure(contact_id=contact.id, receipt=_digest(receipt), at=now))
    audit.record(session, now, "erase", f"contact:{contact.id}", staff_id)
    session.flush()


def forget(session: Session, contact_id: int, now: datetime) -> None:
    """Take away the address of an erased contact, unless the person has written again since."""
    erased = select(Erasure.at).where(Erasure.contact_id == contact_id).order_by(Erasure.id.desc())
    since = session.scalars(erased.limit(1)).first()
    if since is None:
        return
    wrote = exists().where(
        MessageRow.contact_id == contact_id, MessageRow.direction == IN, MessageRow.at > since
    )
    session.execute(
        update(Contact)
        .where(Contact.id == contact_id, ~wrote)
        .values(address=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Contact)
        .where(Contact.id == contact_id, Contact.stopped_at.is_(None), ~wrote)
        .values(address_digest=None)
        .execution_options(synchronize_session=False)
    )


def erased_by(session: Session, receipt: str) -> datetime | None:
    """When the contact with this receipt was erased; None when the code is nobody's."""
    found = select(Erasure.at).where(Erasure.receipt == _digest(receipt.strip().upper()))
    return session.scalars(found.limit(1)).first()


def _digest(receipt: str) -> str:
    """Not keyed: a receipt stays provable when the keys have changed, and it opens nothing."""
    return hashlib.sha256(receipt.encode()).hexdigest()
