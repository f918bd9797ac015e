"""Photos, places and stories on the channels: from a request to what is kept and what is shown as buttons."""

import json

from storage.models import AnswerRow, MessageRow
from tests.bot.conftest import ON_SQLITE, Service
from tests.support.media import picture
from tests.support.providers import TelegramServer, TwilioServer

FLOW = """
flow: street
title: Our street
languages: [en]
keywords: {en: [STREET]}
contact: The testers
consent: {label: May we?, declined: Good bye.}
questions:
  where: {type: geopoint, label: Where?}
  proof: {type: media, label: A photo?}
  story: {type: text, multiline: true, label: What happened?}
closing: Thank you.
"""
PLACE = {"latitude": 33.749, "longitude": -84.388}
PHOTO = [{"file_id": "f1", "file_unique_id": "u1", "width": 10, "height": 10}]

pytestmark = ON_SQLITE


def kept(service: Service) -> dict[str, object]:
    return {row.question: row.value for row in service.rows(AnswerRow)}


def test_a_place_is_shared_by_a_button_on_telegram(
    service: Service, telegram: TelegramServer
) -> None:
    service.publish(FLOW)
    for text in ("STREET", "yes"):
        service.telegram(text)
    service.drain()
    keyboard = json.loads(telegram.sent[-1]["reply_markup"])["keyboard"]
    assert keyboard == [[{"text": "Share my location", "request_location": True}]]
    service.telegram(location=PLACE)
    service.drain()
    assert telegram.sent[-1]["text"] == "A photo?"
    assert "33.749000, -84.388000" in service.heard


def test_a_photo_is_kept_as_an_answer_with_its_message(service: Service) -> None:
    service.publish(FLOW)
    for text in ("STREET", "yes", "30310"):
        service.telegram(text)
    service.telegram(photo=PHOTO, caption="The stairs")
    assert kept(service)["proof"] == ["photo"]
    assert service.rows(MessageRow)[-2].media is not None


def test_a_photo_by_text_message_is_an_answer_too(service: Service, twilio: TwilioServer) -> None:
    service.publish(FLOW)
    service.talk("STREET", "yes", "30310")
    media = {
        "NumMedia": "1",
        "MediaUrl0": twilio.hold(picture("PNG")),
        "MediaContentType0": "image/png",
    }
    service.sms("", **media)
    service.drain()
    assert kept(service)["proof"] == ["photo"]
    assert twilio.sent[-1]["Body"].startswith("We have received it.\n\nWhat happened?")


def test_a_story_is_listened_to_without_a_word_until_done(
    service: Service, twilio: TwilioServer
) -> None:
    service.publish(FLOW)
    service.talk("STREET", "yes", "30310", "SKIP", "They came.")
    before = len(twilio.sent)
    service.talk("They left.")
    assert len(twilio.sent) == before
    service.talk("Done")
    assert twilio.sent[-1]["Body"] == "Thank you."
