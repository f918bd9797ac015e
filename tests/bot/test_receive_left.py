"""After the quiet word somebody else may hold the phone: nothing of what was said may come to it any more."""

from typing import Any

import pytest

from storage.models import Attachment, Contact, InterviewRow, Job, MessageRow, Receipt
from tests.bot.conftest import CHAT, Service
from tests.support.providers import TwilioServer

LEAVE, SORRY = "WRONG NUMBER", "Wrong number, sorry."
FLOW = """
flow: small
title: Small
languages: [en]
keywords: [TELL]
contact: The testers
consent: {label: May we?, declined: Good bye.}
closing: Thanks.
care: {danger: {words: [he hits me], label: Call 911.}}
questions:
  street: {type: text, label: Which street?}
  photo: {type: media, label: A photo?}
  last: {type: text, label: "On {street}, what else?"}
"""


@pytest.fixture
def service(service: Service) -> Service:
    service.publish(FLOW)
    return service


def edited(service: Service, number: int, text: str) -> None:
    """The person changes the message that came as the so-many-th."""
    person, chat = {"id": CHAT, "is_bot": False, "first_name": "R"}, {"id": CHAT, "type": "private"}
    service.count += 1
    message: dict[str, Any] = {"message_id": number, "date": 1_780_000_000, "text": text}
    message |= {"edit_date": 1_780_000_000 + service.count, "chat": chat, "from": person}
    service.update({"update_id": 9000 + service.count, "edited_message": message})
    service.drain()


def test_a_reply_that_waits_does_not_go_out_behind_it(
    service: Service, twilio: TwilioServer
) -> None:
    service.talk("TELL", "yes")
    service.sms("Pine Street")
    service.sms(LEAVE)
    service.drain()
    assert [message["Body"] for message in twilio.sent[2:]] == [SORRY]


def test_nobody_is_told_of_a_file_behind_it(service: Service, twilio: TwilioServer) -> None:
    url = twilio.hold(b"%PDF-1.4 not a picture")
    service.talk("TELL", "yes", "Pine Street")
    service.sms("", NumMedia="1", MediaUrl0=url, MediaContentType0="image/jpeg")
    service.talk(LEAVE)
    assert service.rows(Attachment)[0].status == "refused"
    assert twilio.sent[-1]["Body"] == SORRY


def test_an_edit_behind_it_is_kept_and_not_answered(service: Service) -> None:
    for text in ("TELL", "yes", "Pine Street"):
        service.telegram(text)
        service.drain()
    number = service.count
    service.telegram(LEAVE)
    service.drain()
    edited(service, number, "he hits me")
    assert service.said[-1] == SORRY


def test_the_keyword_begins_to_speak_again(service: Service, twilio: TwilioServer) -> None:
    service.talk("TELL", "yes", "Pine Street", LEAVE, "who is this", "TELL")
    assert twilio.sent[-1]["Body"].startswith("Welcome back.")
    assert "A photo?" in twilio.sent[-1]["Body"]


def test_the_phone_left_behind_is_told_of_no_file(service: Service, twilio: TwilioServer) -> None:
    url = twilio.hold(b"%PDF-1.4 not a picture")
    service.talk("TELL", "yes", "Pine Street", "CODE")
    code = twilio.sent[-1]["Body"].partition("code: ")[2][:9]
    service.sms("", NumMedia="1", MediaUrl0=url, MediaContentType0="image/jpeg")
    service.sms(code, "+14045550999")
    before = len(twilio.sent)
    service.drain()
    assert {message["To"] for message in twilio.sent[before:]} <= {"+14045550999"}


def test_an_erasure_leaves_no_sign_of_a_danger(service: Service) -> None:
    service.talk("TELL", "yes", "he hits me", "CODE", "DELETE", "DELETE")
    assert [row.cared for row in service.rows(InterviewRow)] == [None]
    assert {(row.attention, row.slot) for row in service.rows(MessageRow)} == {(None, None)}
    assert service.rows(Receipt) == []
    assert {job.target for job in service.rows(Job)} == {None}


def test_stop_right_after_an_erasure_keeps_no_number(service: Service) -> None:
    service.talk("TELL", "yes", "DELETE")
    service.sms("DELETE")
    service.sms("STOP")
    service.drain()
    service.drain()
    assert {row.address for row in service.rows(Contact)} == {None}
    assert service.stopped


def test_a_message_edited_twice_is_corrected_twice(service: Service) -> None:
    service.publish(FLOW.replace("street: {type: text,", "street: {type: text, multiline: true,"))
    for text in ("TELL", "yes", "He told me to leave my home", "me"):
        service.telegram(text)
        service.drain()
    number = service.count
    edited(service, number, "me and my son")
    edited(service, number, "me and my daughter")
    assert service.told["street"] == "He told me to leave my home\nme and my daughter"
