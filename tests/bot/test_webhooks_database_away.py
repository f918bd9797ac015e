"""A database that cannot be used is answered 503, nothing is half kept, and the provider's next try brings it in."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, text
from werkzeug.test import TestResponse

from storage.models import InterviewRow
from tests.bot.conftest import (
    ON_POSTGRESQL,
    ON_SQLITE,
    RESIDENT,
    SECRET,
    Service,
    Serving,
    signature,
)

TWILIO = "/webhooks/twilio"
FORM = {"MessageSid": "SM" + "9" * 32, "From": RESIDENT, "Body": "yes"}
LONG = {**FORM, "Body": "They came back. " * 2000}


def brought(service: Service, form: dict[str, str]) -> TestResponse:
    return service.client.post(TWILIO, data=form, headers=signature(TWILIO, form))


@contextmanager
def on_each_connection(service: Service, *statements: str) -> Iterator[None]:
    """Each connection of the service runs these first, until the block ends."""

    def prepare(connection: Any, *_: Any) -> None:
        for statement in statements:
            connection.execute(statement)

    service.database.engine.dispose()
    event.listen(service.database.engine, "connect", prepare)
    yield
    event.remove(service.database.engine, "connect", prepare)
    service.database.engine.dispose()


def refused_for_now(answer: TestResponse) -> bool:
    return answer.status_code == 503 and answer.headers["Retry-After"].isdigit()


@ON_POSTGRESQL
def test_a_message_that_found_no_server_comes_in_by_the_providers_next_try(
    service: Service, serving: Serving, tmp_path: Any
) -> None:
    service.talk("RIGHTS")
    away = serving(DATABASE_URL=f"postgresql://postgres@/gone?host={tmp_path}")
    assert refused_for_now(brought(away, FORM))
    status = {"MessageSid": "SM1", "MessageStatus": "sent"}
    path = f"{TWILIO}/status"
    answer = away.client.post(path, data=status, headers=signature(path, status))
    assert refused_for_now(answer)
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    block = {"update_id": 3, "message": {"message_id": 1, "date": 1, "text": "/start"}}
    block["message"] |= {"chat": {"id": 5, "type": "private"}}
    block["message"] |= {"from": {"id": 5, "is_bot": False, "first_name": "R"}}
    assert refused_for_now(away.client.post("/webhooks/telegram", json=block, headers=headers))

    assert brought(service, FORM).status_code == 200
    assert service.heard == ["RIGHTS", "yes"]
    assert service.rows(InterviewRow)[0].asked == "place"


@ON_POSTGRESQL
def test_a_server_that_was_restarted_is_found_again(service: Service, url: str) -> None:
    service.talk("RIGHTS")
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert brought(service, FORM).status_code == 200
    assert service.heard == ["RIGHTS", "yes"]


@ON_SQLITE
def test_a_writer_is_waited_for(service: Service) -> None:
    service.talk("RIGHTS")
    answers = []
    writer = service.database.engine.connect()
    writer.execute(text("UPDATE contacts SET language = language"))
    client = threading.Thread(target=lambda: answers.append(brought(service, FORM).status_code))
    client.start()
    with service.database.reading() as session:  # readers wait for nobody
        assert session.scalar(text("SELECT count(*) FROM messages")) == 2
    writer.commit()
    client.join()
    writer.close()

    assert answers == [200]
    assert service.heard == ["RIGHTS", "yes"]


@ON_SQLITE
@pytest.mark.parametrize(
    "trouble",
    ["PRAGMA query_only = ON", "PRAGMA max_page_count = 1", "PRAGMA busy_timeout = 1"],
    ids=["read-only", "full", "locked"],
)
def test_a_file_that_takes_nothing_is_a_database_that_is_away(
    service: Service, trouble: str
) -> None:
    service.talk("RIGHTS")
    before = service.counts()
    writer = service.database.engine.connect() if "busy" in trouble else None
    if writer:
        writer.execute(text("UPDATE contacts SET language = language"))
    with on_each_connection(service, trouble):
        for _ in range(2):
            assert refused_for_now(brought(service, LONG))
            assert service.counts() == before
    if writer:
        writer.rollback()
        writer.close()

    assert brought(service, LONG).status_code == 200
    assert brought(service, LONG).status_code == 200
    assert service.heard == ["RIGHTS", LONG["Body"]]
    assert len(service.said) == 2
    assert service.rows(InterviewRow)[0].attempts == 1


@ON_SQLITE
@pytest.mark.parametrize("spare", range(0, 16, 3))
def test_a_disk_that_fills_up_half_way_keeps_all_or_nothing(service: Service, spare: int) -> None:
    service.talk("RIGHTS", "yes")
    before, said = service.counts(), service.said
    with service.database.reading() as session:
        pages = session.scalar(text("PRAGMA page_count"))
    with on_each_connection(service, f"PRAGMA max_page_count = {pages + spare}"):
        status = brought(service, LONG).status_code
        assert status == 503
        assert service.counts() == before
    assert brought(service, LONG).status_code == 200
    assert service.heard == ["RIGHTS", "yes", LONG["Body"]]
    assert len(service.said) == len(said) + 1
    assert service.rows(InterviewRow)[0].asked == "issues"


def test_a_message_that_comes_during_a_migration_is_brought_again(service: Service) -> None:
    """A deployment's release and its processes change one after the other: a column may be gone for a moment."""
    service.talk("RIGHTS")
    with service.database.writing() as session:
        session.execute(text("ALTER TABLE answers RENAME COLUMN aside TO beside"))
    assert refused_for_now(brought(service, FORM))
    with service.database.writing() as session:
        session.execute(text("ALTER TABLE answers RENAME COLUMN beside TO aside"))
    assert brought(service, FORM).status_code == 200
    service.drain()
    assert service.heard == ["RIGHTS", "yes"]
    assert service.rows(InterviewRow)[0].asked == "place"
