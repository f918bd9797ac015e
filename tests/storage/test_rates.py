"""Rates: so many at once, then one in so long a time, for all threads and processes together."""

from datetime import timedelta

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
