"""The machine's clock goes back, as when it is set right: replies do not wait until it is there again."""

from storage import outbox
from storage.models import Job
from tests.bot.conftest import Service
from tests.support.providers import TelegramServer, TwilioServer


def test_a_reply_from_an_hour_ahead_goes_out_at_once(
    service: Service, twilio: TwilioServer
) -> None:
    service.talk("RIGHTS")  # the sender has looked at its clock
    service.clock.forward(hours=1)
    service.sms("yes")
    service.sender.run_once()  # and again, ahead
    service.sms("Atlanta")
    service.clock.forward(hours=-1)
    service.drain()
    assert [message["Body"] for message in twilio.sent] == service.said
    assert len(service.said) == 3


def test_a_sender_that_starts_after_the_clock_went_back_knows_it_too(
    service: Service, twilio: TwilioServer
) -> None:
    service.clock.forward(hours=1)
    service.sms("RIGHTS")
    service.clock.forward(hours=-1)
    service.drain()
    assert len(twilio.sent) == 1


def test_a_limit_that_was_reckoned_ahead_holds_nothing_back(
    service: Service, telegram: TelegramServer
) -> None:
    service.telegram("RIGHTS")
    service.drain()
    service.clock.forward(minutes=50)
    service.telegram("yes")
    service.drain()
    service.clock.forward(minutes=-50)
    service.telegram("Atlanta")
    service.drain()
    assert len(telegram.sent) == len(service.said) == 3


def test_what_was_to_wait_waits_as_long_as_it_was_to(service: Service) -> None:
    service.talk("RIGHTS")
    service.clock.forward(hours=5)
    with service.database.writing() as session:
        now = service.clock()
        outbox.enqueue_tidy(session, now, service.clock.time.replace(hour=now.hour + 1))
    service.drain()
    service.clock.forward(hours=-5)
    service.drain()
    job = service.rows(Job)[-1]
    assert job.done_at is None
    assert (job.run_at - service.clock()).total_seconds() == 3600


def test_what_was_dated_before_the_clock_went_back_may_come_late(
    service: Service, twilio: TwilioServer
) -> None:
    """A request that was under way had asked the time an hour ahead."""
    service.clock.forward(hours=1)
    service.talk("RIGHTS")
    service.clock.forward(hours=-1)
    service.drain()
    service.clock.forward(hours=1)
    service.sms("yes")
    service.clock.forward(hours=-1, seconds=6)
    service.sender.run_once()  # which has not seen the clock go ahead meanwhile
    service.drain()
    assert len(twilio.sent) == 2
