"""To be forgotten: no words, no files, no address; a tombstone, a receipt, and whether messages were stopped."""

from datetime import timedelta

from sqlalchemy import select

from storage import contacts, erasure, exports, listing, outbox
from storage.db import Database
from storage.library import Library
from storage.messages import body_of
from storage.models import AnswerRow, Contact, InterviewRow, Job, MessageRow
from storage.suppressions import BY_WORD
from storage.testimonies import Filter
from tests.storage.material import NOW, RESIDENT, publish, source, tell

LATER = NOW + timedelta(minutes=1)
RECEIPT = "7F3K-9QRT"


def told(database: Database) -> int:
    publish(database, source())
    tell(database, Library(), "SMALL", "yes", "They came at night", address="+14045550199")
    return tell(database, Library(), "SMALL", "yes", "They took the door", "3")


def erase(database: Database, *, stopped: bool = False) -> int:
    with database.writing() as session:
        contact = contacts.lock_contact(session, "sms", RESIDENT, NOW)
        if stopped:
            contacts.stop(session, contact, BY_WORD, NOW)
        erasure.erase(session, contact, RECEIPT, LATER)
        return contact.id


def forget(database: Database, contact_id: int) -> Contact:
    with database.writing() as session:
        erasure.forget(session, contact_id, LATER)
    with database.reading() as session:
        return session.get_one(Contact, contact_id)


def test_words_and_answers_are_gone_and_only_theirs(database: Database) -> None:
    number = told(database)
    who = erase(database)
    with database.reading() as session:
        bodies = {
            row.contact_id == who: body_of(session, row)
            for row in session.scalars(select(MessageRow))
        }
        answers = session.scalars(select(AnswerRow.interview_id)).all()
        row = session.get_one(InterviewRow, number)
        assert (bodies[True], bool(bodies[False])) == ("", True)
        assert set(answers) == {1}
        assert row.status == "erased"


def test_nothing_that_was_queued_goes_out(database: Database) -> None:
    told(database)
    who = erase(database)
    with database.reading() as session:
        waiting = session.scalars(select(Job).where(Job.order_key == who, Job.done_at.is_(None)))
        assert waiting.all() == []


def test_a_tombstone_is_no_testimony(database: Database) -> None:
    number = told(database)
    erase(database)
    with database.reading() as session:
        listed = listing.page(session, Filter(), None, 50)
        table = exports.tables_of(session, "small", Library())[0]
    rows = exports.rows(database, table, Filter(flow="small"), Library())
    assert number not in [one.id for one in listed]
    assert number not in [row["interview"] for row in rows]


def test_the_address_is_forgotten_once_the_last_message_is_out(database: Database) -> None:
    told(database)
    contact = forget(database, erase(database))
    assert (contact.address, contact.address_digest) == (None, None)


def test_who_opted_out_stays_known_by_a_digest_alone_and_comes_back_stopped(
    database: Database,
) -> None:
    told(database)
    erased = forget(database, erase(database, stopped=True))
    assert (erased.address, erased.address_digest) == (None, None)
    with database.writing() as session:
        anew = contacts.lock_contact(session, "sms", RESIDENT, LATER)
        assert anew.id != erased.id
        assert contacts.suppression_of(session, anew) == (BY_WORD, NOW)


def test_who_writes_again_before_that_is_not_forgotten(database: Database) -> None:
    """It is a new beginning: the next testimony must not lose its address."""
    told(database)
    who = erase(database)
    with database.writing() as session:
        session.execute(
            MessageRow.__table__.update()
            .where(MessageRow.contact_id == who, MessageRow.direction == "in")
            .values(at=LATER + timedelta(seconds=1))
        )
    assert forget(database, who).address is not None


def test_a_receipt_proves_when(database: Database) -> None:
    told(database)
    erase(database)
    with database.reading() as session:
        assert erasure.erased_by(session, RECEIPT.lower()) == LATER
        assert erasure.erased_by(session, RECEIPT.replace("-", " ")) == LATER
        assert erasure.erased_by(session, "2222-2222") is None


def test_forgetting_is_queued_behind_the_last_message(database: Database) -> None:
    told(database)
    who = erase(database)
    with database.writing() as session:
        outbox.enqueue_forget(session, who, LATER, LATER)
    with database.writing() as session:
        jobs = outbox.claim_jobs(session, "me", LATER, timedelta(minutes=1), 5)
    assert ("forget", who, None) in [(job.kind, job.order_key, job.message_id) for job in jobs]
