"""Rates: so many at once, then one in so long a time, for all threads and processes together."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from storage import rates
from storage.db import Database
from tests.storage.material import NOW, examples, together

MINUTE = timedelta(minutes=1)


def allowed(
    database: Database, times: int, *, key: str = "log-in", after: timedelta = timedelta()
) -> int:
    """How many of so many tries, each in a transaction of its own, are allowed."""
    return sum(attempt(database, key, NOW + after) for _ in range(times))


def attempt(database: Database, key: str = "log-in", now=NOW, burst: int = 5) -> bool:  # type: ignore[no-untyped-def]
    with database.writing() as session:
        return rates.allow(session, key, MINUTE, burst, now)


def test_a_burst_is_allowed_and_then_refused(database: Database) -> None:
    assert allowed(database, 5) == 5
    assert allowed(database, 5) == 0


def test_after_a_while_one_more_is_allowed(database: Database) -> None:
    allowed(database, 5)
    assert allowed(database, 3, after=MINUTE - timedelta(seconds=1)) == 0
    assert allowed(database, 3, after=MINUTE) == 1
    assert allowed(database, 3, after=MINUTE * 3) == 2


def test_after_long_the_whole_burst_is_back_and_no_more(database: Database) -> None:
    allowed(database, 5)
    assert allowed(database, 9, after=timedelta(days=7)) == 5


def test_refusals_do_not_lengthen_the_wait(database: Database) -> None:
    allowed(database, 100)
    assert allowed(database, 1, after=MINUTE) == 1


def test_keys_do_not_share_their_limit(database: Database) -> None:
    assert allowed(database, 5, key="log-in:a") == 5
    assert allowed(database, 5, key="log-in:b") == 5


def test_threads_share_a_limit(database: Database) -> None:
    granted = together(8, lambda _: allowed(database, 3))
    assert sum(granted) == 5


@given(st.lists(st.integers(0, 90), max_size=15))
@examples(25)
def test_no_window_ever_holds_more_than_the_burst_and_its_refill(
    database: Database, pauses: list[int]
) -> None:
    moments, now = [], NOW
    key = f"key-{pauses}-{len(pauses)}"[:80]
    for pause in pauses:
        now += timedelta(seconds=pause)
        if attempt(database, key, now, burst=3):
            moments.append(now)
    for place, first in enumerate(moments):
        for count, last in enumerate(moments[place:], 1):
            assert count <= 3 + (last - first) / MINUTE


SECOND = timedelta(seconds=1)


def grant(database: Database, now: datetime = NOW, cost: int = 1, burst: int = 2) -> bool:
    with database.writing() as session:
        return rates.allow(session, "send", SECOND, burst, now, cost)


def pause(database: Database, seconds: float, now: datetime = NOW) -> None:
    with database.writing() as session:
        until = now + timedelta(seconds=seconds)
        rates.push(session, "send", SECOND, 2, until, now)


def opening(database: Database, now: datetime = NOW) -> datetime:
    with database.reading() as session:
        return rates.opens(rates.full(session, ["send"])["send"], SECOND, 2, now)


def test_what_costs_more_goes_and_the_next_waits_for_all_of_it(database: Database) -> None:
    assert grant(database, cost=5)
    assert not grant(database, NOW + SECOND * 3.9)
    assert grant(database, NOW + SECOND * 4)


def test_a_pause_is_heeded_and_never_shortened(database: Database) -> None:
    pause(database, 30)
    pause(database, 10)
    assert opening(database) == NOW + SECOND * 30
    assert not grant(database, NOW + SECOND * 29.9)
    assert grant(database, NOW + SECOND * 30)
    assert not grant(database, NOW + SECOND * 30)  # and it begins slowly


def test_no_pause_is_longer_than_an_hour(database: Database) -> None:
    pause(database, 10**9)
    assert opening(database) == NOW + timedelta(hours=1)


def test_a_clock_that_was_far_ahead_shuts_nothing_for_long(database: Database) -> None:
    assert grant(database, NOW + timedelta(days=400))
    assert opening(database) == NOW
    assert grant(database)
    assert grant(database)
    assert not grant(database)


def test_a_clock_that_goes_back_a_little_gives_nothing_twice(database: Database) -> None:
    assert [grant(database) for _ in range(3)] == [True, True, False]
    assert not grant(database, NOW - SECOND * 30)


def test_who_is_long_at_rest_is_forgotten_and_nobody_else(database: Database) -> None:
    grant(database, NOW)
    attempt(database, "later", NOW + timedelta(hours=2))
    with database.writing() as session:
        rates.prune(session, NOW + timedelta(hours=2))
        assert list(rates.full(session, ["send", "later"])) == ["later"]
    assert grant(database, NOW + timedelta(hours=2))


@given(
    st.lists(st.tuples(st.integers(0, 4000), st.integers(1, 4)), max_size=12),
    st.integers(1, 5),
)
@examples(25)
def test_what_opens_says_is_what_allow_does(
    database: Database, tries: list[tuple[int, int]], burst: int
) -> None:
    """And over any time no more is spent than the burst, the refill, and what the last one cost beyond one."""
    now, spent = NOW, []
    key = f"{tries}{burst}"[:80]
    for pause_for, cost in tries:
        now += timedelta(milliseconds=pause_for)
        with database.writing() as session:
            full = rates.full(session, [key]).get(key, now)
            opens = rates.opens(full, SECOND, burst, now)
            allowed = rates.allow(session, key, SECOND, burst, now, cost)
            assert allowed == (opens <= now)
        if allowed:
            spent.append((now, cost))
    for place, (begin, _) in enumerate(spent):
        total = 0
        for at, cost in spent[place:]:
            assert total + 1 <= burst + (at - begin) / SECOND
            total += cost
