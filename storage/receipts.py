"""Codes that people are given: known here by keyed digests alone, good for one use, ninety days, and one interview.

An interview has one good code at most. Who sends it may go on with the interview; what was told before is veiled, so
that a code that is found or guessed shows nothing. How often anybody may try is decided by the caller.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.orm import Session

from flows import Status
from flows.talking.codes import ALPHABET, CODED, GROUP, code_in
from storage import audit, outbox, outgoing
from storage.db import vault_of
from storage.library import Library
from storage.models import AnswerRow, Contact, InterviewRow, Receipt
from storage.tallies import marking

GOOD_FOR = timedelta(days=90)


def new_receipt() -> str:
    """A code that nobody has yet, easily read aloud, and neither a word nor a number: "7F3K-9QRT"."""
    while True:
        letters = "".join(secrets.choice(ALPHABET) for _ in range(2 * GROUP))
        if code := code_in(letters):
            return code.text


def issue(session: Session, interview_id: int, receipt: str, now: datetime) -> None:
    """Make a code good for an interview; the one that was given before and not used is void from now on."""
    session.execute(
        delete(Receipt).where(Receipt.interview_id == interview_id, Receipt.used_at.is_(None))
    )
    digest = vault_of(session).digests(receipt)[0]
    session.add(Receipt(digest=digest, interview_id=interview_id, issued_at=now))
    session.flush()


def holder(session: Session, receipt: str, now: datetime) -> int | None:
    """The contact whose interview a good code opens, by id; nothing is locked."""
    wanted = select(InterviewRow.contact_id).join(Receipt, _good(session, receipt, now))
    return session.scalar(wanted)


def find(session: Session, library: Library, receipt: str, now: datetime) -> InterviewRow | None:
    """The interview that a good code opens; None for a code that is unknown, used, void or too old.

    Call it with the holder and the contact who sent it locked: nobody else takes the interview meanwhile.
    """
    row = session.scalar(select(InterviewRow).join(Receipt, _good(session, receipt, now)))
    if row is None:
        return None
    expires = library.flow(session, row.flow_version_id).expires
    over = expires is not None and now - row.moved_at > expires
    return None if over and row.status != Status.COMPLETE else row


def take(session: Session, interview_id: int, contact: Contact, now: datetime) -> None:
    """Use the code of an interview up: it goes over to ``contact``, and all its answers so far are veiled.

    Its messages stay with the contact who wrote them; those that were not sent yet do not go out.
    """
    session.execute(
        update(Receipt)
        .where(Receipt.interview_id == interview_id, Receipt.used_at.is_(None))
        .values(used_at=now)
    )
    session.execute(
        update(AnswerRow)
        .where(AnswerRow.interview_id == interview_id)
        .values(veiled=True)
        .execution_options(synchronize_session=False)
    )
    row = session.get_one(InterviewRow, interview_id)
    before, row.contact_id, row.channel = row.contact_id, contact.id, contact.channel
    unsent = outbox.cancel(session, before, now, interview_id)
    outgoing.give_up(session, unsent, "the person goes on from another phone")
    subject = f"interview:{interview_id}"
    audit.record(session, now, "move", subject, from_contact=before, to_contact=contact.id)
    session.flush()
    marking.mark(session, InterviewRow.id == interview_id)


def _good(session: Session, receipt: str, now: datetime) -> ColumnElement[bool]:
    """What joins an interview with a code that opens it."""
    return and_(
        Receipt.interview_id == InterviewRow.id,
        Receipt.digest.in_(vault_of(session).digests(receipt)),
        Receipt.used_at.is_(None),
        Receipt.issued_at > now - GOOD_FOR,
        InterviewRow.status.in_([status.value for status in CODED]),
    )
