"""Files of people: rows that tell what they are, bytes that only their own key opens, and nothing left once erased."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from storage import attachments, contacts, erasure, keeping, lately, outbox, rotation
from storage.attachments import KEPT, LOST, REFUSED, TOO_MANY, UNKNOWN, Whereabouts
from storage.db import Database, open_database
from storage.files import Place, Store, StoreFailed, open_store, seal_file
from storage.keeping import Errand, Expected, Found
from storage.library import Library
from storage.models import Attachment, Job, MessageRow
from storage.vault import VaultError
from tests.conftest import KEY
from tests.storage.material import NOW, RESIDENT, publish, source, tell
from tests.storage.test_nothing_in_clear import assert_clean, dump, files, found_in

LATER = NOW + timedelta(minutes=1)
PHOTO = {"url": "https://media.example/1.jpg", "content_type": "image/jpeg"}
CONTENT, COPY = b"a photo of the stairs", b"a photo"
FOUND = Found("photo", "image/jpeg", len(CONTENT), "5" * 64, cleaned_type="image/png")
Path = pytest.TempPathFactory


@pytest.fixture
def store(tmp_path_factory: Path) -> Store:
    return open_store(Place((tmp_path_factory.mktemp("files") / "media").as_uri()))


def told(database: Database, files: int = 1) -> int:
    """An interview whose last message brought files; returns its id."""
    publish(database, source())
    number = tell(database, Library(), "SMALL", "yes", "They came", media=(PHOTO,) * files)
    with database.writing() as session:
        last = session.scalars(select(MessageRow.id).where(MessageRow.media.is_not(None))).all()[-1]
        keeping.expect(session, last, [Expected(one, "photo") for one in range(files)], NOW)
    return number


def take_up(database: Database, attachment_id: int = 1) -> Errand:
    with database.writing() as session:
        errand = keeping.take_up(session, attachment_id)
    assert errand is not None
    return errand


def keep(database: Database, store: Store, attachment_id: int = 1) -> Errand:
    errand = take_up(database, attachment_id)
    for name, plain in ((errand.original, CONTENT), (errand.cleaned, COPY)):
        store.put(name, seal_file(errand.key, name, plain))
    with database.writing() as session:
        assert keeping.keep(session, attachment_id, FOUND, LATER)
    return errand


def locate(database: Database, *, original: bool = False) -> Whereabouts | None:
    with database.reading() as session:
        return attachments.locate(session, 1, original=original)


def test_a_file_is_expected_and_its_fetching_queued(database: Database) -> None:
    number = told(database, files=2)
    with database.reading() as session:
        listed = attachments.of_interview(session, number)
        jobs = session.scalars(select(Job).where(Job.kind == outbox.FETCH)).all()
        assert [(one.kind, one.status, one.sha256) for one in listed] == [
            ("photo", "waiting", None)
        ] * 2
        assert [(job.attachment_id, job.order_key) for job in jobs] == [(1, None), (2, None)]
        assert attachments.of_interview(session, number + 1) == []


def test_a_kept_file_is_listed_and_read(database: Database, store: Store) -> None:
    number = told(database)
    assert locate(database) is None
    keep(database, store)
    with database.reading() as session:
        (one,) = attachments.of_interview(session, number)
    assert (one.status, one.content_type, one.cleaned_type) == (KEPT, "image/jpeg", "image/png")
    assert (one.size, one.sha256, one.kept_at) == (len(CONTENT), "5" * 64, LATER)
    copy, original = locate(database), locate(database, original=True)
    assert copy is not None
    assert original is not None
    assert (attachments.read(store, copy), copy.content_type) == (COPY, "image/png")
    assert (attachments.read(store, original), original.content_type) == (CONTENT, "image/jpeg")
    assert copy.interview_id == number


def test_a_file_without_a_copy_has_its_original_alone(database: Database, store: Store) -> None:
    told(database)
    errand = take_up(database)
    store.put(errand.original, seal_file(errand.key, errand.original, CONTENT))
    with database.writing() as session:
        keeping.keep(session, 1, Found("photo", "image/heic", 9, "5" * 64), LATER)
    assert locate(database) is None
    assert locate(database, original=True) is not None


def test_names_and_key_are_fixed_before_the_fetching(database: Database) -> None:
    told(database)
    first, second = take_up(database), take_up(database)
    assert (first.original, first.cleaned, first.key) == (
        second.original,
        second.cleaned,
        second.key,
    )
    assert first.original != first.cleaned
    assert first.item == PHOTO


def test_what_is_settled_is_not_settled_again(database: Database, store: Store) -> None:
    told(database)
    keep(database, store)
    with database.writing() as session:
        assert keeping.take_up(session, 1) is None
        assert not keeping.let_go(session, 1, LOST, "lost", LATER)
        assert not keeping.keep(session, 1, FOUND, LATER)
        assert keeping.is_kept(session, 1)


def test_the_key_of_a_refused_file_goes_with_what_the_store_holds(database: Database) -> None:
    told(database)
    errand = take_up(database)
    with database.writing() as session:
        assert keeping.let_go(session, 1, REFUSED, UNKNOWN, LATER)
    with database.reading() as session:
        row = session.get_one(Attachment, 1)
        assert (row.key, row.original, row.cleaned, row.error) == (None, None, None, UNKNOWN)
        assert discarded(database) == {errand.original, errand.cleaned}


def discarded(database: Database) -> set[str | None]:
    with database.reading() as session:
        return set(session.scalars(select(Job.target).where(Job.kind == outbox.DISCARD)))


def test_one_is_told_of_a_message_and_of_too_many(database: Database) -> None:
    told(database, files=3)
    with database.writing() as session:
        keeping.let_go(session, 1, REFUSED, TOO_MANY, LATER)
        session.expire_all()
        assert not keeping.told_already(session, 1)
        assert keeping.told_already(session, 2)


def test_a_file_under_another_name_or_key_does_not_open(database: Database, store: Store) -> None:
    told(database)
    errand = keep(database, store)
    there = locate(database)
    assert there is not None
    store.put(errand.cleaned, store.get(errand.original))
    with pytest.raises(VaultError):
        attachments.read(store, there)
    store.put(errand.cleaned, seal_file(bytes(32), errand.cleaned, COPY))
    with pytest.raises(VaultError):
        attachments.read(store, there)
    store.put(errand.cleaned, b"short")
    with pytest.raises(VaultError):
        attachments.read(store, there)


def test_new_keys_seal_the_row_anew_and_leave_the_file_alone(
    url: str, database: Database, store: Store
) -> None:
    told(database)
    errand = keep(database, store)
    before = store.get(errand.original)
    new = bytes(range(32, 64))
    both = open_database(url, [new, KEY])
    rotation.rotate(both)
    both.close()
    after = open_database(url, [new])
    with after.reading() as session:
        there = attachments.locate(session, 1, original=True)
    after.close()
    assert there is not None
    assert attachments.read(store, there) == CONTENT
    assert store.get(errand.original) == before
    with pytest.raises(VaultError):
        locate(database)


def test_neither_the_store_nor_the_database_holds_a_file_in_clear(
    url: str, database: Database, store: Store
) -> None:
    told(database)
    errand = take_up(database)
    for name in (errand.original, errand.cleaned):
        store.put(name, seal_file(errand.key, name, b"Quillfeather broke my zither" * 9))
    with database.writing() as session:
        keeping.keep(session, 1, FOUND, LATER)
    assert found_in(store.get(errand.original) + store.get(errand.cleaned)) == []
    assert_clean(url)
    for raw in (files(url) if url.startswith("sqlite") else dump(url)).values():
        assert errand.key not in raw
        assert errand.key.hex().encode() not in raw


def erase(database: Database, now: timedelta = timedelta(minutes=2)) -> None:
    with database.writing() as session:
        contact = contacts.lock_contact(session, "sms", RESIDENT, NOW)
        erasure.erase(session, contact, "7F3K-9QRT", NOW + now)


def test_erasing_takes_the_rows_at_once_and_the_files_by_the_outbox(
    database: Database, store: Store
) -> None:
    number = told(database, files=2)
    kept, expected = keep(database, store), take_up(database, 2)
    erase(database)
    with database.reading() as session:
        assert session.scalars(select(Attachment)).all() == []
        assert attachments.of_interview(session, number) == []
        jobs = session.scalars(select(Job).where(Job.done_at.is_(None))).all()
        assert {job.kind for job in jobs} == {outbox.DISCARD}
        due = {job.target: job.run_at - NOW for job in jobs}
    at_once, later = timedelta(minutes=2), timedelta(minutes=12)
    assert due == {
        kept.original: at_once,
        kept.cleaned: at_once,
        expected.original: later,  # it may be on its way to the store
        expected.cleaned: later,
    }


def test_what_was_not_fetched_is_still_cleared_at_the_provider(database: Database) -> None:
    told(database)
    with database.writing() as session:
        (job,) = session.scalars(select(Job).where(Job.kind == outbox.FETCH))
        job.target = "AC1/MM1/ME1"
    erase(database)
    with database.reading() as session:
        (job,) = session.scalars(select(Job).where(Job.done_at.is_(None)))
        assert (job.kind, job.target, job.attachment_id) == (outbox.CLEAR, "AC1/MM1/ME1", None)


def test_the_files_of_others_stay(database: Database, store: Store) -> None:
    told(database)
    keep(database, store)
    other = tell(database, Library(), "SMALL", address="+14045550199", media=(PHOTO,))
    with database.writing() as session:
        last = lately.latest(session, 2, 9)[0].id
        keeping.expect(session, last, [Expected(0, "photo")], NOW)
    erase(database)
    with database.reading() as session:
        assert len(attachments.of_interview(session, other)) == 1


def test_a_missing_file_is_told(database: Database, store: Store) -> None:
    told(database)
    errand = keep(database, store)
    store.delete(errand.cleaned)
    there = locate(database)
    assert there is not None
    with pytest.raises(StoreFailed):
        attachments.read(store, there)
