"""When somebody falls silent, as their phone sees it: by day where they live, once, and nothing after an end."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from bot.sender import Sender
from bot.silences import look_at_one
from storage import contacts, outbox, silences
from storage.models import Contact, InterviewRow, Job, MessageRow
from storage.suppressions import UNREACHABLE
from tests.bot.conftest import ON_SQLITE, RESIDENT, Service
from tests.bot.test_web_phone import Browser
from tests.support.providers import TelegramServer, TwilioServer

FLOW = """
flow: street
title: Our street
languages: [en, es]
keywords: {en: [STREET], es: [CALLE]}
contact: The testers
consent: {label: May we ask?, declined: Good bye.}
remind: [2 days, 7 days]
expires: 30 days
questions:
  near: {type: geopoint, label: Where do you live?}
  story: {type: text, multiline: true, label: What happened?}
  wish: {type: text, label: What do you wish?}
closing: Thank you.
"""
SEATTLE, TOLL_FREE = "+12065550123", "+18005550123"
PACIFIC = ZoneInfo("America/Los_Angeles")
REMINDER = "Hello. You can go on where you left off"
KEPT = "We have kept what you told us so far."
BUSY = TwilioServer.refusal(503, 20503)


@pytest.fixture
def street(service: Service) -> Service:
    """It is eight in the morning in Atlanta, and five in Seattle."""
    service.publish(FLOW)
    return service


def wait(service: Service, until: datetime | None = None, **delta: float) -> None:
    """Time passes; whenever something is due, it is done."""
    end = until or service.clock() + timedelta(**delta)
    for _ in range(100):
        with service.database.reading() as session:
            moments = (outbox.next_due(session), silences.next_due(session))
        soon = min((at for at in moments if at), default=end)
        if soon >= end:
            break
        service.clock.time = max(service.clock(), soon)
        service.drain()
    service.clock.time = end
    service.drain()


def reminders(service: Service) -> list[MessageRow]:
    said = zip(service.said, outbound(service), strict=True)
    return [row for text, row in said if text.startswith(REMINDER)]


def outbound(service: Service) -> list[MessageRow]:
    return [row for row in service.rows(MessageRow) if row.direction == "out"]


def clock_of(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%d %H}"


def test_who_falls_silent_is_reminded_twice_and_then_left_alone(
    street: Service, twilio: TwilioServer
) -> None:
    street.talk("STREET", "yes")
    before = len(twilio.sent)
    wait(street, days=29)
    texts = [message["Body"] for message in twilio.sent[before:]]
    assert len(texts) == 2
    assert all(text.startswith(REMINDER) for text in texts)
    assert all("STOP" in text and "street" not in text for text in texts)
    (row,) = street.rows(InterviewRow)
    assert (row.status, row.reminded) == ("waiting", 2)


def test_after_its_time_the_interview_expires_in_silence(street: Service) -> None:
    street.talk("STREET", "yes")
    wait(street, days=29)
    said = len(street.said)
    wait(street, days=2)
    (row,) = street.rows(InterviewRow)
    assert (row.status, row.due_at, len(street.said)) == ("expired", None, said)
    street.talk("hello?")
    assert street.said[-1] == "To begin, send STREET."


def test_a_word_begins_the_silence_anew(street: Service) -> None:
    street.talk("STREET", "yes")
    wait(street, days=3)
    street.talk("HELP")
    wait(street, days=3)
    assert len(reminders(street)) == 2


def test_a_reminder_comes_by_the_clock_of_the_number(street: Service) -> None:
    """It was five in the morning in Seattle; two days later it is not said before eight."""
    street.talk("STREET", "yes", sender=SEATTLE)
    wait(street, days=3)
    (row,) = reminders(street)
    assert clock_of(row.at, PACIFIC) == "02 08"


def test_a_reminder_comes_by_the_clock_of_the_place_that_was_told(street: Service) -> None:
    street.talk("STREET", "yes", "90012", "SKIP")
    (contact,) = street.rows(Contact)
    assert contact.timezone == "America/Los_Angeles"
    wait(street, days=3)
    (row,) = reminders(street)
    assert clock_of(row.at, PACIFIC) == "02 08"


def test_the_carrier_s_zip_code_is_used_for_the_zone_and_kept_nowhere(street: Service) -> None:
    street.sms("STREET", FromZip="98101", FromCountry="US")
    street.sms("yes", FromZip="30303", FromCountry="US")
    (contact,) = street.rows(Contact)
    assert contact.timezone == "America/Los_Angeles"
    assert not any("98101" in text for text in (*street.heard, *street.said))


def test_where_a_contact_of_telegram_is_unknown_it_is_day_on_both_coasts(street: Service) -> None:
    street.telegram("STREET")
    street.telegram("yes")
    street.drain()
    wait(street, days=3)
    (row,) = reminders(street)
    assert clock_of(row.at, PACIFIC) == "02 08"


def test_the_flow_says_where_its_people_live(service: Service) -> None:
    service.publish(FLOW + "timezone: Asia/Kolkata\n")  # where it is half past five in the evening
    service.telegram("STREET")
    service.telegram("yes")
    service.drain()
    wait(service, days=3)
    (row,) = reminders(service)
    assert clock_of(row.at, ZoneInfo("Asia/Kolkata")) == "02 17"


def test_a_story_is_ended_kindly_after_half_a_day(street: Service, twilio: TwilioServer) -> None:
    street.talk("STREET", "yes", "30303", "They came at night.")
    wait(street, hours=13)
    assert twilio.sent[-1]["Body"].startswith(KEPT)
    assert twilio.sent[-1]["Body"].endswith("What do you wish?")
    street.talk("Peace")
    (row,) = street.rows(InterviewRow)
    assert (row.status, twilio.sent[-1]["Body"]) == ("complete", "Thank you.")


def test_who_writes_again_in_time_goes_on_with_the_story(street: Service) -> None:
    street.talk("STREET", "yes", "30303", "They came at night.")
    wait(street, hours=11)
    street.talk("Two of them.")
    wait(street, hours=2)
    assert not any(text.startswith(KEPT) for text in street.said)


def test_a_reply_never_waits(street: Service, twilio: TwilioServer) -> None:
    wait(street, until=datetime(2026, 6, 1, 7, 0, tzinfo=UTC))  # three in the morning
    street.talk("STREET", "yes", "30303", "They came at night.", "DONE")
    assert twilio.sent[-1]["Body"] == "What do you wish?"


def test_a_reminder_that_was_held_up_until_the_night_waits_for_the_morning(
    street: Service, twilio: TwilioServer
) -> None:
    wait(street, until=datetime(2026, 6, 1, 0, 40, tzinfo=UTC))  # twenty to nine
    street.talk("STREET", "yes")
    wait(street, days=2, minutes=-1)
    twilio.answers.extend([BUSY] * 9)
    wait(street, hours=10)
    (row,) = reminders(street)
    assert (row.status, row.error) == ("queued", "the contact sleeps")
    twilio.answers.clear()
    wait(street, hours=2)
    (row,) = reminders(street)
    assert row.status == "sent"


def held_up(street: Service, twilio: TwilioServer, *texts: str) -> None:
    """A contact to whom something was to be said late in the evening, and could not."""
    street.talk("STREET", "yes", *texts)
    wait(street, hours=12, minutes=-1)
    twilio.answers.extend([BUSY] * 8)
    wait(street, hours=2)
    twilio.answers.clear()


def test_who_writes_at_night_is_answered_and_not_reminded(
    street: Service, twilio: TwilioServer
) -> None:
    street.publish(FLOW.replace("2 days", "12 hours"))
    street.clock.forward(minutes=55)
    held_up(street, twilio)
    before = len(twilio.sent)
    street.talk("30303")
    assert [message["Body"] for message in twilio.sent[before:]] == [street.said[-1]]
    (row,) = reminders(street)
    assert (row.status, row.error) == ("failed", "the contact has written")


def test_who_writes_at_night_hears_first_what_their_story_led_to(
    street: Service, twilio: TwilioServer
) -> None:
    street.clock.forward(minutes=55)
    held_up(street, twilio, "30303", "They came at night.")
    before = len(twilio.sent)
    street.talk("HELP")
    street.drain()
    bodies = [message["Body"] for message in twilio.sent[before:]]
    assert bodies[0].startswith(KEPT)
    assert bodies[1].startswith("The testers.")


ENDS = {
    "STOP": ["STOP"],
    "PAUSE": ["PAUSE"],
    "a quiet end": ["WRONG NUMBER"],
    "DELETE": ["DELETE", "DELETE"],
    "a no": [],
}


@ON_SQLITE
@pytest.mark.parametrize("words", ENDS.values(), ids=ENDS)
def test_after_an_end_nothing_is_said(street: Service, words: list[str]) -> None:
    street.talk("STREET", "yes" if words else "no", *words)
    said = len(street.said)
    wait(street, days=10)
    assert len(street.said) == said


@ON_SQLITE
def test_who_never_said_yes_is_not_reminded(street: Service) -> None:
    street.talk("STREET")
    wait(street, days=10)
    assert reminders(street) == []


def test_who_is_out_of_reach_is_not_reminded(street: Service) -> None:
    street.talk("STREET", "yes")
    with street.database.writing() as session:
        contact = contacts.lock_contact(session, "sms", RESIDENT, street.clock())
        contacts.stop(session, contact, UNREACHABLE, street.clock())
    wait(street, days=10)
    assert reminders(street) == []


def test_a_page_is_not_reminded_but_its_story_goes_on(street: Service) -> None:
    browser = Browser(street)
    browser.open("/try/street")
    browser.say("Start", "yes", "30303", "They came at night.", path="/try/street")
    wait(street, days=10)
    assert reminders(street) == []
    assert browser.open("/try/street").text.count("What do you wish?") == 1


def test_two_senders_remind_nobody_twice(street: Service, twilio: TwilioServer) -> None:
    people = [f"+1404555{number:04d}" for number in range(12)]
    for person in people:
        street.talk("STREET", "yes", sender=person)
    before = len(twilio.sent)
    street.clock.forward(days=2, minutes=1)

    def work(sender: Sender) -> None:
        while sender.run_once():
            pass

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, [Sender(street.services), Sender(street.services)]))
    street.drain()
    assert sorted(message["To"] for message in twilio.sent[before:]) == people


def test_after_a_long_outage_there_is_one_reminder(street: Service) -> None:
    street.talk("STREET", "yes")
    street.clock.forward(days=12)
    wait(street, days=3)
    assert len(reminders(street)) == 1


def test_a_clock_that_was_put_back_reminds_nobody_again(street: Service) -> None:
    street.talk("STREET", "yes")
    wait(street, days=3)
    street.clock.forward(days=-2)
    wait(street, days=3)
    assert len(reminders(street)) == 1


def test_not_all_are_called_in_the_same_minute(street: Service) -> None:
    wait(street, until=datetime(2026, 6, 1, 3, 0, tzinfo=UTC))  # eleven in the evening
    people = [f"+1404555{number:04d}" for number in range(6)]
    for person in people:
        street.talk("STREET", "yes", sender=person)
    street.clock.time = datetime(2026, 6, 3, 4, 0, tzinfo=UTC)
    street.drain()
    due = [row.due_at for row in street.rows(InterviewRow)]
    assert len(set(due)) == 6
    opens = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)
    assert all(opens <= at < opens + timedelta(minutes=15) for at in due)


def test_a_bug_with_one_interview_does_not_keep_the_others_from_their_reminders(
    street: Service, caplog: pytest.LogCaptureFixture
) -> None:
    street.talk("STREET", "yes")
    street.talk("STREET", "yes", sender=SEATTLE)
    with street.database.writing() as session:
        session.execute(update(InterviewRow).where(InterviewRow.id == 1).values(status="lost"))
    with caplog.at_level(logging.ERROR):
        wait(street, days=3)
    assert [row.contact_id for row in reminders(street)] == [2]
    assert "interview 1 could not be looked at" in caplog.text


def test_there_is_nothing_to_look_at_before_something_is_due(street: Service) -> None:
    assert look_at_one(street.services) == 0
    street.talk("STREET", "yes")
    assert look_at_one(street.services) == 0
    assert [job for job in street.rows(Job) if job.kind == "remind"] == []


def test_a_reminder_reaches_telegram_too(street: Service, telegram: TelegramServer) -> None:
    street.telegram("STREET")
    street.telegram("yes")
    street.drain()
    wait(street, days=3)
    assert telegram.sent[-1]["text"].startswith(REMINDER)
