"""Looking for words: in answers and messages, sealed as they are; what is kept of a search; what an erasure takes."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from storage import contacts, erasure, listing, looking, messages, searches, staff, tags
from storage.db import Database
from storage.library import Library
from storage.listing import Key, Order
from storage.matching import Sought
from storage.models import AnswerRow, InterviewRow, Look, MessageRow, Search, Tag, Tagged
from storage.narrowing import CONDITIONS, OPEN, Filter, Place, narrow
from storage.permits import NotPermitted
from storage.searching import FIRST, Hit
from storage.searching import Search as Looking
from storage.staff import Role
from tests.storage.material import NOW, RESIDENT, publish, source, tell

OWNER, VIEWER = 1, 2


@pytest.fixture
def told(database: Database) -> Iterator[Database]:
    """Three people: 1 tells of a door, 2 of Señor Pérez in Spanish letters, 3 says STOP after a word on water."""
    publish(database, source())
    shelf = Library()
    tell(database, shelf, "SMALL", "yes", "They took the door", "3", "950", address=RESIDENT)
    tell(database, shelf, "SMALL", "yes", "El señor Pérez grita", address="+14045550124")
    tell(database, shelf, "SMALL", "yes", "The water is brown", "STOP", address="+14045550125")
    with database.writing() as session:
        staff.add_staff(session, "owner@example.org", "a long password", Role.OWNER, NOW)
        staff.add_staff(session, "viewer@example.org", "a long password", Role.VIEWER, NOW)
    return database


def hits(
    database: Database, text: str, wanted: Filter | None = None, staff_id: int = OWNER
) -> list[Hit]:
    search = Looking(database, Library(), staff_id, Sought(text), wanted or Filter())
    return list(search.hits(50))


def found(database: Database, text: str, wanted: Filter | None = None) -> list[int]:
    return [hit.listed.id for hit in hits(database, text, wanted)]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("door", [1]),
        ("SENOR perez", [2]),
        ("the", [3, 1]),
        ('"the water"', [3]),
        ("small", [3, 2, 1]),
        ("you said", []),
        ("zebra", []),
        ("%_*", []),
    ],
)
def test_what_people_wrote_is_found_newest_first_and_what_the_bot_said_is_not(
    told: Database, text: str, ids: list[int]
) -> None:
    assert found(told, text) == ids


def test_an_answer_is_not_told_again_as_the_message_it_came_by(told: Database) -> None:
    (hit,) = hits(told, "door")
    assert [(one.question, one.message_id is None) for one in hit.passages] == [("said", False)]
    assert hit.more == 0


def test_it_keeps_to_the_filter(told: Database) -> None:
    assert found(told, "the", Filter(status="withdrawn")) == [3]
    assert found(told, "the", Filter(status="waiting")) == [1]


def test_who_may_not_read_words_finds_nothing(told: Database) -> None:
    with pytest.raises(NotPermitted):
        hits(told, "door", staff_id=VIEWER)


def test_a_search_goes_on_where_it_stopped(told: Database) -> None:
    first = Looking(told, Library(), OWNER, Sought("small"), Filter())
    assert [hit.listed.id for hit in first.hits(2)] == [3, 2]
    assert first.after == 2
    rest = Looking(told, Library(), OWNER, Sought("small"), Filter(), first.after)
    assert [hit.listed.id for hit in rest.hits(2)] == [1]
    assert rest.after is None


def test_batch_after_batch_is_searched_to_the_end(told: Database) -> None:
    with told.writing() as session:
        row = session.get_one(InterviewRow, 1)
        common = {"contact_id": row.contact_id, "flow_version_id": row.flow_version_id}
        common |= {"flow": "small", "channel": "sms", "status": "waiting"}
        times = {"started_at": NOW, "moved_at": NOW}
        session.add_all(InterviewRow(**common, **times) for _ in range(3 * FIRST))
    assert found(told, "door") == [1]


def test_a_damaged_text_hides_no_other(told: Database) -> None:
    with told.writing() as session:
        said = (AnswerRow.interview_id == 2) & (AnswerRow.question == "said")
        session.execute(update(AnswerRow).where(said).values(words=b"x"))
    search = Looking(told, Library(), OWNER, Sought("the"), Filter())
    assert [hit.listed.id for hit in search.hits(9)] == [3, 1]
    assert search.damaged == 1


def test_an_erased_person_is_not_found_nor_what_was_searched_to_find_them(told: Database) -> None:
    with told.writing() as session:
        theirs = searches.keep(session, OWNER, "perez senor", {}, NOW)
        number = searches.keep(session, OWNER, "550124", {}, NOW)
        other = searches.keep(session, OWNER, "door", {}, NOW)
        tags.put(session, 2, "Shouting", OWNER, NOW)
        messages.call_attention(session, 5, "care: danger")
        mark = select(MessageRow).where(MessageRow.interview_id == 2).limit(1)
        marked = session.scalars(mark).one().id
        messages.call_attention(session, marked, "care: danger")
        looking.look(session, 2, 999, OWNER, NOW)
    with told.writing() as session:
        who = contacts.lock_contact(session, "sms", "+14045550124", NOW)
        erasure.erase(session, who, "7F3K-9QRT", NOW)
    assert found(told, "perez") == []
    with told.reading() as session:
        assert set(searches.texts(session, {theirs, number, other})) == {other, number}
        for table in (Tag, Tagged, Look):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_what_was_searched_for_is_sealed_and_only_for_who_searched(told: Database) -> None:
    with told.writing() as session:
        number = searches.keep(session, OWNER, "perez", {"status": "waiting"}, NOW)
        assert b"perez" not in session.scalars(select(Search.text)).one()
    with told.writing() as session:
        kept = searches.of(session, number, OWNER)
        assert kept is not None
        assert (kept.text, kept.filters) == ("perez", {"status": "waiting"})
        assert searches.of(session, number, VIEWER) is None
        with pytest.raises(NotPermitted):
            searches.keep(session, VIEWER, "perez", {}, NOW)
        later = NOW + searches.KEPT_FOR + timedelta(seconds=1)
        searches.keep(session, OWNER, "door", {}, later)
        assert searches.of(session, number, OWNER) is None


def test_every_field_of_a_filter_has_its_condition() -> None:
    assert set(CONDITIONS) == set(Filter.__dataclass_fields__)


def test_filters_look_at_tags_marks_consents_and_places(told: Database) -> None:
    tell(told, Library(), "3", "950", "2026-01-01", "1", "1", "yes", address="+14045550124")
    with told.writing() as session:
        tags.put(session, 1, "Court", OWNER, NOW)
        tag_id = next(iter(tags.known(session)))
        mark = select(func.max(MessageRow.id)).where(MessageRow.interview_id == 3)
        messages.call_attention(session, session.scalars(mark).one(), "care: danger")
    for wanted, ids in (
        (Filter(tag=tag_id), [1]),
        (Filter(attention=OPEN), [3]),
        (Filter(agreed="quote"), [2]),
        (Filter(agreed="media"), []),
        (Filter(place=Place("home", "house")), [2]),
        (Filter(place=Place("home", "flat")), []),
        (Filter(place=Place("said")), [1, 2, 3]),
        (Filter(version=1), [1, 2, 3]),
        (Filter(version=9), []),
    ):
        with told.reading() as session:
            assert sorted(session.scalars(narrow(select(InterviewRow.id), wanted))) == ids, wanted
    with told.writing() as session:
        assert [number for number, _ in looking.waiting(session, 9)] == [3]
        assert looking.look(session, 3, 0, OWNER, NOW) == 0  # a page that did not show it yet
        assert looking.look(session, 3, 999, OWNER, NOW) == 1
        assert looking.look(session, 3, 999, OWNER, NOW) == 0
        assert looking.waiting(session, 9) == []
        assert [one.who for one in looking.of_interview(session, 3).values()] == [
            "owner@example.org"
        ]


@pytest.mark.parametrize(
    ("order", "ids"),
    [(Order.NEWEST, [3, 2, 1]), (Order.OLDEST, [1, 2, 3]), (Order.MOVED, [2, 3, 1])],
)
def test_every_order_is_paged_by_key_there_and_back(
    told: Database, order: Order, ids: list[int]
) -> None:
    with told.writing() as session:
        moved = NOW + timedelta(microseconds=1)
        session.execute(update(InterviewRow).where(InterviewRow.id == 2).values(moved_at=moved))
    with told.reading() as session:
        rows = listing.page(session, Filter(), None, 9, order)
        assert [one.id for one in rows] == ids
        keys = [one.key(order) for one in rows]
        assert [Key.read(str(key), order) for key in keys] == keys
        assert [one.id for one in listing.page(session, Filter(), keys[0], 1, order)] == ids[1:2]
        assert listing.page_before(session, Filter(), keys[1], 1, order) == keys[0]
        assert listing.page_before(session, Filter(), keys[0], 1, order) is None
        around = [listing.beside(session, Filter(), one, order) for one in rows]
        assert around == [(None, ids[1]), (ids[0], ids[2]), (ids[1], None)]


@pytest.mark.parametrize("text", ["", "x", "0", "-1", "1-", "9" * 40, "٣", "\0"])
def test_a_key_that_is_none_is_none(text: str) -> None:
    assert [Key.read(text, order) for order in Order] == [None] * 3


def test_a_tag_is_there_once_and_goes_when_nobody_wears_it(told: Database) -> None:
    with told.writing() as session:
        assert tags.put(session, 1, "  Court \0 date ", OWNER, NOW)
        assert tags.put(session, 2, "COURT DATE", OWNER, NOW)
        assert not tags.put(session, 2, " ! ", OWNER, NOW)
        assert list(tags.known(session).values()) == ["Court date"]
        (tag_id,) = tags.known(session)
        tags.take_off(session, 1, tag_id, OWNER, NOW)
        assert tags.of(session, [1, 2]) == {2: {tag_id: "Court date"}}
        tags.take_off(session, 2, tag_id, OWNER, NOW)
        assert tags.known(session) == {}
