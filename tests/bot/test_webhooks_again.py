"""One delivery counts once, however often and however many at a time it comes."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from storage.models import AnswerRow, InterviewRow, Job, MessageRow
from tests.bot.conftest import RESIDENT, SECRET, Service, signature
from tests.support.providers import TelegramServer, TwilioServer

TWILIO, TELEGRAM = "/webhooks/twilio", "/webhooks/telegram"
AT_ONCE = 8


def at_once(act: Callable[[], int]) -> list[int]:
    """``act`` by as many threads as there are, all let go at the same moment."""
    barrier = Barrier(AT_ONCE)

    def wait_and_act(_: int) -> int:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(wait_and_act, range(AT_ONCE)))


def test_a_delivery_that_comes_again_changes_nothing(
    service: Service, twilio: TwilioServer
) -> None:
    service.talk("RIGHTS", "yes")
    service.count -= 1  # the same MessageSid once more, as a text that would be an answer
    service.talk("yes")
    service.count -= 1
    service.talk("Atlanta")

    assert service.heard == ["RIGHTS", "yes"]
    assert len(twilio.sent) == 2
    assert service.rows(InterviewRow)[0].asked == "place"


def test_a_delivery_that_comes_eight_times_at_once_is_one_message_one_turn_one_reply(
    service: Service, twilio: TwilioServer
) -> None:
    service.talk("RIGHTS")
    form = {"MessageSid": "SM" + "f" * 32, "From": RESIDENT, "Body": "yes"}
    headers = signature(TWILIO, form)
    answers = at_once(
        lambda: service.app.test_client().post(TWILIO, data=form, headers=headers).status_code
    )
    service.drain()

    assert answers == [200] * AT_ONCE
    assert service.heard == ["RIGHTS", "yes"]
    assert [answer.question for answer in service.rows(AnswerRow)] == ["consent"]
    assert len(service.rows(Job)) == len(twilio.sent) == 2


def test_a_first_text_that_comes_eight_times_at_once_makes_one_contact(
    service: Service, telegram: TelegramServer
) -> None:
    chat, person = {"id": 7, "type": "private"}, {"id": 7, "is_bot": False, "first_name": "R"}
    message = {"message_id": 1, "date": 1_780_000_000, "chat": chat, "from": person, "text": "hi"}
    body = json.dumps({"update_id": 77, "message": message})
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    answers = at_once(
        lambda: service.app.test_client().post(TELEGRAM, data=body, headers=headers).status_code
    )
    service.drain()

    assert answers == [200] * AT_ONCE
    counts = service.counts()
    assert (counts["contacts"], counts["interviews"], counts["outbox"]) == (1, 1, 1)
    assert len(telegram.sent) == 1


def test_the_same_name_on_another_channel_is_another_delivery(service: Service) -> None:
    service.sms("hello", MessageSid="9001")
    service.count = 0
    service.telegram("hello")

    assert [row.provider_id for row in service.rows(MessageRow) if row.direction == "in"] == [
        "9001",
        "9001",
    ]
