"""Processes killed at the worst moments: no acknowledged message is lost, no reply is missing or out of order."""

from threading import Event, Thread

import psycopg
from sqlalchemy import select, update

from storage.models import AnswerRow, InterviewRow, Job, MessageRow
from tests.bot.conftest import ON_POSTGRESQL, ON_SQLITE, RESIDENT, Service, Start, signature
from tests.support.locks import wait_until_held_up
from tests.support.processes import PATIENCE, Server
from tests.support.providers import TwilioServer

TALK = ["RIGHTS", "yes", "Atlanta", "2", "food", "The cupboard is bare", "DONE"]
PATH = "/webhooks/twilio"


def bring(server: Server, number: int, words: str) -> int:
    form = {"MessageSid": f"SM{number:032d}", "From": RESIDENT, "Body": words}
    return server.post(PATH, form, signature(PATH, form))


def end_leases(service: Service) -> None:
    """What the dead had in hand is due again, without waiting for their leases."""
    with service.database.writing() as session:
        session.execute(
            update(Job).where(Job.done_at.is_(None)).values(run_at=Job.created_at, owner=None)
        )


def wait_until_all_is_sent(service: Service) -> None:
    undone = select(Job.id).where(Job.done_at.is_(None)).limit(1)
    for _ in range(int(PATIENCE * 50)):
        with service.database.reading() as session:
            if session.scalar(undone) is None:
                return
        Event().wait(0.02)
    raise AssertionError("the outbox was not emptied")


def check_that_nothing_is_missing(service: Service, twilio: TwilioServer) -> None:
    assert service.heard == TALK
    interview = service.rows(InterviewRow)[0]
    assert (interview.asked, interview.status) == ("progress", "waiting")
    given = ["consent", "place", "issues", "needs_parts", "story"]
    assert [row.question for row in service.rows(AnswerRow)] == given
    numbers = [int(message["StatusCallback"].partition("=")[2]) for message in twilio.sent]
    outbound = [row.id for row in service.rows(MessageRow) if row.direction == "out"]
    assert len(outbound) == len(TALK)
    assert numbers == sorted(numbers)  # some twice, none before its turn
    assert sorted(set(numbers)) == outbound
    assert {row.status for row in service.rows(MessageRow)} == {"received", "sent"}


def test_a_process_killed_right_after_each_acknowledgement(
    service: Service, start: Start, twilio: TwilioServer
) -> None:
    server = start()
    for number, words in enumerate(TALK):
        assert bring(server, number, words) == 200
        if number in (1, 4):
            server.kill()
            server = start()
            assert bring(server, number, words) == 200  # the provider cannot know, and repeats
    end_leases(service)
    wait_until_all_is_sent(service)
    assert server.terminate() == 0

    check_that_nothing_is_missing(service, twilio)


def test_a_process_killed_while_the_provider_holds_its_answer(
    service: Service, start: Start, twilio: TwilioServer
) -> None:
    """The provider has taken the reply, and nobody has written it down: it is sent again, in its order."""
    twilio.open.clear()
    server = start()
    for number, words in enumerate(TALK[:3]):
        assert bring(server, number, words) == 200
    twilio.wait_for(lambda: len(twilio.calls) == 1)
    server.kill()
    twilio.open.set()
    end_leases(service)

    server = start()
    for number, words in enumerate(TALK[3:], 3):
        assert bring(server, number, words) == 200
    wait_until_all_is_sent(service)
    assert server.terminate() == 0

    check_that_nothing_is_missing(service, twilio)
    assert len(twilio.sent) == len(TALK) + 1
    for private in ("4045550123", "Atlanta", "cupboard", "RIGHTS", "May we ask"):
        assert private not in server.said


@ON_POSTGRESQL
def test_a_server_without_senders_and_a_worker_share_the_work(
    service: Service, start: Start, twilio: TwilioServer
) -> None:
    server = start(WORK="worker")
    for number, words in enumerate(TALK[:2]):
        assert bring(server, number, words) == 200
    assert twilio.sent == []

    worker = start("worker", WORK="worker")
    wait_until_all_is_sent(service)
    worker.kill()
    for number, words in enumerate(TALK[2:], 2):
        assert bring(server, number, words) == 200
    worker = start("worker", WORK="worker")
    wait_until_all_is_sent(service)
    assert worker.terminate() == 0
    assert server.terminate() == 0

    check_that_nothing_is_missing(service, twilio)
    assert "Traceback" not in server.said + worker.said


@ON_SQLITE
def test_a_worker_that_is_asked_to_end_finishes_the_message_in_hand(
    service: Service, start: Start, twilio: TwilioServer
) -> None:
    twilio.open.clear()
    service.sms("RIGHTS")
    worker = start("worker", WORK="worker")
    twilio.wait_for(lambda: len(twilio.calls) == 1)
    worker.signal(15)
    twilio.open.set()
    assert worker.end() == 0
    assert [row.status for row in service.rows(MessageRow)] == ["received", "sent"]


@ON_POSTGRESQL
def test_a_server_that_is_asked_to_end_answers_the_request_in_hand(
    service: Service, start: Start, url: str
) -> None:
    service.sms("RIGHTS")
    service.drain()
    server = start()
    answers: list[int] = []
    with psycopg.connect(url) as other:
        other.execute("SELECT * FROM contacts FOR UPDATE")
        request = Thread(target=lambda: answers.append(bring(server, 9, "yes")))
        request.start()
        wait_until_held_up(service.database.engine)
        server.signal(15)
    request.join()

    assert answers == [200]
    assert server.end() == 0
    assert service.heard == ["RIGHTS", "yes"]
    assert "Traceback" not in server.said
