"""New keys: after the rotation everything opens with the new one alone, and nothing was changed on the way."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from flows import Given
from storage import contacts, messages, rotation, suppressions, testimonies
from storage.answers import WORDS
from storage.attachments import KEY as FILE_KEY
from storage.broadcasts.register import TEXTS as BROADCAST
from storage.contacts import PURPOSE as ADDRESS
from storage.db import Database, open_database
from storage.exports.making import KEY as EXPORT_KEY
from storage.exports.register import REASON as EXPORT_REASON
from storage.library import Library
from storage.masks import PASSAGE
from storage.masks import REASON as MASK_REASON
from storage.messages import BODY, MEDIA
from storage.models import AnswerRow, Contact, MessageRow
from storage.quotations import PURPOSE as QUOTATION
from storage.searches import PURPOSE as SEARCH
from storage.second_factor import PURPOSE as TOTP
from storage.sheets import PURPOSE as SHEET
from storage.suppressions import BY_WORD
from storage.translations import PURPOSE as TRANSLATION
from storage.unmasking import PURPOSE as REASON
from storage.vault import VaultError
from tests.conftest import KEY
from tests.storage.material import NOW, RESIDENT, contact, publish, source, tell

NEW_KEY = bytes(range(32, 64))
PHOTO = ({"url": "https://media.example/1.jpg", "content_type": "image/jpeg"},)
WHATSAPP = f"whatsapp:{RESIDENT}"
Opener = Callable[..., Database]


@pytest.fixture
def opener(url: str) -> Iterator[Opener]:
    """Opens the same database with other keys."""
    with ExitStack() as stack:

        def opened(*keys: bytes) -> Database:
            database = open_database(url, list(keys))
            stack.callback(database.close)
            return database

        yield opened


def told(database: Database) -> int:
    publish(database, source())
    shelf = Library()
    tell(database, shelf, "SMALL", "yes", "He shouted.", media=PHOTO)
    return tell(database, shelf, "a few", "some", "who knows")


def read(database: Database, number: int) -> testimonies.Testimony:
    with database.reading() as session:
        found = testimonies.whole(session, number, Library())
    assert found is not None
    return found


def test_everything_opens_with_the_new_key_alone(database: Database, opener: Opener) -> None:
    number = told(database)
    before = read(database, number)
    changed = rotation.rotate(opener(NEW_KEY, KEY))
    after = opener(NEW_KEY)
    assert read(after, number).answers == before.answers
    assert read(after, number).dialogue == before.dialogue
    assert before.answers[2].answer.given is Given.KEPT
    assert changed == 1 + 12 + 3 + 2  # an address, what was said, photos, answers in words
    with after.reading() as session:
        found = contacts.find_contact(session, "sms", RESIDENT)
        assert found is not None
        assert contacts.address_of(session, found) == RESIDENT


def test_nothing_opens_with_the_old_key_any_more(database: Database, opener: Opener) -> None:
    number = told(database)
    rotation.rotate(opener(NEW_KEY, KEY))
    with pytest.raises(VaultError):
        read(database, number)
    with database.reading() as session:
        assert contacts.find_contact(session, "sms", RESIDENT) is None


def test_the_look_up_values_of_the_old_key_are_replaced(database: Database, opener: Opener) -> None:
    contact(database)
    both = opener(NEW_KEY, KEY)
    rotation.rotate(both)
    with both.reading() as session:
        assert session.scalars(select(Contact.address_digest)).all() == [
            both.vault.digests(RESIDENT)[0]
        ]


def test_a_second_rotation_changes_nothing(database: Database, opener: Opener) -> None:
    told(database)
    both = opener(NEW_KEY, KEY)
    rotation.rotate(both)
    before = sealed(both)
    assert rotation.rotate(both) == 0
    assert sealed(both) == before


def sealed(database: Database) -> list[list[object]]:
    with database.reading() as session:
        return [
            list(session.scalars(select(column).order_by(table.__table__.c.id)))
            for table, column, _ in rotation.SEALED
        ]


def test_every_sealed_column_is_rotated() -> None:
    """A sealed column is one of bytes that is not a look-up value."""
    known = {(table.__tablename__, column.key) for table, column, _ in rotation.SEALED}
    models = (Contact, MessageRow, AnswerRow, *Contact.__base__.__subclasses__())
    found = {
        (model.__tablename__, column.key)
        for model in models
        for column in model.__table__.columns
        if column.type.python_type is bytes and not column.key.endswith("digest")
    }
    assert known == found
    purposes = {ADDRESS, BODY, MEDIA, WORDS, FILE_KEY, TOTP, REASON, SEARCH, SHEET}
    purposes |= {EXPORT_KEY, EXPORT_REASON}
    purposes |= {PASSAGE, MASK_REASON, TRANSLATION, QUOTATION, BROADCAST}
    assert {purpose for _, _, purpose in rotation.SEALED} == purposes


@pytest.mark.parametrize("number", [rotation.BATCH, rotation.BATCH + 1])
def test_no_value_is_left_at_the_seam_of_two_batches(
    database: Database, opener: Opener, number: int
) -> None:
    who, body = contact(database), database.vault.seal("hello", BODY)
    row = {"contact_id": who, "direction": "out", "channel": "sms", "body": body}
    row |= {"status": "sent", "at": NOW}
    with database.writing() as session:
        session.execute(insert(MessageRow), [row] * number)
    assert rotation.rotate(opener(NEW_KEY, KEY)) == number + 1
    with opener(NEW_KEY).reading() as session:
        for message in session.scalars(select(MessageRow)):
            assert messages.body_of(session, message) == "hello"


def test_who_wants_no_messages_is_known_by_the_new_key_alone(
    database: Database, opener: Opener
) -> None:
    contact(database, WHATSAPP)
    with database.writing() as session:
        suppressions.add(session, WHATSAPP, BY_WORD, NOW)
    rotation.rotate(opener(NEW_KEY, KEY))
    with opener(NEW_KEY).reading() as session:
        assert suppressions.find(session, RESIDENT) == (BY_WORD, NOW)
        assert rotation.unmovable(session) == 0


def test_what_was_written_under_the_old_key_while_the_new_one_was_in_use_is_moved_too(
    database: Database, opener: Opener
) -> None:
    """An erased person who wanted no messages has come back: the contact is under the new key, the opt-out is not."""
    with database.writing() as session:
        suppressions.add(session, RESIDENT, BY_WORD, NOW)
    both = opener(NEW_KEY, KEY)
    contact(both)
    assert rotation.rotate(both) == 0
    with opener(NEW_KEY).reading() as session:
        assert suppressions.find(session, RESIDENT) == (BY_WORD, NOW)


def test_who_wants_no_messages_and_was_erased_is_still_found_and_counted(
    database: Database, opener: Opener
) -> None:
    contact(database)
    with database.writing() as session:
        suppressions.add(session, RESIDENT + "9", BY_WORD, NOW)
    both = opener(NEW_KEY, KEY)
    rotation.rotate(both)
    with both.reading() as session:
        assert rotation.unmovable(session) == 1
        assert suppressions.find(session, RESIDENT + "9") == (BY_WORD, NOW)


def test_a_missing_key_stops_the_rotation_and_loses_nothing(
    database: Database, opener: Opener
) -> None:
    number = told(database)
    before = read(database, number)
    with pytest.raises(VaultError):
        rotation.rotate(opener(NEW_KEY))
    assert read(database, number) == before


def waited_for(session: Session) -> bool:
    """Whether another transaction waits for this one."""
    ours = "NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
    return bool(session.scalar(text(f"SELECT count(*) FROM pg_locks WHERE {ours}")))  # noqa: S608 - no input


def test_words_that_change_during_the_rotation_are_not_overwritten(
    postgres_url: str,
) -> None:
    """A contact corrects an answer while its row is in the rotation's hands: the correction stays."""
    with (
        closing(open_database(postgres_url, [KEY])) as old,
        closing(open_database(postgres_url, [NEW_KEY, KEY])) as both,
    ):
        number = told(old)
        correct_while_rotating(both, "She shouted.")
        given = {one.question: one.answer.words for one in read(both, number).answers}
        assert given["said"] == "She shouted."


def correct_while_rotating(database: Database, words: str) -> None:
    rotating = threading.Thread(target=rotation.rotate, args=(database,))
    with database.writing() as session:
        row = session.scalars(select(AnswerRow).where(AnswerRow.question == "said")).one()
        row.words = database.vault.seal(words, WORDS)
        session.flush()
        rotating.start()
        while rotating.is_alive() and not waited_for(session):
            pass  # until the rotation has come to this row
    rotating.join()
