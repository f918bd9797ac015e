"""The time that all go by who share a database: its own where it has one, whatever their machines' clocks say."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from storage import clock as clocks
from storage import idling, outbox
from storage.clock import Clock
from storage.db import Database, open_database
from tests.bot.conftest import ON_POSTGRESQL, ON_SQLITE
from tests.conftest import KEY
from tests.storage.material import NOW

AHEAD = timedelta(seconds=75)
LEASE = timedelta(seconds=60)


class Wrong(datetime):
    """The clock of a machine that is ahead."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + AHEAD


@pytest.fixture
def elsewhere(url: str, database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The same database, from a machine whose clock is ahead."""
    database.hear_time()
    monkeypatch.setattr(clocks, "datetime", Wrong)
    opened = open_database(url, [KEY])
    yield opened
    opened.close()


def told(database: Database) -> datetime:
    """What the time is by PostgreSQL itself."""
    with database.reading() as session:
        return session.scalars(select(func.clock_timestamp())).one()


@ON_POSTGRESQL
def test_a_machine_that_is_ahead_goes_by_the_databases_clock(
    database: Database, elsewhere: Database
) -> None:
    assert elsewhere.clock() > datetime.now(UTC) + AHEAD / 2  # nobody has told it yet
    elsewhere.hear_time()
    assert elsewhere.clock() < told(database) + AHEAD / 2
    assert elsewhere.clock().utcoffset() == timedelta(0)


@ON_SQLITE
def test_where_the_database_has_no_clock_the_machines_counts(elsewhere: Database) -> None:
    elsewhere.hear_time()
    assert elsewhere.clock() > datetime.now(UTC) + AHEAD / 2


@ON_POSTGRESQL
def test_who_is_ahead_takes_nothing_that_another_has_in_hand(
    database: Database, elsewhere: Database
) -> None:
    now = told(database)
    with database.writing() as session:
        outbox.enqueue_tidy(session, now, now)
        assert len(outbox.claim_jobs(session, "here", now, LEASE, 1)) == 1
    elsewhere.hear_time()
    with elsewhere.writing() as session:
        assert outbox.claim_jobs(session, "there", elsewhere.clock(), LEASE, 1) == []


@ON_POSTGRESQL
def test_the_time_is_heard_again_though_no_connection_rests(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idling, "RESTED", 1e9)
    database.hear_time()
    long_ago = database.clock() - timedelta(days=365)
    database.clock.hear(long_ago, clocks.passed())
    database.hear_time()
    assert database.clock() - long_ago < timedelta(days=1)
    monkeypatch.setattr(clocks, "RENEWED", -1.0)
    database.hear_time()
    assert database.clock() - long_ago > timedelta(days=364)


@ON_POSTGRESQL
def test_a_database_that_is_away_is_heard_later(url: str) -> None:
    away = open_database(url.rpartition("/")[0] + "/nowhere", [KEY])
    away.hear_time()
    assert away.clock.is_old()
    away.close()


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="a clock of Linux")
@ON_POSTGRESQL
def test_who_was_suspended_knows_how_long_and_keeps_what_it_takes(
    database: Database, elsewhere: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, asleep, tells = told(database), timedelta(minutes=10), time.clock_gettime
    with database.writing() as session:
        outbox.enqueue_tidy(session, now - asleep, now - asleep)
    database.clock.hear(now - asleep, clocks.passed())

    def awake(which: int) -> float:  # what else there is, as monotonic time, stood still
        return tells(which) + asleep.total_seconds() * (which == time.CLOCK_BOOTTIME)

    monkeypatch.setattr(time, "clock_gettime", awake)
    assert database.clock() >= now
    with database.writing() as session:
        assert len(outbox.claim_jobs(session, "here", database.clock(), LEASE, 1)) == 1
    elsewhere.hear_time()
    with elsewhere.writing() as session:
        assert outbox.claim_jobs(session, "there", elsewhere.clock(), LEASE, 1) == []


def no_time_passes() -> float:
    return 0.0


HEARD = st.lists(st.tuples(st.timedeltas(-AHEAD, AHEAD), st.integers(0, 10)), max_size=5)


@given(heard=HEARD)
def test_what_is_heard_is_believed_and_moves_the_clock_no_more_than_it_must(
    heard: list[tuple[timedelta, int]],
) -> None:
    with patch.object(clocks, "passed", no_time_passes):
        clock = Clock()
        clock.hear(NOW, 0.0)
        assert clock() == NOW
        for off, took in heard:
            before, earliest = clock(), NOW + off
            latest = earliest + timedelta(seconds=took)
            clock.hear(earliest, -took)  # it began so long ago
            assert earliest <= clock() <= latest
            assert clock() in (before, earliest, latest)
            assert clock() == before or not earliest <= before <= latest
