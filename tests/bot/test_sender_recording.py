"""What the provider has taken is written down as soon as the database is there again, and is not sent twice."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text, update

from bot.sender import LEASE, Sender
from bot.trying import FEWEST_TRIES, GIVE_UP
from storage import outbox, outgoing
from storage.messages import SENT
from storage.models import Job, MessageRow
from tests.bot.conftest import ON_SQLITE, Service
from tests.bot.test_webhooks_database_away import on_each_connection
from tests.support.processes import PATIENCE
from tests.support.providers import CUT, Answer, TwilioServer

AWAY = "could not be written down"


def wait_for(caplog: pytest.LogCaptureFixture, words: str) -> None:
    for _ in range(int(PATIENCE * 50)):
        if words in caplog.text:
            return
        threading.Event().wait(0.02)
    raise AssertionError(f"{words} was never said")


@ON_SQLITE
def test_a_database_that_is_away_when_the_provider_answers_is_waited_for(
    service: Service, twilio: TwilioServer, caplog: pytest.LogCaptureFixture
) -> None:
    service.sms("RIGHTS")
    with on_each_connection(service, "PRAGMA busy_timeout = 0"):
        twilio.open.clear()
        sending = threading.Thread(target=Sender(service.services).run_once)
        sending.start()
        twilio.wait_for(lambda: len(twilio.calls) == 1)
        with service.database.engine.begin() as other:
            other.execute(text("UPDATE contacts SET language = language"))
            twilio.open.set()
            wait_for(caplog, AWAY)
        sending.join()
    service.clock.forward(minutes=5)
    service.drain()
    assert len(twilio.sent) == 1
    assert [row.status for row in service.rows(MessageRow)] == ["received", "sent"]


@ON_SQLITE
def test_a_process_that_is_to_end_waits_for_no_database(
    service: Service, twilio: TwilioServer, caplog: pytest.LogCaptureFixture
) -> None:
    """When its lease has ended the message is looked up where it went: it does not go out again."""
    service.sms("RIGHTS")
    stop = threading.Event()
    with on_each_connection(service, "PRAGMA busy_timeout = 0"):
        twilio.open.clear()
        sending = threading.Thread(target=Sender(service.services).run_until, args=(stop,))
        sending.start()
        twilio.wait_for(lambda: len(twilio.calls) == 1)
        with service.database.engine.begin() as other:
            other.execute(text("UPDATE contacts SET language = language"))
            twilio.open.set()
            wait_for(caplog, AWAY)
            stop.set()
            service.services.ending.set()
            sending.join(PATIENCE)
            assert not sending.is_alive()
    service.clock.forward(minutes=5)
    service.drain()
    assert len(twilio.sent) == 1


LATE = pytest.mark.parametrize(
    "answer", [CUT, TwilioServer.refusal(400, 21211)], ids=["cut", "refused"]
)


@contextmanager
def taken_up(
    service: Service, twilio: TwilioServer, answer: Answer | str
) -> Iterator[outbox.Claimed]:
    """What another has taken up since its sender waits for Twilio, who hears of the end afterwards."""
    twilio.answers.append(answer)
    twilio.open.clear()
    sending = threading.Thread(target=service.sender.run_once)
    sending.start()
    twilio.wait_for(lambda: len(twilio.calls) == 1)
    service.clock.forward(seconds=LEASE.total_seconds())
    with service.database.writing() as session:
        (job,) = outbox.claim_jobs(session, "another", service.clock(), LEASE, 1)
    yield job
    twilio.open.set()
    sending.join()


def send(service: Service, job: outbox.Claimed) -> None:
    """The other has sent it."""
    with service.database.writing() as session:
        assert outbox.finish(session, job.id, "another", service.clock())
        assert outgoing.advance(session, job.message_id or 0, SENT, provider_id="SM1")


def check_that_it_is_sent(service: Service) -> None:
    row = service.rows(MessageRow)[-1]
    assert (row.status, row.provider_id, row.error) == ("sent", "SM1", None)


@LATE
def test_what_another_has_sent_is_sent_whatever_a_late_owner_hears(
    service: Service, twilio: TwilioServer, answer: Answer | str
) -> None:
    """A machine that slept in the middle of a call is told of its end when others have done its work."""
    service.sms("RIGHTS")
    with taken_up(service, twilio, answer) as job:
        send(service, job)
    check_that_it_is_sent(service)


@LATE
def test_what_another_has_in_hand_is_not_given_up_by_a_late_owner(
    service: Service, twilio: TwilioServer, answer: Answer | str
) -> None:
    """Also when it was tried so often that it would be given up."""
    service.sms("RIGHTS")
    with service.database.writing() as session:
        session.execute(update(Job).values(attempts=FEWEST_TRIES))
    service.clock.forward(seconds=GIVE_UP.total_seconds())
    with taken_up(service, twilio, answer) as job:
        pass
    send(service, job)
    check_that_it_is_sent(service)
