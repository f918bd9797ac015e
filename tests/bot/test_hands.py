"""Many messages are on their way at once, each contact's in order; and who is asked to end finishes what is in hand."""

from bot.sending import SenderThreads
from storage.models import Job, MessageRow
from tests.bot.conftest import ON_SQLITE, Service
from tests.support.providers import TwilioServer

PEOPLE = 12


def sender(person: int) -> str:
    return f"+1404555{person:04d}"


def test_a_provider_that_takes_its_time_holds_up_nobody_else(
    service: Service, twilio: TwilioServer
) -> None:
    for person in range(PEOPLE):
        assert service.sms("RIGHTS", sender(person)) == 200
    twilio.open.clear()
    threads = SenderThreads(service.services)
    threads.start()
    try:
        twilio.wait_for(lambda: len(twilio.calls) == PEOPLE)
    finally:
        twilio.open.set()
        threads.stop()
    statuses = [row.status for row in service.rows(MessageRow) if row.direction == "out"]
    assert statuses == ["sent"] * PEOPLE
    assert all(job.done_at for job in service.rows(Job))


@ON_SQLITE
def test_what_comes_behind_a_message_of_the_same_contact_waits_for_it(
    service: Service, twilio: TwilioServer
) -> None:
    twilio.open.clear()
    assert service.sms("RIGHTS") == 200
    assert service.sms("HELP") == 200
    threads = SenderThreads(service.services)
    threads.start()
    try:
        twilio.wait_for(lambda: len(twilio.calls) == 1)
        twilio.open.set()
        twilio.wait_for(lambda: len(twilio.sent) == 2)
    finally:
        twilio.open.set()
        threads.stop()
    numbers = [int(message["StatusCallback"].partition("=")[2]) for message in twilio.sent]
    assert numbers == sorted(numbers)
