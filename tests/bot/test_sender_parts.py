"""A long reply goes out in as many messages as the channel needs, parted where people part, in order."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels import SMS, TELEGRAM
from flows import Reply
from storage.models import Contact
from storage.replies import LONGEST, parts, queue_reply
from tests.bot.conftest import ON_SQLITE, Service
from tests.support.providers import TelegramServer, TwilioServer

LINE = "They raised the rent and would not say why, so we went together. "
PARAGRAPHS = [(f"{number} " + LINE * 14).strip() for number in range(1, 11)]  # 912 characters each


def queue(service: Service, text: str, choices: tuple[str, ...] = ()) -> None:
    with service.database.writing() as session:
        contact = session.get_one(Contact, 1)
        queue_reply(session, contact, Reply(text, choices), service.clock())
    service.drain()


def test_long_texts_part_between_paragraphs(service: Service, twilio: TwilioServer) -> None:
    service.talk("RIGHTS")
    queue(service, "\n\n".join(PARAGRAPHS))
    assert [message["Body"] for message in twilio.sent[1:]] == PARAGRAPHS


def test_long_texts_keep_paragraphs_together_that_fit(
    service: Service, telegram: TelegramServer
) -> None:
    service.telegram("/start")
    service.drain()
    queue(service, "\n\n".join(PARAGRAPHS), ("Yes", "No"))
    service.clock.forward(seconds=1)  # a chat takes one message a second
    service.drain()

    sent = telegram.sent[1:]
    assert [message["text"] for message in sent] == [
        "\n\n".join(PARAGRAPHS[:4]),
        "\n\n".join(PARAGRAPHS[4:8]),
        "\n\n".join(PARAGRAPHS[8:]),
    ]
    keyboards = [json.loads(message["reply_markup"]) for message in sent]
    assert [bool(keyboard.get("keyboard")) for keyboard in keyboards] == [False, False, True]


def test_the_parts_of_a_reply_wait_for_each_other(service: Service, twilio: TwilioServer) -> None:
    service.talk("RIGHTS")
    twilio.answers.append(TwilioServer.refusal(503, 20503))
    queue(service, "\n\n".join(PARAGRAPHS[:3]))
    assert len(twilio.sent) == 2
    service.clock.forward(minutes=1)
    service.drain()
    tried = [message["Body"] for message in twilio.sent[1:]]
    assert tried[1:] == service.said[1:]
    assert tried[0] == tried[1]


@ON_SQLITE
def test_buttons_are_the_labels_of_one_choice_and_go_when_there_are_none(
    service: Service, telegram: TelegramServer
) -> None:
    for text in ["/start", "yes", "Atlanta", "1 7"]:
        service.telegram(text)
        service.drain()
    consent, place, issues, main = (json.loads(one["reply_markup"]) for one in telegram.sent)

    assert [row[0]["text"] for row in consent["keyboard"]] == ["Yes", "No"]
    assert place == issues == {"remove_keyboard": True}
    assert [row[0]["text"] for row in main["keyboard"]][:2] == [
        "Home and neighborhood",
        "Food, water, power, benefits",
    ]


@pytest.mark.parametrize("channel", [SMS, TELEGRAM])
def test_a_text_that_just_fits_is_one_message(channel: str) -> None:
    assert parts("x" * LONGEST[channel], LONGEST[channel]) == ["x" * LONGEST[channel]]
    assert [len(part) for part in parts("x" * (LONGEST[channel] + 1), LONGEST[channel])] == [
        LONGEST[channel],
        1,
    ]


@settings(deadline=None, derandomize=True)
@given(
    text=st.text(st.sampled_from("ab \n\té😀"), max_size=300) | st.text(max_size=300),
    longest=st.integers(5, 40),
)
def test_nothing_but_space_is_lost_between_parts(text: str, longest: int) -> None:
    found = parts(text, longest)
    assert all(part.strip() and len(part) <= longest for part in found) or not text.strip()
    assert "".join("".join(found).split()) == "".join(text.split())
