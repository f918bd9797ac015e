"""Counts that take long are kept for a minute; those that do not are counted for every page."""

from collections.abc import Callable

import pytest

from admin.remembering import KEPT, LONG, MOST, Remembered


class Watch:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.seconds, self.counts = 0.0, 0

    def __call__(self) -> float:
        return self.seconds

    def counting(self, taking: float) -> Callable[[], int]:
        """A count that takes so many seconds and says how often anything was counted."""

        def count() -> int:
            self.seconds += taking
            self.counts += 1
            return self.counts

        return count


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def remembered(watch: Watch) -> Remembered:
    return Remembered(watch)


def test_what_is_counted_quickly_is_counted_every_time(remembered, watch):
    found = [remembered.get("all", watch.counting(LONG / 2)) for _ in range(3)]
    assert found == [1, 2, 3]


def test_what_takes_long_is_counted_once_a_minute(remembered, watch):
    count = watch.counting(2 * LONG)
    assert [remembered.get("all", count) for _ in range(3)] == [1, 1, 1]
    watch.seconds += KEPT - 0.01
    assert remembered.get("all", count) == 1
    watch.seconds += 0.02
    assert remembered.get("all", count) == 2


def test_other_counts_are_other_counts(remembered, watch):
    count = watch.counting(LONG)
    assert [remembered.get(asked, count) for asked in ("all", "some", "all")] == [1, 2, 1]


def test_a_count_that_fails_is_not_kept(remembered, watch):
    def fail() -> int:
        watch.seconds += LONG
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - ours, from above
        remembered.get("all", fail)
    assert remembered.get("all", watch.counting(LONG)) == 1


def test_it_never_keeps_more_than_it_may(remembered, watch):
    for number in range(3 * MOST):
        remembered.get(number, watch.counting(LONG))
    assert len(remembered._kept) <= MOST
