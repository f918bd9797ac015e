"""Below psycopg's cursors all is as above them: the same values, the same errors, the same transactions."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.wire import MOST, Wire
from tests.support import postgres

VALUES = "SELECT $1::bigint, $2::text, $3::bytea, $4::boolean, $5::timestamptz, $6::jsonb, $7::text"
READ = "SELECT word FROM said ORDER BY id"
SAY = "INSERT INTO said (word) VALUES ($1) RETURNING id"
YEARS = (datetime(1900, 1, 1), datetime(2200, 1, 1))  # noqa: DTZ001 - their zone is given apart
KINDS = st.tuples(
    st.integers(-(2**63), 2**63 - 1),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    st.binary(),
    st.booleans(),
    st.datetimes(*YEARS, timezones=st.just(UTC)),
    st.just(None),
    st.none() | st.text("añ؟%$\\'", max_size=5),
)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres.server() as url:
        yield url


@pytest.fixture
def line(server: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(server, prepare_threshold=None) as connection:
        connection.execute("DROP TABLE IF EXISTS said")
        connection.execute("CREATE TABLE said (id serial, word text UNIQUE NOT NULL)")
        connection.commit()
        yield connection


@pytest.fixture
def wire(line: psycopg.Connection[Any]) -> Wire:
    return Wire(line)


def words(wire: Wire) -> list[str]:
    return [row[0] for row in wire.ask(READ, ())]


@given(values=KINDS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_values_come_back_as_a_cursor_brings_them(
    wire: Wire, line: psycopg.Connection[Any], values: tuple[Any, ...]
) -> None:
    marked = re.sub(r"\$\d", "%s", VALUES)
    assert wire.ask(VALUES, values) == line.execute(marked.encode(), values).fetchall()


def test_what_is_put_goes_out_with_the_next_question_and_commits_with_the_rest(wire: Wire) -> None:
    for word in ("one", "two", "three"):
        wire.put(SAY, (word,))
    assert wire.trips == 0
    assert words(wire) == ["one", "two", "three"]
    wire.put(SAY, ("four",))
    wire.commit()
    assert wire.trips == 2
    assert words(wire) == ["one", "two", "three", "four"]


def test_an_error_is_the_statements_own_and_nothing_of_its_transaction_stays(
    wire: Wire, line: psycopg.Connection[Any]
) -> None:
    wire.put(SAY, ("one",))
    wire.put(SAY, ("one",))
    with pytest.raises(psycopg.errors.UniqueViolation):
        words(wire)
    line.rollback()
    wire.drop()
    assert words(wire) == []
    wire.put(SAY, ("two",))
    wire.commit()
    assert words(wire) == ["two"]


def test_more_statements_than_are_kept_ready_are_sent_whole(wire: Wire) -> None:
    asked = [f"SELECT {number} + $1::int" for number in range(MOST + 3)]
    assert [wire.ask(sql, (1,))[0][0] for sql in asked] == list(range(1, MOST + 4))
    assert wire.ask("SELECT count(*) FROM pg_prepared_statements", ()) == [(MOST,)]
    wire.put("UPDATE said SET word = $1", ("none is there",))
    wire.put(SAY, ("beyond",))
    assert words(wire) == ["beyond"]


def foreseen(wire: Wire) -> None:
    """The words are asked for behind a question of something else."""
    wire.foresee(READ, ())
    wire.ask("SELECT 1", ())


def test_what_is_foreseen_is_answered_once_without_another_trip(wire: Wire) -> None:
    wire.put(SAY, ("one",))
    foreseen(wire)
    trips = wire.trips
    assert words(wire) == ["one"]
    assert wire.trips == trips
    assert words(wire) == ["one"], "asked anew"
    assert wire.trips == trips + 1


WRITES: dict[str, Callable[[Wire], object]] = {
    "put": lambda wire: wire.put(SAY, ("two",)),
    "asked": lambda wire: wire.ask(SAY, ("two",)),
    "of what cannot be told": lambda wire: wire.put(f"WITH other AS ({SAY}) SELECT 1", ("two",)),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_what_was_foreseen_before_a_write_does_not_hide_it(
    wire: Wire, write: Callable[[Wire], object]
) -> None:
    wire.put(SAY, ("one",))
    foreseen(wire)
    write(wire)
    assert words(wire) == ["one", "two"]


def test_what_is_written_elsewhere_leaves_it(wire: Wire, line: psycopg.Connection[Any]) -> None:
    line.execute("CREATE TEMP TABLE other (word text)")
    wire.put(SAY, ("one",))
    foreseen(wire)
    trips = wire.trips
    wire.put("INSERT INTO other (word) VALUES ($1)", ("two",))
    assert words(wire) == ["one"]
    assert wire.trips == trips


def test_a_question_of_nothing_and_of_none_is_known_again(wire: Wire) -> None:
    question = "SELECT $1::text, $2::text"
    wire.foresee(question, ("", None))
    wire.ask("SELECT 1", ())
    assert wire.ask(question, (None, "")) == [(None, "")]
    trips = wire.trips
    assert wire.ask(question, ("", None)) == [("", None)]
    assert wire.trips == trips


def test_nor_what_others_say_between_on_the_same_connection(
    wire: Wire, line: psycopg.Connection[Any]
) -> None:
    foreseen(wire)
    wire.settle()
    line.execute("INSERT INTO said (word) VALUES ('by a cursor')")
    assert words(wire) == ["by a cursor"]


def test_nothing_is_foreseen_beyond_a_transaction(wire: Wire, server: str) -> None:
    foreseen(wire)
    wire.commit()
    with psycopg.connect(server) as another:
        another.execute("INSERT INTO said (word) VALUES ('by another')")
    assert words(wire) == ["by another"]


def test_only_the_same_question_has_its_answer(wire: Wire) -> None:
    wire.foresee("SELECT $1::text", ("one",))
    wire.ask("SELECT 1", ())
    assert wire.ask("SELECT $1::text", ("two",)) == [("two",)]
    assert wire.ask("SELECT $1::text", ("one",)) == [("one",)]


def test_nor_beyond_one_that_could_not_be_committed(
    wire: Wire, line: psycopg.Connection[Any], server: str
) -> None:
    line.execute("ALTER TABLE said ADD CONSTRAINT once UNIQUE (word) DEFERRABLE INITIALLY DEFERRED")
    line.execute("ALTER TABLE said DROP CONSTRAINT said_word_key")
    line.commit()
    wire.put(SAY, ("one",))
    wire.put(SAY, ("one",))
    foreseen(wire)
    with pytest.raises(psycopg.errors.UniqueViolation):
        wire.commit()
    assert words(wire) == []


TROUBLE = {
    "its result is another since a migration": "ALTER TABLE said ALTER word TYPE varchar(80)",
    "somebody has forgotten all that was ready": "DEALLOCATE ALL",
}


@pytest.mark.parametrize("trouble", TROUBLE.values(), ids=TROUBLE)
def test_a_line_whose_statements_are_ready_no_more_is_given_up(
    wire: Wire, line: psycopg.Connection[Any], trouble: str
) -> None:
    """What was to be done is done by another, which prepares them anew: it is no fault of the message."""
    assert words(wire) == []
    wire.commit()
    line.execute(trouble.encode())
    line.commit()
    with pytest.raises(psycopg.OperationalError):
        words(wire)
    assert line.closed


def test_a_line_that_is_cut_says_so(wire: Wire, line: psycopg.Connection[Any], server: str) -> None:
    wire.put(SAY, ("kept",))
    assert words(wire) == ["kept"]
    wire.commit()
    wire.put(SAY, ("lost",))
    assert words(wire) == ["kept", "lost"]
    wire.put(SAY, ("lost too",))
    with psycopg.connect(server, autocommit=True) as another:
        another.execute("SELECT pg_terminate_backend(%s)", (line.info.backend_pid,))
    with pytest.raises(psycopg.OperationalError):
        wire.commit()
    assert line.closed
