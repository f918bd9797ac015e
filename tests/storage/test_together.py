"""Who waits shares one commit: done when that is durable, each failing alone, nobody waiting for ever."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, select, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from storage.db import Database
from storage.engines import database_url
from storage.models import Rate
from storage.pulse import COMMIT, Pulse
from storage.together import SHARED, NotAtOnce, Together

NOW = datetime(2026, 5, 31, tzinfo=UTC)
PATIENCE = 60.0


def add(key: str) -> Callable[[Session], str]:
    def work(session: Session) -> str:
        session.add(Rate(key=key, full_at=NOW))
        return key

    return work


def fail(session: Session) -> None:
    add("spoilt")(session)
    raise RuntimeError("a bug")


def kept(database: Database) -> list[str]:
    with database.reading() as session:
        return sorted(session.scalars(select(Rate.key)))


class Crowd:
    """Works that come while the first is under way, so that they are written together."""

    def __init__(self, database: Database) -> None:
        self.database, self.commits = database, 0
        self.together, self.pool = Together(), ThreadPoolExecutor(8)
        self.begun, self.go = threading.Event(), threading.Event()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self.database.writing() as session:
            yield session
        self.commits += 1

    def bring(self, *works: Callable[[Session], object]) -> list["Future[object]"]:
        def first(session: Session) -> None:
            self.begun.set()
            assert self.go.wait(PATIENCE)

        leading = self.pool.submit(self.together.write, self.writing, first)
        assert self.begun.wait(PATIENCE)
        coming: list[Future[object]] = []
        for work in works:  # they stand in this order
            coming.append(self.pool.submit(self.together.write, self.writing, work))
            while len(self.together._waiting) < len(coming):
                threading.Event().wait(0.001)
        self.go.set()
        leading.result(PATIENCE)
        return coming


@pytest.fixture
def crowd(database: Database) -> Iterator[Crowd]:
    made = Crowd(database)
    yield made
    made.go.set()
    made.pool.shutdown()


def test_who_waits_is_written_together(crowd: Crowd) -> None:
    coming = crowd.bring(*map(add, "abcd"))
    assert [one.result(PATIENCE) for one in coming] == list("abcd")
    assert kept(crowd.database) == list("abcd")
    assert crowd.commits == 2


def test_each_fails_alone(crowd: Crowd) -> None:
    coming = crowd.bring(add("a"), fail, add("b"), add("a"))
    errors = [one.exception(PATIENCE) for one in coming]
    assert kept(crowd.database) == ["a", "b"]
    assert [type(error) for error in errors].count(RuntimeError) == 1
    assert [type(error) for error in errors].count(IntegrityError) == 1  # of the two alike
    assert errors.count(None) == 2


def test_nobody_is_told_that_it_is_done_when_it_cannot_be_committed(
    crowd: Crowd, database: Database
) -> None:
    @contextmanager
    def away() -> Iterator[Session]:
        with database.writing() as session:
            yield session
            crowd.begun.set()
            assert crowd.go.wait(PATIENCE)
            raise OSError("the disk is full")

    leading = crowd.pool.submit(crowd.together.write, away, add("a"))
    assert crowd.begun.wait(PATIENCE)
    crowd.go.set()
    with pytest.raises(OSError, match="full"):
        leading.result(PATIENCE)
    assert kept(database) == []
    assert crowd.together.write(database.writing, add("b")) == "b"


def test_who_would_have_to_wait_is_done_alone(crowd: Crowd) -> None:
    def late(session: Session) -> str:
        if SHARED in session.info:
            raise NotAtOnce
        return add("late")(session)

    coming = crowd.bring(add("a"), late, add("b"))
    assert [one.result(PATIENCE) for one in coming] == ["a", "late", "b"]
    assert kept(crowd.database) == ["a", "b", "late"]
    assert crowd.commits == 3


def test_who_leads_and_would_have_to_wait_lets_the_next_lead(database: Database) -> None:
    together, pool = Together(), ThreadPoolExecutor(2)
    waits, go = threading.Event(), threading.Event()

    def late(session: Session) -> str:
        if SHARED in session.info:
            raise NotAtOnce
        waits.set()
        assert go.wait(PATIENCE)
        return "late"

    leading = pool.submit(together.write, database.reading, late)
    assert waits.wait(PATIENCE)
    beside = pool.submit(together.write, database.reading, lambda _: "beside")
    assert beside.result(PATIENCE) == "beside"
    assert not leading.done()
    go.set()
    assert leading.result(PATIENCE) == "late"
    pool.shutdown()


def test_a_database_that_is_away_is_waited_for_once(crowd: Crowd, url: str) -> None:
    nowhere = "sqlite:////nowhere/at/all.db" if url.startswith("sqlite") else f"{url}-nowhere"
    engine, tries = create_engine(database_url(nowhere)), list[str]()

    def look(session: Session) -> None:
        tries.append("look")
        session.execute(select(Rate))

    crowd.writing = sessionmaker(engine).begin  # type: ignore[method-assign]
    coming = crowd.bring(look, look)
    errors = [one.exception(PATIENCE) for one in coming]
    assert [type(error) for error in errors] == [OperationalError] * 2
    assert tries == ["look"]


def test_who_writes_alone_is_committed_before_it_is_told(database: Database) -> None:
    commits: list[str] = []
    told = Database(database.engine, database.vault, Pulse(lambda work, _: commits.append(work)))
    assert told.write(add("a")) == "a"
    assert commits.count(COMMIT) == 1
    assert kept(database) == ["a"]
    with pytest.raises(RuntimeError):
        told.write(fail)
    assert kept(database) == ["a"]


def test_what_waits_for_no_lock_shares_a_commit_of_either_database(database: Database) -> None:
    commits, begun, go = list[str](), threading.Event(), threading.Event()
    told = Database(database.engine, database.vault, Pulse(lambda work, _: commits.append(work)))

    def first(_: Session) -> None:
        begun.set()
        assert go.wait(PATIENCE)

    with ThreadPoolExecutor(3) as pool:
        coming = [pool.submit(told.write, first, at_once=True)]
        assert begun.wait(PATIENCE)
        coming += [pool.submit(told.write, add(key), at_once=True) for key in "ab"]
        until = time.monotonic() + PATIENCE
        while len(told._together._waiting) < 2 and time.monotonic() < until:
            threading.Event().wait(0.001)
        go.set()
        assert [one.result(PATIENCE) for one in coming] == [None, "a", "b"]
    assert commits.count(COMMIT) == 2


def test_each_work_reads_anew_what_those_before_it_wrote(crowd: Crowd) -> None:
    """What one has loaded is nothing to the next, which may be of the same person."""
    later = datetime(2026, 6, 1, tzinfo=UTC)

    def load(session: Session) -> Rate:
        return session.get_one(Rate, "a")

    def change(session: Session) -> None:
        told = update(Rate).values(full_at=later).execution_options(synchronize_session=False)
        session.execute(told)

    def read(session: Session) -> datetime:
        return session.get_one(Rate, "a").full_at

    loaded = crowd.bring(add("a"), load, change, read)
    assert loaded[-1].result(PATIENCE) == later
