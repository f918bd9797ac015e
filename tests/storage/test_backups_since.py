"""What came after a backup and must outlive it: whoever was erased stays so, and whoever said STOP hears nothing."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import (
    consents,
    contacts,
    erasure,
    messages,
    outbox,
    people,
    receipts,
    second_factor,
    staff,
    suppressions,
)
from storage.backups import standing
from storage.db import Database
from storage.files import Store
from storage.models import ConsentRecord, Contact, InterviewRow, MessageRow, StaffMember
from storage.staff import Role
from tests.storage.backups import PLANTED, backup, folder, live, restore
from tests.storage.material import NOW, arrival, contact

LATER = NOW + timedelta(hours=1)
CODE = "K4T7-9Q2M"
OTHER = "+14045559999"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return folder(tmp_path / "media")


@pytest.fixture
def living(database: Database, store: Store) -> Database:
    live(database, store)
    return database


def say(database: Database, text: str, **given: Any) -> int:
    """Somebody of whom no backup knows writes; returns their contact's id."""
    number = contact(database, OTHER)
    with database.writing() as session:
        messages.claim(session, arrival(number, text, **given))
    return number


def wipe(database: Database, contact_id: int) -> None:
    with database.writing() as session:
        erasure.erase(session, session.get_one(Contact, contact_id), CODE, LATER)
        erasure.forget(session, contact_id, LATER)


def test_a_stop_of_who_had_been_out_of_reach_holds(living: Database, store: Store) -> None:
    who = "+14045550001"
    with living.writing() as session:
        suppressions.add(session, who, suppressions.UNREACHABLE, NOW)
    data, _ = backup(living, store)
    with living.writing() as session:
        suppressions.add(session, who, suppressions.BY_WORD, LATER)
    restore(living, store, data, replace=True)
    with living.reading() as session:
        found = suppressions.find(session, who)
        assert found is not None
        assert found.willed


@pytest.mark.parametrize("known", [True, False])
def test_what_was_erased_from_another_phone_stays_erased(
    living: Database, store: Store, *, known: bool
) -> None:
    """The backup has it with the phone that it began on, whether or not it knows of the other."""
    if known:
        contact(living, OTHER)
    data, _ = backup(living, store)
    number = contact(living, OTHER)
    with living.writing() as session:
        interview = session.scalars(select(InterviewRow).order_by(InterviewRow.id)).first()
        assert interview is not None
        taken = interview.id
        more = messages.claim(
            session, arrival(interview.contact_id, PLANTED, provider_id="SM7", at=NOW)
        )
        session.get_one(MessageRow, more).interview_id = taken
        receipts.take(session, taken, session.get_one(Contact, number), NOW)
    wipe(living, number)
    restore(living, store, data, replace=True)
    with living.reading() as session:
        assert messages.claimed(session, "sms", ["SM7"]) == {"SM7"}, "it is not taken from the log"
        rows = session.scalars(select(MessageRow).where(MessageRow.interview_id == taken)).all()
        told = {messages.body_of(session, row) for row in rows}
        assert rows
        assert PLANTED not in told
        assert session.get_one(InterviewRow, taken).status == "erased"
        assert erasure.erased_by(session, CODE) == LATER


def test_an_address_that_was_about_to_go_goes(living: Database, store: Store) -> None:
    """Its last message was not out yet, and is not sent again."""
    data, _ = backup(living, store)
    with living.writing() as session:
        first = session.scalars(select(Contact).order_by(Contact.id)).first()
        assert first is not None
        erasure.erase(session, first, CODE, LATER)
        outbox.enqueue_forget(session, first.id, LATER, LATER)
        gone = first.id
    restore(living, store, data, replace=True)
    with living.reading() as session:
        assert session.get_one(Contact, gone).address is None


def test_of_whom_the_backup_knows_nothing_the_receipt_stays_and_what_they_sent_is_taken(
    living: Database, store: Store
) -> None:
    data, _ = backup(living, store)
    wipe(living, say(living, PLANTED, provider_id="SM7"))
    for _ in range(2):  # and once more, when the first restore is replaced by another
        restore(living, store, data, replace=True)
        with living.writing() as session:
            assert erasure.erased_by(session, CODE) == LATER
            assert messages.claimed(session, "sms", ["SM7"]) == {"SM7"}
            assert contacts.find_contact(session, "sms", OTHER) is None


def test_who_was_erased_stays_so_when_an_older_backup_is_restored_first(
    living: Database, store: Store
) -> None:
    older, _ = backup(living, store)
    contact(living, "+14045557777")  # so that a tombstone gets an id that was another's
    number = say(living, PLANTED, provider_id="SM7")
    newer, _ = backup(living, store)
    wipe(living, number)
    restore(living, store, older, replace=True)
    restore(living, store, newer, replace=True)
    with living.reading() as session:
        assert contacts.find_contact(session, "sms", OTHER) is None
        assert erasure.erased_by(session, CODE) == LATER
        bodies = session.scalars(select(MessageRow).where(MessageRow.provider_id == "SM7"))
        assert [messages.body_of(session, one) for one in bodies] == [""]


def test_what_somebody_wrote_after_their_erasure_is_not_taken_for_told(
    living: Database, store: Store
) -> None:
    data, _ = backup(living, store)
    number = say(living, PLANTED, provider_id="SM7")
    with living.writing() as session:
        erasure.erase(session, session.get_one(Contact, number), CODE, LATER)
    say(living, "I come again", provider_id="SM8", at=LATER + timedelta(minutes=1))
    restore(living, store, data, replace=True)
    with living.writing() as session:
        assert messages.claimed(session, "sms", ["SM7", "SM8"]) == {"SM7"}


def test_a_consent_that_was_taken_back_stays_so(living: Database, store: Store) -> None:
    with living.writing() as session:
        given = session.scalars(select(ConsentRecord).order_by(ConsentRecord.id)).first()
        assert given is not None
        number, scope = given.interview_id, given.scope
        said = {"question": given.question, "language": given.language, "text": given.text}
    data, _ = backup(living, store)
    with living.writing() as session:
        taken = ConsentRecord(interview_id=number, scope=scope, given="withdrawn", at=LATER, **said)
        session.add(taken)
    restore(living, store, data, replace=True)
    with living.reading() as session:
        assert consents.agreed(session, [number], scope) == frozenset()
        assert [one.given for one in consents.of_interview(session, number)][-2:] == [
            "yes",
            "withdrawn",
        ]


def test_no_consent_comes_back_to_who_was_erased_before_the_backup(
    living: Database, store: Store
) -> None:
    """It is restored after an older one, which knew of no erasure."""
    with living.reading() as session:
        gone = select(InterviewRow.id).where(InterviewRow.contact_id == 1)
        number = session.scalars(gone).one()
    older, _ = backup(living, store)
    wipe(living, 1)
    newer, _ = backup(living, store)
    with living.engine.begin() as connection:
        standing.clear(connection)  # it is lost
    restore(living, store, older)
    restore(living, store, newer, replace=True)
    with living.reading() as session:
        assert session.get_one(InterviewRow, number).status == "erased"
        assert consents.of_interview(session, number) == []


def member(session: Session, name: str) -> StaffMember:
    return session.scalars(select(StaffMember).where(StaffMember.email == f"{name}@x.org")).one()


def join(session: Session, name: str) -> list[str]:
    """Somebody with a second factor begins to work here; returns the recovery codes."""
    joined = staff.add_staff(session, f"{name}@x.org", "a long password", Role.COORDINATOR, NOW)
    code = pyotp.TOTP(second_factor.offer(session, joined)).at(NOW)
    codes = second_factor.confirm(session, joined, code, NOW)
    assert codes
    return codes


def test_whoever_was_disabled_stays_so_and_codes_that_were_void(
    living: Database, store: Store
) -> None:
    with living.writing() as session:
        used, kept, *_ = join(session, "stays")
        replaced = join(session, "leaves")[0]
    data, _ = backup(living, store)
    with living.writing() as session:
        people.disable(session, member(session, "leaves"), None, LATER)
        second_factor.renew_codes(session, member(session, "leaves"), LATER)
        assert second_factor.check(session, member(session, "stays"), used, LATER)
    restore(living, store, data, replace=True)
    with living.writing() as session:
        leaves, stays = member(session, "leaves"), member(session, "stays")
        assert (leaves.disabled_at, stays.disabled_at) == (LATER, None)
        assert not second_factor.check(session, stays, used, LATER)
        assert not second_factor.check(session, leaves, replaced, LATER)
        assert second_factor.check(session, stays, kept, LATER)


def test_a_backup_of_another_database_lets_its_own_staff_in(living: Database, store: Store) -> None:
    with living.writing() as session:
        code = join(session, "one")[0]
    data, _ = backup(living, store)
    with living.writing() as session:
        member(session, "one").created_at = LATER  # there it is somebody else's address
        people.disable(session, member(session, "one"), None, LATER)
        assert second_factor.check(session, member(session, "one"), code, LATER)
    restore(living, store, data, replace=True)
    with living.writing() as session:
        assert member(session, "one").disabled_at is None
        assert second_factor.check(session, member(session, "one"), code, LATER)


def test_a_backup_of_another_database_erases_nobody_else(living: Database, store: Store) -> None:
    data, _ = backup(living, store)
    with living.writing() as session:
        first, second = session.scalars(select(Contact).order_by(Contact.id)).all()[:2]
        names = first.pseudonym, second.pseudonym
        first.pseudonym, other = "R-0000", first.id
        session.flush()
        second.pseudonym, second.created_at = names[0], LATER  # there it is somebody else's name
        session.flush()
        wiped = second.id
    wipe(living, wiped)
    restore(living, store, data, replace=True)
    with living.reading() as session:
        assert session.get_one(Contact, other).address is not None
        assert session.get_one(Contact, wiped).address is not None
