"""Messages that come late, twice, or all at once: each is kept, and none answers a question it was not meant for."""

from typing import Any

import pytest

from storage.models import AnswerRow, MessageRow
from tests.bot.conftest import CHAT, Service
from tests.support.media import picture
from tests.support.providers import TelegramServer, TwilioServer

START = 1_780_000_000
FLOW = """
flow: small
title: Small
languages: [en]
keywords: [TELL]
contact: The testers
consent: {label: May we?, declined: Good bye.}
closing: Thanks.
questions:
  story: {type: text, multiline: true, label: What happened?}
  photo: {type: media, label: A photo?}
  first: {type: select_one, label: First?, choices: {yes: Of course, no: Never}}
  second: {type: select_one, label: Second?, choices: {yes: Of course, no: Never}}
  last: {type: text, label: Anything else?}
"""


@pytest.fixture
def service(service: Service) -> Service:
    service.publish(FLOW)
    return service


def said(service: Service, second: int, text: str | None = None, **more: Any) -> None:
    """What a person sent by Telegram in that second of the talk."""
    service.telegram(text, date=START + second, message_id=1000 + second, **more)
    service.drain()


def value(service: Service, question: str) -> Any:
    return next((row.value for row in service.rows(AnswerRow) if row.question == question), None)


def heard_as(service: Service) -> list[tuple[str | None, str | None]]:
    return [(row.heard, row.slot) for row in service.rows(MessageRow) if row.direction == "in"]


def begin(service: Service) -> None:
    said(service, 1, "TELL")
    said(service, 2, "yes")


def test_pieces_of_a_story_stand_as_they_were_sent(service: Service) -> None:
    begin(service)
    for second, text in [(3, "First."), (6, "Third."), (5, "Second."), (7, "DONE")]:
        said(service, second, text)
    assert service.told["story"] == "First.\nSecond.\nThird."


def test_a_piece_that_comes_after_done_is_in_the_story_still(
    service: Service, telegram: TelegramServer
) -> None:
    begin(service)
    for second, text in [(3, "First."), (5, "DONE"), (4, "Second.")]:
        said(service, second, text)
    assert service.told["story"] == "First.\nSecond."
    assert telegram.sent[-1]["text"].startswith("A photo?")  # asked once, and nothing else since
    assert heard_as(service)[-1] == ("answer", "story")


def photo(number: int) -> list[dict[str, Any]]:
    return [{"file_id": f"f{number}", "file_unique_id": f"u{number}", "width": 9, "height": 9}]


def test_an_album_is_one_answer_and_one_reply(service: Service, telegram: TelegramServer) -> None:
    begin(service)
    said(service, 3, "It was cold.\nDONE")
    before = len(telegram.sent)
    telegram.files |= {f"f{number}": picture() for number in range(10)}
    for number in range(10):
        said(
            service,
            4,
            photo=photo(number),
            media_group_id="77",
            caption=["The door", ""][number > 0],
        )
    assert len(telegram.sent) == before + 1
    assert telegram.sent[-1]["text"].endswith("2. Never\nReply with a number.")
    assert value(service, "photo") == ["photo"] * 10
    assert "The door" in service.heard
    assert heard_as(service)[-10:] == [("answer", "photo")] * 10


def test_a_button_pressed_twice_answers_once(service: Service, telegram: TelegramServer) -> None:
    begin(service)
    said(service, 3, "It was cold.\nDONE")
    said(service, 4, "SKIP")
    telegram.clock = START + 6  # the answer to the first press goes out in the sixth second
    said(service, 5, "Of course")
    said(service, 5, "Of course")
    assert (value(service, "first"), value(service, "second")) == ("yes", None)
    said(service, 9, "Never")
    assert (value(service, "first"), value(service, "second")) == ("yes", "no")


def test_another_button_of_the_same_question_does_not_answer_the_next(
    service: Service, telegram: TelegramServer
) -> None:
    """Yes, and at once no, before the next question was there to be seen."""
    begin(service)
    said(service, 3, "It was cold.\nDONE")
    said(service, 4, "SKIP")
    telegram.clock = START + 7
    said(service, 5, "Of course")
    said(service, 6, "Never")
    assert (value(service, "first"), value(service, "second")) == ("yes", None)


def test_the_same_answer_to_the_next_question_is_an_answer(
    service: Service, telegram: TelegramServer
) -> None:
    begin(service)
    said(service, 3, "It was cold.\nDONE")
    said(service, 4, "SKIP")
    telegram.clock = START + 5
    said(service, 5, "Of course")
    said(service, 6, "Of course")
    assert (value(service, "first"), value(service, "second")) == ("yes", "yes")


def test_a_doubled_text_message_answers_once(service: Service, twilio: TwilioServer) -> None:
    """The carrier brings it twice, under two names, before our answer is out."""
    service.talk("TELL", "yes", "It was cold.", "DONE", "SKIP")
    service.sms("1")
    service.sms("1")
    service.drain()
    assert (value(service, "first"), value(service, "second")) == ("yes", None)
    assert twilio.sent[-1]["Body"].startswith("Second?")
    service.talk("1")
    assert value(service, "second") == "yes"


def test_two_texts_sent_at_once_are_taken_in_their_order(service: Service) -> None:
    service.talk("TELL", "yes", "It was cold.", "DONE", "SKIP")
    service.sms("1")
    service.sms("2")
    service.drain()
    assert (value(service, "first"), value(service, "second")) == ("yes", "no")


def test_what_is_added_after_the_end_is_kept_and_confirmed_once(
    service: Service, twilio: TwilioServer
) -> None:
    service.talk("TELL", "yes", "It was cold.", "DONE", "SKIP", "1", "1", "no")
    ended = len(twilio.sent)
    service.talk("One more thing.", "And the heater broke.", "Twice.")
    assert len(twilio.sent) == ended + 1
    assert "We have kept this with what you told us" in twilio.sent[-1]["Body"]
    assert heard_as(service)[-3:] == [("unasked", None)] * 3
    assert {row.interview_id for row in service.rows(MessageRow)} == {1}


def test_the_first_words_of_a_person_are_kept_as_unasked(service: Service) -> None:
    service.talk("My landlord took the door away", "TELL")
    assert heard_as(service) == [("unasked", None), ("steer", None)]
    assert service.rows(MessageRow)[0].interview_id == 1


def test_every_message_says_what_it_was_taken_as(service: Service) -> None:
    service.talk("TELL", "yes", "It was cold.", "DONE", "SKIP", "perhaps", "1", "HELP")
    steer, consent, story = ("steer", None), ("answer", "consent"), ("answer", "story")
    tried, chosen = ("try", None), ("answer", "first")
    assert heard_as(service) == [steer, consent, story, story, steer, tried, chosen, steer]


def test_an_edited_piece_of_a_story_is_found_by_where_it_went(service: Service) -> None:
    begin(service)
    said(service, 3, "It was cold.")
    said(service, 4, "It was dark.")
    message = {"message_id": 1003, "date": START + 3, "edit_date": START + 9, "text": "It was hot."}
    person = {"id": CHAT, "is_bot": False, "first_name": "R"}
    chat = {"id": CHAT, "type": "private"}
    service.update({"update_id": 1, "edited_message": {**message, "chat": chat, "from": person}})
    assert service.told["story"] == "It was hot.\nIt was dark."
