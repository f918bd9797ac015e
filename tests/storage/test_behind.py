"""What nobody waits for is done all the same, in its place: before what follows, before a transaction ends."""

from collections.abc import Callable

import pytest
from sqlalchemy import bindparam, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from storage.behind import settle
from storage.db import Database
from storage.models import Suppression
from storage.prepared import Prepared
from tests.bot.conftest import ON_POSTGRESQL
from tests.storage.material import NOW

ADD = Prepared(lambda insert: insert(Suppression), *("digest", "reason", "at"), inserts=True)
CHANGE = Prepared(
    lambda: update(Suppression).where(Suppression.digest == bindparam("which")), "reason"
)
REASONS = Prepared(lambda: select(Suppression.reason).order_by(Suppression.digest))
REFUSE = Prepared(lambda: update(Suppression).values(reason=None))
A, B = b"a" * 32, b"b" * 32


def add(session: Session, digest: bytes, reason: str) -> None:
    ADD.run(session, digest=digest, reason=reason, at=NOW)


def reasons(session: Session) -> list[str]:
    return [row[0] for row in REASONS.all(session)]


def kept(database: Database) -> list[str]:
    with database.reading() as session:
        return reasons(session)


def test_what_follows_sees_it_done_and_in_order(database: Database) -> None:
    with database.writing() as session:
        add(session, A, "first")
        CHANGE.run(session, which=A, reason="second")
        add(session, B, "third")
        assert reasons(session) == ["second", "third"]
        CHANGE.run(session, which=B, reason="fourth")
        assert session.scalars(select(Suppression.reason).order_by(Suppression.digest)).all() == [
            "second",
            "fourth",
        ], "SQLAlchemy's own statements come after it too"


def test_it_is_committed_with_the_rest(database: Database) -> None:
    with database.writing() as session:
        add(session, A, "last of all")
    assert kept(database) == ["last of all"]


def fail_behind(database: Database) -> None:
    with database.writing() as session:
        add(session, A, "never")
        raise ZeroDivisionError


def fail_within(session: Session) -> None:
    with session.begin_nested():
        CHANGE.run(session, which=A, reason="within")
        raise ZeroDivisionError


def test_it_is_taken_back_with_the_rest(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        fail_behind(database)
    with database.writing() as session:
        add(session, B, "on the same connection")
    assert kept(database) == ["on the same connection"]


def test_a_savepoint_stands_between(database: Database) -> None:
    with database.writing() as session:
        add(session, A, "before")
        with pytest.raises(ZeroDivisionError):
            fail_within(session)
        with session.begin_nested():
            add(session, B, "within")
    assert kept(database) == ["before", "within"]


WAYS: dict[str, Callable[[Session], object]] = {
    "settled": lambda session: settle(session.connection()),
    "followed": reasons,
    "committed": Session.commit,
    "beside the ORM": lambda session: session.execute(text("SELECT 1")),
}


def write_wrongly(database: Database, way: Callable[[Session], object]) -> None:
    with database.writing() as session:
        add(session, B, "secret")
        REFUSE.run(session)
        way(session)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_what_it_raises_is_raised_where_it_is_done_and_nothing_is_kept(
    database: Database, way: Callable[[Session], object]
) -> None:
    with database.writing() as session:
        add(session, A, "before")
    with pytest.raises(IntegrityError) as caught:
        write_wrongly(database, way)
    assert "secret" not in str(caught.value)
    assert kept(database) == ["before"]
    with database.writing() as session:
        add(session, B, "after")
    assert kept(database) == ["before", "after"]


def cut_off(database: Database) -> None:
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    with database.writing() as session:
        assert reasons(session) == []
        add(session, A, "lost")
        with database.engine.connect() as another:
            another.execute(text(f"{others} AND datname = current_database()"))


@ON_POSTGRESQL
def test_a_line_that_is_cut_before_it_is_done_is_not_used_again(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught:
        cut_off(database)
    assert caught.value.connection_invalidated
    with database.writing() as session:
        add(session, A, "again")
    assert kept(database) == ["again"]
