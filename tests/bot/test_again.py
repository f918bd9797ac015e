"""What a thread does again and again goes on after whatever fails, says so, and ends when it is told to."""

import threading

import pytest
from sqlalchemy.exc import OperationalError

from bot.again import Again

FAILURES = [OperationalError("SELECT 'a secret'", {}, Exception("away")), ValueError("a secret")]


def test_no_failure_ends_what_is_to_come(caplog: pytest.LogCaptureFixture) -> None:
    left, done = list(FAILURES), threading.Event()

    def work() -> None:
        if left:
            raise left.pop(0)
        done.set()

    again = Again("counting", 0.0, work)
    again.start()
    assert done.wait(30)
    again.stop()
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]
    assert all("counting" in line and "secret" not in line for line in caplog.messages)


def test_one_that_never_began_can_be_told_to_end() -> None:
    Again("nothing", 1.0, lambda: None).stop()
