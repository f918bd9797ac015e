"""How fast and for how much messages go out: shared by all who send, and never at the cost of whoever is answered."""

import logging
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.app import build_services
from bot.hands import Hands
from bot.limits import CHAT_BURST, HARD, Limits
from bot.sender import Sender
from bot.settings import load_settings
from flows.sms import segments
from storage import outbox, outgoing, ranks, spending
from storage.contacts import lock_contact
from storage.models import InterviewRow, Job, MessageRow, Rate
from tests.bot.conftest import ON_SQLITE, SURVEYS, Service, Serving
from tests.bot.test_metrics import scraped, value
from tests.storage.material import together
from tests.support.providers import Answer, TelegramServer, TwilioServer


def city(service: Service) -> Service:
    service.publish((SURVEYS / "city-testimony.yaml").read_text(encoding="utf-8"))
    return service


def queue(
    service: Service,
    number: int,
    kind: str = outbox.SEND,
    text: str = "Words.",
    about: int | None = None,
) -> None:
    """A message to each of so many people, ``about`` an interview."""
    with service.database.writing() as session:
        now = service.clock()
        for place in range(number):
            who = lock_contact(session, "sms", f"+1404777{place:04d}", now)
            message = outgoing.write(session, who.id, "sms", text, now, interview_id=about)
            outbox.enqueue_send(session, message, who.id, now, kind, channel="sms")


def chat(service: Service, number: int, chats: int = 1) -> None:
    """So many messages to each of so many chats."""
    with service.database.writing() as session:
        now = service.clock()
        for place in range(number * chats):
            who = lock_contact(session, "telegram", str(7000 + place % chats), now)
            message = outgoing.write(session, who.id, "telegram", f"{place}", now)
            outbox.enqueue_send(session, message, who.id, now, channel="telegram")


def statuses(service: Service) -> list[str]:
    return [row.status for row in service.rows(MessageRow) if row.direction == "out"]


def test_a_sender_keeps_to_its_rate(serving: Serving, twilio: TwilioServer) -> None:
    service = serving(TWILIO_RATE="3")
    queue(service, 10)
    gone = []
    for _ in range(4):
        service.drain()
        gone.append(len(twilio.sent))
        service.clock.forward(seconds=1)
    assert gone == [3, 6, 9, 10]
    assert {job.attempts for job in service.rows(Job)} == {1}


def test_several_processes_share_the_rate(serving: Serving, twilio: TwilioServer) -> None:
    first = serving(TWILIO_RATE="toll-free")
    second = serving(TWILIO_RATE="toll-free")
    queue(first, 12)
    senders = [Sender(service.services) for service in (first, second, first, second)]

    def work(place: int) -> None:
        while senders[place].run_once():
            pass

    for number in (3, 6, 9, 12):
        together(4, work)
        assert len(twilio.sent) == number
        first.clock.forward(seconds=1)
    assert len({form["To"] for form in twilio.sent}) == 12


@ON_SQLITE
def test_long_messages_count_by_segments(serving: Serving, twilio: TwilioServer) -> None:
    service = serving(TWILIO_RATE="long-code")
    text = "x" * 400
    queue(service, 2, text=text)
    service.drain()
    service.clock.forward(seconds=segments(text)[1] - 0.5)
    service.drain()
    assert len(twilio.sent) == 1
    service.clock.forward(seconds=0.5)
    service.drain()
    assert len(twilio.sent) == 2


@ON_SQLITE
def test_the_account_has_a_rate_of_its_own(serving: Serving, twilio: TwilioServer) -> None:
    service = serving(TWILIO_RATE="short-code", TWILIO_ACCOUNT_RATE="2")
    queue(service, 5)
    service.drain()
    assert len(twilio.sent) == 2


def test_answers_overtake_a_long_broadcast(serving: Serving, twilio: TwilioServer) -> None:
    service = city(serving(TWILIO_RATE="long-code"))
    queue(service, 20, outbox.BROADCAST, "To all of you.")
    service.drain()
    service.talk("RIGHTS")
    service.clock.forward(seconds=60)
    service.drain()
    bodies = [form["Body"] == "To all of you." for form in twilio.sent]
    assert bodies[:3].count(False) == 1


def test_a_chat_of_telegram_gets_a_few_at_once_and_then_one_a_second(
    service: Service, telegram: TelegramServer
) -> None:
    chat(service, CHAT_BURST + 2)
    service.drain()
    assert len(telegram.sent) == CHAT_BURST
    for more in (1, 2):
        service.clock.forward(seconds=1)
        service.drain()
        assert len(telegram.sent) == CHAT_BURST + more
    assert [form["text"] for form in telegram.sent] == [f"{n}" for n in range(CHAT_BURST + 2)]


def test_a_bot_sends_thirty_a_second(service: Service, telegram: TelegramServer) -> None:
    chat(service, 1, chats=40)
    service.drain()
    assert len(telegram.sent) == 30
    service.clock.forward(seconds=1)
    service.drain()
    assert len(telegram.sent) == 40


@ON_SQLITE
def test_without_a_rate_nothing_is_counted(serving: Serving, telegram: TelegramServer) -> None:
    service = serving(TELEGRAM_RATE="none")
    chat(service, 50)
    service.drain()
    assert len(telegram.sent) == 50
    with service.database.reading() as session:
        assert session.scalars(select(Rate)).all() == []


def test_a_provider_that_asks_for_a_pause_gets_it_from_all(
    serving: Serving, twilio: TwilioServer, telegram: TelegramServer
) -> None:
    first, second = serving(), serving()
    queue(first, 3)
    chat(first, 1)
    twilio.answers.append(Answer(429, {"code": 20429}, {"Retry-After": "40"}))
    first.drain()
    second.drain()
    assert (len(twilio.sent), len(telegram.sent)) == (1, 1)
    assert value(scraped(first), "send_wait_seconds", channel="sms") == 40
    first.clock.forward(seconds=39.5)
    second.drain()
    assert len(twilio.sent) == 1
    first.clock.forward(seconds=0.5)
    second.drain()
    assert len(twilio.sent) == 4
    assert value(scraped(first), "send_wait_seconds", channel="sms") is None


@ON_SQLITE
@pytest.mark.parametrize(
    "refusal",
    [
        TelegramServer.refusal(429, "Too Many Requests"),
        TelegramServer.refusal(429, "Too Many Requests", retry_after=0),
        TelegramServer.refusal(429, "Too Many Requests", retry_after="soon"),
        Answer(429, b"<html>too many</html>"),
        Answer(429, [[]]),
    ],
    ids=["none", "0", "no number", "no JSON", "no object"],
)
def test_a_pause_of_telegrams_without_a_time_is_a_second(
    service: Service, telegram: TelegramServer, refusal: Answer
) -> None:
    chat(service, 1, chats=3)
    telegram.answers.append(refusal)
    service.drain()
    assert len(telegram.sent) == 1
    assert value(scraped(service), "send_wait_seconds", channel="telegram") == 1
    service.clock.forward(seconds=1)
    service.drain()
    assert len(telegram.sent) == 2
    service.clock.forward(seconds=5)
    service.drain()
    assert statuses(service) == ["sent"] * 3


@ON_SQLITE
def test_a_number_whose_queue_at_twilio_is_full_is_waited_for(
    service: Service, twilio: TwilioServer
) -> None:
    """It says so as it refuses what is wrong with a message, by 400; but there is nothing wrong with it."""
    queue(service, 3)
    twilio.answers.append(TwilioServer.refusal(400, 21611))
    service.drain()
    assert len(twilio.sent) == 1
    assert value(scraped(service), "send_wait_seconds", channel="sms") == 1
    service.clock.forward(seconds=5)
    service.drain()
    assert statuses(service) == ["sent"] * 3


@ON_SQLITE
def test_a_pause_is_no_reason_to_take_no_messages(serving: Serving, twilio: TwilioServer) -> None:
    service = serving()
    queue(service, 3)
    twilio.answers.append(Answer(429, {"code": 20429}, {"Retry-After": "3000"}))
    service.drain()
    service.clock.forward(seconds=2000)
    assert service.client.get("/readyz").status_code == 200


@ON_SQLITE
def test_whoever_sends_wakes_when_the_limit_does(serving: Serving, twilio: TwilioServer) -> None:
    service = serving(TWILIO_RATE="50")
    queue(service, 60)
    stop = threading.Event()
    sender = threading.Thread(target=service.sender.run_until, args=(stop,))
    sender.start()
    twilio.wait_for(lambda: len(twilio.sent) == 50)
    service.clock.forward(seconds=1)
    service.services.wake.set()
    twilio.wait_for(lambda: len(twilio.sent) == 60)
    stop.set()
    service.services.wake.set()
    sender.join()


PRICE = {"SPEND_DAY": "10", "SMS_PRICE": "1"}  # ten segments a day


def test_at_the_cap_broadcasts_and_reminders_wait_until_tomorrow(
    serving: Serving, twilio: TwilioServer, caplog: pytest.LogCaptureFixture
) -> None:
    service = city(serving(**PRICE))
    service.sms("RIGHTS", sender="+14045550177")
    (about,) = [row.id for row in service.rows(InterviewRow)]
    queue(service, 12, outbox.REMIND, about=about)
    with caplog.at_level(logging.WARNING):
        service.drain()
    sent = len(twilio.sent)
    assert 0 < sent < 12
    near, reached = caplog.messages
    assert ("8 of 10" in near, "reached" in reached) == (True, True)
    service.talk("RIGHTS")  # whoever writes is answered
    assert len(twilio.sent) == sent + 1
    told = scraped(service)
    assert value(told, "day_segments_cap") == 10
    assert (value(told, "day_segments") or 0) > 10
    service.clock.forward(days=1)
    service.drain()
    assert statuses(service) == ["sent"] * 14


def test_what_is_in_hand_counts_towards_the_cap(serving: Serving, twilio: TwilioServer) -> None:
    service = city(serving(**PRICE))
    service.talk("RIGHTS")
    (about,) = [row.id for row in service.rows(InterviewRow)]
    queue(service, 12, outbox.REMIND, about=about)
    with service.database.reading() as session:
        before = spending.spent(session, service.services.today())
    twilio.open.clear()
    hands = Hands(service.services.wake)
    sender = Sender(service.services, hands=hands)
    while sender.run_once():
        pass
    twilio.open.set()
    hands.finish()
    with service.database.reading() as session:
        assert spending.spent(session, service.services.today()) == 10
    assert len(twilio.sent) - 1 == 10 - before


def test_far_beyond_the_cap_only_a_stop_is_confirmed(
    serving: Serving, twilio: TwilioServer
) -> None:
    service = city(serving(**PRICE))
    service.talk("RIGHTS")
    with service.database.writing() as session:
        spending.add(session, service.services.today(), 10 * HARD)
    before = len(twilio.sent)
    service.talk("yes")
    assert len(twilio.sent) == before
    service.talk("STOP")
    assert [form["Body"] for form in twilio.sent[before:]] == [service.said[-1]]
    assert service.client.get("/readyz").status_code == 200


@ON_SQLITE
def test_telegram_costs_nothing(serving: Serving, telegram: TelegramServer) -> None:
    service = serving(**PRICE, TELEGRAM_RATE="none")
    chat(service, 40)
    service.drain()
    assert len(telegram.sent) == 40


def test_what_was_refused_is_not_paid_for(serving: Serving, twilio: TwilioServer) -> None:
    service = serving(**PRICE)
    queue(service, 1)
    twilio.answers.append(TwilioServer.refusal(503, 20503))
    service.drain()
    with service.database.reading() as session:
        assert spending.spent(session, service.services.today()) == 0


@ON_SQLITE
@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"TWILIO_RATE": "fast"}, "TWILIO_RATE"),
        ({"TWILIO_RATE": "0"}, "TWILIO_RATE"),
        ({"TWILIO_ACCOUNT_RATE": "10dlc"}, "TWILIO_ACCOUNT_RATE"),
        ({"TELEGRAM_RATE": "nan"}, "TELEGRAM_RATE"),
        ({"SPEND_DAY": "20"}, "SMS_PRICE"),
        ({"SPEND_DAY": "lots", "SMS_PRICE": "0.01"}, "SPEND_DAY"),
        ({"SPEND_DAY": "20", "SMS_PRICE": "-1"}, "SMS_PRICE"),
        ({"SPEND_DAY": "0.008", "SMS_PRICE": "0.0083"}, "SPEND_DAY"),
    ],
)
def test_a_wrong_limit_is_named(serving: Serving, given: dict[str, str], named: str) -> None:
    with pytest.raises(Exception, match=rf"^{named} is [^\n]*$"):
        serving(**given)


@ON_SQLITE
def test_presets_are_rates(environ: dict[str, str], tmp_path) -> None:  # type: ignore[no-untyped-def]
    found = {
        name: load_settings({**environ, "TWILIO_RATE": name}, tmp_path).limits.twilio
        for name in ("none", "10dlc", "long-code", "toll-free", "short-code", "0.5")
    }
    assert found == {
        "none": None,
        "10dlc": 1.25,
        "long-code": 1.0,
        "toll-free": 3.0,
        "short-code": 100.0,
        "0.5": 0.5,
    }


def test_with_the_real_clock_all_go_by_the_databases(environ: dict[str, str], tmp_path) -> None:  # type: ignore[no-untyped-def]
    """No clock of a host's is told; a rate of one in a hundred seconds lets one of many through."""
    given = {**environ, "TWILIO_RATE": "0.01"}
    services = build_services(load_settings(given, tmp_path))
    limits = Limits(services)
    found = []
    for _ in range(3):
        with services.database.writing() as session:
            found.append(limits.take(session, "sms", "Words."))
    with services.database.reading() as session:
        shut = limits.look(session)
    services.close()
    assert found == [True, False, False]
    assert ("sms", ranks.ANSWERS) in shut.shut
    assert timedelta(seconds=90) < timedelta(seconds=shut.waiting["sms"]) <= timedelta(seconds=100)
