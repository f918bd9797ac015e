"""How often a message goes to the database: few times, and no more often in a long interview or an old collection."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from tests.bot.conftest import ON_SQLITE, Service

pytestmark = ON_SQLITE  # whose driver tells of every statement; they are the same on PostgreSQL

TALK = ["RIGHTS", "yes", "Atlanta", "2", "food"]
MOST_IN, MOST_OUT = 22, 15  # BEGIN and COMMIT included


@pytest.fixture
def said(service: Service) -> Iterator[list[str]]:
    """What the driver is told from now on."""
    heard: list[str] = []

    def listen(connection: Any, *_: object) -> None:
        connection.set_trace_callback(heard.append)

    event.listen(service.database.engine, "checkout", listen)
    yield heard
    event.remove(service.database.engine, "checkout", listen)


def spoken(said: list[str]) -> int:
    count = len(said)
    said.clear()
    return count


def test_a_message_of_an_interview_is_a_handful_of_statements(
    service: Service, said: list[str]
) -> None:
    service.talk("RIGHTS", "yes")
    said.clear()
    counts = []
    for words in ("Atlanta", "2", "food"):
        service.sms(words)
        counts.append(spoken(said))
        service.drain()
        said.clear()
    assert max(counts) <= MOST_IN
    assert max(counts) - min(counts) <= 2, "a later message costs no more than an earlier one"


def test_a_reply_on_its_way_is_a_handful_too(service: Service, said: list[str]) -> None:
    service.talk("RIGHTS", "yes")
    service.sms("Atlanta")
    said.clear()
    assert service.sender.run_once() == 1
    assert spoken(said) <= MOST_OUT


def test_what_others_have_told_costs_nothing(service: Service, said: list[str]) -> None:
    counts = []
    for person in range(5):
        sender = f"+1404555{person:04d}"
        service.talk(*TALK[:2], sender=sender)
        said.clear()
        service.sms("Atlanta", sender=sender)
        counts.append(spoken(said))
        service.drain()
    assert len(set(counts)) == 1
