"""Exports: one row an interview, one column a question, whatever versions there were and whatever comes in."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from storage import exports
from storage.db import Database
from storage.exports import Cell, Table
from storage.library import Library
from storage.models import AnswerRow, FlowVersion, InterviewRow
from storage.testimonies import Filter
from tests.storage.material import NOW, contact, publish, source, tell

FIXED = ("interview", "flow", "version", "language")
FIXED += ("channel", "status", "started_at", "completed_at")
FIRST = source(
    "  name: {type: text, label: Name?}\n"
    "  pets: {type: select_multiple, label: Pets?, choices: {cat: Cats, fish: Fish}}\n"
    "  gone: {type: text, label: Gone?}\n"
)
SECOND = source(
    "  people: {type: integer, label: People?}\n"
    "  welcome: {type: note, label: Welcome!}\n"
    "  pets: {type: select_multiple, label: Pets?, choices: {dog: Dogs, cat: Cats}}\n"
    "  name: {type: text, label: Name?, relevant: people > 1}\n"
)


def table_of(database: Database, flow: str = "small") -> Table:
    with database.reading() as session:
        table = next(iter(exports.tables_of(session, flow, Library())), None)
    assert table is not None
    return table


def rows(database: Database, **wanted: str | datetime) -> list[dict[str, Cell]]:
    chosen = Filter(flow="small", **wanted)  # type: ignore[arg-type]
    return list(exports.rows(database, table_of(database), chosen, Library()))


def asked(row: dict[str, Cell]) -> dict[str, Cell]:
    """The row without the columns that every export has."""
    return {name: cell for name, cell in row.items() if name not in FIXED}


def test_the_columns_are_those_of_all_versions_the_newest_first(database: Database) -> None:
    publish(database, FIRST, NOW)
    publish(database, SECOND, NOW + timedelta(days=1))
    assert table_of(database).header == [
        *FIXED,
        "people",
        *("pets", "pets/dog", "pets/cat", "pets/fish"),  # the older choice beside the newer ones
        *("name", "gone"),
    ]


def test_a_flow_that_was_never_published_has_no_table(database: Database) -> None:
    publish(database, FIRST)
    with database.reading() as session:
        assert exports.tables_of(session, "other", Library()) == ()


def test_interviews_of_several_versions_share_one_table(database: Database) -> None:
    shelf = Library()
    publish(database, FIRST, NOW)
    tell(database, shelf, "SMALL", "yes", "Ana", "1 2", "nothing")
    publish(database, SECOND, NOW + timedelta(days=1))
    tell(database, shelf, "SMALL", "yes", "2", "1", "Bo", address="+14045550124")
    older, newer = rows(database)
    assert asked(older) == {
        **{"people": None, "pets": "cat fish", "pets/dog": 0, "pets/cat": 1, "pets/fish": 1},
        **{"name": "Ana", "gone": "nothing"},
    }
    assert asked(newer) == {
        **{"people": 2, "pets": "dog", "pets/dog": 1, "pets/cat": 0, "pets/fish": 0},
        **{"name": "Bo", "gone": None},
    }
    assert older["version"] != newer["version"]


def test_every_interview_says_where_it_comes_from(database: Database) -> None:
    publish(database, FIRST)
    interview = tell(database, Library(), "SMALL", "yes", "Ana", "1", "x", channel="telegram")
    (row,) = rows(database)
    with database.reading() as session:
        version = session.scalar(select(FlowVersion.hash))
    assert version is not None
    assert {name: row[name] for name in FIXED} == {
        **{"interview": interview, "flow": "small", "version": version[:12], "language": "en"},
        **{"channel": "telegram", "status": "complete"},
        **{"started_at": "2026-05-31T12:00:00Z", "completed_at": "2026-05-31T12:00:00Z"},
    }


def test_refused_not_asked_kept_and_set_aside_are_told_apart(database: Database) -> None:
    publish(database, SECOND)
    shelf = Library()
    tell(database, shelf, "SMALL", "yes", "a few", "some", "who knows", "SKIP")
    (row,) = rows(database)
    assert row["people"] == "who knows"  # kept as written
    assert row["pets"] == "(refused)"
    assert (row["pets/dog"], row["pets/cat"]) == (None, None)
    assert row["name"] is None  # not asked

    tell(database, shelf, "SMALL", "yes", "2", "1", "Bo", address="+14045550124")
    with database.writing() as session:
        names = session.scalars(select(AnswerRow).where(AnswerRow.question == "name"))
        names.one().aside = True
    assert rows(database)[1]["name"] is None


def test_values_keep_their_kind(database: Database) -> None:
    publish(database, source())
    answers = ("He shouted.", "3", "950.25", "1999-12-31", "2", "1 2", "yes")
    tell(database, Library(), "SMALL", "yes", *answers)
    (row,) = rows(database)
    assert asked(row) == {
        **{"said": "He shouted.", "people": 3, "rent": 950.25, "moved": "1999-12-31"},
        **{"home": "flat", "pets": "cat dog", "pets/cat": 1, "pets/dog": 1, "quote": "yes"},
    }


def test_a_filter_narrows_the_rows(database: Database) -> None:
    publish(database, FIRST)
    shelf = Library()
    done = tell(database, shelf, "SMALL", "yes", "Ana", "1", "x")
    begun = tell(database, shelf, "SMALL", "yes", address="5501", channel="telegram")
    kept = {
        done: rows(database, status="complete", language="en", channel="sms"),
        begun: rows(database, channel="telegram", since=NOW, until=NOW + timedelta(seconds=1)),
    }
    assert {number: [row["interview"] for row in found] for number, found in kept.items()} == {
        done: [done],
        begun: [begun],
    }
    assert rows(database, until=NOW) == []


def many(database: Database, first: int, last: int) -> None:
    """Interviews with these ids, each with one answer, as plain rows."""
    who, ids = contact(database), range(first, last + 1)
    common = {"contact_id": who, "flow_version_id": 1, "flow": "small", "channel": "sms"}
    common |= {"language": "en", "status": "waiting", "started_at": NOW, "moved_at": NOW}
    given = {"question": "people", "given": "answered", "language": "en", "at": NOW}
    with database.writing() as session:
        session.execute(insert(InterviewRow), [{"id": number, **common} for number in ids])
        answers = [{"interview_id": number, "value": number, **given} for number in ids]
        session.execute(insert(AnswerRow), answers)


def taken(found: Iterator[dict[str, Cell]], number: int) -> list[Cell]:
    return [next(found)["people"] for _ in range(number)]


def test_every_interview_comes_once_while_new_ones_arrive(database: Database) -> None:
    publish(database, SECOND)
    many(database, 1, exports.BATCH + 1)
    wanted = Filter(flow="small")
    found = exports.rows(database, table_of(database), wanted, Library())
    seen = taken(found, exports.BATCH)
    many(database, exports.BATCH + 2, exports.BATCH * 2 + 3)  # nothing holds the writer up
    seen += [row["people"] for row in found]
    assert seen == list(range(1, exports.BATCH * 2 + 4))


@pytest.mark.parametrize("number", [exports.BATCH - 1, exports.BATCH, exports.BATCH + 1])
def test_no_row_is_lost_at_the_seam_of_two_batches(database: Database, number: int) -> None:
    publish(database, SECOND)
    many(database, 1, number)
    assert [row["interview"] for row in rows(database)] == list(range(1, number + 1))


def test_moments_are_written_in_utc() -> None:
    assert exports.utc(datetime(2026, 5, 31, 23, 59, 58, 999, tzinfo=UTC)) == "2026-05-31T23:59:58Z"
    assert exports.utc(datetime.fromisoformat("2026-05-31T20:00-04:00")) == "2026-06-01T00:00:00Z"
    assert exports.utc(None) is None
