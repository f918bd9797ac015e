"""A flood of forged webhooks costs the database nothing: they are refused before it is asked anything."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from bot.app import MAX_BODY
from bot.channels.signatures import MAX_FIELDS, MAX_FORM
from tests.bot.conftest import RESIDENT, SECRET, Service, Serving, signature

SMS, STATUS, TELEGRAM = "/webhooks/twilio", "/webhooks/twilio/status", "/webhooks/telegram"
FORM = {"MessageSid": "SM" + "7" * 32, "From": RESIDENT, "Body": "RIGHTS", "MessageStatus": "sent"}
UPDATE = b'{"update_id": 1, "message": {}}'


@pytest.fixture
def asked(service: Service) -> Iterator[list[str]]:
    """Every connection that is taken to the database from now on."""
    heard: list[str] = []

    def listen(*_: Any) -> None:
        heard.append("a connection was taken")

    event.listen(service.database.engine, "checkout", listen)
    yield heard
    event.remove(service.database.engine, "checkout", listen)


@pytest.mark.parametrize("path", [SMS, STATUS])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Twilio-Signature": ""},
        {"X-Twilio-Signature": "Zm9yZ2Vk"},
        {"X-Twilio-Signature": "not\x80base64"},
        signature("/elsewhere", FORM),
        {"Cookie": "testimony=forged; session=forged"},
    ],
)
def test_a_forged_webhook_of_twilio_asks_the_database_nothing(
    service: Service, asked: list[str], path: str, headers: dict[str, str]
) -> None:
    assert service.client.post(path, data=FORM, headers=headers).status_code == 403
    assert asked == []


@pytest.mark.parametrize("secret", [None, "", "guessed", SECRET + "x", SECRET[:-1]])
def test_a_forged_update_of_telegram_asks_the_database_nothing(
    service: Service, asked: list[str], secret: str | None
) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret is not None else {}
    assert service.client.post(TELEGRAM, data=UPDATE, headers=headers).status_code == 403
    assert asked == []


def test_a_true_one_asks_it_once(service: Service, asked: list[str]) -> None:
    assert service.sms("RIGHTS") == 200
    asked.clear()
    assert service.sms("yes") == 200
    assert asked == ["a connection was taken"]


@pytest.mark.parametrize("path", [SMS, STATUS, TELEGRAM])
def test_what_is_too_large_or_no_message_asks_it_nothing(
    service: Service, asked: list[str], path: str
) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    large = service.client.post(path, data=b"x" * (MAX_BODY + 1), headers=headers)
    assert large.status_code in (403, 413)
    assert service.client.post(TELEGRAM, data=b"{", headers=headers).status_code == 400
    assert service.client.get(path, headers=headers).status_code == 405
    assert asked == []


@pytest.mark.parametrize("path", [SMS, STATUS])
@pytest.mark.parametrize(
    "more",
    [
        {"Body": "a" * MAX_FORM},
        {f"a{number}": "" for number in range(MAX_FIELDS)},
    ],
)
def test_a_form_that_is_larger_than_any_of_twilio_is_refused_before_it_is_read(
    service: Service, asked: list[str], path: str, more: dict[str, str]
) -> None:
    """However it is signed: its signature is found by sorting all that it has."""
    form = {**FORM, **more}
    forged = {"X-Twilio-Signature": "Zm9yZ2Vk"}
    assert service.signed(path, form) == 413
    assert service.client.post(path, data=form, headers=forged).status_code == 413
    assert service.client.post(path, data=form).status_code == 403
    assert asked == []


def test_the_largest_message_is_not_too_large(service: Service) -> None:
    """Of WhatsApp, in letters that take twelve bytes of a form each, with ten files."""
    media = {f"MediaUrl{number}": "https://api.twilio.com/" + "a" * 150 for number in range(10)}
    kinds = {f"MediaContentType{number}": "image/jpeg" for number in range(10)}
    words = "😀" * 4096
    assert service.sms(words, NumMedia="10", **media, **kinds) == 200
    assert service.heard == [words]


def test_a_channel_that_is_not_set_up_asks_it_nothing(serving: Serving) -> None:
    bare = serving(TELEGRAM_BOT_TOKEN="", TELEGRAM_WEBHOOK_SECRET="", TELEGRAM_API_URL="")
    taken: list[str] = []
    event.listen(bare.database.engine, "checkout", lambda *_: taken.append("one"))
    assert bare.update(UPDATE) == 403
    assert taken == []
