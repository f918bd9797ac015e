"""What Twilio sends is read as a message, or refused: each payload says what becomes of it."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from bot.channels import Inbound, Malformed
from bot.channels.sms import SmsChannel, parse
from bot.settings.providers import TwilioSettings
from tests.bot.conftest import PUBLIC_URL, signature
from tests.support.providers import TwilioServer

PAYLOADS = sorted((Path(__file__).parents[1] / "payloads" / "sms").glob("*.json"))
SENDER = "+15005550006"
BARE = asdict(Inbound(channel="", provider_id="", address="", text=""))


def settings(**changes: Any) -> TwilioSettings:
    known = {"messaging_service_sid": None, "sender": SENDER, "api_url": "https://api.twilio.com"}
    return TwilioSettings(TwilioServer.SID, TwilioServer.TOKEN, **{**known, **changes})


def webhook(form: dict[str, str]) -> Request:
    headers = signature("/webhooks/twilio", form)
    builder = EnvironBuilder("/webhooks/twilio", method="POST", data=form, headers=headers)
    return Request(builder.get_environ())


def told(inbound: Inbound) -> dict[str, Any]:
    """The fields that say something, as JSON has them."""
    fields = {name: value for name, value in asdict(inbound).items() if value != BARE[name]}
    return json.loads(json.dumps(fields, default=str)) | {"text": inbound.text}


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_a_payload_of_twilio_means_what_it_says(path: Path) -> None:
    payload = json.loads(path.read_text(encoding="utf-8"))
    request = webhook(payload["form"])
    if payload["expected"].get("refusal") == "Malformed":
        with pytest.raises(Malformed):
            parse(request, settings(), PUBLIC_URL)
    else:
        inbound = parse(request, settings(), PUBLIC_URL)
        assert told(inbound) == payload["expected"]["inbound"], payload["label"]


@pytest.mark.parametrize(
    ("changes", "address", "expected"),
    [
        ({}, "+14045550123", {"From": SENDER}),
        ({}, "whatsapp:+14045550123", {"From": f"whatsapp:{SENDER}"}),
        ({"sender": f"whatsapp:{SENDER}"}, "whatsapp:+1404", {"From": f"whatsapp:{SENDER}"}),
        (
            {"messaging_service_sid": "MG1"},
            "whatsapp:+14045550123",
            {"MessagingServiceSid": "MG1"},
        ),
        ({"messaging_service_sid": "MG1", "sender": None}, "+1404", {"MessagingServiceSid": "MG1"}),
    ],
)
def test_the_sender_is_the_service_else_the_number_on_the_contacts_own_network(
    twilio: TwilioServer, changes: dict[str, Any], address: str, expected: dict[str, str]
) -> None:
    channel = SmsChannel(settings(api_url=twilio.url, **changes), PUBLIC_URL)
    sent = channel.send(address, "hello", ["Yes", "No"], 7)
    channel.close()

    assert sent.provider_id.startswith("SM")
    assert not sent.delivered
    assert twilio.sent == [
        {
            "To": address,
            "Body": "hello",
            "StatusCallback": f"{PUBLIC_URL}/webhooks/twilio/status?message=7",
            **expected,
        }
    ]
