"""Our own list of who gets no messages: one person, however the number is written, whom only their own word frees."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from storage import contacts, suppressions
from storage.db import Database, open_database
from storage.models import Contact, Suppression
from storage.suppressions import BY_BLOCKING, BY_CARRIER, BY_WORD, UNREACHABLE, Suppressed
from storage.vault import Vault
from tests.bot.conftest import ON_POSTGRESQL
from tests.conftest import KEY
from tests.storage.material import NOW, RESIDENT, together

NEW_KEY = bytes(range(32, 64))
LATER = NOW + timedelta(hours=1)
WHATSAPP, RCS = f"whatsapp:{RESIDENT}", f"rcs:{RESIDENT}"
WILLS = (BY_WORD, BY_CARRIER, BY_BLOCKING)


@pytest.fixture
def rekeyed(url: str, database: Database) -> Iterator[Database]:
    """The same database, opened with a newer key in front of the old one."""
    with closing(open_database(url, [NEW_KEY, KEY])) as opened:
        yield opened


def add(database: Database, address: str, reason: str = BY_WORD) -> bool:
    with database.writing() as session:
        return suppressions.add(session, address, reason, NOW)


def find(database: Database, address: str) -> Suppressed | None:
    with database.reading() as session:
        return suppressions.find(session, address)


def number_of_rows(database: Database) -> int:
    with database.reading() as session:
        return len(session.scalars(select(Suppression.digest)).all())


def put(database: Database, address: str, key: bytes = KEY, reason: str = BY_WORD) -> None:
    """A row as an older release wrote it: the digest of the address as it was written."""
    digest = Vault([key]).digests(address)[0]
    with database.writing() as session:
        session.execute(insert(Suppression).values(digest=digest, reason=reason, at=NOW))


@pytest.mark.parametrize("told", [RESIDENT, WHATSAPP, RCS])
@pytest.mark.parametrize("asked", [RESIDENT, WHATSAPP, RCS])
def test_a_stop_holds_for_the_number_whatever_stands_before_it(
    session: Session, told: str, asked: str
) -> None:
    assert suppressions.add(session, told, BY_WORD, NOW)
    assert suppressions.find(session, asked) == (BY_WORD, NOW)
    suppressions.lift(session, asked)
    assert suppressions.find(session, told) is None


@pytest.mark.parametrize("other", ["+14045550124", "55501", "messenger:55501", "", "whatsapp:"])
def test_it_holds_for_nobody_else(session: Session, other: str) -> None:
    suppressions.add(session, RESIDENT, BY_WORD, NOW)
    assert suppressions.find(session, other) is None


def test_an_id_that_is_no_number_is_another_persons_on_another_channel(session: Session) -> None:
    suppressions.add(session, "messenger:55501", BY_WORD, NOW)
    assert suppressions.find(session, "55501") is None


@pytest.mark.parametrize("first", WILLS)
@pytest.mark.parametrize("second", [*WILLS, UNREACHABLE])
def test_the_first_reason_stands(session: Session, first: str, second: str) -> None:
    assert suppressions.add(session, RESIDENT, first, NOW)
    assert not suppressions.add(session, WHATSAPP, second, LATER)
    assert suppressions.find(session, RESIDENT) == (first, NOW)


@pytest.mark.parametrize("will", WILLS)
def test_the_persons_will_comes_before_what_we_found_out(session: Session, will: str) -> None:
    assert suppressions.add(session, RESIDENT, UNREACHABLE, NOW)
    assert not suppressions.add(session, RESIDENT, UNREACHABLE, LATER)
    assert suppressions.add(session, WHATSAPP, will, LATER)
    assert suppressions.find(session, RESIDENT) == (will, LATER)


def test_what_is_lifted_can_be_narrowed_to_a_reason(session: Session) -> None:
    suppressions.add(session, RESIDENT, BY_WORD, NOW)
    suppressions.lift(session, RESIDENT, BY_BLOCKING)
    assert suppressions.find(session, RESIDENT) == (BY_WORD, NOW)


@pytest.mark.parametrize("spelt", [RESIDENT, WHATSAPP])
def test_rows_of_an_older_release_hold_for_the_number_too(database: Database, spelt: str) -> None:
    put(database, spelt)
    assert find(database, RESIDENT) == find(database, WHATSAPP) == (BY_WORD, NOW)
    assert not add(database, RESIDENT, BY_CARRIER)
    with database.writing() as session:
        suppressions.lift(session, RESIDENT)
    assert number_of_rows(database) == 0


def test_rows_of_every_key_hold(database: Database, rekeyed: Database) -> None:
    put(database, RESIDENT)
    assert find(rekeyed, WHATSAPP) == (BY_WORD, NOW)
    assert not add(rekeyed, WHATSAPP)
    assert number_of_rows(database) == 1


def test_a_change_of_keys_makes_one_row_of_several_and_keeps_the_persons_will(
    database: Database, rekeyed: Database
) -> None:
    put(database, WHATSAPP)
    put(database, RESIDENT, reason=UNREACHABLE)
    put(database, RESIDENT, NEW_KEY, reason=UNREACHABLE)
    with rekeyed.writing() as session:
        suppressions.rekey(session, [RESIDENT, "55501"])
        digests = session.scalars(select(Suppression.digest)).all()
        assert digests == [rekeyed.vault.digests(RESIDENT)[0]]
    assert find(rekeyed, RESIDENT) == (BY_WORD, NOW)


def test_of_several_that_stop_the_same_number_at_once_one_is_the_first(database: Database) -> None:
    spelt = (RESIDENT, WHATSAPP, RCS, RESIDENT)
    assert sorted(together(4, lambda place: add(database, spelt[place]))) == [False] * 3 + [True]


def test_of_several_who_replace_a_finding_at_once_one_is_the_first(database: Database) -> None:
    add(database, RESIDENT, UNREACHABLE)
    assert sorted(together(4, lambda _: add(database, RESIDENT))) == [False] * 3 + [True]


def test_only_the_confirmation_of_a_stop_goes_out() -> None:
    stopped, before = Suppressed(BY_WORD, NOW), NOW - timedelta(seconds=1)
    assert [stopped.silences(written) for written in (before, NOW, LATER)] == [True, False, True]
    for reason in (BY_CARRIER, BY_BLOCKING):
        assert all(Suppressed(reason, NOW).silences(written) for written in (before, NOW, LATER))
    assert not Suppressed(UNREACHABLE, NOW).silences(before)


def on(session: Session, address: str) -> Contact:
    return contacts.lock_contact(session, "sms", address, NOW)


def test_a_contact_is_stopped_on_every_channel_of_the_number(session: Session) -> None:
    texting, whatsapp = on(session, RESIDENT), on(session, WHATSAPP)
    assert texting.id != whatsapp.id
    assert contacts.stop(session, texting, BY_WORD, NOW)
    assert not contacts.stop(session, whatsapp, BY_CARRIER, LATER)
    assert contacts.is_stopped(session, whatsapp)
    contacts.lift(session, whatsapp)
    assert contacts.suppression_of(session, texting) is None


def test_the_unreachable_are_not_stopped_and_are_found_again_when_they_write(
    session: Session,
) -> None:
    who = on(session, RESIDENT)
    contacts.stop(session, who, UNREACHABLE, NOW)
    assert not contacts.is_stopped(session, who)
    assert contacts.suppression_of(session, who) == (UNREACHABLE, NOW)
    assert not contacts.hear_from(session, on(session, WHATSAPP))
    assert contacts.suppression_of(session, who) is None


@pytest.mark.parametrize("will", WILLS)
def test_who_wants_no_messages_does_not_get_them_by_writing(session: Session, will: str) -> None:
    who = on(session, RESIDENT)
    contacts.stop(session, who, will, NOW)
    assert contacts.hear_from(session, who)
    assert contacts.is_stopped(session, who)


def test_a_contact_without_an_address_can_neither_be_stopped_nor_lifted(session: Session) -> None:
    erased = on(session, RESIDENT)
    erased.address = erased.address_digest = None
    assert not contacts.stop(session, erased, BY_WORD, NOW)
    contacts.lift(session, erased)
    assert not contacts.is_stopped(session, erased)
    assert contacts.lock_person(session, erased.id) == [erased]


def test_a_person_is_locked_whole_the_contact_in_question_first(session: Session) -> None:
    first, second = on(session, RESIDENT), on(session, WHATSAPP)
    on(session, RESIDENT + "9")
    contacts.lock_contact(session, "telegram", RESIDENT, NOW)
    assert contacts.lock_person(session, second.id) == [second, first]


@ON_POSTGRESQL
@pytest.mark.parametrize("others", [(), (WHATSAPP,)])
def test_who_is_forgotten_at_this_moment_is_locked_alone(
    database: Database, monkeypatch: pytest.MonkeyPatch, others: tuple[str, ...]
) -> None:
    """Between two statements of ours: nobody else is taken for them."""
    with database.writing() as session:
        erased, *_ = [on(session, address).id for address in (RESIDENT, *others)]
    lock_number = contacts.lock_number

    def late(session: Session, channel: str, address: str) -> Sequence[Contact]:
        with database.writing() as other:
            theirs = update(Contact).where(Contact.id == erased)
            other.execute(theirs.values(address=None, address_digest=None))
        return lock_number(session, channel, address)

    monkeypatch.setattr(contacts, "lock_number", late)
    with database.writing() as session:
        (alone,) = contacts.lock_person(session, erased)
        assert (alone.id, alone.address) == (erased, None)


def test_what_one_person_says_on_two_channels_at_once_is_taken_one_after_the_other(
    database: Database,
) -> None:
    with database.writing() as session:
        for address in (RESIDENT, WHATSAPP):
            on(session, address).language = "0"

    def count(place: int) -> None:
        with database.writing() as session:
            on(session, (RESIDENT, WHATSAPP)[place % 2])
            counter = session.scalars(select(Contact).order_by(Contact.id)).all()[0]
            counter.language = str(int(counter.language or 0) + 1)

    together(6, count)
    with database.reading() as session:
        assert session.scalars(select(Contact.language).order_by(Contact.id)).first() == "6"
