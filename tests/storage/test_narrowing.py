"""Who is found by a place they told: only those whose answer counts, at once, in either way of looking."""

import pytest
from sqlalchemy import func, select, text

from storage import erasure, listing
from storage.db import Database, open_database
from storage.library import Library
from storage.listing import Order
from storage.models import AnswerRow, Contact, InterviewRow
from storage.narrowing import Filter, Place, few_of, narrow, narrowed
from tests.conftest import KEY
from tests.storage.material import NOW, publish, source, tell

TOWNS = """\
  city: {type: select_one, label: Where?, choices: {plains: Plains, macon: Macon}}
  why: {type: text, label: Why there?}
  ward: {type: select_one, label: Which part?, choices: {north: North}, relevant: city == plains}
  birth: {type: select_one, label: Born where?, choices: {plains: Plains}, sensitive: true}
"""
PLAINS = Place("city", "plains")


@pytest.fixture
def told(database: Database) -> int:
    """The interview of somebody who lives in the north of Plains."""
    publish(database, source(TOWNS))
    return tell(database, Library(), "SMALL", "yes", "Plains", "Work", "North", "Plains")


def found(database: Database, question: str, choice: str) -> list[int]:
    wanted = Filter(place=Place(question, choice))
    with database.reading() as session:
        pages = [listing.page(session, wanted, None, 10, order) for order in Order]
        walked = session.scalars(narrow(select(InterviewRow.id), wanted)).all()
    assert [[one.id for one in page] for page in pages] == [walked] * len(pages)
    return list(walked)


def test_who_told_a_place_is_found_by_it(database: Database, told: int) -> None:
    assert found(database, "city", "plains") == [told]
    assert found(database, "city", "macon") == []
    assert found(database, "why", "Work") == []


def test_an_answer_that_is_changed_leads_to_its_new_place_alone(
    database: Database, told: int
) -> None:
    tell(database, Library(), "ANSWERS", "1", "Macon")
    assert found(database, "city", "plains") == []
    assert found(database, "city", "macon") == [told]


def test_an_answer_set_aside_is_not_found_until_it_counts_again(
    database: Database, told: int
) -> None:
    assert found(database, "ward", "north") == [told]
    tell(database, Library(), "ANSWERS", "1", "Macon")
    assert found(database, "ward", "north") == []
    tell(database, Library(), "ANSWERS", "1", "Plains")
    assert found(database, "ward", "north") == [told]


def test_a_sensitive_answer_stands_in_no_index(database: Database, told: int) -> None:
    assert found(database, "birth", "plains") == []
    with database.reading() as session:
        chosen = select(AnswerRow.question).where(AnswerRow.choice.is_not(None))
        assert set(session.scalars(chosen)) == {"consent", "city", "ward"}


def test_who_was_erased_is_found_no_more(database: Database, told: int) -> None:
    with database.writing() as session:
        who = session.get_one(Contact, session.get_one(InterviewRow, told).contact_id)
        erasure.erase(session, who, "A-RECEIPT", NOW)
        assert session.scalar(select(func.count(AnswerRow.choice))) == 0
    assert found(database, "city", "plains") == []


@pytest.mark.parametrize(
    "wanted",
    [
        Filter(place=PLAINS),
        Filter(place=PLAINS, agreed="testimony"),
        Filter(tag=1, theme="housing"),
        Filter(group="children", assessment="problem", status="complete"),
        Filter(attention="open", flow="small"),
        Filter(language="en", channel="sms", version=1),
    ],
)
def test_beginning_with_the_few_finds_who_is_found_without(
    database: Database, told: int, wanted: Filter
) -> None:
    tell(database, Library(), "SMALL", "yes", "Plains", address="+14045550124")
    with database.reading() as session:
        all_of_them = select(InterviewRow.id).order_by(InterviewRow.id)
        assert few_of(session, wanted)
        soon = [narrowed(session, all_of_them, wanted, moved=moved) for moved in (False, True)]
        ways = [narrow(all_of_them, wanted), *soon]
        slowly, *quickly = (session.scalars(way).all() for way in ways)
    assert quickly == [slowly, slowly]


@pytest.mark.parametrize("wanted", [Filter(language="\0"), Filter(flow="a\0", channel="sms")])
def test_what_no_database_can_hold_is_nowhere(database: Database, wanted: Filter) -> None:
    with database.reading() as session:
        assert session.scalars(narrowed(session, select(InterviewRow.id), wanted)).all() == []


def test_postgresql_goes_to_the_few_by_their_ids(postgres_url: str) -> None:
    """It reckons with many times as many as there are, and would rather read every interview there is."""
    database = open_database(postgres_url, [KEY])
    publish(database, source(TOWNS))
    tell(database, Library(), "SMALL", "yes", "Plains", "Work", "North", "Plains")
    with database.reading() as session:
        chosen = narrowed(session, select(InterviewRow.id), Filter(place=PLAINS))
        asked = chosen.compile(database.engine, compile_kwargs={"literal_binds": True})
        session.execute(text("SET LOCAL enable_seqscan = off"))  # the table has one row
        session.execute(text("SET LOCAL enable_bitmapscan = off"))
        plan = session.connection().exec_driver_sql(f"EXPLAIN {asked}").scalars().all()
    database.close()
    assert any("Index Cond: (id = ANY (" in line for line in plan), "\n".join(plan)


def test_a_place_is_picked_by_its_index(sqlite_url: str) -> None:
    """Where the database does not weigh by what it has counted; PostgreSQL does."""
    database = open_database(sqlite_url, [KEY])
    chosen = narrow(select(InterviewRow.id), Filter(place=PLAINS), ["place"])
    asked = chosen.compile(database.engine, compile_kwargs={"literal_binds": True})
    with database.reading() as session:
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}").all()
    database.close()
    assert any("ix_answers_choice (question=? AND choice=?)" in row[3] for row in plan)
