"""A sender that dies leaves a lease behind: when it ends, the message goes out again; it is never lost."""

import threading
from collections.abc import Callable

from sqlalchemy import text

from bot.sender import LEASE, Sender
from storage.models import Job, MessageRow
from tests.bot.conftest import ON_POSTGRESQL, Service
from tests.bot.test_looking_up import taken_but
from tests.support.locks import wait_until_held_up
from tests.support.providers import CUT, TelegramServer, TwilioServer


def outbound(service: Service) -> list[MessageRow]:
    return [row for row in service.rows(MessageRow) if row.direction == "out"]


def hang(service: Service, twilio: TwilioServer) -> Callable[[], None]:
    """A sender claims and sends, and waits for the provider's answer; returns how to let it go on."""
    taken = len(twilio.calls)
    twilio.open.clear()
    sender = threading.Thread(target=Sender(service.services).run_once)
    sender.start()
    twilio.wait_for(lambda: len(twilio.calls) > taken)

    def go_on() -> None:
        twilio.open.set()
        sender.join()

    return go_on


def test_a_message_in_hand_is_nobody_elses_until_its_lease_ends(
    service: Service, twilio: TwilioServer
) -> None:
    service.sms("RIGHTS")
    service.sms("yes")
    go_on = hang(service, twilio)
    assert outbound(service)[0].status == "sending"
    service.clock.forward(seconds=LEASE.total_seconds() - 2)
    assert service.sender.run_once() == 0
    go_on()
    service.drain()

    assert [message["Body"] for message in twilio.sent] == service.said


def test_when_the_lease_ends_another_looks_it_up_and_the_late_owner_changes_nothing(
    service: Service, twilio: TwilioServer
) -> None:
    """The provider took it, and whoever sent it did not live to write that down, or was slow."""
    service.sms("RIGHTS")
    service.sms("yes")
    go_on = hang(service, twilio)
    service.clock.forward(seconds=LEASE.total_seconds() + 1)
    other = Sender(service.services)
    second = threading.Thread(target=other.run_once)
    second.start()
    twilio.wait_for(lambda: len(twilio.calls) == 2)
    job = service.rows(Job)[0]
    assert (job.attempts, job.done_at) == (2, None)
    go_on()
    second.join()
    service.drain()

    first, last = service.said
    assert [message["Body"] for message in twilio.sent] == [first, last]
    assert [row.status for row in outbound(service)] == ["sent", "sent"]
    assert all(job.done_at and job.owner is None for job in service.rows(Job))
    assert outbound(service)[0].provider_id == twilio.log[0]["sid"]


def test_a_late_owner_neither_finishes_nor_postpones_what_another_holds(
    service: Service, twilio: TwilioServer
) -> None:
    twilio.answers.append(TwilioServer.refusal(503, 20503))
    service.sms("RIGHTS")
    go_on = hang(service, twilio)
    service.clock.forward(seconds=LEASE.total_seconds() + 1)
    with service.database.writing() as session:
        job = session.get_one(Job, 1)
        job.owner, job.run_at = "another", service.clock.time
    before = service.rows(Job)[0]
    go_on()
    after = service.rows(Job)[0]

    assert (after.owner, after.run_at, after.done_at) == ("another", before.run_at, None)


def test_a_claim_whose_owner_died_before_sending_is_taken_up_after_the_lease(
    service: Service, twilio: TwilioServer
) -> None:
    service.sms("RIGHTS")
    with service.database.writing() as session:
        job = session.get_one(Job, 1)
        job.owner, job.run_at, job.attempts = "dead", service.clock() + LEASE, 1
    service.drain()
    assert twilio.sent == []
    service.clock.forward(seconds=LEASE.total_seconds())
    service.drain()
    assert len(twilio.sent) == 1
    assert service.rows(Job)[0].done_at


def claim_late(service: Service) -> None:
    """A sender claims, and waits for its table until the lease is over that it had reckoned with."""
    late = threading.Thread(target=Sender(service.services).run_once)
    with service.database.engine.connect() as holding:
        holding.execute(text("LOCK TABLE outbox IN SHARE ROW EXCLUSIVE MODE"))
        late.start()
        wait_until_held_up(service.database.engine)
        service.clock.forward(seconds=LEASE.total_seconds() + 1)
        holding.rollback()
    late.join()


@ON_POSTGRESQL  # on SQLite the time is asked once the file is had
def test_what_is_had_only_when_its_lease_is_over_is_given_back(
    service: Service, telegram: TelegramServer
) -> None:
    """Else it would be sent by whoever claimed it, and by the next as well."""
    service.telegram("/start")
    claim_late(service)
    assert telegram.sent == []
    (job,) = service.rows(Job)
    assert (job.owner, job.attempts, job.done_at) == (None, 0, None)
    assert outbound(service)[0].status == "queued"
    service.drain()
    assert len(telegram.sent) == 1
    assert outbound(service)[0].status == "sent"


@ON_POSTGRESQL
def test_what_may_have_gone_and_is_given_back_is_looked_up_all_the_same(
    service: Service, twilio: TwilioServer
) -> None:
    taken_but(twilio, CUT)
    service.talk("RIGHTS")
    service.clock.forward(minutes=1)
    claim_late(service)
    assert twilio.looked_up == []
    service.drain()
    assert (len(twilio.looked_up), len(twilio.sent)) == (1, 1)
    assert outbound(service)[0].status == "sent"
