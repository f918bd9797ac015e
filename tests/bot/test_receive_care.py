"""People in danger, from the webhook to the reply: help at once, a mark for coordinators, the quiet word."""

import pytest

from storage.models import AnswerRow, InterviewRow, MessageRow
from tests.bot.conftest import ON_SQLITE, Service
from tests.support.providers import TelegramServer, TwilioServer

FLOW = """
flow: home
title: Home
languages: [en]
keywords: [HOME]
contact: The Shelter
leave: [pizza]
not_private: true
care:
  danger: {words: [he has a gun, going to kill me], label: Call 911.}
consent: {label: May we?, declined: Good bye.}
questions:
  name: {type: text, label: Your name?}
  story: {type: text, multiline: true, label: What happened?}
  papers: {type: text, label: Which papers?, sensitive: true}
closing: Thanks.
"""


def said_last(twilio: TwilioServer) -> str:
    return str(twilio.sent[-1]["Body"])


def marked(service: Service) -> list[str | None]:
    return [row.attention for row in service.rows(MessageRow) if row.direction == "in"]


def test_help_comes_first_and_once_and_every_message_is_marked(
    service: Service, twilio: TwilioServer
) -> None:
    service.publish(FLOW)
    service.talk("HOME", "yes", "Ana", "It was in May.", "He has a gun!")
    assert said_last(twilio) == "Call 911."
    sent = len(twilio.sent)
    service.talk("he has a gun, he has a gun")
    assert len(twilio.sent) == sent
    assert marked(service) == [None, None, None, None, "care: danger", "care: danger"]
    (interview,) = service.rows(InterviewRow)
    assert (interview.status, interview.cared) == ("waiting", ["danger"])
    assert [row.question for row in service.rows(AnswerRow)] == ["consent", "name", "story"]


def test_the_quiet_word_pauses_and_tells_nothing(service: Service, twilio: TwilioServer) -> None:
    service.publish(FLOW)
    service.talk("HOME", "yes", "Ana", "Pizza", "who is this?")
    assert [one["Body"] for one in twilio.sent[-2:]] == ["Wrong number, sorry."] * 2
    (interview,) = service.rows(InterviewRow)
    assert (interview.status, interview.asked) == ("paused", "story")
    service.talk("COPY")
    assert said_last(twilio) == "Wrong number, sorry."
    service.talk("HOME")
    assert said_last(twilio).startswith("Welcome back.")
    (interview,) = service.rows(InterviewRow)
    assert (interview.status, interview.cared) == ("waiting", None)


def test_who_never_wrote_before_can_send_it(service: Service, twilio: TwilioServer) -> None:
    service.talk("wrong number")
    assert said_last(twilio) == "Wrong number, sorry."
    assert service.rows(InterviewRow) == []


def test_by_text_message_it_is_said_who_can_read_along_and_to_delete_it_all(
    service: Service, twilio: TwilioServer
) -> None:
    service.publish(FLOW)
    service.talk("HOME", "yes", "SKIP", "SKIP")
    assert said_last(twilio).startswith("Whoever holds this phone")
    assert said_last(twilio).endswith("Which papers?")
    service.talk("REPEAT")
    assert said_last(twilio) == "Which papers?"
    service.talk("none")
    assert said_last(twilio).startswith("Thanks.\n\nIf others use your phone")


@ON_SQLITE
def test_whatsapp_is_not_read_by_the_phone_company(service: Service, twilio: TwilioServer) -> None:
    service.publish(FLOW)
    for text in ("HOME", "yes", "SKIP", "SKIP"):
        service.talk(text, sender="whatsapp:+14045550123")
    assert said_last(twilio) == "Which papers?"


@ON_SQLITE
def test_an_edit_that_tells_of_danger_is_answered(
    service: Service, telegram: TelegramServer
) -> None:
    service.publish(FLOW)
    for text in ("HOME", "yes", "Ana"):
        service.telegram(text)
        service.drain()
    edited = {
        "message_id": service.count,
        "date": 1_780_000_000,
        "edit_date": 1_780_000_100,
        "chat": {"id": 55501, "type": "private"},
        "from": {"id": 55501, "is_bot": False, "first_name": "R", "language_code": "en"},
        "text": "Ana. He has a gun!",
    }
    service.update({"update_id": 99_000, "edited_message": edited})
    service.drain()
    assert telegram.sent[-1]["text"].startswith("Call 911.\n\nWe understood: Ana. He has a gun!")
    assert marked(service)[-1] == "care: danger"


@ON_SQLITE
def test_no_word_of_it_is_logged(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    service.publish(FLOW)
    with caplog.at_level("DEBUG"):
        service.talk("HOME", "yes", "he has a gun")
    assert "gun" not in caplog.text
