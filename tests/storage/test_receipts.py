"""Codes: kept by digest alone, the newest of an interview, good once and for ninety days; and what taking one moves."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, func, select, update

from flows.talking.codes import code_in
from storage import contacts, erasure, interviews, outbox, outgoing, receipts
from storage.db import Database, open_database
from storage.library import Library
from storage.messages import body_of
from storage.models import AnswerRow, AuditEvent, Contact, InterviewRow, Job, MessageRow, Receipt
from tests.conftest import KEY
from tests.storage.material import NOW, RESIDENT, publish, source, tell

CODE, NEWER = "7F3K-9QRT", "7F3K-9QR2"
OTHER = "+14045550199"
DAYS = timedelta(days=1)


@pytest.fixture
def shelf() -> Library:
    return Library()


@pytest.fixture
def interview(database: Database, shelf: Library) -> int:
    """An interview in which something was told, and for which a code was given."""
    publish(database, source())
    number = tell(database, shelf, "SMALL", "yes", "They took the door", "3")
    issue(database, number, CODE)
    return number


def issue(database: Database, interview_id: int, code: str, now: datetime = NOW) -> None:
    with database.writing() as session:
        receipts.issue(session, interview_id, code, now)


def opened(database: Database, shelf: Library, code: str, now: datetime = NOW) -> int | None:
    """The interview that a code opens, by id; who holds it is known in the same cases."""
    with database.reading() as session:
        row = receipts.find(session, shelf, code, now)
        assert (row is None) == (receipts.holder(session, code, now) is None)
        return row.id if row else None


def take(database: Database, interview_id: int, address: str = OTHER, now: datetime = NOW) -> int:
    with database.writing() as session:
        contact = contacts.lock_contact(session, "telegram", address, now)
        receipts.take(session, interview_id, contact, now)
        return contact.id


def test_a_code_is_neither_a_word_nor_a_number() -> None:
    made = {receipts.new_receipt() for _ in range(300)}
    assert len(made) == 300
    assert all(code_in(code) == (code, True) for code in made)


def test_a_code_opens_its_interview(database: Database, shelf: Library, interview: int) -> None:
    assert opened(database, shelf, CODE) == interview
    assert opened(database, shelf, NEWER) is None


def test_the_code_itself_is_nowhere(database: Database, interview: int) -> None:
    with database.reading() as session:
        (row,) = session.scalars(select(Receipt))
        assert CODE.encode() not in row.digest
        assert len(row.digest) == 32


def test_a_newer_code_voids_the_older(database: Database, shelf: Library, interview: int) -> None:
    issue(database, interview, NEWER)
    assert opened(database, shelf, CODE) is None
    assert opened(database, shelf, NEWER) == interview


def test_a_code_is_good_for_ninety_days(database: Database, shelf: Library, interview: int) -> None:
    assert opened(database, shelf, CODE, NOW + 90 * DAYS - timedelta(seconds=1)) == interview
    assert opened(database, shelf, CODE, NOW + 90 * DAYS) is None


def test_a_code_is_good_once(database: Database, shelf: Library, interview: int) -> None:
    take(database, interview)
    assert opened(database, shelf, CODE) is None
    with database.reading() as session:
        assert session.scalar(select(Receipt.used_at)) == NOW


def test_a_used_code_stays_used_when_another_is_given(
    database: Database, shelf: Library, interview: int
) -> None:
    take(database, interview)
    issue(database, interview, NEWER)
    assert opened(database, shelf, CODE) is None
    assert opened(database, shelf, NEWER) == interview
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Receipt)) == 2


@pytest.mark.parametrize("status", ["declined", "withdrawn", "expired", "erased"])
def test_what_was_left_or_erased_is_opened_by_nothing(
    database: Database, shelf: Library, interview: int, status: str
) -> None:
    with database.writing() as session:
        session.execute(update(InterviewRow).values(status=status))
    assert opened(database, shelf, CODE) is None


@pytest.mark.parametrize("status", ["waiting", "paused", "complete"])
def test_what_waits_is_paused_or_complete_is_opened(
    database: Database, shelf: Library, interview: int, status: str
) -> None:
    with database.writing() as session:
        session.execute(update(InterviewRow).values(status=status))
    assert opened(database, shelf, CODE) == interview


def test_what_the_flow_has_given_up_waiting_for_is_not_opened(
    database: Database, shelf: Library
) -> None:
    publish(database, source() + "expires: 7 days\n")
    number = tell(database, shelf, "SMALL", "yes")
    issue(database, number, CODE)
    with database.reading() as session:
        assert receipts.find(session, shelf, CODE, NOW + 7 * DAYS) is not None
        assert receipts.find(session, shelf, CODE, NOW + 8 * DAYS) is None


def test_a_code_of_an_older_key_is_still_good(
    url: str, database: Database, shelf: Library, interview: int
) -> None:
    with closing(open_database(url, [bytes(range(32, 64)), KEY])) as rekeyed:
        assert opened(rekeyed, shelf, CODE) == interview


def test_taking_moves_the_interview_and_veils_what_was_told(
    database: Database, shelf: Library, interview: int
) -> None:
    newer = take(database, interview)
    with database.reading() as session:
        row = session.get_one(InterviewRow, interview)
        assert (row.contact_id, row.channel) == (newer, "telegram")
        assert set(session.scalars(select(AnswerRow.veiled))) == {True}
        (loaded,) = interviews.load_interviews(session, [row], shelf)
        assert all(answer.veiled for answer in loaded.answers.values())
        old = contacts.find_contact(session, "sms", RESIDENT)
        assert old is not None
        assert interviews.standing(session, old, shelf, NOW).current is None


def test_an_answer_given_anew_is_not_veiled(
    database: Database, shelf: Library, interview: int
) -> None:
    take(database, interview)
    tell(
        database, shelf, "1200", "ANSWERS", "1", "They took all", address=OTHER, channel="telegram"
    )
    with database.reading() as session:
        rows = session.scalars(select(AnswerRow))
        veiled = {row.question: row.veiled for row in rows}
    assert veiled == {"consent": True, "said": False, "people": True, "rent": False}


def test_the_messages_stay_with_who_wrote_them_and_none_goes_out_any_more(
    database: Database, interview: int
) -> None:
    with database.reading() as session:
        old = session.scalars(select(Contact.id)).one()
    take(database, interview)
    with database.reading() as session:
        rows = session.scalars(select(MessageRow)).all()
        assert {(row.contact_id, row.interview_id) for row in rows} == {(old, interview)}
        assert session.scalars(select(Job).where(Job.done_at.is_(None))).all() == []
        assert {row.status for row in rows} == {"received", "failed"}


def test_what_is_queued_for_another_interview_still_goes_out(
    database: Database, interview: int
) -> None:
    with database.writing() as session:
        old = session.scalars(select(Contact.id)).one()
        message = outgoing.write(session, old, "sms", "Hello.", NOW)
        outbox.enqueue_send(session, message, old, NOW, channel="sms")
    take(database, interview)
    with database.reading() as session:
        left = session.scalars(select(Job.message_id).where(Job.done_at.is_(None))).all()
    assert left == [message]


def test_the_move_is_written_down(database: Database, interview: int) -> None:
    newer = take(database, interview)
    with database.reading() as session:
        (moved,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "move"))
        assert moved.subject == f"interview:{interview}"
        assert moved.detail == {"from_contact": newer - 1, "to_contact": newer}


def test_who_took_an_interview_along_can_erase_it_whole(database: Database, interview: int) -> None:
    newer = take(database, interview)
    erase(database, newer)
    with database.reading() as session:
        assert {body_of(session, row) for row in session.scalars(select(MessageRow))} == {""}
        assert session.scalars(select(AnswerRow)).all() == []


def test_the_phone_left_behind_cannot_erase_it(database: Database, interview: int) -> None:
    newer = take(database, interview)
    erase(database, newer - 1)
    with database.reading() as session:
        assert "They took the door" in {
            body_of(session, row) for row in session.scalars(select(MessageRow))
        }
        assert len(session.scalars(select(AnswerRow)).all()) == 3


def erase(database: Database, contact_id: int) -> None:
    with database.writing() as session:
        erasure.erase(session, session.get_one(Contact, contact_id), "2222-2222", NOW)


@pytest.fixture
def asked(database: Database) -> Iterator[list[str]]:
    """Every statement that the database is asked."""
    statements: list[str] = []

    def note(*given: object) -> None:
        statements.append(str(given[2]))

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


def test_no_wrong_code_is_more_work_than_another(
    database: Database, shelf: Library, interview: int, asked: list[str]
) -> None:
    """Unknown, used, too old, or for an erased testimony: the same statements, so the same time."""
    work = []
    take(database, interview)
    for code, now in ((NEWER, NOW), (CODE, NOW), (CODE, NOW + 100 * DAYS)):
        asked.clear()
        assert opened(database, shelf, code, now) is None
        work.append([*asked])
    with database.writing() as session:
        session.execute(update(InterviewRow).values(status="erased"))
    asked.clear()
    assert opened(database, shelf, CODE) is None
    work.append([*asked])
    assert all(one == work[0] for one in work)
