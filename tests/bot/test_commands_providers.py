"""``set-webhook``: what Twilio and Telegram are told, to the letter, and what is said when they refuse."""

import json

import pytest

from tests.bot.test_commands_shell import run
from tests.support.providers import CUT, Answer, TelegramServer, TwilioServer

PUBLIC_URL = "https://testimony.example"
TWILIO = f"{PUBLIC_URL}/webhooks/twilio"
TELEGRAM = f"{PUBLIC_URL}/webhooks/telegram"
AGAIN = "#rc=2&rp=all"  # two more tries, whatever went wrong
SECRET = "a-secret-of-telegram"
NUMBER, SERVICE = "+15005550006", "MG" + "2" * 32
NUMBERS = f"/2010-04-01/Accounts/{TwilioServer.SID}/IncomingPhoneNumbers"


def settings(server: TwilioServer | TelegramServer, **changed: str) -> dict[str, str]:
    common = {"DATABASE_URL": "sqlite:///unused.db", "PUBLIC_URL": PUBLIC_URL}
    if isinstance(server, TelegramServer):
        own = {"TELEGRAM_BOT_TOKEN": server.TOKEN, "TELEGRAM_API_URL": server.url}
        own |= {"TELEGRAM_WEBHOOK_SECRET": SECRET}
    else:
        own = {"TWILIO_ACCOUNT_SID": server.SID, "TWILIO_AUTH_TOKEN": server.TOKEN}
        own |= {"TWILIO_FROM": NUMBER, "TWILIO_API_URL": server.url}
    return {**common, **own, **changed}


def test_a_number_of_twilio_gets_the_webhook(twilio: TwilioServer) -> None:
    result = run("twilio", "set-webhook", **settings(twilio))
    assert (result.exit_code, result.stdout) == (0, f"Twilio brings messages to {TWILIO}\n")
    looked, changed = twilio.calls
    assert (looked.path, looked.form["PhoneNumber"]) == (f"{NUMBERS}.json", NUMBER)
    assert changed.path == f"{NUMBERS}/{'PN' + '1' * 32}.json"
    assert changed.form == {
        "SmsUrl": TWILIO + AGAIN,
        "SmsMethod": "POST",
        "SmsFallbackUrl": TWILIO,
        "SmsFallbackMethod": "POST",
    }


def test_a_messaging_service_gets_the_webhook(twilio: TwilioServer) -> None:
    given = settings(twilio, TWILIO_FROM="", TWILIO_MESSAGING_SERVICE_SID=SERVICE)
    result = run("twilio", "set-webhook", "--fallback", "https://other.example/sms", **given)
    assert (result.exit_code, result.stdout) == (0, f"Twilio brings messages to {TWILIO}\n")
    (changed,) = twilio.calls
    assert changed.path == f"/v1/Services/{SERVICE}"
    assert changed.form == {
        "InboundRequestUrl": TWILIO + AGAIN,
        "FallbackUrl": "https://other.example/sms",
    }


def test_a_number_that_is_not_of_the_account_is_told(twilio: TwilioServer) -> None:
    none = {"incoming_phone_numbers": [], "page": 0, "next_page_uri": None}
    twilio.answers.append(Answer(200, none))
    result = run("twilio", "set-webhook", **settings(twilio))
    assert result.exit_code == 2
    assert result.stderr == f"The account has no number {NUMBER}: check TWILIO_FROM.\n"


@pytest.mark.parametrize("sender", [{}, {"TWILIO_MESSAGING_SERVICE_SID": SERVICE}])
def test_a_refusal_of_twilio_is_told_with_its_code(
    twilio: TwilioServer, sender: dict[str, str]
) -> None:
    twilio.answers.append(twilio.refusal(401, 20003))
    result = run("twilio", "set-webhook", **settings(twilio, **sender))
    assert result.exit_code == 1
    assert result.stderr == f"Twilio refused the webhook {TWILIO} (20003).\n"


@pytest.mark.parametrize("sender", [{}, {"TWILIO_MESSAGING_SERVICE_SID": SERVICE}])
def test_a_twilio_that_does_not_answer_is_told_in_one_line(
    twilio: TwilioServer, sender: dict[str, str]
) -> None:
    twilio.answers.append(CUT)
    result = run("twilio", "set-webhook", **settings(twilio, **sender))
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert TWILIO in line
    assert twilio.TOKEN not in line


def test_without_twilio_settings_their_name_is_told() -> None:
    result = run("twilio", "set-webhook", DATABASE_URL="sqlite:///unused.db")
    assert (result.exit_code, result.stderr) == (2, "TWILIO_ACCOUNT_SID is not set\n")


@pytest.mark.parametrize(
    "wrong",
    [
        {"SSL_CERT_FILE": "/nowhere"},
        {"HTTPS_PROXY": "socks5://127.0.0.1:1"},
        {"TWILIO_AUTH_TOKEN": "“a token in quotation marks”"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_no_call_can_be_made_with_is_a_wrong_setting(
    twilio: TwilioServer, wrong: dict[str, str]
) -> None:
    result = run("twilio", "set-webhook", **settings(twilio, **wrong))
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith(next(iter(wrong)))
    assert twilio.calls == []


def test_a_telegram_bot_gets_the_webhook(telegram: TelegramServer) -> None:
    result = run("telegram", "set-webhook", **settings(telegram))
    assert (result.exit_code, result.stdout) == (0, f"Telegram brings messages to {TELEGRAM}\n")
    (call,) = telegram.calls
    assert call.path == f"/bot{telegram.TOKEN}/setWebhook"
    updates = call.form.pop("allowed_updates")
    assert call.form == {"url": TELEGRAM, "secret_token": SECRET}
    assert json.loads(updates) == ["message", "edited_message", "my_chat_member"]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (TelegramServer.refusal(400, "Bad Request: bad webhook"), "bad webhook"),
        (TelegramServer.refusal(401, "Unauthorized"), "Unauthorized"),
        (CUT, ""),
    ],
    ids=["400", "401", "cut"],
)
def test_a_refusal_of_telegram_is_told_in_one_line_without_the_token(
    telegram: TelegramServer, answer: Answer | str, told: str
) -> None:
    telegram.answers.append(answer)
    result = run("telegram", "set-webhook", **settings(telegram))
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"Telegram refused the webhook {TELEGRAM}: ")
    assert told.lower() in line.lower()
    assert telegram.TOKEN not in line
    assert SECRET not in line


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        (
            "TELEGRAM_WEBHOOK_SECRET",
            "TELEGRAM_WEBHOOK_SECRET is not set; make one with: openssl rand -hex 32",
        ),
        ("TELEGRAM_BOT_TOKEN", "TELEGRAM_BOT_TOKEN is not set"),
    ],
)
def test_without_telegram_settings_their_name_is_told(
    telegram: TelegramServer, missing: str, told: str
) -> None:
    result = run("telegram", "set-webhook", **settings(telegram, **{missing: ""}))
    assert result.exit_code == 2
    assert result.stderr.startswith(told)
    assert telegram.calls == []
