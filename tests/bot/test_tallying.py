"""The counts are renewed by a thread that begins at once, and ends when it is told to."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from bot.app import build_services
from bot.services import Services
from bot.settings import load_settings
from bot.tallying import renew, tallies
from storage.library import Library
from storage.models import Tally
from tests.bot.test_commands_shell import KEYS
from tests.conftest import Clock
from tests.storage.material import publish, source, tell


@pytest.fixture
def services(url: str, clock: Clock) -> Iterator[Services]:
    built = build_services(load_settings({"DATABASE_URL": url, **KEYS}), clock)
    publish(built.database, source())
    tell(built.database, Library(), "SMALL", "yes")
    yield built
    built.close()


def left(services: Services) -> list[int]:
    """How many counts there are, and how many of them are kept."""
    with services.database.reading() as session:
        return list(session.execute(select(func.count(), func.count(Tally.counts))).one())


def test_all_that_is_marked_is_counted_until_nothing_moves(
    services: Services, clock: Clock
) -> None:
    assert renew(services.database, services.now()) == 6
    assert left(services) == [6, 6]
    for again in (6, 0):  # what moved just before a look is looked at by the next, too
        clock.forward(hours=1)
        assert renew(services.database, services.now()) == again


def test_what_ends_counts_no_more(services: Services) -> None:
    assert renew(services.database, services.now(), lambda: False) == 0
    assert left(services) == [6, 0]


def test_the_thread_counts_at_once_and_ends_when_it_is_told_to(services: Services) -> None:
    thread = tallies(services)
    thread.start()
    for _ in range(3000):
        if left(services) == [6, 6]:
            break
        threading.Event().wait(0.01)
    thread.stop()
    assert left(services) == [6, 6]
