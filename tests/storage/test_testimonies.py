"""What staff read: pages by key that do not shift while testimonies come in, and one testimony whole."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from flows import CONSENT, load
from storage import contacts, library, listing, testimonies
from storage.db import Database
from storage.library import Library
from storage.listing import Key
from storage.models import FlowVersion, InterviewRow
from storage.testimonies import Filter, whole_days
from tests.storage.material import NOW, RESIDENT, publish, source, tell

ALL = Filter()
KINDS = (
    {"channel": "sms", "status": "complete", "language": "en"},
    {"channel": "sms", "status": "waiting", "language": None},
    {"channel": "telegram", "status": "waiting", "language": "es"},
)


@pytest.fixture
def listed(session: Session) -> Session:
    """Six interviews, one a day: 1 and 4 are of the first kind, 2 and 5 of the second, 3 and 6 of the third."""
    library.publish(session, load(source()), source(), NOW)
    add(session, 1, 6)
    return session


def add(session: Session, first: int, last: int) -> None:
    who = contacts.lock_contact(session, "sms", RESIDENT, NOW).id
    version = session.scalars(select(FlowVersion.id)).one()
    common = {"contact_id": who, "flow_version_id": version, "flow": "small"}
    rows = [
        {"id": number, **common, **KINDS[(number - 1) % 3]}
        | {"started_at": NOW + timedelta(days=number), "moved_at": NOW}
        for number in range(first, last + 1)
    ]
    session.execute(insert(InterviewRow), rows)


def page(session: Session, wanted: Filter, before: int | None = None, size: int = 10) -> list[int]:
    key = Key(before) if before else None
    return [listed.id for listed in listing.page(session, wanted, key, size)]


def test_pages_are_newest_first_and_follow_each_other_by_key(listed: Session) -> None:
    assert page(listed, ALL, None, 4) == [6, 5, 4, 3]
    assert page(listed, ALL, 3, 4) == [2, 1]
    assert page(listed, ALL, 1, 4) == []


def test_a_page_stays_as_it_was_while_new_testimonies_come(listed: Session) -> None:
    before = page(listed, ALL, 5, 2)
    add(listed, 7, 9)
    assert page(listed, ALL, 5, 2) == before == [4, 3]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 6, 7])
def test_the_way_back_leads_through_the_same_pages(listed: Session, size: int) -> None:
    """From the last page to the first by ``page_before``, with every testimony once."""
    there: list[list[int]] = [page(listed, ALL, None, size)]
    while following := page(listed, ALL, there[-1][-1], size):
        there.append(following)
    back = [there[-1]]
    while len(back) < len(there):
        key = listing.page_before(listed, ALL, Key(back[-1][0] + 1), size)
        back.append(page(listed, ALL, key.id if key else None, size))
    assert back[::-1] == there
    assert [number for one in there for number in one] == [6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(flow="small"), [6, 5, 4, 3, 2, 1]),
        (Filter(flow="other"), []),
        (Filter(status="waiting"), [6, 5, 3, 2]),
        (Filter(language="es"), [6, 3]),
        (Filter(channel="telegram", status="waiting"), [6, 3]),
        (Filter(channel="telegram", status="complete"), []),
        (Filter(flow="", status="", language="", channel=""), [6, 5, 4, 3, 2, 1]),
        (Filter(since=NOW + timedelta(days=5)), [6, 5]),
        (Filter(until=NOW + timedelta(days=5)), [4, 3, 2, 1]),
        (Filter(since=NOW + timedelta(days=2), until=NOW + timedelta(days=3)), [2]),
    ],
)
def test_a_filter_narrows_every_page(listed: Session, wanted: Filter, found: list[int]) -> None:
    assert page(listed, wanted) == found
    if len(found) > 1:
        assert page(listed, wanted, found[0]) == found[1:]


def test_the_way_back_keeps_to_the_filter(listed: Session) -> None:
    wanted = Filter(status="waiting")
    assert page(listed, wanted, 3, 1) == [2]
    key = listing.page_before(listed, wanted, Key(3), 1)
    assert key is not None
    assert page(listed, wanted, key.id, 1) == [3]
    assert listing.page_before(listed, wanted, Key(6), 1) is None


def test_both_days_of_a_range_are_included() -> None:
    first, last = datetime(2026, 5, 30, tzinfo=UTC), datetime(2026, 5, 31, tzinfo=UTC)
    assert whole_days(first, last) == (first, datetime(2026, 6, 1, tzinfo=UTC))
    assert whole_days(None, None) == (None, None)


def test_the_last_day_of_all_is_a_day_too() -> None:
    """Whoever types the year 9999 into a form means "without end"."""
    last = datetime(9999, 12, 31, tzinfo=UTC)
    _, until = whole_days(None, last)
    assert until is None or until >= last


def test_a_testimony_is_shown_whole(database: Database) -> None:
    publish(database, source())
    shelf = Library()
    photo = ({"content_type": "image/jpeg", "url": "https://media.example/1"},)
    tell(database, shelf, "SMALL", "yes", "He shouted.")
    number = tell(database, shelf, "3", media=photo)
    tell(database, shelf, "SMALL", address="+14045550124")
    with database.reading() as session:
        one = testimonies.whole(session, number, shelf)
    assert one is not None
    assert [given.question for given in one.answers] == [CONSENT, "said", "people"]
    assert one.answers[1].answer.words == "He shouted."
    said = [line.text for line in one.dialogue if line.inbound]
    assert said == ["SMALL", "yes", "He shouted.", "3"]
    assert [line.inbound for line in one.dialogue] == [True, False] * 4
    assert [line.media for line in one.dialogue if line.media] == [("image/jpeg",)]
    assert (one.listed.id, one.listed.asked, one.flow.name) == (number, "rent", "small")
    assert one.listed.pseudonym.startswith("R-")


def test_there_is_no_testimony_of_an_unknown_number(listed: Session) -> None:
    assert testimonies.whole(listed, 10**6, Library()) is None


@pytest.mark.parametrize("wanted", [Filter(flow="\0"), Filter(status="\0"), Filter(language="\0")])
def test_a_filter_that_nothing_can_match_finds_nothing(listed: Session, wanted: Filter) -> None:
    """Filters come from the address bar: whatever stands there, it is no fault of the database."""
    assert page(listed, wanted) == []
