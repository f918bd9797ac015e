"""Whether the process lives, and whether it can do its work."""

import pytest
from sqlalchemy import text

from storage import schema
from tests.bot.conftest import ON_SQLITE, Service, Serving
from tests.support.providers import TwilioServer


def test_a_process_that_answers_is_alive(service: Service) -> None:
    answer = service.client.get("/healthz")
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "ok\n", "text/plain")


def test_alive_does_not_ask_the_database(serving: Serving, tmp_path: object) -> None:
    away = serving(DATABASE_URL=f"postgresql://postgres@/gone?host={tmp_path}")
    assert away.client.get("/healthz").status_code == 200


def test_a_service_that_can_do_its_work_is_ready(service: Service) -> None:
    service.talk("RIGHTS")
    answer = service.client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"database": "ok", "migrations": "ok", "outbox_seconds": 0.0}


def test_a_database_that_is_away_is_not_ready(serving: Serving, tmp_path: object) -> None:
    away = serving(DATABASE_URL=f"postgresql://postgres@/gone?host={tmp_path}")
    answer = away.client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["database"] == "away"


def test_a_database_behind_the_program_is_not_ready(service: Service) -> None:
    with service.database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    answer = service.client.get("/readyz")
    assert answer.status_code == 503
    assert (answer.json["database"], answer.json["migrations"]) == ("ok", "behind")


@ON_SQLITE
def test_a_database_without_tables_is_there_but_behind(serving: Serving, tmp_path: object) -> None:
    empty = serving(DATABASE_URL=f"sqlite:///{tmp_path}/empty.db")
    answer = empty.client.get("/readyz")
    assert schema.revision(empty.database.engine) is None
    assert answer.status_code == 503
    assert (answer.json["database"], answer.json["migrations"]) == ("ok", "behind")


@pytest.mark.parametrize(("minutes", "status"), [(4, 200), (6, 503)])
def test_an_outbox_that_nobody_empties_is_not_ready(
    service: Service, minutes: int, status: int
) -> None:
    service.sms("RIGHTS")
    service.clock.forward(minutes=minutes)
    answer = service.client.get("/readyz")
    assert answer.status_code == status
    assert answer.json["outbox_seconds"] == minutes * 60


def test_one_message_that_waits_for_its_next_try_is_no_reason_to_take_the_service_away(
    service: Service, twilio: TwilioServer
) -> None:
    """The sender does its work; it is the provider who does not take this one."""
    twilio.answers.extend([TwilioServer.refusal(503, 20503)] * 50)
    service.talk("RIGHTS")
    for _ in range(10):
        service.clock.forward(minutes=1)
        service.drain()
    assert service.client.get("/readyz").status_code == 200
