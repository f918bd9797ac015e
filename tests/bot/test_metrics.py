"""What Prometheus is told: numbers under known labels, the same of the database in every process, and to whom."""

import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from bot.app import build_services
from bot.patience import Patience
from bot.settings import load_settings
from tests.bot.conftest import (
    ON_POSTGRESQL,
    ON_SQLITE,
    RESIDENT,
    Service,
    Serving,
    Start,
    signature,
)
from tests.bot.test_crash import wait_until_all_is_sent
from tests.conftest import Clock
from tests.support.processes import Process, Server, free_port
from tests.support.providers import TwilioServer

ROOT = Path(__file__).parents[2]
PATH = "/webhooks/twilio"
TOKEN = "a-token-of-prometheus"
Told = dict[tuple[str, frozenset[tuple[str, str]]], float]


def parsed(page: str) -> Told:
    """Every value by its name and labels, as Prometheus' own parser reads them."""
    families: list[Metric] = list(text_string_to_metric_families(page))
    return {
        (one.name, frozenset(one.labels.items())): one.value
        for family in families
        for one in family.samples
    }


def scraped(service: Service) -> Told:
    answer = service.client.get("/metrics")
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    return parsed(answer.text)


def value(told: Told, name: str, **labels: str) -> float | None:
    return told.get((f"testimony_{name}", frozenset(labels.items())))


def test_a_scrape_tells_what_the_database_knows(service: Service, twilio: TwilioServer) -> None:
    service.talk("RIGHTS", "yes")
    twilio.answers.append(TwilioServer.refusal(400, 21211))
    service.talk("Atlanta")
    twilio.answers.append(TwilioServer.refusal(503, 20503))
    service.talk("2")
    service.sms("food")
    service.clock.forward(seconds=30)
    told = scraped(service)
    one = {"channel": "sms"}
    assert value(told, "database_up") == 1
    assert value(told, "migrations_behind") == 0
    assert value(told, "newest_messages", direction="in", status="received", **one) == 5
    assert value(told, "newest_messages", direction="out", status="sent", **one) == 2
    assert value(told, "newest_messages", direction="out", status="failed", **one) == 1
    assert value(told, "newest_messages", direction="out", status="queued", **one) == 2
    assert value(told, "not_arrived_messages", status="failed", **one) == 1
    assert value(told, "outbox_jobs", kind="send") == 2
    assert value(told, "outbox_retried_jobs", kind="send") == 1
    assert value(told, "outbox_oldest_seconds", kind="send") == 31
    assert value(told, "outbox_late_seconds", work="replies") == 26
    assert value(told, "outbox_late_seconds", work="slow") == 0
    assert value(told, "attention_messages") == 0
    assert (value(told, "database_bytes") or 0) > 100_000


def test_a_message_that_the_program_failed_at_waits_for_a_person(service: Service) -> None:
    service.talk("RIGHTS", "yes", "Atlanta")
    with service.database.writing() as session:
        session.execute(text("UPDATE answers SET given = 'asleep'"))
    service.talk("2")
    assert value(scraped(service), "attention_messages") == 1


def test_a_process_measures_its_own_work(service: Service, twilio: TwilioServer) -> None:
    before = scraped(service)
    service.talk("RIGHTS")
    twilio.answers.append(TwilioServer.refusal(503, 20503))
    service.talk("yes")
    service.sms("yes")
    after = scraped(service)

    def grew(name: str, **labels: str) -> float:
        return (value(after, name, **labels) or 0) - (value(before, name, **labels) or 0)

    for name in ("keep_seconds_count", "turn_seconds_count"):
        assert grew(name, channel="sms") == 3
    assert grew("messages_total", channel="sms", status="received") == 3
    assert grew("messages_total", channel="sms", status="sent") == 1
    assert grew("send_seconds_count", channel="sms", outcome="taken") == 1
    assert grew("send_seconds_count", channel="sms", outcome="later") == 1
    assert grew("reply_seconds_count", channel="sms") == 1
    assert grew("request_seconds_count", part="twilio", code="200") == 3
    assert grew("database_seconds_count", work="commit") >= 5
    assert grew("database_seconds_count", work="commit") == grew(
        "database_seconds_count", work="write"
    )


def test_a_delivery_that_comes_twice_is_one_message(service: Service) -> None:
    form = {"MessageSid": "SM" + "7" * 32, "From": RESIDENT, "Body": "RIGHTS"}
    counts = []
    for _ in range(3):
        told = scraped(service)
        counts.append(value(told, "messages_total", channel="sms", status="received") or 0)
        assert service.signed(PATH, form) == 200
    assert [number - counts[0] for number in counts] == [0, 1, 1]


@ON_SQLITE
def test_no_word_number_name_or_address_is_told(service: Service) -> None:
    person = {"id": 7_130_042_211, "is_bot": False, "first_name": "Rosalinda"}
    chat = {"id": 7_130_042_211, "type": "private"}
    for words in ("RIGHTS", "yes", "Heron Street", "2", "food", "The cupboard is bare", "DONE"):
        service.talk(words)
        service.telegram(words, **{"chat": chat, "from": person})
        service.drain()
    service.client.get("/try/city-testimony")
    service.client.get("/admin/welcome/secret-of-a-link")
    service.client.get("/Heron/Street")
    page = service.client.get("/metrics").text
    for private in (
        RESIDENT,
        "4045550123",
        "7130042211",
        "osalinda",
        "Heron",
        "cupboard",
        "welcome",
    ):
        assert private not in page
    assert "city-testimony" not in page
    assert str(service.services.settings.public_url) not in page


@ON_SQLITE
def test_what_is_not_known_here_makes_no_label(service: Service) -> None:
    service.talk("RIGHTS")
    with service.database.writing() as session:
        session.execute(text("UPDATE messages SET channel = 'pigeon', status = 'eaten'"))
    told = scraped(service)
    one = {"channel": "other", "status": "other"}
    assert value(told, "newest_messages", direction="in", **one) == 1
    assert "pigeon" not in service.client.get("/metrics").text


@ON_SQLITE
def test_a_disk_is_told_with_what_it_holds(service: Service) -> None:
    told = scraped(service)
    free = value(told, "disk_free_bytes", place="database+files")
    size = value(told, "disk_bytes", place="database+files")
    assert free is not None
    assert size is not None
    assert 0 < free <= size


# Who may ask


@ON_SQLITE
@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "127.8.8.8"])
def test_this_machine_may_ask(service: Service, address: str) -> None:
    answer = service.client.get("/metrics", environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == 200


@ON_SQLITE
@pytest.mark.parametrize("address", ["192.0.2.7", "10.0.0.2", "2001:db8::1", ""])
def test_another_machine_may_not(service: Service, address: str) -> None:
    answer = service.client.get("/metrics", environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == 403
    assert "METRICS_TOKEN" in answer.text
    assert "testimony_" not in answer.text


@ON_SQLITE
@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_nor_may_somebody_else_through_a_proxy_on_this_machine(service: Service, name: str) -> None:
    assert service.client.get("/metrics", headers={name: "127.0.0.1"}).status_code == 403


@ON_SQLITE
@pytest.mark.parametrize(
    ("shown", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"Bearer {TOKEN}x", 401),
        (f"Basic {TOKEN}", 401),
        ("Bearer ", 401),
        ("Bearer é", 401),
        (None, 401),
    ],
)
@pytest.mark.parametrize("address", ["127.0.0.1", "192.0.2.7"])
def test_where_there_is_a_token_it_must_be_shown(
    serving: Serving, shown: str | None, status: int, address: str
) -> None:
    guarded = serving(METRICS_TOKEN=TOKEN)
    answer = guarded.client.get(
        "/metrics",
        headers={"Authorization": shown} if shown else {},
        environ_base={"REMOTE_ADDR": address},
    )
    assert answer.status_code == status
    assert ("WWW-Authenticate" in answer.headers) is (status == 401)


# A database that is away


def test_without_the_database_the_rest_is_told(serving: Serving, tmp_path: Path) -> None:
    away = serving(DATABASE_URL=f"postgresql://postgres@/gone?host={tmp_path}")
    assert away.sms("RIGHTS") == 503
    told = scraped(away)
    assert value(told, "database_up") == 0
    assert value(told, "outbox_jobs", kind="send") is None
    assert (value(told, "request_seconds_count", part="twilio", code="503") or 0) >= 1
    assert value(told, "disk_bytes", place="files") is not None


def test_a_database_behind_the_program_is_up_and_not_read(service: Service) -> None:
    with service.database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    told = scraped(service)
    assert (value(told, "database_up"), value(told, "migrations_behind")) == (1, 1)
    assert value(told, "attention_messages") is None


@ON_POSTGRESQL
def test_a_database_taken_away_and_given_back(service: Service, url: str) -> None:
    service.talk("RIGHTS")
    name = url.rpartition("/")[2].partition("?")[0]
    with psycopg.connect(url.replace(name, "postgres", 1), autocommit=True) as other:
        other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        answer = service.client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json == {
            "database": "away",
            "migrations": "unknown",
            "outbox_seconds": 0.0,
            "wrong": "the database does not answer",
        }
        assert service.client.get("/healthz").status_code == 200
        told = scraped(service)
        assert value(told, "database_up") == 0
        assert (value(told, "turn_seconds_count", channel="sms") or 0) >= 1
        other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    assert service.client.get("/readyz").status_code == 200
    assert value(scraped(service), "database_up") == 1


@pytest.fixture
def silent() -> Iterator[int]:
    """A port where somebody listens and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_a_database_that_says_nothing_silences_nobody(
    environ: dict[str, str], clock: Clock, tmp_path: Path, silent: int
) -> None:
    changed = {**environ, "DATABASE_URL": f"postgresql://postgres@127.0.0.1:{silent}/mute"}
    services = build_services(load_settings(changed, tmp_path), clock)
    mute = Service(replace(services, patience=Patience(0.2)), clock)
    assert value(scraped(mute), "database_up") == 0
    answer = mute.client.get("/readyz")
    assert (answer.status_code, answer.json["database"]) == (503, "away")
    services.close()


# Several processes


def asked(port: int) -> Told:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
        return parsed(answer.read().decode())


def bring(server: Process, number: int) -> None:
    form = {"MessageSid": f"SM{number:032d}", "From": f"+1404555{number:04d}", "Body": "RIGHTS"}
    assert isinstance(server, Server)
    assert server.post(PATH, form, signature(PATH, form)) == 200


@ON_POSTGRESQL
def test_processes_tell_the_same_of_the_database_and_their_own_work_sums_up(
    service: Service, start: Start
) -> None:
    servers = [start(WORK="worker"), start(WORK="worker")]
    port = free_port()
    worker = start("worker", "--port", str(port), WORK="worker")
    for number in range(6):
        bring(servers[number % 3 % 2], number)
    wait_until_all_is_sent(service)
    told = [asked(server.port) for server in servers if isinstance(server, Server)]
    told.append(asked(port))

    one = {"channel": "sms"}
    for process in told:
        assert value(process, "newest_messages", direction="in", status="received", **one) == 6
        assert value(process, "newest_messages", direction="out", status="sent", **one) == 6
        assert value(process, "outbox_jobs", kind="send") is None
    received = [value(each, "messages_total", status="received", **one) for each in told]
    assert received == [4, 2, None]
    sent = [value(each, "messages_total", status="sent", **one) for each in told]
    assert sent == [None, None, 6]
    assert worker.terminate() == 0


@ON_POSTGRESQL
def test_processes_behind_one_port_each_tell_of_all(
    service: Service, start: Start, tmp_path: Path
) -> None:
    shared = tmp_path / "measures"
    shared.mkdir()
    servers = [start(PROMETHEUS_MULTIPROC_DIR=str(shared), WORK="worker") for _ in range(2)]
    for number in range(6):
        bring(servers[number % 3 % 2], number)
    for server in servers:
        assert isinstance(server, Server)
        told = asked(server.port)
        assert value(told, "turn_seconds_count", channel="sms") == 6
        assert value(told, "messages_total", channel="sms", status="received") == 6
        assert value(told, "database_up") == 1
    servers[0].kill()
    assert isinstance(servers[1], Server)
    told = asked(servers[1].port)
    assert value(told, "turn_seconds_count", channel="sms") == 6  # what the dead one did stays


@pytest.mark.parametrize("value", ["", " "])
def test_a_folder_that_is_set_to_nothing_is_none(tmp_path: Path, value: str) -> None:
    """What is measured went into files in the folder in which the program ran."""
    note = "from bot import meters; meters.message('sms', 'received')"
    subprocess.run(
        [sys.executable, "-c", note],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PROMETHEUS_MULTIPROC_DIR": value},
        check=True,
    )
    assert list(tmp_path.iterdir()) == []


@ON_SQLITE
def test_a_worker_tells_how_it_is_where_it_is_asked_to(service: Service, start: Start) -> None:
    port = free_port()
    worker = start("worker", "--port", str(port), WORK="worker")
    worker.wait_until(lambda: "The worker runs." in worker.said)
    assert value(asked(port), "database_up") == 1
    for path, said in (("/healthz", b"ok\n"), ("/readyz", b"outbox_seconds")):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
            assert said in answer.read()
    assert worker.terminate() == 0
