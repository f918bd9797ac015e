"""A sender that dies leaves a lease behind: when it ends, the message goes out again; it is never lost."""

import threading
from collections.abc import Callable

from bot.sender import LEASE, Sender
from storage.models import Job, MessageRow
from tests.bot.conftest import Service
from tests.support.providers import TwilioServer


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
