"""Backups: what was there comes back, on either database, and nothing else is ever taken for it."""

import gzip
import io
import json
import tarfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest
from sqlalchemy import event, func, select, update

from storage import erasure, outbox, outgoing, quarantine, schema, suppressions
from storage.backups.envelope import new_pair, private_keys
from storage.backups.reading import check
from storage.backups.sealing import LENGTH, BackupFailed, Damaged, OtherKeys, verify
from storage.backups.taking import take
from storage.contacts import address_of
from storage.db import Database, open_database
from storage.files import Place, Store, StoreFailed, open_store
from storage.library import Library
from storage.models import Attachment, AuditEvent, Contact, Job, MessageRow, Tag
from storage.quarantine import TOO_QUICK
from storage.vault import Vault
from tests.conftest import KEY
from tests.storage.backups import (
    PLANTED,
    PRIVATE,
    PUBLIC,
    SURVEYS,
    Fresh,
    backup,
    everything,
    folder,
    fresh,
    live,
    restore,
)
from tests.storage.material import NOW, contact, tell
from tests.storage.test_migrations import DATA, load
from tests.support.bucket import OPTIONS, Bucket

# what a restore settles, and what is counted anew
CHANGED = ("messages", "outbox", "audit", "staff_links", "exports", "tallies", "tally_looks")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return folder(tmp_path / "media")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Store:
    return folder(tmp_path / "elsewhere")


@pytest.fixture
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fresh]:
    with ExitStack() as stack:
        yield lambda kind: stack.enter_context(fresh(kind, request, tmp_path))


@pytest.fixture
def living(database: Database, store: Store) -> Database:
    live(database, store)
    return database


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_was_there_comes_back_on_either_database(
    living: Database, store: Store, elsewhere: Store, make: Fresh, kind: str
) -> None:
    data, taken = backup(living, store)
    there = make(kind)
    restored = restore(there, elsewhere, data)
    assert (restored.rows, restored.files) == (taken.total, 6)
    assert everything(there, *CHANGED) == everything(living, *CHANGED)
    with there.reading() as session:
        for row in session.scalars(select(Attachment)):
            assert elsewhere.get(row.original or "") == store.get(row.original or "")
        said = [address_of(session, one) for one in session.scalars(select(Contact))]
    assert said == ["+14045550000", "+14045550001", "+14045550002"]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("revision", sorted(DATA))
def test_backups_of_every_older_version_come_back_and_are_migrated(
    make: Fresh, store: Store, kind: str, revision: str
) -> None:
    old, new = make("sqlite" if kind == "postgresql" else "postgresql"), make(kind)
    schema.upgrade(old.engine, revision)
    with old.engine.begin() as connection:
        load(connection, DATA[revision])
    data, taken = backup(old, store)
    assert restore(new, store, data).rows == taken.total
    assert schema.revision(new.engine) == schema.head()
    schema.upgrade(old.engine)
    assert everything(new, *CHANGED) == everything(old, *CHANGED)


def test_new_rows_get_numbers_that_nobody_had(
    living: Database, store: Store, elsewhere: Store, make: Fresh
) -> None:
    data, _ = backup(living, store)
    there = make(living.dialect)
    restore(there, elsewhere, data)
    with living.reading() as session:
        last = session.scalar(select(func.max(Contact.id))) or 0
    assert contact(there, "+14045559999") > last


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_number_that_was_taken_back_is_not_given_again(
    database: Database, store: Store, make: Fresh, kind: str
) -> None:
    """The audit log and saved views name tags by their numbers."""

    def tag(there: Database, name: str) -> int:
        with there.writing() as session:
            row = Tag(folded=name, name=name)
            session.add(row)
            session.flush()
            return row.id

    tag(database, "one")
    last = tag(database, "two")
    with database.writing() as session:
        session.delete(session.get_one(Tag, last))
    there = make(kind)
    restore(there, store, backup(database, store)[0])
    assert tag(there, "three") == last + 1


def test_a_newer_versions_database_is_not_backed_up_in_part(living: Database, store: Store) -> None:
    with living.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(BackupFailed, match="back it up with the newer one"):
        backup(living, store)
    with living.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{schema.head()}'")  # noqa: S608


def test_nothing_of_it_can_be_read_without_the_private_key(living: Database, store: Store) -> None:
    data, _ = backup(living, store)
    for plain in (b"contacts", b"Quillfeather", b"tables/", b"+1404", PLANTED.encode()):
        assert plain not in data


def test_standard_tools_open_it(living: Database, store: Store) -> None:
    data, _ = backup(living, store)
    plain = pyrage.decrypt(data[:-LENGTH], private_keys(PRIVATE))
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        names = archive.getnames()
        chunk = archive.extractfile("tables/contacts/000001.jsonl.gz")
        assert chunk is not None
        lines = gzip.decompress(chunk.read()).splitlines()
    assert (names[0], names[-1]) == ("testimony.json", "end.json")
    assert len(lines) == 3
    assert PLANTED.encode() not in plain  # sealed by TESTIMONY_KEYS, which are not in it
    assert KEY not in plain


def test_it_is_one_moment_while_messages_come_in(
    living: Database, store: Store, elsewhere: Store, make: Fresh
) -> None:
    """Somebody writes as fast as they can: each message in the backup has its contact, interview and reply."""
    stop, shelf = threading.Event(), Library(SURVEYS)

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            tell(living, shelf, "SMALL", "yes", "words", address=f"+1404777{number:04}")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        backups = [backup(living, store)[0] for _ in range(5)]
    finally:
        stop.set()
        writer.join()
    there = make(living.dialect)
    for data in backups:
        restore(there, elsewhere, data, replace=True)
        with there.reading() as session:
            inbound = session.scalar(
                select(func.count(MessageRow.id)).where(MessageRow.direction == "in")
            )
            outbound = session.scalar(
                select(func.count(MessageRow.id)).where(MessageRow.direction == "out")
            )
            jobs = session.scalar(select(func.count(Job.id)).where(Job.message_id.is_not(None)))
        assert inbound == outbound == jobs  # each is written with its reply, in one transaction


def test_another_private_key_is_told_and_nothing_is_made(
    living: Database, store: Store, elsewhere: Store, make: Fresh
) -> None:
    data, _ = backup(living, store)
    there = make("sqlite")
    with pytest.raises(BackupFailed, match="private key does not open this backup"):
        restore(there, elsewhere, data, new_pair(NOW)[0])
    assert schema.revision(there.engine) is None


def test_other_testimony_keys_are_told_and_nothing_is_made(
    living: Database, store: Store, elsewhere: Store, tmp_path: Path
) -> None:
    data, _ = backup(living, store)
    there = open_database(f"sqlite:///{tmp_path / 'there.db'}", [bytes(32)])
    with pytest.raises(OtherKeys, match="not in TESTIMONY_KEYS"):
        restore(there, elsewhere, data)
    assert schema.revision(there.engine) is None
    there.close()


def places(size: int) -> list[int]:
    return [0, 30, 150, size // 2, size - LENGTH - 1, size - LENGTH + 20, size - 2]


def test_a_flipped_bit_is_found_without_the_private_key(living: Database, store: Store) -> None:
    data, _ = backup(living, store)
    verify(io.BytesIO(data), living.vault)
    for place in places(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1
        with pytest.raises(BackupFailed):
            verify(io.BytesIO(bytes(changed)), living.vault)


def test_a_flipped_bit_is_found_by_the_private_key_too(living: Database, store: Store) -> None:
    data, _ = backup(living, store)
    report = check(io.BytesIO(data), private_keys(PRIVATE))
    assert (report.files, report.missing) == (6, 0)
    for place in places(len(data))[:-2]:
        changed = bytearray(data)
        changed[place] ^= 1
        with pytest.raises(BackupFailed):
            check(io.BytesIO(bytes(changed)), private_keys(PRIVATE))


def test_a_file_that_is_cut_is_found(
    living: Database, store: Store, elsewhere: Store, make: Fresh
) -> None:
    data, _ = backup(living, store)
    there = make("sqlite")
    for length in (0, 10, LENGTH, 300, len(data) // 2, len(data) - LENGTH, len(data) - 1):
        with pytest.raises(Damaged):
            verify(io.BytesIO(data[:length]), living.vault)
        with pytest.raises(Damaged):
            restore(there, elsewhere, data[:length])
    assert schema.revision(there.engine) is None


def test_what_another_encrypted_to_our_public_key_is_not_restored(
    living: Database, store: Store, elsewhere: Store, make: Fresh
) -> None:
    """Anybody has the public key; only we have the keys of the seal."""
    data, _ = backup(living, store)
    forged = pyrage.encrypt(
        pyrage.decrypt(data[:-LENGTH], private_keys(PRIVATE)),
        [pyrage.x25519.Recipient.from_str(PUBLIC)],
    )
    there = make("sqlite")
    with pytest.raises(Damaged, match="changed or damaged"):
        restore(there, elsewhere, forged + data[-LENGTH:])
    assert schema.revision(there.engine) is None


def newer(data: bytes, vault: Vault, **said: object) -> bytes:
    """The same backup, as another version would have made it."""
    plain = bytearray(pyrage.decrypt(data[:-LENGTH], private_keys(PRIVATE)))
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        first = archive.getmembers()[0]
    here = slice(first.offset_data, first.offset_data + first.size)
    manifest = json.dumps(json.loads(plain[here]) | said, separators=(",", ":")).encode()
    plain[here] = manifest.ljust(first.size)
    body = pyrage.encrypt(bytes(plain), [pyrage.x25519.Recipient.from_str(PUBLIC)])
    name, digest = vault.stamp()
    digest.update(body)
    return body + f"\ntestimony seal 1 {name.hex()} {digest.hexdigest()}\n".encode()


@pytest.mark.parametrize("said", [{"revision": "9999"}, {"testimony backup": 2}])
def test_a_newer_versions_backup_is_refused_clearly(
    living: Database, store: Store, elsewhere: Store, make: Fresh, said: dict[str, object]
) -> None:
    data, _ = backup(living, store)
    there = make("sqlite")
    with pytest.raises(BackupFailed, match=r"newer Testimony .* Install that version"):
        restore(there, elsewhere, newer(data, living.vault, **said))
    assert schema.revision(there.engine) is None


def test_a_database_that_is_not_empty_is_left_alone(living: Database, store: Store) -> None:
    data, _ = backup(living, store)
    before = everything(living)
    with pytest.raises(BackupFailed, match=r"it holds 3 contacts, .*--replace"):
        restore(living, store, data)
    assert everything(living) == before


def test_another_file_under_the_same_name_is_left_alone(
    living: Database, store: Store, elsewhere: Store, make: Fresh
) -> None:
    data, _ = backup(living, store)
    with living.reading() as session:
        name = session.scalars(select(Attachment.original)).first() or ""
    elsewhere.put(name, b"another")
    there = make("sqlite")
    with pytest.raises(BackupFailed, match="another file"):
        restore(there, elsewhere, data)
    assert elsewhere.get(name) == b"another"
    assert schema.revision(there.engine) is None
    restore(there, elsewhere, data, replace=True)
    assert elsewhere.get(name) == store.get(name)


def test_who_was_erased_or_said_stop_since_stays_so(living: Database, store: Store) -> None:
    data, _ = backup(living, store)
    with living.writing() as session:
        first, second = session.scalars(select(Contact).order_by(Contact.id)).all()[:2]
        erasure.erase(session, first, "K4T7-9Q2M", NOW + timedelta(hours=1))
        erasure.forget(session, first.id, NOW + timedelta(hours=1))
        suppressions.add(session, "+14045550001", suppressions.BY_WORD, NOW)
        gone, stopped = first.id, second.id
    restore(living, store, data, replace=True)
    with living.reading() as session:
        assert session.get_one(Contact, gone).address is None
        assert erasure.erased_by(session, "K4T7-9Q2M") == NOW + timedelta(hours=1)
        address = address_of(session, session.get_one(Contact, stopped)) or ""
        assert suppressions.find(session, address) is not None
        words = [one.body for one in session.scalars(select(MessageRow)) if one.contact_id == gone]
        assert {living.vault.open(body, "message.body") for body in words} == {""}


def test_files_that_came_after_the_backup_are_taken_away(living: Database, store: Store) -> None:
    data, _ = backup(living, store)
    with living.writing() as session:
        row = session.scalars(select(Attachment)).first()
        assert row is not None
        row.original = "f" * 40
    restore(living, store, data, replace=True)
    with living.reading() as session:
        targets = select(Job.target).where(Job.kind == outbox.DISCARD, Job.done_at.is_(None))
        assert list(session.scalars(targets)) == ["f" * 40]


def test_what_waited_to_be_sent_is_not_sent_again(
    living: Database, store: Store, elsewhere: Store, make: Fresh
) -> None:
    data, _ = backup(living, store)
    there = make(living.dialect)
    restored = restore(there, elsewhere, data)
    with there.reading() as session:
        assert outbox.next_due(session, without=outbox.SLOW) is None
        failed = select(func.count()).where(MessageRow.status == "failed")
        assert session.scalar(failed) == restored.unsent > 0


def test_whom_staff_had_let_out_of_quarantine_they_are_asked_about_again(
    living: Database, store: Store, elsewhere: Store, make: Fresh
) -> None:
    """They may have been answered since, or left: the program does not know."""
    with living.writing() as session:
        message = session.scalars(select(MessageRow).where(MessageRow.direction == "in")).first()
        assert message is not None
        message.attention = TOO_QUICK
        quarantine.let(session, message.contact_id, NOW)
    data, _ = backup(living, store)
    there = make(living.dialect)
    restore(there, elsewhere, data)
    with there.reading() as session:
        assert quarantine.being_let(session) == set()
        assert len(quarantine.bursts(session)) == 1


def test_a_restore_that_breaks_off_leaves_the_database_as_it_was(
    living: Database, store: Store, elsewhere: Store
) -> None:
    """A full disk, here after the tables are gone and half of the rows are there."""
    data, _ = backup(living, store)
    before = everything(living)
    rows = 0

    def full(_c: object, _k: object, statement: str, *_: object) -> None:
        nonlocal rows
        rows += statement.startswith("ALTER TABLE") or "INTO outbox" in statement
        if rows:
            raise OSError(28, "No space left on device")

    event.listen(living.engine, "before_cursor_execute", full)
    with pytest.raises(OSError, match="No space"):
        restore(living, store, data, replace=True)
    event.remove(living.engine, "before_cursor_execute", full)
    assert rows
    assert everything(living) == before


def test_a_service_that_still_runs_is_told(living: Database, store: Store) -> None:
    data, _ = backup(living, store)
    with living.writing() as session:
        session.execute(update(Contact).values(language="es"))
        other = open_database(living.engine.url.render_as_string(False), [KEY])
        event.listen(other.engine, "connect", lambda driver, _: impatient(living.dialect, driver))
        with pytest.raises(BackupFailed, match="Stop the service"):
            restore(other, store, data, replace=True)
        other.close()


def impatient(dialect: str, driver: Any) -> None:
    if dialect == "sqlite":
        driver.execute("PRAGMA busy_timeout = 10")


def test_a_database_without_room_is_told(sqlite_url: str, store: Store, tmp_path: Path) -> None:
    full = open_database(sqlite_url, [KEY])
    live(full, store)
    data, _ = backup(full, store)
    full.close()
    there = open_database(f"sqlite:///{tmp_path / 'small.db'}", [KEY])
    event.listen(
        there.engine, "connect", lambda driver, _: driver.execute("PRAGMA max_page_count = 20")
    )
    with pytest.raises(Exception, match="full"):
        restore(there, store, data)
    assert schema.revision(there.engine) is None
    there.close()


def test_a_disk_without_room_makes_no_backup(living: Database, store: Store) -> None:
    with (
        pytest.raises(OSError, match="No space left"),
        Path("/dev/full").open("wb", buffering=0) as file,
    ):
        take(living, store, [PUBLIC], file, NOW)


def test_a_bucket_is_backed_up_and_restored_as_a_folder_is(
    living: Database, store: Store, make: Fresh
) -> None:
    server = Bucket()
    try:
        bucket = open_store(Place("s3://files/of/ours", {**OPTIONS, "endpoint": server.url}))
        data, _ = backup(living, store)
        there = make("sqlite")
        restore(there, bucket, data)
        with there.reading() as session:
            names = [name for name in session.scalars(select(Attachment.cleaned)) if name]
        assert [bucket.get(name) for name in names] == [store.get(name) for name in names]
        assert backup(there, bucket)[1].files == 6
        bucket.delete(names[0])
        assert backup(there, bucket)[1].lost == 1
    finally:
        server.server.stop()


def test_a_file_that_is_lost_is_told_and_holds_up_nothing(
    living: Database, store: Store, elsewhere: Store, make: Fresh
) -> None:
    with living.reading() as session:
        name = session.scalars(select(Attachment.original).order_by(Attachment.id)).first() or ""
    store.delete(name)
    data, taken = backup(living, store)
    assert (taken.files, taken.missing, taken.lost) == (5, [name], 1)
    there = make("sqlite")
    assert restore(there, elsewhere, data).missing == 1
    with there.reading() as session:
        lost = session.scalars(select(Attachment).where(Attachment.status == "lost")).one()
        assert (lost.original, lost.key, lost.error) == (None, None, "lost")


class Away:
    """A store that does not answer."""

    def get(self, name: str) -> bytes:
        raise StoreFailed("the store of files: Timeout")

    put = delete = get  # type: ignore[assignment]


def test_a_store_that_is_away_makes_no_backup(living: Database) -> None:
    with pytest.raises(BackupFailed, match="MEDIA_URL"):
        backup(living, Away())  # type: ignore[arg-type]


def test_a_restore_is_written_down(
    living: Database, store: Store, elsewhere: Store, make: Fresh
) -> None:
    data, _ = backup(living, store)
    there = make("sqlite")
    restore(there, elsewhere, data)
    with there.reading() as session:
        row = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert row is not None
        assert (row.action, row.detail["made_at"]) == ("restore", NOW.isoformat())


def test_the_audit_log_is_as_fixed_as_it_was(
    living: Database, store: Store, elsewhere: Store, make: Fresh
) -> None:
    data, _ = backup(living, store)
    there = make(living.dialect)
    restore(there, elsewhere, data)
    restore(there, elsewhere, data, replace=True)
    with pytest.raises(Exception, match="audit"), there.writing() as session:
        session.execute(update(AuditEvent).values(action="nothing"))


def test_a_message_that_is_written_after_it_goes_out(
    living: Database, store: Store, elsewhere: Store, make: Fresh
) -> None:
    data, _ = backup(living, store)
    there = make(living.dialect)
    restore(there, elsewhere, data)
    who = contact(there, "+14045550000")
    with there.writing() as session:
        message = outgoing.write(session, who, "sms", "hello", NOW)
        outbox.enqueue_send(session, message, who, NOW, channel="sms")
    with there.reading() as session:
        assert outbox.next_due(session) == NOW
