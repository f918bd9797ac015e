"""Every reply goes out at least once and in order; what fails for now is tried again, what fails for good is told."""

from typing import Any

import pytest

from bot.trying import FEWEST_TRIES
from storage.models import InterviewRow, Job, MessageRow
from tests.bot.conftest import ON_SQLITE, RESIDENT, Service
from tests.support.providers import CUT, Answer, TelegramServer, TwilioServer

OTHER = "+14045550188"
BUSY = TwilioServer.refusal(503, 20503)
FAILURES = [
    BUSY,
    Answer(500, "not JSON of Twilio's"),
    TwilioServer.refusal(429, 20429),
    TwilioServer.refusal(401, 20003),
    CUT,
]


def jobs(service: Service) -> list[Job]:
    return [job for job in service.rows(Job) if job.done_at is None]


def outbound(service: Service) -> list[MessageRow]:
    return [row for row in service.rows(MessageRow) if row.direction == "out"]


@ON_SQLITE
@pytest.mark.parametrize("failure", FAILURES, ids=["503", "500", "429", "401", "cut"])
def test_what_failed_for_now_is_tried_again_after_growing_pauses(
    service: Service, twilio: TwilioServer, failure: Any
) -> None:
    twilio.answers.extend([failure] * 4)
    service.talk("RIGHTS")
    pauses = []
    while waiting := jobs(service):
        assert outbound(service)[0].status == "queued"
        assert outbound(service)[0].error
        pauses.append((waiting[0].run_at - service.clock()).total_seconds())
        service.clock.forward(seconds=pauses[-1] - 0.5)
        service.drain()
        assert len(twilio.calls) == len(pauses)  # not before its time
        service.clock.forward(seconds=0.5)
        service.drain()

    assert len(twilio.calls) == 5 + bool(
        twilio.looked_up
    )  # one of which nobody has told is looked up
    assert len({message["Body"] for message in twilio.sent}) == 1
    assert pauses == sorted(pauses)
    assert pauses[0] * 4 <= pauses[-1]
    assert (outbound(service)[0].status, outbound(service)[0].error) == ("sent", None)


def test_nothing_overtakes_a_message_that_failed_for_now(
    service: Service, twilio: TwilioServer
) -> None:
    twilio.answers.extend([BUSY, BUSY])
    service.talk("RIGHTS", "yes", "Atlanta")
    assert len(twilio.sent) == 1
    for _ in range(8):
        service.clock.forward(minutes=1)
        service.drain()

    assert [message["Body"] for message in twilio.sent[2:]] == service.said
    assert [row.status for row in outbound(service)] == ["sent"] * 3


def test_others_are_not_held_up(service: Service, twilio: TwilioServer) -> None:
    twilio.answers.append(BUSY)
    service.talk("RIGHTS")
    service.talk("RIGHTS", "yes", sender=OTHER)
    assert [message["To"] for message in twilio.sent] == [RESIDENT, OTHER, OTHER]
    assert [job.order_key for job in jobs(service)] == [1]


def test_telegram_names_the_pause_itself(service: Service, telegram: TelegramServer) -> None:
    telegram.answers.append(telegram.refusal(429, "Too Many Requests", retry_after=77))
    service.telegram("/start")
    service.drain()
    assert (jobs(service)[0].run_at - service.clock()).total_seconds() == 77
    service.clock.forward(seconds=77)
    service.drain()
    assert len(telegram.sent) == 2
    assert jobs(service) == []


@ON_SQLITE
@pytest.mark.parametrize(
    "failure",
    [
        TelegramServer.refusal(502, "Bad Gateway"),
        TelegramServer.refusal(401, "Unauthorized"),
        TelegramServer.refusal(404, "Not Found"),
        CUT,
    ],
    ids=["502", "401", "404", "cut"],
)
def test_telegram_is_tried_again_too(
    service: Service, telegram: TelegramServer, failure: Any
) -> None:
    telegram.answers.append(failure)
    service.telegram("/start")
    service.drain()
    assert outbound(service)[0].status == "queued"
    service.clock.forward(minutes=1)
    service.drain()
    assert (outbound(service)[0].status, len(telegram.sent)) == ("sent", 2)


def test_what_failed_for_good_is_recorded_with_its_code_and_the_next_goes_out(
    service: Service, twilio: TwilioServer
) -> None:
    twilio.answers.append(TwilioServer.refusal(400, 21211))
    service.talk("RIGHTS", "yes")
    first, second = outbound(service)
    assert (first.status, first.error) == ("failed", "Twilio 21211")
    assert (second.status, second.error) == ("sent", None)
    assert service.stopped == []


def test_a_contact_who_unsubscribed_at_the_carrier_gets_nothing_more(
    service: Service, twilio: TwilioServer
) -> None:
    service.talk("RIGHTS")
    twilio.answers.append(TwilioServer.refusal(400, 21610))
    service.sms("yes")
    service.sms("Atlanta")
    service.clock.forward(seconds=1)
    service.drain()

    assert len(twilio.sent) == 2
    assert [row.status for row in outbound(service)] == ["sent", "failed", "failed"]
    assert outbound(service)[1].error == "Twilio 21610"
    assert service.stopped == ["carrier"]
    assert service.rows(InterviewRow)[0].status == "withdrawn"
    service.talk("hello?", "START")
    assert len(twilio.sent) == 3


@pytest.mark.parametrize(
    ("status", "description"),
    [
        (403, "Forbidden: bot was blocked by the user"),
        (403, "Forbidden: user is deactivated"),
        (400, "Bad Request: chat not found"),
    ],
)
def test_a_contact_who_has_left_telegram_gets_nothing_more(
    service: Service, telegram: TelegramServer, status: int, description: str
) -> None:
    telegram.answers.append(telegram.refusal(status, description))
    service.telegram("/start")
    service.telegram("yes")
    service.clock.forward(seconds=1)
    service.drain()

    assert len(telegram.sent) == 1
    assert [row.status for row in outbound(service)] == ["failed", "failed"]
    assert service.stopped == ["blocked"]
    assert service.rows(InterviewRow)[0].status == "withdrawn"


def test_after_a_day_a_message_is_given_up_and_the_next_goes_out(
    service: Service, twilio: TwilioServer
) -> None:
    twilio.answers.extend([BUSY] * 200)
    service.talk("RIGHTS")
    for _ in range(FEWEST_TRIES):
        service.clock.forward(hours=1)
        service.drain()
    service.clock.forward(hours=23 - FEWEST_TRIES)
    service.drain()
    assert outbound(service)[0].status == "queued"
    service.clock.forward(hours=1)
    service.drain()
    assert (outbound(service)[0].status, outbound(service)[0].error) == ("failed", "Twilio 20503")
    twilio.answers.clear()
    service.talk("yes")
    assert [row.status for row in outbound(service)] == ["failed", "sent"]


@ON_SQLITE
@pytest.mark.parametrize("failure", FAILURES, ids=["503", "500", "429", "401", "cut"])
def test_what_nobody_tried_for_a_day_is_not_given_up_at_the_first_failure(
    service: Service, twilio: TwilioServer, failure: Any
) -> None:
    assert service.sms("RIGHTS") == 200
    service.clock.forward(hours=25)  # no worker was there
    twilio.answers.extend([failure] * (FEWEST_TRIES - 1))
    service.drain()
    for _ in range(FEWEST_TRIES):
        service.clock.forward(minutes=15)
        service.drain()
    assert [row.status for row in outbound(service)] == ["sent"]


def test_what_was_queued_before_stop_is_not_sent_after_it_but_the_confirmation_is(
    service: Service, twilio: TwilioServer
) -> None:
    service.talk("RIGHTS")
    for word in ("yes", "Atlanta", "STOP"):
        service.sms(word)
    service.drain()

    assert len(twilio.sent) == 2
    assert "no more messages" in twilio.sent[-1]["Body"]
    assert [row.status for row in outbound(service)] == ["sent", "failed", "failed", "sent"]
    assert "stopped" in outbound(service)[1].error


def test_what_was_queued_before_stop_stays_unsent_when_start_follows(
    service: Service, twilio: TwilioServer
) -> None:
    service.talk("RIGHTS")
    for word in ("yes", "STOP", "START"):
        service.sms(word)
    service.drain()
    assert not [message for message in twilio.sent if "Which city" in message["Body"]]
