"""WORK=celery: nudges through a broker, the truth in the outbox. A broker that is away, loses or doubles harms nothing.

With Celery's own worker as a process: over a broker in a file everywhere, over RabbitMQ where it is installed.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import select

from bot.sender import Sender
from bot.work.nudging import EXPORTS, FILES, LATE, REPLIES, ROOMS, Crew, Sweep
from storage import outbox
from storage.models import Job, MessageRow
from storage.watching import PROMPT
from tests.bot.conftest import ON_POSTGRESQL, ON_SQLITE, Service
from tests.bot.test_crash import (
    TALK,
    bring,
    check_that_nothing_is_missing,
    end_leases,
    wait_until_all_is_sent,
)
from tests.bot.test_silences import FLOW
from tests.support.processes import PATIENCE, Process, Server, free_port
from tests.support.providers import TwilioServer
from tests.support.rabbit import Rabbit, program

RECEIVED = "Task %(name)s[%(id)s] received"  # as Celery says it, with what it fills in left out
AWAY, BACK = "the broker does not take nudges", "the broker takes nudges again"

RABBIT = pytest.param(
    "rabbit",
    marks=pytest.mark.skipif(program() is None, reason="no RabbitMQ: apt install rabbitmq-server"),
)
Start = Callable[..., Process]


@pytest.fixture
def rabbit(tmp_path: Path) -> Iterator[Rabbit]:
    folder = tmp_path / "rabbit"
    folder.mkdir()
    node = Rabbit(folder)
    yield node
    node.close()


@pytest.fixture
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a broker: of RabbitMQ, of a file, or where nobody answers."""
    if request.param == "rabbit":
        node: Rabbit = request.getfixturevalue("rabbit")
        return node.url
    nobody = f"amqp://127.0.0.1:{free_port()}//"
    return f"sqla+sqlite:///{tmp_path / 'broker.db'}" if request.param == "file" else nobody


@pytest.fixture
def apart(broker: str) -> dict[str, str]:
    """All share a broker."""
    return {"WORK": "celery", "CELERY_BROKER_URL": broker, "LOG_LEVEL": "INFO"}


def talk(server: Process, start: int, end: int) -> None:
    assert isinstance(server, Server)
    for number in range(start, end):
        assert bring(server, number, TALK[number]) == 200


def wait_until_sent(service: Service, number: int) -> None:
    wanted = select(MessageRow.id).where(MessageRow.status == "sent")
    for _ in range(int(PATIENCE * 50)):
        with service.database.reading() as session:
            if len(session.scalars(wanted).all()) >= number:
                return
        Event().wait(0.02)
    raise AssertionError(f"not so many were sent: {number}")


def ask_for_help_until(service: Service, server: Process, said: str, numbers: range) -> None:
    """Until the server has said so: a worker may be quicker, and then it has nothing to nudge for."""
    assert isinstance(server, Server)
    for number in numbers:
        if said in server.said:
            return
        assert bring(server, number, "HELP") == 200
        wait_until_all_is_sent(service)
    raise AssertionError(server.said)


@ON_POSTGRESQL
@pytest.mark.parametrize("broker", ["file"], indirect=True)
def test_a_celery_worker_does_what_a_server_nudges_for(
    service: Service, start: Start, twilio: TwilioServer
) -> None:
    server, worker = start(), start("worker")
    talk(server, 0, len(TALK))
    wait_until_all_is_sent(service)
    worker.wait_until(lambda: RECEIVED in worker.said)

    assert (worker.terminate(), server.terminate()) == (0, 0)
    check_that_nothing_is_missing(service, twilio)
    assert len(twilio.sent) == len(TALK)
    for private in ("4045550123", "Atlanta", "cupboard", "guest:guest", "Traceback"):
        assert private not in server.said + worker.said


@ON_POSTGRESQL
@pytest.mark.parametrize("broker", ["file"], indirect=True)
def test_a_celery_worker_killed_with_a_message_in_hand_is_followed_by_another(
    service: Service, start: Start, twilio: TwilioServer
) -> None:
    twilio.open.clear()
    server, first = start(), start("worker")
    talk(server, 0, 3)
    twilio.wait_for(lambda: len(twilio.calls) == 1)
    first.kill()
    twilio.open.set()
    end_leases(service)
    second = start("worker")
    talk(server, 3, len(TALK))
    wait_until_all_is_sent(service)

    assert (second.terminate(), server.terminate()) == (0, 0)
    check_that_nothing_is_missing(service, twilio)
    assert len(twilio.sent) == len(TALK) + 1  # the one that the first had in hand


@ON_SQLITE
@pytest.mark.parametrize("broker", ["nobody"], indirect=True)
def test_without_a_broker_all_is_acknowledged_and_workers_help_themselves(
    service: Service, start: Start, twilio: TwilioServer
) -> None:
    server = start()
    talk(server, 0, 3)
    server.wait_until(lambda: AWAY in server.said)
    assert twilio.sent == []
    worker = start("worker")
    talk(server, 3, len(TALK))
    wait_until_all_is_sent(service)

    assert (worker.terminate(), server.terminate()) == (0, 0)
    check_that_nothing_is_missing(service, twilio)
    assert server.said.count(AWAY) == 1


@ON_POSTGRESQL
@pytest.mark.parametrize("broker", [RABBIT], indirect=True)
def test_a_broker_that_is_killed_and_comes_back_loses_nothing(
    service: Service, start: Start, twilio: TwilioServer, rabbit: Rabbit
) -> None:
    server, worker = start(), start("worker")
    talk(server, 0, 2)
    wait_until_sent(service, 2)
    worker.wait_until(lambda: RECEIVED in worker.said)
    rabbit.kill()
    talk(server, 2, 4)
    wait_until_sent(service, 4)
    ask_for_help_until(service, server, AWAY, range(100, 300))
    rabbit.start()
    talk(server, 4, len(TALK))
    wait_until_all_is_sent(service)
    ask_for_help_until(service, server, BACK, range(300, 500))

    assert (worker.terminate(), server.terminate()) == (0, 0)
    sent = [int(message["StatusCallback"].partition("=")[2]) for message in twilio.sent]
    assert sent == [row.id for row in service.rows(MessageRow) if row.direction == "out"]
    assert [words for words in service.heard if words != "HELP"] == TALK
    assert "Traceback" not in server.said + worker.said


def test_each_kind_of_work_has_its_room() -> None:
    for kind in (*PROMPT, *outbox.SLOW):
        assert len([room for room, without in ROOMS.items() if kind not in without]) == 1, kind
    assert outbox.SEND not in ROOMS[REPLIES]
    assert outbox.FETCH not in ROOMS[FILES]
    assert outbox.EXPORT not in ROOMS[EXPORTS]


def test_a_nudge_that_comes_twice_sends_nothing_twice(
    service: Service, twilio: TwilioServer
) -> None:
    service.sms("RIGHTS")
    crew = Crew(service.services)
    assert [crew.work(REPLIES), crew.work(REPLIES)] == [False, False]
    assert len(twilio.sent) == 1


def test_a_nudge_for_one_room_leaves_the_others_alone(
    service: Service, twilio: TwilioServer
) -> None:
    service.sms("RIGHTS")
    crew = Crew(service.services)
    assert not crew.work(FILES)
    assert not crew.work(EXPORTS)
    assert twilio.sent == []


def test_a_nudge_is_for_a_handful_and_then_for_the_next_who_waits(
    service: Service, twilio: TwilioServer
) -> None:
    for number in range(21):
        service.sms("RIGHTS", sender=f"+1404555{number:04d}")
    crew = Crew(service.services)
    assert crew.work(REPLIES)
    assert len(twilio.sent) == 20
    assert not crew.work(REPLIES)
    assert len(twilio.sent) == 21


def test_who_sees_work_that_is_due_nudges_and_does_not_do_it(
    service: Service, twilio: TwilioServer
) -> None:
    given: list[str] = []
    sweep = Sweep(service.services, ROOMS, lambda room: given.append(room) is None)
    assert not sweep.look()
    service.sms("RIGHTS")
    assert not sweep.look()
    assert (given, twilio.sent) == ([REPLIES], [])


def test_a_worker_helps_itself_where_the_broker_takes_no_nudge_or_nobody_heeds_it(
    service: Service, twilio: TwilioServer
) -> None:
    taken = [True]
    crew = Crew(service.services)
    sweep = Sweep(service.services, ROOMS, lambda _: taken[0], crew)
    service.sms("RIGHTS")
    sweep.look()
    assert len(twilio.sent) == 0
    service.clock.forward(seconds=LATE + 1)
    sweep.look()
    assert len(twilio.sent) == 1
    taken[0] = False
    service.sms("yes")
    sweep.look()
    assert len(twilio.sent) == 2


def test_a_silence_that_is_due_is_nudged_for(service: Service) -> None:
    service.publish(FLOW)
    service.talk("STREET", "yes")
    given: list[str] = []
    sweep = Sweep(service.services, ROOMS, lambda room: given.append(room) is None)
    sweep.look()
    assert given == []
    service.clock.forward(days=5)
    sweep.look()
    assert given == [REPLIES]


def test_slow_work_is_done_by_one_at_a_time_and_stops_where_the_process_ends(
    service: Service, twilio: TwilioServer
) -> None:
    service.sms("RIGHTS")
    service.services.ending.set()
    assert not Crew(service.services).work(REPLIES)
    assert twilio.sent == []
    with service.database.writing() as session:
        session.add(
            Job(
                kind=outbox.DISCARD,
                target="nothing",
                run_at=service.clock() - timedelta(seconds=1),
                created_at=service.clock(),
            )
        )
    service.services.ending.clear()
    assert not Crew(service.services).work(FILES)
    assert Sender(service.services, ROOMS[FILES]).run_once() == 0  # it was done
