"""Contacts: one a person and channel, found without their address in clear, and one message of theirs at a time."""

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import select

from storage import contacts
from storage.db import Database, open_database
from storage.models import Contact
from storage.together import SHARED, NotAtOnce
from storage.vault import VaultError
from tests.bot.conftest import ON_POSTGRESQL
from tests.conftest import KEY
from tests.storage.material import NOW, RESIDENT, contact, together

NEW_KEY = bytes(range(32, 64))
SHAPE = re.compile("R-[2-9A-HJKMNP-TV-Z]{4,16}")


@pytest.fixture
def rekeyed(url: str, database: Database) -> Iterator[Database]:
    """The same database, opened with a newer key in front of the old one."""
    opened = open_database(url, [NEW_KEY, KEY])
    yield opened
    opened.close()


def test_the_same_address_is_the_same_contact(database: Database) -> None:
    assert contact(database) == contact(database)


def test_another_channel_or_address_is_another_contact(database: Database) -> None:
    found = {
        contact(database),
        contact(database, channel="telegram"),
        contact(database, "+14045550124"),
    }
    assert len(found) == 3


def test_who_never_wrote_is_not_found(database: Database) -> None:
    contact(database)
    with database.reading() as session:
        assert contacts.find_contact(session, "sms", RESIDENT) is not None
        assert contacts.find_contact(session, "sms", RESIDENT + "0") is None
        assert contacts.find_contact(session, "telegram", RESIDENT) is None


def test_a_contact_of_an_older_key_is_still_found(database: Database, rekeyed: Database) -> None:
    known = contact(database)
    assert contact(rekeyed) == known
    with rekeyed.reading() as session:
        found = contacts.find_contact(session, "sms", RESIDENT)
        assert found is not None
        assert contacts.address_of(session, found) == RESIDENT


def test_threads_that_meet_a_new_contact_at_once_make_one(database: Database) -> None:
    assert len(set(together(4, lambda _: contact(database)))) == 1


def test_transactions_of_one_contact_queue(database: Database) -> None:
    """What is read after the lock stays true until the commit: no step of a counter is lost."""

    def count(_: int) -> None:
        with database.writing() as session:
            locked = contacts.lock_contact(session, "sms", RESIDENT, NOW)
            locked.language = str(int(locked.language or 0) + 1)

    together(5, count)
    with database.reading() as session:
        assert session.scalar(select(Contact.language)) == "5"


@ON_POSTGRESQL  # on SQLite one writes at a time
def test_in_a_transaction_that_others_share_nobody_is_waited_for(database: Database) -> None:
    known = contact(database)
    with database.writing() as session:
        session.info[SHARED] = True
        with pytest.raises(NotAtOnce):
            contacts.lock_contact(session, "sms", RESIDENT + "1", NOW)
        assert contacts.lock_contact(session, "sms", RESIDENT, NOW).id == known
        with database.writing() as another:
            another.info[SHARED] = True
            with pytest.raises(NotAtOnce):
                contacts.lock_contact(another, "sms", RESIDENT, NOW)
    with database.writing() as session, database.writing() as another:
        session.get_one(Contact, known, with_for_update=True)
        another.info[SHARED] = True
        with pytest.raises(NotAtOnce):
            contacts.lock_contact(another, "sms", RESIDENT, NOW)


def test_a_pseudonym_is_short_and_says_nothing_of_the_address(database: Database) -> None:
    with database.writing() as session:
        made = [
            contacts.lock_contact(session, "sms", f"+1404555{number:04}", NOW).pseudonym
            for number in range(100)
        ]
    assert len(set(made)) == 100
    assert all(SHAPE.fullmatch(pseudonym) for pseudonym in made)


def test_an_erased_contact_has_no_address(database: Database) -> None:
    who = contact(database)
    with database.writing() as session:
        session.get_one(Contact, who).address = None
    with database.reading() as session:
        assert contacts.address_of(session, session.get_one(Contact, who)) is None
        contacts.try_keys(session)  # there is nothing left to open


def test_keys_of_another_database_are_noticed(url: str, database: Database) -> None:
    with database.reading() as session:
        contacts.try_keys(session)
    contact(database)
    with database.reading() as session:
        contacts.try_keys(session)
    with (
        closing(open_database(url, [NEW_KEY])) as other,
        other.reading() as session,
        pytest.raises(VaultError) as caught,
    ):
        contacts.try_keys(session)
    assert RESIDENT not in str(caught.value)
