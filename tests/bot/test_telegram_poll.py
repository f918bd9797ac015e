"""Without a public address messages are fetched: kept first, and only then forgotten by Telegram."""

import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from storage.db import Database, open_database
from storage.models import MessageRow
from tests.bot.conftest import CHAT, ON_SQLITE, Service
from tests.conftest import KEY
from tests.support.processes import Process
from tests.support.providers import Answer, Call, TelegramServer


class Fetched(TelegramServer):
    """Notes how many messages were kept at each fetch, and lets a fetch without updates wait."""

    def __init__(self) -> None:
        self.database: Database | None = None
        self.fetches: list[tuple[int, int]] = []  # the offset asked for, the messages kept by then
        super().__init__()

    def answer(self, call: Call, headers: Any) -> Answer:
        given = super().answer(call, headers)
        if call.path.endswith("/getUpdates") and given.status == 200:
            assert self.database is not None
            with self.database.reading() as session:
                wanted = select(func.count()).where(MessageRow.direction == "in")
                kept = session.scalar(wanted) or 0
            self.fetches.append((int(call.form.get("offset", 0)), kept))
            if not self.updates:
                self.open.clear()
        return given

    def queue(self, first: int, *texts: str) -> None:
        person = {"id": CHAT, "is_bot": False, "first_name": "R", "language_code": "en"}
        chat = {"id": CHAT, "type": "private"}
        self.updates += [
            {
                "update_id": number,
                "message": {
                    "message_id": number,
                    "date": 1_780_000_000,
                    "chat": chat,
                    "from": person,
                    "text": text,
                },
            }
            for number, text in enumerate(texts, first)
        ]


@pytest.fixture
def telegram(url: str) -> Iterator[Fetched]:
    server = Fetched()
    server.database = open_database(url, [KEY])
    yield server
    server.close()
    server.database.close()


@pytest.fixture
def poll(
    service: Service, environ: dict[str, str], tmp_path: Path
) -> Iterator[Callable[[], Process]]:
    started: list[Process] = []

    def begin() -> Process:
        started.append(Process(tmp_path, environ, "telegram", "poll"))
        return started[-1]

    yield begin
    for process in started:
        if not process.ended:
            process.kill()


def test_queued_updates_are_kept_and_answered_and_only_then_forgotten(
    service: Service, poll: Callable[[], Process], telegram: Fetched
) -> None:
    telegram.queue(500, "/start", "yes", "Atlanta")
    process = poll()
    telegram.wait_for(lambda: len(telegram.fetches) >= 2 and not telegram.updates)
    process.signal(signal.SIGTERM)
    telegram.open.set()  # the fetch in hand brings nothing, and it was the last
    assert process.end() == 0

    assert service.heard == ["/start", "yes", "Atlanta"]
    assert telegram.fetches[:2] == [(0, 0), (503, 3)]
    methods = [call.path.rpartition("/")[2] for call in telegram.calls]
    assert methods[:2] == ["deleteWebhook", "getUpdates"]
    assert telegram.calls[0].form.get("drop_pending_updates") in (None, "false", False)
    service.clock.time = datetime.now(UTC) + timedelta(hours=1)  # the process had the real time
    service.drain()
    assert [message["text"] for message in telegram.sent] == service.said
    assert "Traceback" not in process.said


@ON_SQLITE
def test_a_poll_that_is_killed_fetches_again_what_was_not_kept_and_counts_the_rest_once(
    service: Service, poll: Callable[[], Process], telegram: Fetched
) -> None:
    telegram.queue(500, "/start", "yes")
    process = poll()
    telegram.wait_for(lambda: not telegram.updates)
    process.kill()
    telegram.open.set()
    telegram.queue(500, "/start", "yes", "Atlanta")  # Telegram had not heard that they were kept
    process = poll()
    telegram.wait_for(lambda: not telegram.updates)
    process.signal(signal.SIGTERM)
    telegram.open.set()
    assert process.end() == 0
    assert service.heard == ["/start", "yes", "Atlanta"]


@ON_SQLITE
def test_what_is_not_for_us_or_cannot_be_read_is_passed_over(
    service: Service, poll: Callable[[], Process], telegram: Fetched
) -> None:
    telegram.updates += [
        {"update_id": 497, "message": {"message_id": 1, "date": 1, "text": "hi"}},
        {"update_id": 498, "poll_answer": {"poll_id": "1"}},
        {"update_id": 499, "something_new": {}},
    ]
    telegram.queue(500, "/start")
    process = poll()
    process.wait_until(lambda: not telegram.updates)
    process.signal(signal.SIGTERM)
    telegram.open.set()
    assert process.end() == 0
    assert service.heard == ["/start"]


@ON_SQLITE
@pytest.mark.parametrize(
    ("status", "description", "line", "code"),
    [
        (401, "Unauthorized", "TELEGRAM_BOT_TOKEN", 2),
        (409, "Conflict: terminated by other getUpdates request", "Another program", 1),
    ],
)
def test_what_a_person_must_mend_is_said_in_one_line(
    poll: Callable[[], Process],
    telegram: Fetched,
    status: int,
    description: str,
    line: str,
    code: int,
) -> None:
    if status == 409:
        telegram.answers.append(Answer(200, {"ok": True, "result": True}))
    telegram.answers.append(telegram.refusal(status, description))
    process = poll()
    assert process.end() == code
    said = [one for one in process.said.splitlines() if one != "Fetching messages from Telegram."]
    assert len(said) == 1
    assert line in said[0]
    assert telegram.TOKEN not in process.said
