"""Two servers and two workers on one PostgreSQL: whoever is asked answers, each reply goes out once and in its turn,
and what is done from time to time is done by one of them.
"""

from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage.models import AnswerRow, InterviewRow, MessageRow
from tests.bot.conftest import ON_POSTGRESQL, Service, Serving, signature
from tests.bot.test_crash import PATH, TALK, wait_until_all_is_sent
from tests.bot.test_media_keeping import ask_for_a_photo, attachments, photo
from tests.bot.test_metrics import asked, value
from tests.storage.backups import PUBLIC
from tests.support import media
from tests.support.bucket import OPTIONS, Bucket
from tests.support.kept import content
from tests.support.processes import Process, Server, free_port
from tests.support.providers import TelegramServer, TwilioServer

RESIDENTS = [f"+1404555{number:04d}" for number in range(5)]
Start = Callable[..., Process]


@pytest.fixture
def apart() -> dict[str, str]:
    """Servers leave the sending to workers."""
    return {"WORK": "worker"}


def tell(servers: list[Server], resident: int) -> None:
    """One resident's whole talk, each message to the other server; every third comes to both, as when one was slow."""
    for number, words in enumerate(TALK):
        sid = f"SM{resident:016d}{number:016d}"
        form = {"MessageSid": sid, "From": RESIDENTS[resident], "Body": words}
        signed = signature(PATH, form)
        turn = (resident + number) % 2
        assert servers[turn].post(PATH, form, signed) == 200
        if number % 3 == 0:
            assert servers[1 - turn].post(PATH, form, signed) == 200


@ON_POSTGRESQL
def test_two_servers_and_two_workers_are_one_service(
    service: Service, start: Start, twilio: TwilioServer
) -> None:
    ports = [free_port(), free_port()]
    workers = [start("worker", "--port", str(port)) for port in ports]
    servers = [one for one in (start(), start()) if isinstance(one, Server)]
    for worker in workers:
        worker.wait_until(lambda worker=worker: "The worker runs." in worker.said)  # type: ignore[misc]
    with ThreadPoolExecutor(len(RESIDENTS)) as pool:
        list(pool.map(lambda number: tell(servers, number), range(len(RESIDENTS))))
    wait_until_all_is_sent(service)

    assert sorted(service.heard) == sorted(TALK * len(RESIDENTS))
    assert {row.asked for row in service.rows(InterviewRow)} == {"progress"}
    assert len(service.rows(InterviewRow)) == len(RESIDENTS)
    assert len(service.rows(AnswerRow)) == 5 * len(RESIDENTS)
    sent = defaultdict(list)
    for message in twilio.sent:
        sent[message["To"]].append(int(message["StatusCallback"].partition("=")[2]))
    outbound = [row.id for row in service.rows(MessageRow) if row.direction == "out"]
    assert sorted(number for numbers in sent.values() for number in numbers) == outbound
    assert all(numbers == sorted(numbers) for numbers in sent.values())

    told = [asked(port) for port in (*(one.port for one in servers), *ports)]
    received = [value(one, "messages_total", channel="sms", status="received") for one in told]
    assert sum(number or 0 for number in received) == len(TALK) * len(RESIDENTS)
    assert all(received[:2])  # both servers had some
    gone = [value(one, "messages_total", channel="sms", status="sent") for one in told]
    assert sum(number or 0 for number in gone) == len(outbound)
    assert [one.terminate() for one in (*servers, *workers)] == [0, 0, 0, 0]
    assert not any("Traceback" in one.said for one in (*servers, *workers))


@ON_POSTGRESQL
def test_a_backup_is_taken_by_one_of_those_who_share_a_folder(
    service: Service, start: Start, tmp_path: Path
) -> None:
    service.talk("RIGHTS")
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    workers = [start("worker", BACKUP_DIR=str(shelf), BACKUP_KEY=PUBLIC) for _ in range(2)]

    def taken() -> int:
        return sum(worker.said.count("a backup was taken") for worker in workers)

    workers[0].wait_until(lambda: taken() > 0)
    for worker in workers:
        worker.wait_until(lambda worker=worker: "The worker runs." in worker.said)  # type: ignore[misc]
    assert [worker.terminate() for worker in workers] == [0, 0]
    assert taken() == 1
    assert len(list(shelf.glob("*.backup"))) == 1


@ON_POSTGRESQL
def test_a_file_that_one_host_keeps_in_a_bucket_is_read_by_another(
    serving: Serving, start: Start, telegram: TelegramServer
) -> None:
    bucket = Bucket()
    known = {f"AWS_{name.upper()}": value for name, value in OPTIONS.items()}
    place = {"MEDIA_URL": f"s3://files/ours?endpoint={bucket.url}", **known}
    here, picture = serving(**place), media.picture()
    ask_for_a_photo(here)
    assert here.telegram(**photo(telegram, picture)) == 200
    before = set(bucket.names)

    worker = start("worker", **place)
    worker.wait_until(lambda: attachments(here)[0].status == "kept")
    (row,) = attachments(here)
    assert content(here.services, row.id, original=True) == picture
    assert set(bucket.names) - before == {f"ours/{row.original}", f"ours/{row.cleaned}"}
    assert worker.terminate() == 0
    bucket.server.stop()
