"""Connecting a Twilio number or messaging service."""

import json
from contextlib import suppress

import click
from twilio.base.exceptions import TwilioException

from bot.channels.sms import SmsChannel
from bot.commands import WRONG_USE, fail, settings

# Two more tries within Twilio's 15 seconds, whatever went wrong: taking a message twice is harmless.
OVERRIDES = "#rc=2&rp=all"


@click.group()
def twilio() -> None:
    """Connect a Twilio number."""


@twilio.command("set-webhook")
@click.option(
    "--fallback", help="Called when PUBLIC_URL does not answer. Default: PUBLIC_URL once more."
)
def set_webhook(fallback: str | None) -> None:
    """Tell Twilio where to bring messages: PUBLIC_URL, for the number or messaging service of the settings."""
    found = settings()
    if found.twilio is None:
        fail("TWILIO_ACCOUNT_SID is not set", WRONG_USE)
    url = f"{found.public_url}/webhooks/twilio"
    channel = SmsChannel(found.twilio, found.public_url)
    try:
        if found.twilio.messaging_service_sid:
            service = channel.client.messaging.v1.services(found.twilio.messaging_service_sid)
            service.update(inbound_request_url=url + OVERRIDES, fallback_url=fallback or url)
        else:
            _number(channel, found.twilio.sender or "", url, fallback or url)
    except TwilioException as error:
        fail(f"Twilio refused the webhook {url} ({_code(error)}).")
    except OSError as error:
        fail(
            f"Twilio does not answer, so it does not know the webhook {url} ({type(error).__name__})."
        )
    finally:
        channel.close()
    click.echo(f"Twilio brings messages to {url}")


def _code(error: TwilioException) -> str:
    """Twilio's code for a refusal; where the client has wrapped it, it stands in the answer."""
    code = getattr(error, "code", None)
    for part in error.args:
        if code is None and hasattr(part, "text"):
            with suppress(ValueError):
                code = json.loads(part.text).get("code")
    return str(code or type(error).__name__)


def _number(channel: SmsChannel, sender: str, url: str, fallback: str) -> None:
    numbers = channel.client.incoming_phone_numbers.list(phone_number=sender, limit=1)
    if not numbers:
        fail(f"The account has no number {sender}: check TWILIO_FROM.", WRONG_USE)
    numbers[0].update(
        sms_url=url + OVERRIDES,
        sms_method="POST",
        sms_fallback_url=fallback,
        sms_fallback_method="POST",
    )
