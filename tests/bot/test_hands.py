"""Many messages are on their way at once, each contact's in order; and who is asked to end finishes what is in hand."""

import threading

from bot.hands import HANDS, Hands
from bot.sender import Sender
from bot.sending import SenderThreads
from storage.models import Job, MessageRow
from tests.bot.conftest import ON_SQLITE, Service
from tests.bot.test_limits import chat, queue
from tests.support.providers import TelegramServer, TwilioServer

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


@ON_SQLITE
def test_a_provider_that_hangs_leaves_hands_for_the_others(
    service: Service, twilio: TwilioServer, telegram: TelegramServer
) -> None:
    """Its messages came first, and there are enough of them for every hand."""
    twilio.open.clear()
    hands = Hands(service.services.wake)
    sender = Sender(service.services, hands=hands)
    queue(service, HANDS)
    while sender.run_once():
        pass
    chat(service, 1)
    try:
        assert sender.run_once() == 1
        telegram.wait_for(lambda: len(telegram.sent) == 1)
        assert not any(row.error for row in service.rows(MessageRow))  # it hangs still
    finally:
        twilio.open.set()
        hands.finish()
    assert len(twilio.sent) == HANDS * 2 // 3


def test_no_lane_gets_more_than_two_thirds_of_the_hands() -> None:
    wake, answered = threading.Event(), threading.Event()
    hands = Hands(wake, 6)
    for weight in range(3):
        hands.take("sms", answered.wait, weight)
    assert (hands.free("sms"), hands.free("telegram"), hands.held()) == (1, 3, ([], 3))
    hands.take("sms", answered.wait)
    assert (hands.free("telegram"), hands.held()) == (2, (["sms"], 3))
    answered.set()
    assert hands.free("sms") > 0  # it waits for one
    hands.finish()
    assert (hands.free("sms"), hands.held(), wake.is_set()) == (4, ([], 0), True)
