"""An export in the background: whole or not there, only for whoever may have it, and gone when it has to be."""

import io
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from storage import contacts, erasure, masks, outbox, people, removing, rotation, staff
from storage.db import Database, open_database
from storage.exports import Order, making, parts, register
from storage.exports.making import DAYS, IN_HAND, Download, Work
from storage.exports.orders import order_of, plain_of
from storage.exports.parts import PART, Kept
from storage.exports.register import KEPT, Wish
from storage.exports.single import Made, make
from storage.files import Place, Store, new_file_key, open_store
from storage.library import Library
from storage.models import AnswerRow, AuditEvent, ExportRow, Job, StaffMember
from storage.narrowing import NOBODY, OPEN
from storage.narrowing import Place as Told
from storage.permits import NotPermitted
from storage.staff import Role
from storage.testimonies import Filter
from storage.vault import VaultError
from tests.bot.conftest import ON_POSTGRESQL
from tests.conftest import KEY
from tests.storage.exporting import extract, two
from tests.storage.material import NOW, RESIDENT, publish, source, tell
from tests.support.locks import PATIENCE, wait_until_held_up

LATER = NOW + timedelta(minutes=1)
ORDER = Order(Filter(flow="small"))
OWNER, ORGANIZER, COORDINATOR, VIEWER = 1, 2, 3, 4


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return open_store(Place((tmp_path_factory.mktemp("kept") / "media").as_uri()))


@pytest.fixture
def told(database: Database) -> Database:
    """Two testimonies, and a staff member of each role."""
    two(database)
    with database.writing() as session:
        for role in Role:
            staff.add_staff(session, f"{role}@example.org", "a long password", role, NOW)
    return database


def ask(database: Database, who: int = COORDINATOR, order: Order = ORDER, why: str = "") -> int:
    with database.writing() as session:
        return making.ask(session, Wish(order, "jsonl", KEPT, who, why), NOW, 2)


def take_up(database: Database, number: int = 1) -> Work:
    with database.writing() as session:
        work = making.take_up(session, number, NOW)
    assert work is not None
    return work


def write(database: Database, store: Store, work: Work) -> Made:
    """All of the file goes into the store; nobody has said yet that it is there."""
    file = io.BytesIO()
    made = make(extract(database), "jsonl", file)
    parts.put(store, work.name, work.key, file, lambda number: note(database, work, number))
    return made


def note(database: Database, work: Work, number: int) -> None:
    with database.writing() as session:
        assert making.advance(session, work, parts=number)


def settle(database: Database, work: Work, made: Made) -> bool:
    with database.writing() as session:
        return making.settle(session, work, made, NOW)


def finished(database: Database, store: Store, **asked: object) -> Work:
    """An export that is ready."""
    work = take_up(database, ask(database, **asked))  # type: ignore[arg-type]
    assert settle(database, work, write(database, store, work))
    return work


def download(database: Database, who: int = COORDINATOR, now: datetime = LATER) -> Download | None:
    with database.writing() as session:
        return making.download_for(session, 1, who, now)


def row_of(database: Database, number: int = 1) -> ExportRow:
    with database.reading() as session:
        found = session.get_one(ExportRow, number)
        session.expunge(found)
        return found


def discarded(database: Database) -> list[tuple[str | None, datetime]]:
    with database.reading() as session:
        jobs = session.scalars(select(Job).where(Job.kind == outbox.DISCARD).order_by(Job.id))
        return [(job.target, job.run_at) for job in jobs]


def test_a_file_is_there_once_it_is_whole(told: Database, store: Store) -> None:
    work = take_up(told, ask(told, why="for the report"))
    assert download(told) is None
    made = write(told, store, work)
    assert download(told) is None
    assert settle(told, work, made)
    found = download(told)
    assert found is not None
    assert (found.called, found.size) == ("small-2026-05-31.jsonl", made.size)
    content = b"".join(parts.read(store, found.kept))
    whole = io.BytesIO()
    make(extract(told), "jsonl", whole)
    assert content == whole.getvalue()
    with told.reading() as session:
        (entry,) = register.page(session, COORDINATOR, None, 9)
    assert (entry.who, entry.reason, entry.status) == (
        *("coordinator@example.org", "for the report"),
        "ready",
    )
    assert (entry.rows, entry.files[0]["sha256"]) == (2, made.sha256)


def test_all_of_it_is_in_the_audit_log_and_the_reason_is_not(told: Database, store: Store) -> None:
    finished(told, store, why="for the report")
    download(told, OWNER)
    with told.reading() as session:
        rows = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [(row.action, row.staff_id) for row in rows] == [
        ("export asked", COORDINATOR),
        ("export", COORDINATOR),
        ("export_file", COORDINATOR),
        ("export downloaded", OWNER),
    ]
    assert "report" not in str([row.detail for row in rows])


IDENTIFIED = replace(ORDER, identified=True)


@pytest.mark.parametrize("who", [OWNER, ORGANIZER, VIEWER])
def test_what_tells_who_people_are_is_for_who_said_why_alone(
    told: Database, store: Store, who: int
) -> None:
    finished(told, store, order=IDENTIFIED, why="to call back")
    with pytest.raises(NotPermitted):
        download(told, who)
    assert download(told, COORDINATOR) is not None


def test_nor_is_it_told_why_to_who_may_not_know_people(told: Database) -> None:
    ask(told, order=IDENTIFIED, why="to call back")
    with told.reading() as session:
        said = [register.page(session, who, None, 9)[0].reason for who in (OWNER, ORGANIZER)]
        assert said == ["to call back", ""]
        with pytest.raises(NotPermitted):
            register.page(session, VIEWER, None, 9)


@pytest.mark.parametrize(("who", "order"), [(VIEWER, ORDER), (ORGANIZER, IDENTIFIED)])
def test_who_may_not_export_cannot_have_it_made_either(
    told: Database, who: int, order: Order
) -> None:
    with pytest.raises(NotPermitted):
        ask(told, who, order)


def test_a_right_that_was_taken_away_meanwhile_ends_it(told: Database) -> None:
    number = ask(told)
    with told.writing() as session:
        member = session.get_one(StaffMember, COORDINATOR)
        people.set_role(session, member, Role.VIEWER, OWNER, NOW)
    with told.writing() as session:
        assert making.take_up(session, number, NOW) is None
    assert (row_of(told).status, row_of(told).error) == ("failed", making.NO_RIGHT)


def test_who_begins_again_has_a_name_of_their_own_and_the_first_is_not_believed(
    told: Database, store: Store
) -> None:
    first = take_up(told, ask(told))
    made = write(told, store, first)
    second = take_up(told)
    assert second.name != first.name
    assert discarded(told) == [(f"{first.name}-0", NOW + IN_HAND)]
    assert not settle(told, first, made)
    with told.writing() as session:
        assert not making.advance(session, first, done=1)
    assert settle(told, second, write(told, store, second))


def test_what_is_cancelled_is_not_made_any_more(told: Database, store: Store) -> None:
    work = take_up(told, ask(told))
    made = write(told, store, work)
    with told.writing() as session:
        assert not making.cancel(session, 1, OWNER, NOW)
        assert making.cancel(session, 1, COORDINATOR, NOW)
    assert not settle(told, work, made)
    with told.writing() as session:
        assert making.take_up(session, 1, NOW) is None
    assert (row_of(told).status, row_of(told).key) == ("cancelled", None)


def test_a_file_has_its_days_and_the_row_stays(told: Database, store: Store) -> None:
    work = finished(told, store)
    assert download(told, now=NOW + DAYS) is None
    with told.writing() as session:
        making.expire(session, 1, NOW + DAYS)
    row = row_of(told)
    assert (row.status, row.key, row.files[0]["rows"]) == ("expired", None, {"": 2, "incidents": 3})
    assert discarded(told) == [(f"{work.name}-0", NOW + DAYS)]


def forget(database: Database) -> None:
    with database.writing() as session:
        who = contacts.lock_contact(session, "sms", RESIDENT, NOW)
        erasure.erase(session, who, "7F3K-9QRT", LATER)


def test_an_erasure_takes_the_files_away_in_which_somebody_stands(
    told: Database, store: Store
) -> None:
    work = finished(told, store)
    forget(told)
    row = row_of(told)
    assert (row.status, row.key, row.name) == ("withdrawn", None, None)
    assert discarded(told) == [(f"{work.name}-0", LATER)]


def test_what_is_being_made_meanwhile_begins_again_without_them(
    told: Database, store: Store
) -> None:
    work = take_up(told, ask(told))
    made = write(told, store, work)
    forget(told)
    assert not settle(told, work, made)
    again = take_up(told)
    assert write(told, store, again).rows[""] == 1


@ON_POSTGRESQL  # on SQLite one writes at a time
def test_what_is_taken_up_while_somebody_is_erased_is_made_without_them(
    told: Database, store: Store
) -> None:
    """Even one that was asked for when the erasure had looked for files already."""
    numbers = [ask(told)]
    with ThreadPoolExecutor() as pool:
        with told.writing() as session:
            who = contacts.lock_contact(session, "sms", RESIDENT, NOW)
            erasure.erase(session, who, "7F3K-9QRT", LATER)
            numbers.append(ask(told))
            works = [pool.submit(take_up, told, number) for number in numbers]
            wait_until_held_up(told.engine, len(works))
        made = [write(told, store, work.result(PATIENCE)) for work in works]
    assert [one.rows[""] for one in made] == [1, 1]


def test_the_files_of_other_surveys_stay(told: Database, store: Store) -> None:
    publish(told, source(flow="other", keyword="OTHER"))
    tell(told, Library(), "OTHER", "yes", address="77", channel="telegram")
    work = finished(told, store)
    with told.writing() as session:
        who = contacts.lock_contact(session, "telegram", "77", NOW)
        erasure.erase(session, who, "7F3K-9QRT", LATER)
    assert row_of(told).name == work.name


def test_a_changed_key_opens_the_file_and_the_reason(
    told: Database, store: Store, url: str
) -> None:
    finished(told, store, why="for the report")
    new = bytes(range(32, 64))
    both = open_database(url, [new, KEY])
    assert rotation.rotate(both)
    both.close()
    alone = open_database(url, [new])
    found = download(alone)
    assert found is not None
    assert b"".join(parts.read(store, found.kept))
    with alone.reading() as session:
        assert register.reasons(session, [1]) == {1: "for the report"}
    alone.close()


def test_a_large_file_comes_back_from_its_parts_and_in_no_other_order(store: Store) -> None:
    key, content, noted = new_file_key(), bytes(range(256)) * (PART // 256 + 1), list[int]()
    parts.put(store, "a", key, io.BytesIO(content), noted.append)
    assert noted == [1, 2]
    assert b"".join(parts.read(store, Kept("a", 2, key))) == content
    assert content[:64] not in store.get("a-0")
    first, second = store.get("a-0"), store.get("a-1")
    store.put("a-0", second)
    store.put("a-1", first)
    with pytest.raises(VaultError):
        list(parts.read(store, Kept("a", 2, key)))


ORDERS = [
    ORDER,
    Order(
        Filter("small", "complete", "es", "sms", NOW, datetime(2026, 6, 1, tzinfo=UTC)),
        *(True, "es", "quote", True, True),
    ),
    Order(Filter("small"), language="es"),
    Order(
        Filter(
            "small",
            until=NOW,
            version=2,
            place=Told("home", "flat"),
            agreed="quote",
            tag=7,
            attention=OPEN,
            theme="housing",
            group="poor",
            assessment="problem",
            coder=3,
        ),
        behind=True,
        translation="es",
        codes=True,
    ),
    Order(Filter("small", place=Told("home"), coder=NOBODY)),
]


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_comes_back_from_the_register_as_it_was(order: Order) -> None:
    assert order_of(json.loads(json.dumps(plain_of(order)))) == order


def test_every_field_of_a_filter_and_of_an_order_is_tried_above() -> None:
    tried = [plain_of(order) for order in ORDERS]
    assert {name for one in tried for name in one} == {field.name for field in fields(Order)}
    assert {name for one in tried for name in one["wanted"]} == {f.name for f in fields(Filter)}


def test_a_file_that_is_older_than_a_mask_is_for_who_may_see_behind_it(
    told: Database, store: Store
) -> None:
    finished(told, store)
    assert download(told, ORGANIZER) is not None
    with told.writing() as session:
        words = AnswerRow.words.is_not(None) & AnswerRow.value.is_(None)
        answer = session.scalars(select(AnswerRow).where(words)).first()
        assert answer is not None
        testimony = answer.interview_id
        number = masks.put(session, answer.id, (0, 3), OWNER, "", LATER)
    with pytest.raises(NotPermitted):
        download(told, ORGANIZER)
    assert download(told, COORDINATOR) is not None
    with told.writing() as session:
        masks.lift(session, testimony, number or 0, OWNER, LATER)
    assert download(told, ORGANIZER) is not None


def test_words_that_are_removed_for_good_are_in_no_kept_file(told: Database, store: Store) -> None:
    finished(told, store)
    with told.writing() as session:
        words = AnswerRow.words.is_not(None) & AnswerRow.value.is_(None)
        answer = session.scalars(select(AnswerRow).where(words)).first()
        assert answer is not None
        number = masks.put(session, answer.id, (0, 3), OWNER, "", LATER) or 0
        removing.ask(session, answer.interview_id, number, OWNER, LATER)
        removing.agree(session, answer.interview_id, number, COORDINATOR, Library(), LATER)
    assert download(told, OWNER) is None
    assert row_of(told).status == register.WITHDRAWN
